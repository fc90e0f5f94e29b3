"""
The media process for a while, with people who come, go, vanish, restart and are muted at random.

In CI `--soak=180` seconds, in a night an hour (`make nightly`). Afterwards it holds what it held
before.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import statistics
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import pytest

from benchmarks.forwarding.clients import LoadPublisher, LoadSubscriber
from media.child import ChildMediaPlane
from media.control import (
    Allow,
    Answer,
    CloseRoom,
    Disconnect,
    MediaCode,
    MediaRefused,
    Offered,
    OpenRoom,
    Publish,
    Subscribe,
)
from media.peers.peer import PeerMaker
from media.settings import MediaSettings
from media.vitals import LOOKS, Vitals

ROOMS: Final = ("north", "south")
PUBLISHERS_MAX: Final = 4
SUBSCRIBERS_MAX: Final = 10
STEP_S: Final = 0.15
"""Between two things that happen, on average."""
LATE_P99_MS: Final = 10.0
STARVED_MS: Final = 1.0
"""With more in a tenth of a second, others had the processor: no fault of the loop's."""
GROWTH_MAX: Final = 4_000_000
"""Bytes, from the middle third to the last: what a leak of 1 kB for each coming would exceed."""
SETTLE_S: Final = 30.0
"""Who vanished is noticed in four seconds; then two reports."""

SETTINGS: Final = MediaSettings(addresses=("127.0.0.1",))


@dataclass
class Guest:
    """One peer of the load."""

    room: str
    name: str
    client: LoadPublisher | LoadSubscriber
    sending: asyncio.Task[None] | None = None


@dataclass
class Soak:
    """What happens, and who is there."""

    plane: ChildMediaPlane
    maker: PeerMaker
    chance: random.Random
    guests: dict[str, Guest] = field(default_factory=dict)
    numbers: itertools.count[int] = field(default_factory=itertools.count)
    happened: dict[str, int] = field(default_factory=dict)
    vitals: list[Vitals] = field(default_factory=list)
    packets: int = 0
    """That subscribers got."""

    async def listen(self) -> None:
        """Answer offers, as clients do."""
        async for report in self.plane.reports():
            if isinstance(report, Offered) and (guest := self.guests.get(report.peer)):
                with contextlib.suppress(MediaRefused):  # a newer offer, or the guest has left
                    sdp = await guest.client.peer.answer(report.sdp)
                    await self.plane.request(Answer(peer=report.peer, offer=report.offer, sdp=sdp))

    async def observe(self) -> None:
        """Keep each report of the process."""
        while True:
            if self.plane.vitals is not None and self.plane.vitals not in self.vitals[-1:]:
                self.vitals.append(self.plane.vitals)
            await asyncio.sleep(1)

    # --- what happens

    async def publisher_comes(self) -> None:
        if self._count(LoadPublisher) >= PUBLISHERS_MAX:
            return
        room, name = self.chance.choice(ROOMS), f"p{next(self.numbers)}"
        client = LoadPublisher(self.maker)
        guest = self.guests[name] = Guest(room, name, client)
        await self.plane.request(Allow(room=room, person=name, sound=True, picture=True))
        answer = await self.plane.request(
            Publish(room=room, peer=name, person=name, sdp=await client.offer())
        )
        assert answer is not None
        await client.answered(answer)
        guest.sending = asyncio.create_task(client.run(3_600))

    async def subscriber_comes(self) -> None:
        if self._count(LoadSubscriber) >= SUBSCRIBERS_MAX:
            return
        room, name = self.chance.choice(ROOMS), f"s{next(self.numbers)}"
        self.guests[name] = Guest(room, name, LoadSubscriber(self.maker))
        await self.plane.request(Subscribe(room=room, peer=name))

    async def subscriber_restarts(self) -> None:
        if guest := self._any(LoadSubscriber):
            await self.plane.request(Subscribe(room=guest.room, peer=guest.name))

    async def guest_leaves(self) -> None:
        if guest := self._any():
            await self.plane.request(Disconnect(peer=guest.name))
            await self._forget(guest)

    async def guest_hangs_up(self) -> None:
        """Closes the connection as a page does, and tells nobody else."""
        if guest := self._any():
            await self._forget(guest)

    async def guest_vanishes(self) -> None:
        """Without a word; it is noticed by its silence."""
        if guest := self._any():
            for connection in tuple(guest.client.peer._connections):
                await connection.close()
            await self._forget(guest)

    async def publisher_is_muted(self) -> None:
        if guest := self._any(LoadPublisher):
            for allowed in (False, True):
                await self.plane.request(
                    Allow(room=guest.room, person=guest.name, sound=allowed, picture=allowed)
                )

    async def room_closes(self) -> None:
        room = self.chance.choice(ROOMS)
        for guest in [g for g in self.guests.values() if g.room == room]:
            await self._forget(guest)
        await self.plane.request(CloseRoom(room=room))
        await self.plane.request(OpenRoom(room=room))

    # --- helpers

    def _count(self, kind: type) -> int:
        return sum(isinstance(guest.client, kind) for guest in self.guests.values())

    def _any(self, kind: type = object) -> Guest | None:
        found = [guest for guest in self.guests.values() if isinstance(guest.client, kind)]
        return self.chance.choice(found) if found else None

    async def _forget(self, guest: Guest) -> None:
        self.guests.pop(guest.name, None)
        if guest.sending is not None:
            guest.sending.cancel()
        if isinstance(guest.client, LoadSubscriber):
            self.packets += guest.client.packets
        await guest.client.peer.close()
        # a permission outlives its peer: the meeting takes it back
        await self.plane.request(
            Allow(room=guest.room, person=guest.name, sound=False, picture=False)
        )

    async def step(self) -> None:
        """One thing."""
        often: list[tuple[Callable[[], Awaitable[None]], int]] = [
            (self.publisher_comes, 4),
            (self.subscriber_comes, 10),
            (self.subscriber_restarts, 4),
            (self.guest_leaves, 4),
            (self.guest_hangs_up, 3),
            (self.guest_vanishes, 2),
            (self.publisher_is_muted, 4),
            (self.room_closes, 0 if self.chance.random() < 0.9 else 1),
        ]
        what = self.chance.choices([each for each, _ in often], [times for _, times in often])[0]
        name = what.__name__
        self.happened[name] = self.happened.get(name, 0) + 1
        try:
            await what()
        except MediaRefused as refused:
            # who vanished or was shut out with a room is no longer known
            assert refused.code is MediaCode.UNKNOWN_PEER  # noqa: PT017 - or nothing is raised

    async def end(self) -> None:
        """Everybody leaves."""
        for room in ROOMS:
            for guest in [g for g in self.guests.values() if g.room == room]:
                await self._forget(guest)
            await self.plane.request(CloseRoom(room=room))


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[Soak]:
    """A media process with two rooms, and somebody who listens to it."""
    plane = await ChildMediaPlane.start(SETTINGS)
    maker = PeerMaker(SETTINGS)
    soak = Soak(plane, maker, random.Random(20261122))
    tasks = [asyncio.create_task(work()) for work in (soak.listen, soak.observe)]
    try:
        yield soak
    finally:
        for task in tasks:
            task.cancel()
        await plane.close()
        await maker.close()


