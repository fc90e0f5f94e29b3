"""A secret vote in the service: its box is made, opened and destroyed at the right moments."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from meetings import commands as cmd
from meetings import events as ev
from meetings.ballots.memory import MemoryBox
from meetings.ballots.voter import blind, new_serial
from meetings.people import Person
from meetings.record.memory import MemoryRecord
from meetings.record.port import read_all
from meetings.refusals import Code, Refused
from meetings.service import Accepted, Answer, MeetingService
from meetings.state import Meeting
from meetings.voting.rules import BOX_LOST
from tests.unit.meetings.given import CREATED, NOW, REGISTER

CHEN, WANG = REGISTER["chen"], REGISTER["wang"]
SECRET = cmd.OpenVote(
    question="同意吗",
    options=("同意", "反对"),
    rules=ev.VoteRules(secrecy="secret", changeable=True),
)


class CountingBox(MemoryBox):
    """Knows which boxes there are."""

    def __init__(self) -> None:
        super().__init__()
        self.there: set[str] = set()

    async def prepare(self, meeting: str) -> str:
        paper_key = await super().prepare(meeting)
        self.there.add(paper_key)
        return paper_key

    async def destroy(self, meeting: str, paper_key: str) -> None:
        await super().destroy(meeting, paper_key)
        self.there.discard(paper_key)


class Hall:
    """A service with an open meeting."""

    def __init__(self, record: MemoryRecord, box: CountingBox) -> None:
        self.record, self.box = record, box
        self.now_ms = NOW
        self._asked = 0
        self._changed = asyncio.Event()
        self.stream_delay_ms = 0
        self.service = MeetingService(
            record,
            lambda: self.now_ms,
            lambda _meeting, _offset: self._changed.set(),
            box,
            stream_delay_ms=lambda _: self.stream_delay_ms,
        )

    async def ask(self, person: Person, command: cmd.Command, name: str = "") -> Answer:
        self._asked += 1
        return await self.service.submit("m1", person, name or f"command-{self._asked:04}", command)

    async def put(self) -> int:
        answer = await self.ask(CHEN, SECRET)
        assert isinstance(answer, Accepted), answer
        return answer.offset

    async def meeting(self) -> Meeting:
        return (await self.service.live("m1")).meeting

    async def until(self, condition: Callable[[Meeting], bool]) -> Meeting:
        """Wait until the meeting is so."""
        async with asyncio.timeout(10):
            while not condition(meeting := await self.meeting()):
                self._changed.clear()
                await self._changed.wait()
        return meeting

    async def settled(self, vote: int) -> Meeting:
        """Wait until a vote is over and everything around it done."""
        meeting = await self.until(lambda now: not now.votes.by_id[vote].open)
        await self.ask(CHEN, cmd.Join())  # carried out after it
        return meeting

    async def ballot(self, vote: int, person: Person = WANG) -> ev.PublishedBallot:
        paper = blind(int((await self.meeting()).votes.by_id[vote].paper_key, 16), new_serial())
        take = cmd.TakePaper(vote=vote, blinded=paper.message.hex())
        answer = await self.ask(person, take)
        assert isinstance(answer, Accepted), answer
        assert answer.paper is not None
        signature = paper.unblind(bytes.fromhex(answer.paper))
        return ev.PublishedBallot(
            serial=paper.serial.hex(), signature=signature.hex(), marks=(1, 0)
        )


def play(scenario: Callable[[Hall], Awaitable[None]]) -> None:
    """Run a scenario in an open meeting with the host and a resident."""

    async def go() -> None:
        hall = Hall(MemoryRecord(), CountingBox())
        await hall.service.create("m1", CREATED, tuple(REGISTER.values()))
        for person in (CHEN, WANG):
            await hall.ask(person, cmd.Join())
        await hall.ask(CHEN, cmd.OpenMeeting())
        await scenario(hall)
        await hall.service.close()

    asyncio.run(go())


def test_a_box_is_made_for_the_vote_and_destroyed_after_its_end() -> None:
    async def scenario(hall: Hall) -> None:
        vote = await hall.put()
        assert hall.box.there == {(await hall.meeting()).votes.by_id[vote].paper_key}
        cast = await hall.ballot(vote)
        assert await hall.service.cast("m1", vote, cast) is None
        await hall.ask(CHEN, cmd.CloseVote(vote=vote))
        ended = (await hall.settled(vote)).votes.by_id[vote]
        assert ended.published == (cast,)
        assert ended.outcome is not None
        assert (ended.outcome.result, ended.outcome.tally) == ("passed", (1, 0))
        assert hall.box.there == set()

    play(scenario)


def test_a_cancelled_votes_box_is_destroyed_unopened() -> None:
    async def scenario(hall: Hall) -> None:
        vote = await hall.put()
        await hall.service.cast("m1", vote, await hall.ballot(vote))
        await hall.ask(CHEN, cmd.CancelVote(vote=vote))
        await hall.settled(vote)
        assert hall.box.there == set()
        entries = await read_all(hall.record, "m1")
        assert not any(isinstance(entry.event, ev.VotePublished) for entry in entries)

    play(scenario)


def test_no_box_is_left_of_a_vote_that_was_not_put() -> None:
    """Refused by the rules; asked by one who may not, for whom none is even made; or repeated."""

    async def scenario(hall: Hall) -> None:
        wrong = SECRET.model_copy(update={"electors": "listed"})
        assert isinstance(await hall.ask(CHEN, wrong), Refused)
        assert isinstance(await hall.ask(WANG, SECRET), Refused)
        assert hall.box.there == set()
        first = await hall.ask(CHEN, SECRET, "the-same-command")
        assert await hall.ask(CHEN, SECRET, "the-same-command") == first
        assert len(hall.box.there) == 1

    play(scenario)


def test_a_paper_is_signed_again_the_same_and_no_other() -> None:
    async def scenario(hall: Hall) -> None:
        vote = await hall.put()
        key = int((await hall.meeting()).votes.by_id[vote].paper_key, 16)
        paper, other = blind(key, new_serial()), blind(key, new_serial())
        take = cmd.TakePaper(vote=vote, blinded=paper.message.hex())
        first = await hall.ask(WANG, take, "command-a")
        again = await hall.ask(WANG, take, "command-a")
        newly = await hall.ask(WANG, take)
        assert isinstance(first, Accepted)
        assert isinstance(newly, Accepted)
        assert first == again
        assert first.paper == newly.paper
        refused = await hall.ask(WANG, cmd.TakePaper(vote=vote, blinded=other.message.hex()))
        assert refused == Refused(Code.VOTE_PAPER_TAKEN)

    play(scenario)


def test_no_ballot_is_taken_after_the_time_and_it_counts_what_was_in_time() -> None:
    async def scenario(hall: Hall) -> None:
        timed = SECRET.model_copy(update={"seconds": 60})
        answer = await hall.ask(CHEN, timed)
        assert isinstance(answer, Accepted)
        vote = answer.offset
        cast = await hall.ballot(vote)
        assert await hall.service.cast("m1", vote, cast) is None
        hall.now_ms = NOW + 60_000
        late = cast.model_copy(update={"marks": (0, 1)})
        assert await hall.service.cast("m1", vote, late) == Refused(Code.VOTE_CLOSED)
        await hall.ask(CHEN, cmd.Join())
        ended = (await hall.settled(vote)).votes.by_id[vote]
        assert (ended.reason, ended.published) == ("timed_out", (cast,))

    play(scenario)


def test_the_box_takes_what_viewers_gave_in_time_and_says_nothing_of_when() -> None:
    """No paper is given out any more; the record tells only that the time was up."""

    async def scenario(hall: Hall) -> None:
        hall.stream_delay_ms = 4000
        vote = await hall.put()
        late = await hall.ballot(vote)
        close_ms = hall.now_ms
        assert isinstance(await hall.ask(CHEN, cmd.CloseVote(vote=vote)), Accepted)
        paper = cmd.TakePaper(vote=vote, blinded="1" * 512, number=1)
        assert await hall.ask(CHEN, paper) == Refused(Code.VOTE_CLOSED)
        hall.now_ms = close_ms + 3999
        assert await hall.service.cast("m1", vote, late) is None
        waiting = (await hall.meeting()).votes.by_id[vote]
        assert (waiting.published, waiting.outcome) == ((), None)
        hall.now_ms = close_ms + 4000
        assert await hall.service.cast("m1", vote, late) == Refused(Code.VOTE_CLOSED)
        await hall.ask(CHEN, cmd.Join())
        ended = (await hall.settled(vote)).votes.by_id[vote]
        assert ended.published == (late,)
        after = [e.event for e in await read_all(hall.record, "m1") if e.at_ms >= close_ms]
        time_up = ev.VoteTimeUp(
            vote=vote, close_ms=close_ms, until_ms=close_ms + 4000, reason="closed"
        )
        assert after[-3:-1] == [time_up, ev.VotePublished(vote=vote, ballots=(late,))]

    play(scenario)


def test_a_lost_box_makes_the_vote_void_and_the_meeting_goes_on() -> None:
    """What cannot be opened is not counted as nothing."""

    async def scenario(hall: Hall) -> None:
        vote = await hall.put()
        key = (await hall.meeting()).votes.by_id[vote].paper_key
        await hall.box.destroy("m1", key)
        await hall.ask(CHEN, cmd.CloseVote(vote=vote))
        ended = (await hall.settled(vote)).votes.by_id[vote]
        assert (ended.cancelled, ended.outcome) == (BOX_LOST, None)

    play(scenario)


def test_what_a_killed_service_left_behind_is_destroyed() -> None:
    """A box whose vote ended before it was destroyed, and one that no vote came of."""

    async def scenario(hall: Hall) -> None:
        vote, runs = await hall.put(), await hall.put()
        key = (await hall.meeting()).votes.by_id[vote].paper_key
        kept = (await hall.meeting()).votes.by_id[runs].paper_key
        head = (await hall.meeting()).offset
        ended = ev.VoteCancelled(vote=vote)
        await hall.record.append(
            "m1", head, [ev.Entry(offset=head + 1, at_ms=NOW, event=ended)], ()
        )
        await hall.box.prepare("m1")
        again = Hall(hall.record, hall.box)
        await again.meeting()
        assert key not in hall.box.there
        assert kept in hall.box.there
        await again.service.close()

    play(scenario)


def test_a_named_vote_takes_no_secret_ballot() -> None:
    async def scenario(hall: Hall) -> None:
        vote = await hall.put()
        cast = await hall.ballot(vote)
        named = await hall.ask(CHEN, cmd.OpenVote(question="?", options=("一", "二")))
        assert isinstance(named, Accepted)
        refused = await hall.service.cast("m1", named.offset, cast)
        assert refused == Refused(Code.VOTE_NOT_SECRET)
        assert await hall.service.cast("m1", 1, cast) == Refused(Code.VOTE_UNKNOWN)
        wrong = cast.model_copy(update={"marks": (1, 1)})
        refused = await hall.service.cast("m1", vote, wrong)
        assert refused is not None
        assert refused.code is Code.VOTE_BAD_MARKS

    play(scenario)
