"""A room with peers that are none, by name, and a clock that the test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Literal

from media.control import Offered
from media.forwarding.subscription import Subscription
from media.limits import Limits
from media.peers.patience import Patience
from media.peers.port import Inbound, PeerEvents
from media.rooms.room import Room
from media.rooms.subscriber import Subscriber
from tests.unit.media.rooms.fakes import FakePeer, Reports, Tasks, settle
from tests.unit.media.wire import KEY, picture_line, rtp, sound_line

LIMITS = Limits(picture_cache=64, sound_cache=32, gather_s=0, peers_per_room=20)


class House:
    """A room with its peers by name, and a clock that the test moves."""

    def __init__(self, limits: Limits, tasks: Tasks) -> None:
        self.now_s = 100.0
        self.limits = limits
        self.reports = Reports()
        self.peers: dict[str, FakePeer] = {}
        self._next = ""
        self._inbound: Sequence[Inbound] = ()
        self.patience = Patience()
        self.room = Room(
            "m",
            self._make,
            self.reports,
            tasks.spawn,
            self.patience,
            limits,
            lambda: self.now_s,
        )

    def _make(self, events: PeerEvents, kind: Literal["publisher", "subscriber"]) -> FakePeer:
        peer = FakePeer(events, kind)
        peer.inbound = self._inbound
        self.peers[self._next] = peer
        return peer

    async def publish(
        self,
        person: str,
        *lines: Inbound,
        peer: str | None = None,
        connect: bool = True,
    ) -> FakePeer:
        """A person comes with sound on SSRC 20 and a picture on 10, if nothing else is said."""
        self._next = peer or f"{person}/pub"
        self._inbound = lines or (sound_line(), picture_line())
        if self._next in self.peers:
            self.peers[self._next].inbound = self._inbound
        await self.room.publish(self._next, person, "offer")
        publisher = self.peers[self._next]
        if connect:
            publisher.events.on_connected()
        await settle()
        return publisher

    async def subscribe(
        self,
        person: str,
        *hide: str,
        connect: bool = True,
        accept: bool = True,
        deaf: bool = False,
    ) -> FakePeer:
        self._next = f"{person}/sub"
        await self.room.subscribe(self._next, hide or (person,), deaf=deaf)
        subscriber = self.peers[self._next]
        await settle()
        if connect:
            subscriber.events.on_connected()
        if accept:
            await self.accept(person)
        return subscriber

    async def accept(self, person: str, answer: str = "") -> None:
        """The client answers the newest offer, if there is one."""
        name = f"{person}/sub"
        if self.peers[name].offers:
            await self.room.answer(name, len(self.peers[name].offers), answer)
        await settle()

    def allow(self, person: str, *, sound: bool = True, picture: bool = True) -> None:
        self.room.allow(person, sound=sound, picture=picture)

    def send(self, publisher: FakePeer, sequence: int, *, sound: bool = False) -> None:
        if sound:
            packet = rtp(sequence, ssrc=20, payload_type=111, payload=b"talk")
        else:
            packet = rtp(sequence, ssrc=10, payload=KEY)
        publisher.events.on_rtp(packet, self.now_s)

    def room_subscriptions(self, peer: FakePeer) -> Sequence[Subscription]:
        """What a subscriber is sent, slot by slot."""
        assert isinstance(peer.events, Subscriber)
        return peer.events.subscriptions

    def offered(self, person: str) -> int:
        return len([r for r in self.reports.of(Offered) if r.peer == f"{person}/sub"])

    def tick(self, count: int = 1) -> None:
        for _ in range(count):
            self.now_s += self.limits.tick_s
            self.room.tick(self.now_s)


@asynccontextmanager
async def house(limits: Limits = LIMITS) -> AsyncIterator[House]:
    tasks = Tasks()
    opened = House(limits, tasks)
    try:
        yield opened
        await opened.room.close()
    finally:
        await tasks.end()
        opened.patience.close()
