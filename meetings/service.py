"""
The service: carries out commands, one writer a meeting.

Commands queue at their meeting's writer. It takes all that wait, decides each against the head that
the ones before it make, appends the outcome in one commit, and only then answers and announces. If
another process appended first, it reads on and decides again. Between commands it sleeps until the
next deadline (a speech's time, a vote's end): nothing is polled.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from meetings import events as ev
from meetings.attendance import rules as attendance
from meetings.ballots.desk import BallotDesk
from meetings.ballots.port import BallotBox
from meetings.commands import Asked, Join, TakePaper
from meetings.comments.words import USUAL, WordList
from meetings.deadlines import due, next_deadline_ms
from meetings.decide import Actor, decide
from meetings.fold import apply
from meetings.live import LiveMeeting
from meetings.moment import Boxes, Moment
from meetings.people import SERVICE, Person, PersonId
from meetings.record.port import Conflict, Record, RecordError, UnknownMeeting
from meetings.refusals import Code, Refused
from meetings.state import Meeting

__all__ = ["Accepted", "LiveMeeting", "MeetingService", "ServiceClosed", "UnknownMeeting"]

log = logging.getLogger(__name__)

QUEUE_MAX = 2048  # commands waiting at one meeting; beyond, they are refused as overload
GROUP_MAX = 256  # commands in one commit: deciding them holds the event loop for some 10 ms
REFUSALS_KEPT = 4096  # a meeting, newest: repeats come within seconds
PIECE = 200  # entries folded at a time when reading: some 10 ms
RETRY_S = 1.0  # pause after the store failed


@dataclass(frozen=True, slots=True)
class Accepted:
    """Carried out and durable."""

    offset: int
    """Entry that the command became; the head, if it was so already."""
    paper: str | None = None
    """Blind signature of the paper that was taken, hexadecimal; None for other commands."""


Answer = Accepted | Refused


class ServiceClosed(Exception):
    """The service is shutting down; nothing was carried out."""


@dataclass(frozen=True, slots=True)
class _Pending:
    """A command that waits."""

    person: Person
    command_id: str
    command: Asked
    paper_key: str
    """Public key of the box that was made for it; empty: none."""
    answer: asyncio.Future[Answer]


@dataclass(slots=True)
class _Plan:
    """What a group of commands comes to, if nobody else appends first."""

    meeting: Meeting
    entries: list[ev.Entry] = field(default_factory=list)
    people: dict[PersonId, Person] = field(default_factory=dict)
    forgotten: list[PersonId] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    refusals: dict[tuple[PersonId, str], Refused] = field(default_factory=dict)


class MeetingService:
    """
    All meetings of one process.

    Args:
        record: where entries go; closed by whoever opened it.
        clock_ms: wall clock, milliseconds since 1970-01-01 UTC.
        announce: told (meeting, offset) after each commit, and after reading what others committed.
        box: where secret ballots lie; None: there are no secret votes.
        stream_delay_ms: how long after the room viewers see it, in a meeting.
        words: comments that it hits wait for the desk.
    """

    def __init__(
        self,
        record: Record,
        clock_ms: Callable[[], int],
        announce: Callable[[str, int], None],
        box: BallotBox | None = None,
        stream_delay_ms: Callable[[str], int] = lambda _: 0,
        words: WordList = USUAL,
    ) -> None:
        self._record = record
        self._clock_ms = clock_ms
        self._announce = announce
        self._ballots = BallotDesk(box)
        self._stream_delay_ms = stream_delay_ms
        self._words = words
        self._writers: dict[str, _Writer] = {}
        self._loading = asyncio.Lock()
        self._closing = asyncio.Event()

    async def create(
        self, meeting_id: str, created: ev.MeetingCreated, people: Sequence[Person] = ()
    ) -> None:
        """
        Begin a meeting.

        Args:
            people: those who are known from the start.

        Raises: MeetingExists; ValueError if two items of the agenda have one id; RecordError.
        """
        ids = [item.id for item in created.agenda]
        if len(set(ids)) != len(ids):
            raise ValueError("two items of the agenda have one id")
        entry = ev.Entry(offset=1, at_ms=self._clock_ms(), event=created)
        await self._record.create(meeting_id, entry, people)

    async def live(self, meeting_id: str) -> LiveMeeting:
        """Return a meeting, read from its record the first time. Raises: UnknownMeeting."""
        return (await self._writer(meeting_id)).live

    @property
    def loaded(self) -> tuple[str, ...]:
        """Meetings in memory."""
        return tuple(self._writers)

    def release(self, meeting_id: str) -> bool:
        """
        Let go of a meeting in which nothing is going on; it is read again when it is asked for.

        Whoever holds its `LiveMeeting` holds a picture of the past from now on.

        Returns: False if it stays: a command waits, another process is ahead, or a deadline is to
        be kept.
        """
        writer = self._writers.get(meeting_id)
        if writer is None:
            return True
        if not writer.idle:
            return False
        del self._writers[meeting_id]
        writer.end()
        return True

    async def submit(
        self, meeting_id: str, person: Person, command_id: str, command: Asked
    ) -> Answer:
        """
        Carry out *command* by *person*; return once that is durable.

        The same command id by the same person gets the same answer, and happens once. A command
        may be refused with any code; `service.overloaded` is not remembered.

        Raises: UnknownMeeting, ServiceClosed; RecordError: it may be sent again.
        """
        writer = await self._writer(meeting_id)
        paper_key = await self._ballots.prepare(writer.live.meeting, person, command)
        answer = await writer.submit(person, command_id, command, paper_key)
        # Not if that failed: the command may still wait, and become a vote. See `resume`.
        await self._ballots.drop_unused(writer.live.meeting, paper_key)
        if isinstance(command, TakePaper) and isinstance(answer, Accepted):
            signed = await self._ballots.sign(writer.live.meeting, command)
            return signed if isinstance(signed, Refused) else replace(answer, paper=signed)
        return answer

    async def cast(
        self, meeting_id: str, vote_id: int, ballot: ev.PublishedBallot
    ) -> Refused | None:
        """
        Put a ballot into the box of a secret vote; return once it is durable. Who casts is asked
        by nobody: the paper's signature says that it is one who may.

        Refused as `BallotDesk.cast`.

        Raises: UnknownMeeting, ServiceClosed; RecordError: it may be sent again.
        """
        writer = await self._writer(meeting_id)
        return await self._ballots.cast(writer.live.meeting, vote_id, ballot, self._clock_ms())

    def heard(self, meeting_id: str, offset: int) -> None:
        """Take note that somebody, perhaps another process, brought a meeting to *offset*."""
        writer = self._writers.get(meeting_id)
        if writer is not None:
            writer.heard(offset)

    async def check(self, meeting_id: str) -> None:
        """
        Ask the store how far a meeting is, in case that nobody told: what another process appended
        is then read and announced.

        Raises: UnknownMeeting, RecordError.
        """
        writer = self._writers.get(meeting_id)
        if writer is not None:
            writer.heard((await self._record.head(meeting_id)).offset)

    async def run(self) -> None:
        """
        Take up the meetings that were under way, so that their deadlines are kept, and wait for
        `close`. (Deadlines of a meeting that somebody has asked for are kept in any case.)
        """
        for listing in await self._record.meetings():
            if listing.state in ("open", "recess"):
                await self.live(listing.id)
        await self._closing.wait()

    async def close(self) -> None:
        """Carry out what waits, then end."""
        self._closing.set()
        async with self._loading:  # whoever loads a meeting adds a writer
            await asyncio.gather(*(writer.close() for writer in self._writers.values()))

    async def _writer(self, meeting_id: str) -> _Writer:
        if self._closing.is_set():
            raise ServiceClosed
        writer = self._writers.get(meeting_id)
        if writer is None:
            async with self._loading:  # each record is read once
                writer = self._writers.get(meeting_id)
                if writer is None:
                    live = await self._load(meeting_id)
                    await self._ballots.resume(live.meeting)
                    writer = _Writer(
                        self._record,
                        live,
                        self._clock_ms,
                        self._announce,
                        self._ballots,
                        self._stream_delay_ms,
                        self._words,
                    )
                    self._writers[meeting_id] = writer
        return writer

    async def _load(self, meeting_id: str) -> LiveMeeting:
        head = await self._record.head(meeting_id)
        first, *_ = await self._record.read(meeting_id, 0, 1)
        live = LiveMeeting(meeting_id, head.epoch, first)
        await _read_on(self._record, live)
        live.take_register(await self._record.register(meeting_id))
        return live


class _Writer:
    """The only one in this process who appends to one meeting, and his queue."""

    def __init__(
        self,
        record: Record,
        live: LiveMeeting,
        clock_ms: Callable[[], int],
        announce: Callable[[str, int], None],
        ballots: BallotDesk,
        stream_delay_ms: Callable[[str], int],
        words: WordList,
    ) -> None:
        self.live = live
        self._record = record
        self._clock_ms = clock_ms
        self._announce = announce
        self._ballots = ballots
        self._stream_delay_ms = stream_delay_ms
        self._words = words
        self._queue: deque[_Pending] = deque()
        self._refusals: OrderedDict[tuple[PersonId, str], Refused] = OrderedDict()
        self._wake = asyncio.Event()
        self._heard = 0
        self._closing = False
        self._asleep = False
        self._task = asyncio.create_task(self._run(), name=f"writer of {live.id}")

    async def submit(
        self, person: Person, command_id: str, command: Asked, paper_key: str
    ) -> Answer:
        if self._closing:
            raise ServiceClosed
        if len(self._queue) >= QUEUE_MAX:
            return Refused(Code.OVERLOADED)
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._queue.append(_Pending(person, command_id, command, paper_key, answer))
        self._wake.set()
        return await answer

    def heard(self, offset: int) -> None:
        if offset > max(self._heard, self.live.meeting.offset):
            self._heard = offset
            self._wake.set()

    @property
    def idle(self) -> bool:
        """Sleeps, with nothing to wake it, now or later."""
        waits = self._asleep and not self._wake.is_set()
        return waits and next_deadline_ms(self.live.meeting) is None

    def end(self) -> None:
        self._closing = True
        self._wake.set()

    async def close(self) -> None:
        self.end()
        await self._task

    async def _run(self) -> None:
        while self._queue or not self._closing:
            await self._sleep()
            group = [self._queue.popleft() for _ in range(min(len(self._queue), GROUP_MAX))]
            try:
                await self._carry_out(group)
            except Exception as error:
                # The edge of the task: the meeting has to go on. A store that fails is told in a
                # line; anything else is a mistake here, and told with its traceback.
                known = isinstance(error, RecordError)
                log.error(
                    "meeting %s: %d commands failed: %s",
                    self.live.id,
                    len(group),
                    error,
                    exc_info=not known,
                )
                for pending in group:
                    if not pending.answer.done():
                        pending.answer.set_exception(_failure(error))
                if not self._closing:
                    await asyncio.sleep(RETRY_S)

    async def _sleep(self) -> None:
        """Sleep until something waits or a deadline comes."""
        deadline_ms = next_deadline_ms(self.live.meeting)
        if not self._queue and not self._closing:
            self._asleep = True
            try:
                left_ms = None if deadline_ms is None else deadline_ms - self._clock_ms()
                async with asyncio.timeout(None if left_ms is None else max(left_ms, 0) / 1000):
                    await self._wake.wait()
            except TimeoutError:
                pass
            finally:
                self._asleep = False
        self._wake.clear()

    async def _carry_out(self, group: list[_Pending]) -> None:
        """Bring *group*, and whatever is due, into the record; answer and announce."""
        before = self.live.meeting.offset
        if self._heard > before:
            await self._catch_up()
        boxes = await self._ballots.open(self.live.meeting, self._now_ms())
        plan = self._plan(group, boxes)
        while plan.entries:
            try:
                await self._record.append(
                    self.live.id,
                    self.live.meeting.offset,
                    plan.entries,
                    tuple(plan.people.values()),
                    tuple(plan.forgotten),
                )
            except Conflict:
                await self._catch_up()
                plan = self._plan(group, boxes)
            else:
                self.live.advance(plan.entries, plan.meeting)
                if plan.people or plan.forgotten:
                    self.live.put_people(plan.people.values(), plan.forgotten)
                break
        self._remember(plan.refusals)
        for pending, answer in zip(group, plan.answers, strict=True):
            if not pending.answer.done():  # whoever asked may have gone away
                pending.answer.set_result(answer)
        if self.live.meeting.offset > before:
            self._announce(self.live.id, self.live.meeting.offset)
        await self._ballots.settle(self.live.meeting, plan.entries)

    def _now_ms(self) -> int:
        """The wall clock may be set back; the record's time never runs backwards."""
        return max(self._clock_ms(), self.live.meeting.at_ms)

    def _plan(self, group: list[_Pending], boxes: Boxes) -> _Plan:
        """Decide what is due and then each command against what the ones before make of it."""
        plan = _Plan(self.live.meeting)
        now_ms = self._now_ms()
        for event in due(plan.meeting, self._moment(now_ms, boxes=boxes)):
            self._plan_entry(plan, event, now_ms, None)
        for pending in group:
            plan.answers.append(self._decide(plan, pending, now_ms))
        return plan

    def _decide(self, plan: _Plan, pending: _Pending, now_ms: int) -> Answer:
        person = pending.person
        asked = (person.id, pending.command_id)
        answered = plan.meeting.answers.get(asked)
        if answered is not None:
            return Accepted(answered)
        refused = plan.refusals.get(asked) or self._refusals.get(asked)
        if refused is not None:
            return refused
        # The connection knows what the invitation said; who was appointed since is more, or less.
        role = plan.meeting.attendance.role(person.id, person.role)
        actor = Actor(person.id, role)
        moment = self._moment(now_ms, pending.paper_key)
        decision = decide(plan.meeting, pending.command, actor, moment)
        if isinstance(decision, Refused):
            plan.refusals[asked] = decision
            return decision

        def known(one: PersonId) -> Person | None:
            return plan.people.get(one, self.live.register.get(one))

        asking = person if role is person.role else person.model_copy(update={"role": role})
        lines = attendance.lines(known, pending.command, asking, moment)
        if lines and not decision and isinstance(pending.command, Join):
            # Also somebody who is there already may come again under another name.
            decision = attendance.again(plan.meeting, actor)
        if decision:
            plan.people.update({line.id: line for line in lines})
        for event in decision:
            self._plan_entry(plan, event, now_ms, pending)
        return Accepted(plan.meeting.offset)

    def _moment(
        self, now_ms: int, paper_key: str = "", boxes: Boxes = MappingProxyType({})
    ) -> Moment:
        return Moment(
            now_ms,
            seed=secrets.token_hex(16),
            paper_key=paper_key,
            boxes=boxes,
            stream_delay_ms=self._stream_delay_ms(self.live.id),
            words=self._words,
        )

    def _plan_entry(
        self, plan: _Plan, event: ev.Event, at_ms: int, pending: _Pending | None
    ) -> None:
        entry = ev.Entry(
            offset=plan.meeting.offset + 1,
            at_ms=at_ms,
            actor=None if pending is None or pending.person is SERVICE else pending.person.id,
            cause=None if pending is None else pending.command_id,
            event=event,
        )
        if isinstance(event, ev.PersonForgotten):
            plan.forgotten.append(event.person)
        plan.entries.append(entry)
        plan.meeting = apply(plan.meeting, entry)

    def _remember(self, refusals: dict[tuple[PersonId, str], Refused]) -> None:
        self._refusals.update(refusals)
        while len(self._refusals) > REFUSALS_KEPT:
            self._refusals.popitem(last=False)

    async def _catch_up(self) -> None:
        """Read what other processes appended."""
        await _read_on(self._record, self.live)
        self.live.take_register(await self._record.register(self.live.id))


async def _read_on(record: Record, live: LiveMeeting) -> None:
    while piece := await record.read(live.id, live.meeting.offset, PIECE):
        live.advance(piece)


def _failure(error: Exception) -> Exception:
    """Return what callers see: always a RecordError, each its own (tracebacks grow on them)."""
    failure = RecordError(str(error))
    failure.__cause__ = error
    return failure
