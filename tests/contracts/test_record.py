"""What every record has to do, on each that there is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from meetings import events as ev
from meetings.people import Person, Role
from meetings.record import chain
from meetings.record.memory import MemoryRecord
from meetings.record.port import (
    READ_MAX,
    Checkpoint,
    Conflict,
    Linked,
    MeetingExists,
    Record,
    UnknownMeeting,
    read_all,
)
from meetings.record.sqlite import SqliteRecord

Scenario = Callable[[Record], Awaitable[None]]
Run = Callable[[Scenario], None]


@pytest.fixture(params=["memory", "sqlite"])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    """Run a scenario on a record of each kind."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Record]:
        record: Record
        record = MemoryRecord() if request.param == "memory" else SqliteRecord(tmp_path / "r.db")
        try:
            yield record
        finally:
            await record.close()

    async def play(scenario: Scenario) -> None:
        async with opened() as record:
            await scenario(record)

    return lambda scenario: asyncio.run(play(scenario))


def created(room: str = "A1B2", planned_ms: int = 500) -> ev.Entry:
    event = ev.MeetingCreated(
        title="积水治理", room=room, room_name="议事室", planned_ms=planned_ms
    )
    return ev.Entry(offset=1, at_ms=1, event=event)


def comment(offset: int, text: str = "好") -> ev.Entry:
    event = ev.CommentPosted(person="wang", text=text)
    return ev.Entry(offset=offset, at_ms=offset, actor="wang", cause=f"c{offset:07}", event=event)


def happened(offset: int, event: ev.Event) -> ev.Entry:
    return ev.Entry(offset=offset, at_ms=offset, event=event)


WANG = Person(id="wang", name="王阿姨", role=Role.VIEWER)
LI = Person(id="li", name="李工", office="住建局", role=Role.PARTICIPANT)


def test_what_was_appended_is_read_in_order(run: Run) -> None:
    """Whole, and as it was: who, when, for which command."""

    async def scenario(record: Record) -> None:
        await record.create("m1", created(), ())
        entries = [created(), comment(2), comment(3), comment(4)]
        await record.append("m1", 1, entries[1:3], ())
        await record.append("m1", 3, entries[3:], ())
        assert list(await record.read("m1", 0)) == entries
        assert list(await record.read("m1", 2)) == entries[2:]
        assert list(await record.read("m1", 1, 2)) == entries[1:3]
        assert list(await record.read("m1", 4)) == []
        assert (await record.head("m1")).offset == 4

    run(scenario)


def test_a_record_has_an_epoch_of_its_own(run: Run) -> None:
    """It stays, and no two records share it."""

    async def scenario(record: Record) -> None:
        made = await record.create("m1", created(), ())
        other = await record.create("m2", created(), ())
        assert made.offset == 1
        assert made.epoch
        assert made.epoch != other.epoch
        await record.append("m1", 1, [comment(2)], ())
        assert (await record.head("m1")).epoch == made.epoch

    run(scenario)


def test_a_meeting_is_created_once(run: Run) -> None:
    async def scenario(record: Record) -> None:
        made = await record.create("m1", created(), ())
        with pytest.raises(MeetingExists):
            await record.create("m1", created(), ())
        assert await record.head("m1") == made

    run(scenario)


def test_a_record_begins_with_its_creation(run: Run) -> None:
    async def scenario(record: Record) -> None:
        with pytest.raises(ValueError, match="begins with its creation"):
            await record.create("m1", comment(1), ())
        with pytest.raises(UnknownMeeting):
            await record.head("m1")

    run(scenario)


@pytest.mark.parametrize("expected", [1, 3])
def test_who_has_not_read_the_head_is_turned_down(run: Run, expected: int) -> None:
    """Nothing of it is written, neither entries nor people; others are not held up."""

    async def scenario(record: Record) -> None:
        await record.create("m1", created(), ())
        await record.append("m1", 1, [comment(2)], ())
        with pytest.raises(Conflict):
            await record.append("m1", expected, [comment(expected + 1)], [WANG])
        assert (await record.head("m1")).offset == 2
        assert (await record.register("m1")).people == {}
        await record.append("m1", 2, [comment(3)], [WANG])

    run(scenario)


