"""
Which layer of a track a subscriber is sent, and how another takes over.

One is sent. Another takes over at a keyframe of its own: until then it is *awaited*, and the old
one goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from media.forwarding.layer import Layer
from media.forwarding.numbering import Numbering
from media.forwarding.packets import Burst, Sink, SourceClock
from media.forwarding.track import Track

LARGEST: Final = 255
"""A wish for the largest layer, however many there are."""

TakeOver = Callable[[Layer, Burst], None]
"""Told of the burst with the keyframe of a layer that was awaited."""


class Choice:
    """
    What a subscription sends of what there is.

    Args:
        sink: gets the packets of the layer that is sent.
        numbering: of these packets; its segment is ended where they come from elsewhere.
        take_over: may let `take_up` follow, or wait for another keyframe.
    """

    __slots__ = ("_awaited", "_numbering", "_sink", "_take_over", "layer", "track", "wished")

    def __init__(self, sink: Sink, numbering: Numbering, take_over: TakeOver) -> None:
        self.track: Track | None = None
        """The source; None: nothing is sent."""
        self.layer: Layer | None = None
        """Sent, or begins with its next keyframe; None: none is."""
        self.wished: int | None = LARGEST
        """Index of the largest layer that may be sent; None: nothing is."""
        self._awaited: tuple[_Awaited, ...] = ()
        self._numbering = numbering
        self._sink = sink
        self._take_over = take_over

    def attach(self, track: Track | None) -> None:
        """Let the last track go for this one, or for nothing."""
        self._let_go()
        self.track = track

    def wish(self, layer: int | None) -> None:
        """Aim at this layer, or at nothing; see `Subscription.wish`."""
        self.wished = layer
        if layer is None:
            self._let_go()

    def settle(self, now_s: float) -> None:
        """See which layer is to be had, and go for it (`Track.choose`)."""
        track = self.track
        if track is None or self.wished is None:
            return
        layers = track.layers
        best = layers[track.choose(self.wished)]
        if best is not self.layer:
            if not self._numbering.running:
                self._send(best)
            best.ask_keyframe(now_s)
        if len(layers) > 1:
            # The one wished for may come back with a keyframe at any time: that is not missed.
            top = layers[min(self.wished, len(layers) - 1)]
            self._await({best, top} - {self.layer})

    def take_up(self, layer: Layer) -> None:
        """Send this one, which was awaited, from the burst on that has its keyframe."""
        self._await({one.layer for one in self._awaited} - {layer})
        self._send(layer)

    def _send(self, layer: Layer) -> None:
        if self.layer is not None:
            self.layer.remove(self._sink)
        self._numbering.replace()
        self.layer = layer
        layer.add(self._sink)

    def _await(self, layers: set[Layer]) -> None:
        if {one.layer for one in self._awaited} == layers:
            return
        kept: list[_Awaited] = []
        for one in self._awaited:
            if one.layer in layers:
                kept.append(one)
            else:
                one.layer.remove(one)
        for layer in layers - {one.layer for one in kept}:
            kept.append(_Awaited(layer, self._take_over))
            layer.add(kept[-1])
        self._awaited = tuple(kept)

    def _let_go(self) -> None:
        self._await(set())
        if self.layer is not None:
            self.layer.remove(self._sink)
            self.layer = None
        self._numbering.restart()


class _Awaited:
    """
    A layer that takes over with its next keyframe (`media.forwarding.packets.Sink`).

    Args:
        layer: packets that it has let through already don't count: one may be repeated late.
    """

    __slots__ = ("_begins_at", "_take_over", "layer")

    def __init__(self, layer: Layer, take_over: TakeOver) -> None:
        self.layer = layer
        self._begins_at = layer.highest + 1
        self._take_over = take_over

    def forward(self, burst: Burst) -> None:
        """Look for a keyframe."""
        for packet in burst.packets:
            if packet.keyframe and packet.extended >= self._begins_at:
                self._take_over(self.layer, burst)
                return

    def interrupted(self, *, anew: bool) -> None:
        """Numbers begin anew: nothing is known of what comes."""
        if anew:
            self._begins_at = 0

    def reported(self, clock: SourceClock) -> None:
        """Nothing is sent yet."""
