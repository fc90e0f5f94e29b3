"""The service answers after the commit, once for each command, whatever happens in between."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable

import pytest

from meetings import commands as cmd
from meetings import events as ev
from meetings import service as service_module
from meetings.attendance.state import Interval
from meetings.people import Person, Role
from meetings.record.port import MeetingExists, RecordError, UnknownMeeting
from meetings.refusals import Code, Refused
from meetings.service import Accepted, MeetingService, ServiceClosed
from tests.unit.meetings.given import CREATED, OPEN
from tests.unit.meetings.hall import CHEN, COMMENT, LI, WANG, Hall, play


async def gathered(*asked: Awaitable[Accepted | Refused]) -> tuple[Accepted | Refused, ...]:
    """Ask all at once."""
    return tuple(await asyncio.gather(*asked))


POSTED = ev.CommentPosted(person="wang", text="尽快修")


def test_a_command_is_carried_out_folded_and_announced() -> None:
    async def scenario(hall: Hall) -> None:
        assert await hall.submit(WANG, COMMENT) == Accepted(8)
        live = await hall.service.live("m1")
        assert live.meeting.comments.by_id[8].text == "尽快修"
        assert hall.announced == [("m1", 8)]
        entry = (await hall.record.read("m1", 7))[0]
        assert (entry.actor, entry.cause, entry.at_ms) == ("wang", "command-1", 1_000_000)

    play(scenario)


def test_nothing_is_answered_shown_or_announced_before_the_commit() -> None:
    async def scenario(hall: Hall) -> None:
        live = await hall.service.live("m1")
        hall.record.gate.clear()
        asked = asyncio.create_task(hall.submit(WANG, COMMENT))
        for _ in range(20):
            await asyncio.sleep(0)
        assert not asked.done()
        assert live.meeting.offset == 7
        assert hall.announced == []
        hall.record.gate.set()
        assert await asked == Accepted(8)

    play(scenario)


def test_what_waits_is_committed_together() -> None:
    """While one commit is under way, the others gather for the next."""

    async def scenario(hall: Hall) -> None:
        await hall.service.live("m1")
        hall.record.gate.clear()
        asked = [asyncio.create_task(hall.submit(WANG, COMMENT, f"command-{i}")) for i in range(9)]
        for _ in range(5):
            await asyncio.sleep(0)
        asked += [asyncio.create_task(hall.submit(LI, COMMENT, f"command-{i}")) for i in range(9)]
        hall.record.gate.set()
        assert sorted(
            a.offset for a in await asyncio.gather(*asked) if isinstance(a, Accepted)
        ) == [*range(8, 26)]
        assert hall.record.commits == [9, 9]

    play(scenario)


def test_each_command_of_a_group_sees_those_before_it() -> None:
    """Of two ballots sent at once, one counts."""
    vote = ev.VoteOpened(question="?", options=("同意", "反对"), electors="everyone")

    async def scenario(hall: Hall) -> None:
        answers = await gathered(
            hall.submit(WANG, cmd.CastBallot(vote=8, marks=(1, 0)), "command-1"),
            hall.submit(WANG, cmd.CastBallot(vote=8, marks=(0, 1)), "command-2"),
        )
        assert answers == (Accepted(9), Refused(Code.VOTE_ALREADY_CAST))
        live = await hall.service.live("m1")
        assert live.meeting.votes.by_id[8].counts == (1, 0)

    play(scenario, *OPEN, vote)


def test_a_repeated_command_gets_the_same_answer_and_happens_once() -> None:
    """Repeated at once, later, and after a restart; another person's id is another command."""

    async def scenario(hall: Hall) -> None:
        first = await gathered(hall.submit(WANG, COMMENT), hall.submit(WANG, COMMENT))
        assert first == (Accepted(8), Accepted(8))
        assert await hall.submit(LI, COMMENT) == Accepted(9)
        assert await hall.submit(WANG, COMMENT) == Accepted(8)
        restarted = Hall(hall.record)
        assert await restarted.submit(WANG, COMMENT) == Accepted(8)
        await restarted.service.close()
        assert len(await hall.events()) == 2

    play(scenario)


