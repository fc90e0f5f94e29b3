"""The demonstration's script, played on the meeting's own rules without network and in no time."""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
import random
from collections.abc import Callable, Mapping

import pytest

from demo import seed
from demo.script import Clerk, Tempo, curious_resident, holder, official, residents, voter
from meetings import views
from meetings.authority import Actor
from meetings.commands import Command, Join, MoveAgenda, OpenVote
from meetings.decide import decide
from meetings.events import Entry
from meetings.fold import apply
from meetings.moment import Moment
from meetings.people import Person, Role
from meetings.refusals import Refused
from meetings.sections import Audience
from meetings.state import Meeting
from signaling.wire.frames import Refusal, Result, Sections

FAST = Tempo(*(seconds / 500 for seconds in dataclasses.astuple(Tempo())))
WAIT_S = 20.0

RESIDENTS = tuple(
    Person(id=f"viewer-{n}", name=name, role=Role.VIEWER) for n, name in enumerate(seed.VIEWERS)
)


class Table:
    """The meeting, and everybody's view of it."""

    def __init__(self) -> None:
        self.register = {person.id: person for person in (*seed.PEOPLE, *RESIDENTS)}
        created = Entry(offset=1, at_ms=0, event=seed.meeting(0))
        self.meeting: Meeting = apply(None, created)
        self.entries = [created]
        self.seats: list[PlainSeat] = []
        self._now_ms = itertools.count(1)

    def ask(self, person: Person, command: Command) -> int | Refused:
        now_ms = next(self._now_ms)
        events = decide(self.meeting, command, Actor(person.id, person.role), Moment(now_ms))
        if isinstance(events, Refused):
            return events
        for event in events:
            offset = self.meeting.offset + 1
            entry = Entry(offset=offset, at_ms=now_ms, actor=person.id, event=event)
            self.meeting = apply(self.meeting, entry)
            self.entries.append(entry)
        if events:
            self.look()
        return self.meeting.offset

    def look(self) -> None:
        """Show everybody the meeting as it stands; sections are built once for each audience."""
        shown = {
            audience: {
                name: views.section(name, self.meeting, self.register, audience)
                for name in views.AUDIENCE_SECTIONS[audience]
            }
            for audience in {seat.audience for seat in self.seats}
        }
        for seat in self.seats:
            seat.look(shown[seat.audience])

    def count(self, kind: str) -> int:
        return sum(entry.event.type == kind for entry in self.entries)


class PlainSeat:
    """A `Seat` at a table."""

    def __init__(self, table: Table, person: Person) -> None:
        self.sections = Sections()
        self.offset = 0
        self._table = table
        self._person = person
        self.audience = Audience(person.role.value)
        self._changed = asyncio.Event()
        table.seats.append(self)
        table.ask(person, Join())

    def look(self, shown: Mapping[str, views.Section]) -> None:
        table, person = self._table, self._person
        me = views.me(table.meeting, table.register, person.id)
        self.sections = Sections.model_validate({**shown, "me": me})
        self.offset = table.meeting.offset
        self._changed.set()

    async def ask(self, command: Command) -> Result | Refusal:
        await asyncio.sleep(0)
        answer = self._table.ask(self._person, command)
        if isinstance(answer, Refused):
            return Refusal(id="command-id", code=answer.code)
        return Result(id="command-id", offset=answer)

    async def until(self, holds: Callable[[Sections], bool]) -> Sections:
        while not holds(self.sections):
            self._changed.clear()
            await self._changed.wait()
        return self.sections