def test_of_those_who_append_at_once_one_is_first(run: Run) -> None:
    """The others conflict, read on, and get their turn: no gap, nothing lost, nothing twice."""

    async def scenario(record: Record) -> None:
        await record.create("m1", created(), ())

        async def insist(text: str) -> None:
            while True:
                head = await record.head("m1")
                try:
                    await record.append("m1", head.offset, [comment(head.offset + 1, text)], ())
                except Conflict:
                    continue
                return

        await asyncio.gather(*(insist(f"第{i}条") for i in range(10)))
        entries = await read_all(record, "m1")
        assert [entry.offset for entry in entries] == list(range(1, 12))
        texts = {e.event.text for e in entries if isinstance(e.event, ev.CommentPosted)}
        assert texts == {f"第{i}条" for i in range(10)}

    run(scenario)


def test_records_do_not_mix(run: Run) -> None:
    async def scenario(record: Record) -> None:
        await record.create("m1", created(), [WANG])
        await record.create("m2", created("C3D4"), [LI])
        await asyncio.gather(
            *(record.append(m, 1, [comment(2, m), comment(3, m)], ()) for m in ("m1", "m2"))
        )
        for meeting in ("m1", "m2"):
            texts = [e.event for e in await record.read(meeting, 1)]
            assert {t.text for t in texts if isinstance(t, ev.CommentPosted)} == {meeting}
        assert set((await record.register("m1")).people) == {"wang"}

    run(scenario)


def test_entries_without_a_meeting_have_no_place(run: Run) -> None:
    async def scenario(record: Record) -> None:
        asked: list[Awaitable[object]] = [
            record.append("m9", 1, [comment(2)], ()),
            record.read("m9", 0),
            record.head("m9"),
            record.register("m9"),
            record.linked("m9", 0),
            record.checkpoints("m9"),
            record.put_checkpoint("m9", Checkpoint(1, b"{}", b"")),
        ]
        for one in asked:
            with pytest.raises(UnknownMeeting):
                await one

    run(scenario)


def test_entries_have_to_follow_on_what_is_expected(run: Run) -> None:
    """That is a mistake of the caller's, told before anything is written."""

    async def scenario(record: Record) -> None:
        await record.create("m1", created(), ())
        for wrong in ([], [comment(3)], [comment(2), comment(4)]):
            with pytest.raises(ValueError, match="do not follow"):
                await record.append("m1", 1, wrong, ())

    run(scenario)


def test_people_stand_in_the_register(run: Run) -> None:
    """Those known from the start, those who came, and each as last written."""

    async def scenario(record: Record) -> None:
        await record.create("m1", created(), [LI])
        await record.append("m1", 1, [comment(2)], [WANG])
        register = await record.register("m1")
        assert register.people == {"li": LI, "wang": WANG}
        assert register.changed == 0
        await record.append("m1", 2, [comment(3)], [WANG])
        assert (await record.register("m1")).changed == 0
        renamed = WANG.model_copy(update={"name": "王秀英"})
        await record.append("m1", 3, [comment(4), comment(5)], [renamed, LI])
        register = await record.register("m1")
        assert register.people == {"li": LI, "wang": renamed}
        assert register.changed == 5

    run(scenario)


def test_who_is_forgotten_is_in_the_register_no_more(run: Run) -> None:
    """Of others nothing changes; whoever has seen the head has seen that the line is gone."""

    async def scenario(record: Record) -> None:
        await record.create("m1", created(), [LI, WANG])
        await record.create("m2", created("C3D4"), [WANG])
        await record.append("m1", 1, [comment(2)], (), ["wang"])
        register = await record.register("m1")
        assert register.people == {"li": LI}
        assert register.changed == 2
        assert (await record.register("m2")).people == {"wang": WANG}
        await record.append("m1", 2, [comment(3)], [WANG], ["wang", "nobody"])
        register = await record.register("m1")
        assert register.people == {"li": LI}
        assert register.changed == 3
        await record.append("m1", 3, [comment(4)], (), ["wang"])
        assert (await record.register("m1")).changed == 3

    run(scenario)


def test_nobody_is_forgotten_by_whom_was_turned_down(run: Run) -> None:
    async def scenario(record: Record) -> None:
        await record.create("m1", created(), [WANG])
        with pytest.raises(Conflict):
            await record.append("m1", 7, [comment(8)], (), ["wang"])
        assert (await record.register("m1")).people == {"wang": WANG}

    run(scenario)


def test_a_long_record_is_read_in_pieces(run: Run) -> None:
    async def scenario(record: Record) -> None:
        await record.create("m1", created(), ())
        entries = [comment(offset) for offset in range(2, READ_MAX + 10)]
        await record.append("m1", 1, entries, ())
        assert len(await record.read("m1", 0, 10 * READ_MAX)) == READ_MAX
        assert await read_all(record, "m1") == [created(), *entries]

    run(scenario)