def test_a_repeated_refusal_is_the_same_refusal() -> None:
    """Even if the command could be carried out by now; under a new id it is."""

    async def scenario(hall: Hall) -> None:
        refused = await hall.submit(CHEN, cmd.GrantFloor(person="sun"))
        assert refused == Refused(Code.FLOOR_UNKNOWN_PERSON)
        sun = Person(id="sun", name="孙委员", role=Role.PARTICIPANT)
        both = await gathered(
            hall.submit(sun, cmd.Join()), hall.submit(CHEN, cmd.GrantFloor(person="sun"))
        )
        assert both == (Accepted(8), refused)
        assert await hall.submit(CHEN, cmd.GrantFloor(person="sun"), "command-2") == Accepted(9)

    play(scenario)


def test_of_refusals_the_newest_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory is bounded."""
    monkeypatch.setattr(service_module, "REFUSALS_KEPT", 2)

    async def scenario(hall: Hall) -> None:
        yielding = cmd.EndFloor()
        for i in range(3):
            refused = await hall.submit(LI, yielding, f"command-{i}")
            assert refused == Refused(Code.FLOOR_NOT_HELD)
        assert await hall.submit(CHEN, cmd.GrantFloor(person="li")) == Accepted(8)
        assert await hall.submit(LI, yielding, "command-2") == Refused(Code.FLOOR_NOT_HELD)
        assert await hall.submit(LI, yielding, "command-0") == Accepted(9)

    play(scenario)


def test_what_is_so_already_is_answered_with_the_head() -> None:
    async def scenario(hall: Hall) -> None:
        assert await hall.submit(WANG, cmd.Join()) == Accepted(7)
        assert hall.announced == []
        assert hall.record.commits == []

    play(scenario)


def test_another_process_may_append_first() -> None:
    """Then it is read what it did, and decided again: both ways, nothing lost, nothing twice."""
    vote = ev.VoteOpened(question="?", options=("同意", "反对"), electors="everyone")

    async def scenario(hall: Hall) -> None:
        other = Hall(hall.record)
        await other.service.live("m1")
        ballot = cmd.CastBallot(vote=8, marks=(1, 0))
        answers = await asyncio.gather(
            hall.submit(WANG, ballot, "command-1"),
            other.submit(WANG, ballot, "command-1"),
            hall.submit(LI, COMMENT, "command-2"),
            other.submit(CHEN, ballot, "command-3"),
        )
        assert answers[0] == answers[1]
        assert all(isinstance(answer, Accepted) for answer in answers)
        for one in (hall, other):
            one.service.heard("m1", 11)
            live = await one.service.live("m1")
            await one.until(lambda live=live: live.meeting.offset == 11)  # type: ignore[misc]
            assert live.meeting.votes.by_id[8].counts == (2, 0)
            assert one.announced[-1] == ("m1", 11)
        await other.service.close()

    play(scenario, *OPEN, vote)


def test_news_of_another_process_is_read_on_hearing_of_it() -> None:
    """And the register with it; news of what is known, or of no meeting here, is none."""

    async def scenario(hall: Hall) -> None:
        live = await hall.service.live("m1")
        entry = ev.Entry(offset=8, at_ms=8000, event=POSTED)
        renamed = WANG.model_copy(update={"name": "王秀英"})
        await hall.record.append("m1", 7, [entry], [renamed])
        hall.service.heard("m1", 7)
        hall.service.heard("m9", 7)
        hall.service.heard("m1", 8)
        await hall.until(lambda: hall.announced == [("m1", 8)])
        assert live.meeting.offset == 8
        assert live.register["wang"].name == "王秀英"
        assert live.section_offsets["people"] == 8

    play(scenario)


def test_what_nobody_told_of_is_found_by_asking_the_store() -> None:
    async def scenario(hall: Hall) -> None:
        live = await hall.service.live("m1")
        entry = ev.Entry(offset=8, at_ms=8000, event=POSTED)
        await hall.record.append("m1", 7, [entry], [])
        await hall.service.check("m1")
        await hall.until(lambda: hall.announced == [("m1", 8)])
        assert live.meeting.offset == 8
        await hall.service.check("m9")

    play(scenario)


def test_a_join_writes_the_register_in_the_same_commit() -> None:
    sun = Person(id="sun", name="孙委员", office="政协", role=Role.PARTICIPANT)

    async def scenario(hall: Hall) -> None:
        assert await hall.submit(sun, cmd.Join()) == Accepted(8)
        assert (await hall.record.register("m1")).people["sun"] == sun
        live = await hall.service.live("m1")
        assert live.register["sun"] == sun
        assert live.section_offsets["comments"] == 1

    play(scenario)


def test_somebody_who_is_there_can_come_again_under_another_name() -> None:
    """The sections with names are as of then; attendance has one interval."""
    renamed = WANG.model_copy(update={"name": "王秀英"})

    async def scenario(hall: Hall) -> None:
        assert await hall.submit(renamed, cmd.Join()) == Accepted(8)
        live = await hall.service.live("m1")
        assert live.register["wang"].name == "王秀英"
        assert live.section_offsets["comments"] == 8
        assert live.meeting.attendance.people["wang"].intervals == (Interval(4000),)
        again = Hall(hall.record)
        assert (await again.service.live("m1")).section_offsets == live.section_offsets
        await again.service.close()

    play(scenario)


NOBODY_VOTED = ev.Outcome(
    result="rejected", tally=(0, 0), ballots=0, cast=0, abstained=0, reasons=("nobody_voted",)
)


def test_deadlines_are_kept_without_anybody_asking() -> None:
    """Two have passed while nobody looked: both end, in one commit, by nobody's hand."""
    speech = ev.FloorGranted(person="li", until_ms=900_000)
    vote = ev.VoteOpened(question="?", options=("a", "b"), electors="everyone", until_ms=800_000)

    async def scenario(hall: Hall) -> None:
        running = asyncio.create_task(hall.service.run())
        await hall.until(lambda: bool(hall.announced))
        assert await hall.events() == [
            speech,
            vote,
            ev.VoteClosed(vote=9, reason="timed_out", outcome=NOBODY_VOTED),
            ev.FloorEnded(person="li", reason="timed_out"),
        ]
        assert {entry.actor for entry in await hall.record.read("m1", 9)} == {None}
        assert hall.record.commits == [2]
        await hall.service.close()
        await running

    play(scenario, *OPEN, speech, vote)