class Show:
    """Everybody plays, as in `demo.run.play`."""

    def __init__(self) -> None:
        self.table = Table()
        self.clerk = PlainSeat(self.table, seed.CLERK)
        self.host = PlainSeat(self.table, seed.HOST)
        self.official = PlainSeat(self.table, seed.OFFICIAL)
        self.residents = [PlainSeat(self.table, person) for person in RESIDENTS]

    def run(self, until: Callable[[Table], bool], *, meddle: Command | None = None) -> bool:
        """Play until *until*; then the host asks *meddle*; whether the clerk let go."""

        async def scene() -> bool:
            chance = random.Random(7)
            others = [
                official(self.official, FAST),
                residents(self.residents, FAST, chance),
                *(
                    curious_resident(seat, FAST, wish)
                    for seat, wish in zip(self.residents, seed.WISHES, strict=False)
                ),
                *(voter(seat, FAST, chance) for seat in (self.official, *self.residents)),
            ]
            tasks = [asyncio.create_task(work) for work in others]
            clerk = asyncio.create_task(Clerk(self.clerk, FAST).play())
            try:
                async with asyncio.timeout(WAIT_S):
                    await self.clerk.until(lambda _: until(self.table))
                    if meddle is not None:
                        await self.host.ask(meddle)
                        await clerk
                return clerk.done()
            finally:
                for task in (*tasks, clerk):
                    task.cancel()
                await asyncio.gather(*tasks, clerk, return_exceptions=True)

        return asyncio.run(scene())


def test_the_clerk_goes_through_the_agenda_again_and_again() -> None:
    """Matters, speeches and votes; a recess between two rounds; the clerk does not let go."""
    show = Show()
    let_go = show.run(lambda table: table.count("agenda.moved") == 2 * len(seed.MATTERS))
    table = show.table
    moved = [entry.event.item for entry in table.entries if entry.event.type == "agenda.moved"]
    assert moved == [1, 2, 3, 1, 2, 3]
    assert table.count("meeting.recessed") == table.count("meeting.resumed") == 1
    assert table.count("floor.granted") >= len(seed.MATTERS)
    assert table.count("vote.opened") >= len(seed.MATTERS)
    assert not let_go


def test_the_official_speaks_and_yields_by_himself() -> None:
    """Each speech that the clerk grants ends with the speaker."""
    show = Show()
    show.run(lambda table: table.count("floor.ended") >= 2)
    reasons = {e.event.reason for e in show.table.entries if e.event.type == "floor.ended"}
    assert reasons == {"yielded"}


def test_residents_are_called_and_have_their_wishes_read_out() -> None:
    """First the green room, there the text, then the floor; the official speaks as well."""
    show = Show()

    def spoke(table: Table) -> set[str]:
        return {e.event.person for e in table.entries if e.event.type == "floor.granted"}

    show.run(lambda table: len(spoke(table) - {seed.OFFICIAL.id}) >= 2)
    events = [entry.event for entry in show.table.entries]
    written = {e.person: e.text for e in events if e.type == "floor.text_given"}
    called = {e.person for e in events if e.type == "floor.called"}
    assert seed.OFFICIAL.id in spoke(show.table)
    assert spoke(show.table) - {seed.OFFICIAL.id} <= written.keys() <= called
    assert set(written.values()) <= {wish.text for wish in seed.WISHES}


def test_residents_comment_like_and_vote() -> None:
    """Every resident and the official vote once in each vote that was closed."""
    show = Show()
    show.run(lambda table: table.count("vote.closed") == 2)
    votes = show.table.meeting
    sections = show.clerk.sections
    assert votes is not None
    assert sections.votes is not None
    closed = [vote for vote in sections.votes.votes if vote.state == "closed"]
    assert [vote.cast for vote in closed] == [len(RESIDENTS) + 1] * 2
    assert show.table.count("comment.posted") > 5
    assert show.table.count("comment.liked") > 2


@pytest.mark.parametrize(
    "meddle",
    [MoveAgenda(item=3), OpenVote(question="休息吗？", options=("是", "否"))],
    ids=lambda command: command.type,
)
def test_the_clerk_lets_go_when_a_host_acts(meddle: Command) -> None:
    """Whoever moves the agenda or puts a question as host runs the meeting from then on."""
    show = Show()
    let_go = show.run(lambda _: holder(show.host.sections) is not None, meddle=meddle)
    assert let_go
