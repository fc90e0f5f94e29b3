"""
A peer that receives: the slots it was offered, and what it is sent in them.

Offers are numbered and one is in flight at a time; what changes meanwhile goes into the next.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence

from media.congestion.outflow import Wake
from media.control import Cue, MediaRefused
from media.forwarding.egress import Egress
from media.forwarding.subscription import Subscription
from media.forwarding.track import Track
from media.limits import Limits
from media.peers.port import Inbound, Outbound, PeerPort, Slot
from media.rooms.flow import Flow, Wanted
from media.rooms.publisher import Reason
from media.rooms.shown import Shown
from media.rooms.slots import Slots, SourceFormat, SourceKey


class Subscriber:
    """
    The owner of one receiving peer (`PeerEvents`).

    Args:
        peer_id: the peer's name.
        hide: persons whose media it doesn't get.
        deaf: it gets nobody's sound.
        limits: bounds.
        buffer: to send from; shared by the room.
        sources: what there is in the room at this moment.
        clock: monotonic, seconds.
        wake: calls something after so many seconds.
        on_offer: an offer is ready: its number and description.
        on_end: it is over, by itself.
    """

    port: PeerPort
    """Set right after creation: the peer needs its owner first."""

    def __init__(
        self,
        peer_id: str,
        hide: Sequence[str],
        deaf: bool,
        limits: Limits,
        buffer: bytearray,
        sources: Callable[[], Mapping[SourceKey, Track]],
        clock: Callable[[], float],
        wake: Wake,
        on_offer: Callable[[Subscriber, int, str], None],
        on_end: Callable[[Subscriber, Reason], None],
    ) -> None:
        self.peer_id = peer_id
        self.hide = frozenset(hide)
        self.deaf = deaf
        self.connected = False
        self.negotiating = asyncio.Lock()
        self.egress = Egress(self._send_rtcp, limits)
        self.flow = Flow(self.egress, buffer, clock, wake)
        self.cue: Cue | None = None
        """Who holds the floor, and which is the room's camera."""
        self.shown = Shown(limits)
        self._limits = limits
        self._buffer = buffer
        self._sources = sources
        self._clock = clock
        self._on_offer = on_offer
        self._on_end = on_end
        self._ssrcs: set[int] = {0, 1}  # 1 is the reporter's in feedback
        self._slots = Slots(self._new_ssrc, limits.slots_per_peer)
        self._offered: tuple[Slot, ...] = ()
        self._restarting = False
        self._changed = asyncio.Event()
        self._answered = asyncio.Event()
        # mid -> the slot as accepted, and what it carries
        self._carried: dict[str, tuple[Slot, Subscription]] = {}
        # the pictures among them
        self._pictures: tuple[tuple[SourceKey, Subscription], ...] = ()

    @property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """What it is sent, slot by slot."""
        return tuple(subscription for _, subscription in self._carried.values())

    # --- sources

    def sources_changed(self) -> None:
        """Tracks came or went: what has a slot is switched at once, the rest by an offer."""
        self._attach()
        self._changed.set()

    def _wanted(self) -> dict[SourceKey, SourceFormat]:
        return {
            key: SourceFormat(
                track.codec.name, track.codec.fmtp, track.codec.red_payload_type is not None
            )
            for key, track in self._sources().items()
            if self._may_have(key)
        }

    def _may_have(self, key: SourceKey) -> bool:
        return key.person not in self.hide and not (self.deaf and key.kind == "sound")

    def _attach(self) -> None:
        now_s = self._clock()
        sources = self._sources()
        for slot, subscription in self._carried.values():
            track = None
            key = SourceKey(slot.person, slot.kind)
            if self.connected and self._may_have(key):
                track = sources.get(key)
                if track is not None and (track.codec.name, track.codec.fmtp) != (
                    slot.codec,
                    slot.fmtp,
                ):
                    track = None  # another format: an offer follows
            subscription.attach(track, now_s)
        if self.connected:
            self.work(now_s)

    def demands(self, now_s: float) -> Iterator[Wanted]:
        """
        The pictures that it could be sent: whose, by which subscription, and the largest layer that
        makes sense on its screen (None: it is not on screen).
        """
        for key, subscription in self._pictures:
            track = subscription.track
            if track is not None:
                layer = self.shown.wanted(key, len(track.layers), now_s)
                yield Wanted(key, subscription, layer)

    def work(self, now_s: float) -> None:
        """Do what is due, at each tick: what is shown changes, layers come and go."""
        demands = tuple(self.demands(now_s))
        self.flow.work(demands, self.cue, now_s)
        for one in demands:
            one.subscription.settle(now_s)

    # --- negotiation

    async def run(self) -> None:
        """Offer what changed, until cancelled or an offer is not answered."""
        while True:
            await self._changed.wait()
            # Joins and leaves come in bunches; so few offers serve them.
            await asyncio.sleep(self._limits.gather_s)
            self._changed.clear()
            if not await self._offer():
                continue
            try:
                async with asyncio.timeout(self._limits.answer_s):
                    await self._answered.wait()
            except TimeoutError:
                self._on_end(self, "failed")
                return

    async def _offer(self) -> bool:
        async with self.negotiating:
            wanted = self._wanted()
            changed = self._slots.plan(wanted)
            restarting, self._restarting = self._restarting, False
            slots = self._slots.slots
            if not slots or not (changed or restarting):
                return False
            self._answered.clear()
            self._offered = slots
            try:
                if restarting:
                    await self.port.restart()
                number, sdp = await self.port.offer(slots)
            except MediaRefused:
                self._on_end(self, "failed")
                return False
            if self._slots.waiting(wanted):
                self._changed.set()
            self._on_offer(self, number, sdp)
            return True

    def restart(self, hide: Sequence[str], *, deaf: bool) -> None:
        """The client came again: restart ICE, by an offer at once."""
        self.hide = frozenset(hide)
        self.deaf = deaf
        self._restarting = True
        self.flow.moved()
        self._answered.set()
        self.sources_changed()

    async def answer(self, offer: int, sdp: str) -> None:
        """
        Take the client's answer and send accordingly.

        Raises:
            MediaRefused: as `PeerPort.accept`.
        """
        async with self.negotiating:
            outbound = await self.port.accept(offer, sdp)
            self._carry(outbound)
            self._answered.set()

    def _carry(self, outbound: Sequence[Outbound]) -> None:
        slots = {slot.mid: slot for slot in self._offered if slot.person}
        accepted = {line.mid: line for line in outbound if line.mid in slots}
        now_s = self._clock()
        for mid, (slot, subscription) in list(self._carried.items()):
            line = accepted.get(mid)
            if line is None or slot != slots[mid] or line.codec != subscription.codec:
                subscription.attach(None, now_s)
                self.egress.remove(subscription)
                del self._carried[mid]
        for mid, line in accepted.items():
            if mid in self._carried:
                continue
            slot = slots[mid]
            subscription = Subscription(
                slot.ssrc, slot.rtx_ssrc, line.codec, buffer=self._buffer, outlet=self.port
            )
            self._carried[mid] = (slot, subscription)
            # CNAME: the person, as in the description (RFC 3550, 6.5.1: one for all on one clock)
            self.egress.add(slot.person, subscription)
            self.flow.carry(subscription, self.port, line.extensions)
        self._pictures = tuple(
            (SourceKey(slot.person, slot.kind), subscription)
            for slot, subscription in self._carried.values()
            if slot.kind != "sound"
        )
        self.shown.keep({key for key, _ in self._pictures}, now_s)
        self._attach()

    def _new_ssrc(self) -> int:
        while (ssrc := secrets.randbits(32)) in self._ssrcs:
            pass
        self._ssrcs.add(ssrc)
        return ssrc

    def detach(self) -> None:
        """It is over: no track sends to it any more."""
        now_s = self._clock()
        for _, subscription in self._carried.values():
            subscription.attach(None, now_s)
        self._carried.clear()
        self._pictures = ()

    def _send_rtcp(self, packet: bytes) -> bool:
        return self.port.send_rtcp(packet)

    # --- PeerEvents

    def on_rtp(self, packet: memoryview, now_s: float) -> None:
        """A receiver has nothing to send; the peer counts what comes."""

    def on_rtcp(self, packet: memoryview, now_s: float) -> None:
        self.egress.receive_rtcp(packet, now_s)

    def on_inbound(self, inbound: Sequence[Inbound]) -> None:
        """A receiver's description says that it only receives."""

    def on_connected(self) -> None:
        self.connected = True
        self._attach()

    def on_gone(self, reason: Reason) -> None:
        self._on_end(self, reason)