def test_the_writer_sleeps_until_the_next_deadline() -> None:
    """Woken by it alone, a few milliseconds from now."""
    speech = ev.FloorGranted(person="li", until_ms=1_000_005)

    async def scenario(hall: Hall) -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        hall.service = MeetingService(
            hall.record,
            lambda: 1_000_000 + int((loop.time() - begun) * 1000),
            hall._announce,
        )
        live = await hall.service.live("m1")
        await hall.until(lambda: live.meeting.floor.holder is None)
        assert live.meeting.at_ms >= 1_000_005

    play(scenario, *OPEN, speech)


def test_what_is_due_happens_before_what_is_asked() -> None:
    """A ballot that comes with the end of the time comes too late, by the record too."""
    vote = ev.VoteOpened(question="?", options=("a", "b"), electors="everyone", until_ms=2_000_000)

    async def scenario(hall: Hall) -> None:
        await hall.service.live("m1")
        hall.now_ms = 2_000_000
        cast = cmd.CastBallot(vote=8, marks=(1, 0))
        assert await hall.submit(WANG, cast) == Refused(Code.VOTE_CLOSED)
        opened, closed = await hall.events()
        assert opened == vote
        assert isinstance(closed, ev.VoteClosed)
        assert (closed.vote, closed.reason) == (8, "timed_out")

    play(scenario, *OPEN, vote)


