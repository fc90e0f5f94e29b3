"""A meeting's service for a test, on a record whose commits wait for it; its clock stands still."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from meetings import commands as cmd
from meetings import events as ev
from meetings.commands import Command
from meetings.people import Person, PersonId
from meetings.record.memory import MemoryRecord
from meetings.record.port import RecordError, read_all
from meetings.refusals import Refused
from meetings.service import Accepted, MeetingService
from tests.unit.meetings.given import OPEN, REGISTER, record

CHEN, LI, WANG = REGISTER["chen"], REGISTER["li"], REGISTER["wang"]
COMMENT = cmd.PostComment(text="尽快修")
NEVER = 10.0  # seconds, until a test that hangs is given up


class GatedRecord(MemoryRecord):
    """A record whose commits wait for the gate, and can be made to fail."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()
        self.commits: list[int] = []
        self.failing = 0

    async def append(
        self,
        meeting: str,
        expected_offset: int,
        entries: Sequence[ev.Entry],
        people: Sequence[Person],
        forgotten: Sequence[PersonId] = (),
    ) -> None:
        await self.gate.wait()
        if self.failing:
            self.failing -= 1
            raise RecordError("disk is full")
        await super().append(meeting, expected_offset, entries, people, forgotten)
        self.commits.append(len(entries))


class Hall:
    """A service on a record, with a clock that stands still and what was announced."""

    def __init__(self, stored: GatedRecord | None = None) -> None:
        self.record = GatedRecord() if stored is None else stored
        self.now_ms = 1_000_000
        self.announced: list[tuple[str, int]] = []
        self.news = asyncio.Event()
        self.service = MeetingService(self.record, lambda: self.now_ms, self._announce)

    def _announce(self, meeting: str, offset: int) -> None:
        self.announced.append((meeting, offset))
        self.news.set()

    async def given(self, *events: ev.Event) -> None:
        """Begin meeting m1 with what already happened."""
        first, *others = record(events)
        await self.record.create("m1", first, list(REGISTER.values()))
        if others:
            await self.record.append("m1", 1, others, ())
        self.record.commits.clear()

    async def submit(
        self, person: Person, command: Command, command_id: str = "command-1"
    ) -> Accepted | Refused:
        return await self.service.submit("m1", person, command_id, command)

    async def events(self) -> list[ev.Event]:
        """Return what the record holds after OPEN."""
        return [entry.event for entry in await read_all(self.record, "m1")][len(OPEN) :]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for announcements until *condition* holds."""
        while not condition():
            self.news.clear()
            await self.news.wait()


def play(scenario: Callable[[Hall], Awaitable[None]], *events: ev.Event) -> None:
    """Run a scenario in meeting m1, which is open unless other events are given."""

    async def go() -> None:
        hall = Hall()
        await hall.given(*(events or OPEN))
        async with asyncio.timeout(NEVER):
            await scenario(hall)
            await hall.service.close()

    asyncio.run(go())
