"""
What one subscriber's line carries, and which of its pictures are sent in which size.

With transport-wide feedback packets leave through an `Outflow`, which makes the estimate; with REMB
what the client announces counts, once it is less than what is sent; without either everything that
is shown is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from media.congestion import tuning
from media.congestion.allocation import Demand, Rank, Shares
from media.congestion.announced import Announced
from media.congestion.outflow import Outflow, Wake
from media.control import Cue
from media.forwarding.egress import Egress
from media.forwarding.subscription import Subscription
from media.peers.port import PeerPort
from media.rooms.slots import SourceKey
from media.rtp import extensions


class Wanted(NamedTuple):
    """A picture that may be sent."""

    key: SourceKey
    subscription: Subscription
    layer: int | None
    """Index of the largest layer that makes sense; None: it is not on screen."""


class Flow:
    """
    The line of one subscriber.

    Args:
        egress: gets the feedback.
        buffer: to send from; shared by the room.
        clock: monotonic, seconds.
        wake: calls something after so many seconds.
    """

    def __init__(
        self, egress: Egress, buffer: bytearray, clock: Callable[[], float], wake: Wake
    ) -> None:
        self._egress = egress
        self._buffer = buffer
        self._clock = clock
        self._wake = wake
        self._announced = Announced()
        self._shares = Shares()
        self._wanted: tuple[Wanted, ...] = ()
        self._granted: dict[Subscription, int | None] = {}
        self._divided_s = float("-inf")
        self._divided_bps = 0
        self._informed = False
        self._without = False

    @property
    def estimate_bps(self) -> int | None:
        """What the line is taken to carry; None: nothing told yet."""
        outflow = self._egress.outflow
        if outflow is None:
            return self._egress.counters.remb or None
        return outflow.estimate.bps

    def carry(self, subscription: Subscription, outlet: PeerPort, taken: Mapping[str, int]) -> None:
        """
        A new subscription: let it send with numbers, if the client takes them.

        Args:
            outlet: the subscriber's peer.
            taken: header extensions that the client accepted, URI -> id.
        """
        ident = taken.get(extensions.TRANSPORT)
        if ident is None or self._without:
            return
        if self._egress.outflow is None:
            self._egress.outflow = Outflow(outlet, ident, self._buffer, self._clock, self._wake)
            self._egress.outflow.padder = self._pad
        subscription.outflow = self._egress.outflow
        if subscription.codec.name != "opus":
            subscription.wish(None, self._clock())  # until it is granted something

    def moved(self) -> None:
        """The line is another: the client restarts ICE."""
        if self._egress.outflow is not None:
            self._egress.outflow.estimate.moved()

    def _pad(self, count: int) -> int:
        for subscription in self._egress.subscriptions:
            sent = subscription.pad(count)
            if sent:
                return sent
        return 0

    def work(self, wanted: tuple[Wanted, ...], cue: Cue | None, now_s: float) -> None:
        """
        Do what is due, at each tick: divide what the line carries.

        Args:
            wanted: its pictures.
            cue: who holds the floor, and which is the room's camera.
            now_s: monotonic clock.
        """
        outflow = self._egress.outflow
        if outflow is not None:
            trip_ms = self._egress.counters.round_trip_ms
            if trip_ms is not None:
                outflow.estimate.rtt_s = trip_ms / 1_000
            outflow.work(now_s)
            if outflow.unheard(now_s):
                self._do_without()
            bps: int | None = outflow.estimate.bps
        else:
            octets = sum(one.counters.octets for one in self._egress.subscriptions)
            self._announced.sent(octets, now_s)
            bps = self._announced.bound_bps(self._egress.counters.remb, now_s)
        if bps is None:
            for one in wanted:
                self._granted[one.subscription] = one.layer
        elif self._learns() or self._due(wanted, bps, now_s):
            self._divide(wanted, cue, bps, now_s)
            self._wanted, self._divided_s, self._divided_bps = wanted, now_s, bps
            if outflow is not None:
                outflow.wanted_bps = self._shares.needed_bps
        for one in wanted:
            one.subscription.wish(self._granted.get(one.subscription), now_s)

    def _do_without(self) -> None:
        """The client promised feedback and sends none: send as to one that promised nothing."""
        self._without = True
        self._egress.outflow = None
        for subscription in self._egress.subscriptions:
            subscription.outflow = None

    def _learns(self) -> bool:
        """Whether something is known about the line now that was not before."""
        if self._informed:
            return False
        outflow = self._egress.outflow
        self._informed = outflow is None or outflow.estimate.lately_bps > 0
        return self._informed

    def _due(self, wanted: tuple[Wanted, ...], bps: int, now_s: float) -> bool:
        """A tick is cheap while nothing changed."""
        return (
            now_s - self._divided_s >= tuning.DIVIDE_S
            or bps < tuning.DIVIDE_BELOW * self._divided_bps
            or wanted != self._wanted
        )

    def _divide(self, wanted: tuple[Wanted, ...], cue: Cue | None, bps: int, now_s: float) -> None:
        pictures = [one for one in wanted if one.subscription.track is not None]
        demands: list[Demand] = []
        for one in pictures:
            track = one.subscription.track
            assert track is not None, "asked before"
            rates = track.rates(now_s)
            granted = self._granted.get(one.subscription)
            # The first pictures are small: they are there soon, and flood no line that is weak.
            layer = one.layer if self._informed or one.layer is None else 0
            demands.append(Demand(rank(one.key, cue), rates, layer, granted))
        layers = self._shares.divide(bps, self._sound_bps(now_s), demands, now_s)
        self._granted = dict(zip((one.subscription for one in pictures), layers, strict=True))

    def _sound_bps(self, now_s: float) -> int:
        total = 0
        for subscription in self._egress.subscriptions:
            track = subscription.track
            if track is not None and track.kind == "sound":
                total += sum(track.rates(now_s))
        return total


def rank(key: SourceKey, cue: Cue | None) -> Rank:
    """What a picture is in the meeting."""
    if key.kind == "screen" or (cue is not None and key.person == cue.speaker):
        return Rank.FLOOR
    if cue is not None and key.person == cue.room:
        return Rank.ROOM
    return Rank.THUMBNAIL
