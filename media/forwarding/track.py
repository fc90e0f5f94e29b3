"""
A published track: one sound or picture of a publisher, in one or several layers (simulcast,
RFC 8853): the same picture in several sizes, each under an SSRC of its own.

Packets go from a layer to its sinks; a track says which layer is to be had (`choose`), and holds
what is one for all: the permission, the kind, the codec.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from media.forwarding.layer import Later, Layer, at_once
from media.forwarding.repair import KeyframePace
from media.limits import Limits
from media.peers.port import Codec, Kind
from media.rtp.rtcp import Rtcp

__all__ = ["Later", "Track", "at_once"]


class Track:
    """
    One published track.

    Args:
        kind: what it shows or lets hear.
        codec: what its packets must be.
        ssrc: of the media, for a track of one layer; None until a packet names it.
        rids: names of its layers, small to large; empty: there is one, without a name.
        reporter: SSRC that feedback comes from.
        send: sends feedback to the publisher.
        limits: bounds.
        later: as `Layer` takes it.
    """

    __slots__ = ("_limits", "codec", "kind", "layers", "rids")

    def __init__(
        self,
        kind: Kind,
        codec: Codec,
        ssrc: int | None,
        *,
        reporter: int,
        send: Callable[[Sequence[Rtcp]], None],
        limits: Limits,
        later: Later = at_once,
        rids: Sequence[str] = (),
    ) -> None:
        pace = KeyframePace(limits.keyframe_gather_s)
        self.kind: Final[Kind] = kind
        self.codec: Final = codec
        self.rids: Final = tuple(rids)
        self.layers: Final = tuple(
            Layer(
                codec,
                ssrc,
                cache=limits.sound_cache if kind == "sound" else limits.picture_cache,
                pace=pace,
                reporter=reporter,
                send=send,
                limits=limits,
                later=later,
            )
            for _ in rids or ("",)
        )
        """Small to large."""
        self._limits = limits

    @property
    def allowed(self) -> bool:
        """Whether packets are let through."""
        return self.layers[0].allowed

    def allow(self, allowed: bool, now_s: float) -> None:
        """Open or close the gate. What was sent before it opened stays forbidden for ever."""
        for layer in self.layers:
            layer.allow(allowed, now_s)

    def live(self, now_s: float) -> bool:
        """Whether packets arrive and are let through."""
        return any(layer.live(now_s) for layer in self.layers)

    def work(self, now_s: float) -> None:
        """Do what is due on the layers."""
        for layer in self.layers:
            layer.work(now_s)

    def rates(self, now_s: float) -> tuple[int, ...]:
        """What arrives of each layer, bit/s; 0: it is paused, or the publisher can't send it."""
        return tuple(layer.rate if layer.live(now_s) else 0 for layer in self.layers)

    def choose(self, top: int) -> int:
        """
        The largest layer up to *top* that arrives, else the smallest one above, else the smallest.

        A browser that lacks bandwidth or time leaves out layers from the largest down; that one
        does not arrive is told by those that do, since all show the same pictures.

        Args:
            top: index in `layers`; larger ones are fine.
        """
        layers = self.layers
        if len(layers) == 1:
            return 0
        since_s = max(layer.passed_s for layer in layers) - self._limits.layer_silent_s
        arriving = [i for i, layer in enumerate(layers) if layer.passed_s > since_s]
        up_to = [i for i in arriving if i <= top]
        return up_to[-1] if up_to else arriving[0] if arriving else 0