def test_the_records_time_never_runs_backwards() -> None:
    """Though the wall clock may be set back."""

    async def scenario(hall: Hall) -> None:
        await hall.submit(WANG, COMMENT, "command-1")
        hall.now_ms -= 60_000
        await hall.submit(WANG, COMMENT, "command-2")
        times = [entry.at_ms for entry in await hall.record.read("m1", 7)]
        assert times == [1_000_000, 1_000_000]

    play(scenario)


def test_too_much_at_once_is_refused_and_may_be_sent_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service_module, "QUEUE_MAX", 3)

    async def scenario(hall: Hall) -> None:
        await hall.service.live("m1")
        answers = await asyncio.gather(
            *(hall.submit(WANG, COMMENT, f"command-{i}") for i in range(5))
        )
        assert answers[3:] == [Refused(Code.OVERLOADED)] * 2
        assert await hall.submit(WANG, COMMENT, "command-4") == Accepted(11)

    play(scenario)


def test_a_failing_store_acknowledges_nothing_and_the_meeting_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(service_module, "RETRY_S", 0)

    async def scenario(hall: Hall) -> None:
        hall.record.failing = 1
        with pytest.raises(RecordError, match="disk is full"):
            await hall.submit(WANG, COMMENT)
        live = await hall.service.live("m1")
        assert live.meeting.offset == 7
        assert await hall.submit(WANG, COMMENT) == Accepted(8)

    with caplog.at_level(logging.CRITICAL):
        play(scenario)


def test_whoever_asked_may_go_away() -> None:
    """The command is carried out all the same; the answer waits for the repetition."""

    async def scenario(hall: Hall) -> None:
        hall.record.gate.clear()
        gone = asyncio.create_task(hall.submit(WANG, COMMENT))
        for _ in range(5):
            await asyncio.sleep(0)
        gone.cancel()
        hall.record.gate.set()
        assert await hall.submit(WANG, COMMENT) == Accepted(8)
        assert await hall.events() == [POSTED]

    play(scenario)


def test_what_waits_at_the_close_is_carried_out_and_nothing_after() -> None:
    async def scenario(hall: Hall) -> None:
        await hall.service.live("m1")
        asked = asyncio.create_task(hall.submit(WANG, COMMENT))
        await asyncio.sleep(0)
        await hall.service.close()
        assert await asked == Accepted(8)
        with pytest.raises(ServiceClosed):
            await hall.submit(WANG, COMMENT)

    play(scenario)


def test_a_meeting_is_created_with_those_who_are_known() -> None:
    async def scenario(hall: Hall) -> None:
        await hall.service.create("m2", CREATED, [CHEN])
        live = await hall.service.live("m2")
        assert (live.meeting.id, live.meeting.title) == ("m2", CREATED.title)
        assert live.epoch == (await hall.record.head("m2")).epoch
        assert live.register == {"chen": CHEN}
        with pytest.raises(MeetingExists):
            await hall.service.create("m2", CREATED)

    play(scenario)


def test_items_of_an_agenda_have_ids_of_their_own() -> None:
    twice = CREATED.model_copy(update={"agenda": CREATED.agenda[:1] * 2})

    async def scenario(hall: Hall) -> None:
        with pytest.raises(ValueError, match="one id"):
            await hall.service.create("m2", twice)

    play(scenario)


def test_a_meeting_without_record_is_unknown() -> None:
    async def scenario(hall: Hall) -> None:
        with pytest.raises(UnknownMeeting):
            await hall.service.submit("m9", WANG, "command-1", COMMENT)
        with pytest.raises(UnknownMeeting):
            await hall.service.live("m9")

    play(scenario)


def test_a_meeting_is_read_once_by_however_many_ask() -> None:
    async def scenario(hall: Hall) -> None:
        one, other = await asyncio.gather(hall.service.live("m1"), hall.service.live("m1"))
        assert one is other

    play(scenario)