def test_entries_are_chained_from_the_first(run: Run) -> None:
    """Over the stored bytes, across appends; the head has the link of the last entry."""

    async def scenario(record: Record) -> None:
        made = await record.create("m1", created(), ())
        entries = [created(), *(comment(offset) for offset in range(2, 8))]
        await record.append("m1", 1, entries[1:3], ())
        await record.append("m1", 3, entries[3:], [WANG])
        link, expected = chain.begin("m1"), []
        for entry in entries:
            body = entry.model_dump_json().encode()
            link = chain.link(link, body)
            expected.append(Linked(entry.offset, body, link))
        assert list(await record.linked("m1", 0)) == expected
        assert list(await record.linked("m1", 2, 3)) == expected[2:5]
        assert made.link == expected[0].link
        assert (await record.head("m1")).link == link
        with pytest.raises(Conflict):
            await record.append("m1", 3, [comment(4)], ())
        assert (await record.head("m1")).link == link

    run(scenario)


def test_alike_records_of_two_meetings_have_other_links(run: Run) -> None:
    """What is signed of one can't be shown as the other's."""

    async def scenario(record: Record) -> None:
        one, other = (
            await record.create("m1", created(), ()),
            await record.create("m2", created(), ()),
        )
        assert one.link != other.link

    run(scenario)


def test_checkpoints_are_kept_by_offset(run: Run) -> None:
    """The first one of an offset stays, so that what was shown to somebody is there for ever."""

    async def scenario(record: Record) -> None:
        await record.create("m1", created(), ())
        await record.create("m2", created(), ())
        await record.append("m1", 1, [comment(2), comment(3)], ())
        late, early = Checkpoint(3, b'{"n":3}', b"c" * 64), Checkpoint(1, b'{"n":1}', b"a" * 64)
        await record.put_checkpoint("m1", late)
        await record.put_checkpoint("m1", early)
        await record.put_checkpoint("m1", Checkpoint(3, b'{"n":"another"}', b"d" * 64))
        assert list(await record.checkpoints("m1")) == [early, late]
        assert list(await record.checkpoints("m2")) == []

    run(scenario)


def test_meetings_whose_head_is_not_signed_are_named(run: Run) -> None:
    async def scenario(record: Record) -> None:
        for meeting in ("m1", "m2"):
            await record.create(meeting, created(), ())
        assert sorted(await record.unsigned()) == ["m1", "m2"]
        assert len(await record.unsigned(1)) == 1
        await record.put_checkpoint("m1", Checkpoint(1, b"{}", b"a" * 64))
        assert list(await record.unsigned()) == ["m2"]
        await record.append("m1", 1, [comment(2)], ())
        assert sorted(await record.unsigned()) == ["m1", "m2"]
        await record.put_checkpoint("m1", Checkpoint(2, b"{}", b"a" * 64))
        assert list(await record.unsigned()) == ["m2"]

    run(scenario)


def test_meetings_are_listed_latest_first(run: Run) -> None:
    async def scenario(record: Record) -> None:
        for meeting, planned_ms in (("m1", 100), ("m2", 300), ("m3", 200)):
            await record.create(meeting, created(planned_ms=planned_ms), ())
        assert [listing.id for listing in await record.meetings()] == ["m2", "m3", "m1"]
        assert [listing.id for listing in await record.meetings(1)] == ["m2"]
        first = (await record.meetings())[0]
        assert (first.title, first.room, first.room_name) == ("积水治理", "A1B2", "议事室")
        assert (first.planned_ms, first.state) == (300, "scheduled")

    run(scenario)


def test_a_rooms_code_leads_to_the_meeting_of_now(run: Run) -> None:
    """The one that runs, also in its recess; else the next one planned; else the last one."""

    async def scenario(record: Record) -> None:
        async def current() -> str | None:
            listing = await record.current_meeting("A1B2")
            return None if listing is None else listing.id

        assert await current() is None
        await record.create("late", created(planned_ms=300), ())
        await record.create("early", created(planned_ms=100), ())
        await record.create("elsewhere", created("C3D4", planned_ms=1), ())
        assert await current() == "early"
        await record.append("late", 1, [happened(2, ev.MeetingOpened())], ())
        assert await current() == "late"
        await record.append("late", 2, [happened(3, ev.MeetingRecessed())], ())
        assert await current() == "late"
        await record.append("late", 3, [happened(4, ev.MeetingClosed())], ())
        assert await current() == "early"
        both = [happened(2, ev.MeetingOpened()), happened(3, ev.MeetingClosed())]
        await record.append("early", 1, both, ())
        assert await current() == "late"

    run(scenario)