async def settled(soak: Soak, like: Vitals) -> Vitals:
    """The first report that holds no more than *like*, or the last before patience ends."""
    async with asyncio.timeout(SETTLE_S):
        while (now := soak.vitals[-1]).tasks > like.tasks or now.files > like.files:  # noqa: ASYNC110
            await asyncio.sleep(1)
    return now


def test_after_a_while_of_coming_and_going_nothing_is_left_over(
    request: pytest.FixtureRequest,
) -> None:
    seconds: int = request.config.getoption("--soak")

    async def scenario() -> None:
        async with running() as soak:
            async with asyncio.timeout(SETTLE_S):
                while not soak.vitals:  # noqa: ASYNC110
                    await asyncio.sleep(0.2)
            idle = soak.vitals[-1]
            for room in ROOMS:
                await soak.plane.request(OpenRoom(room=room))
            loop = asyncio.get_running_loop()
            start = loop.time()
            while loop.time() - start < seconds:
                await soak.step()
                await asyncio.sleep(soak.chance.uniform(0, 2 * STEP_S))
            await soak.end()
            left = await settled(soak, idle)
            print(report(soak, idle, left))
            assert soak.packets > 100 * seconds, "hardly anything was forwarded"
            middle, last = thirds(soak.vitals)
            assert last - middle < GROWTH_MAX
            undisturbed = own(soak.vitals)
            assert len(undisturbed) > LOOKS, "it hardly ever had a processor"
            # Looks that nobody disturbed excuse those that others did; they are not asked for more.
            assert min(p99(every(soak.vitals)), p99(undisturbed)) < LATE_P99_MS

    asyncio.run(scenario())


def thirds(vitals: list[Vitals]) -> tuple[float, float]:
    """Memory in the middle and the last third, bytes; the first is for getting warm."""
    size = len(vitals) // 3
    parts = vitals[size : 2 * size], vitals[2 * size :]
    middle, last = (statistics.median(one.memory for one in part) for part in parts)
    return middle, last


def every(vitals: list[Vitals]) -> list[float]:
    """How late the loop was at each look, sorted, ms."""
    return sorted(late for one in vitals for late in one.late_ms)


def own(vitals: list[Vitals]) -> list[float]:
    """How late the loop was where no other process had its processor, sorted, ms."""
    return sorted(
        late
        for one in vitals
        for late, starved in zip(one.late_ms, one.starved_ms, strict=True)
        if starved < STARVED_MS
    )


def p99(values: list[float]) -> float:
    """Of sorted ones."""
    return values[int(0.99 * len(values))]


def report(soak: Soak, idle: Vitals, left: Vitals) -> str:
    late, undisturbed = every(soak.vitals), own(soak.vitals)
    middle, last = thirds(soak.vitals)
    return (
        f"{soak.happened}, {soak.packets} packets; tasks {idle.tasks} -> {left.tasks}, "
        f"files {idle.files} -> {left.files}, memory {idle.memory / 1e6:.1f}, "
        f"{middle / 1e6:.1f}, {last / 1e6:.1f} MB; loop late p50 {late[len(late) // 2]} ms, "
        f"p99 {p99(late)} ms, worst {late[-1]} ms; where nobody else had its processor "
        f"({len(undisturbed) / len(late):.0%}) p99 {p99(undisturbed)} ms"
    )
