"""The course that things took: what the fold of a record does not keep."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from meetings import events as ev
from meetings.attendance.quorum import Quorum, quorum
from meetings.attendance.state import Interval
from meetings.fold import apply
from meetings.people import PersonId
from meetings.state import Meeting


@dataclass
class Turn:
    """A speech."""

    id: int
    granted: ev.FloorGranted
    item: int | None
    interval: Interval
    reason: ev.FloorEnd | None = None
    text: str = ""


@dataclass
class Course:
    """Filled entry by entry."""

    meeting: Meeting | None = None
    """After the last entry."""
    turns: list[Turn] = field(default_factory=list)
    items: list[tuple[int, Interval]] = field(default_factory=list)
    recesses: list[Interval] = field(default_factory=list)
    voters: dict[int, dict[PersonId, None]] = field(default_factory=dict)
    """Vote -> who voted by name, in the order of voting."""
    vote_items: dict[int, int | None] = field(default_factory=dict)
    """Vote -> agenda item that was current at its opening."""
    quorum: list[tuple[int, Quorum]] = field(default_factory=list)
    """Instant -> quorum from then on, while the meeting goes on."""
    texts: dict[PersonId, str] = field(default_factory=dict)
    """What is to be read out for those who have not the floor yet."""
    most_viewers: int = 0
    removed: int = 0
    """How often somebody was put out."""


def read(entries: Iterable[ev.Entry]) -> Course:
    """Read a record from its beginning. Raises: ValueError if *entries* are no record."""
    course = Course()
    for entry in entries:
        before, after = course.meeting, apply(course.meeting, entry)
        course.meeting = after
        _follow(course, entry, after)
        _count(course, entry, before, after)
    if course.meeting is None:
        raise ValueError("an empty record has no minutes")
    return course


def _follow(course: Course, entry: ev.Entry, after: Meeting) -> None:
    at_ms, event = entry.at_ms, entry.event
    match event:
        case ev.FloorGranted():
            turn = Turn(entry.offset, event, after.agenda.current, Interval(at_ms))
            turn.text = course.texts.pop(event.person, "")
            course.turns.append(turn)
        case ev.FloorTextGiven():
            open_turn = _open_turn(course, event.person)
            if open_turn is None:
                course.texts[event.person] = event.text
            else:
                open_turn.text = event.text
        case ev.FloorEnded():
            ended = _open_turn(course, event.person)
            if ended is not None:
                ended.interval = Interval(ended.interval.from_ms, at_ms)
                ended.reason = event.reason
        case ev.PersonRemoved():
            course.removed += 1
        case ev.AgendaMoved():
            _end_item(course, at_ms)
            course.items.append((event.item, Interval(at_ms)))
        case ev.AgendaPostponed():
            if after.agenda.current is None:
                _end_item(course, at_ms)
        case ev.MeetingRecessed() | ev.MeetingAdjourned():
            _end_recess(course, at_ms)  # an adjournment may follow on a recess
            course.recesses.append(Interval(at_ms))
        case ev.MeetingResumed():
            _end_recess(course, at_ms)
        case ev.MeetingClosed():
            _end_item(course, at_ms)
            _end_recess(course, at_ms)
        case ev.VoteOpened():
            item = after.agenda.current if event.item is None else event.item
            course.vote_items[entry.offset] = item
        case ev.BallotCast() | ev.BallotGiven():
            voters = course.voters.setdefault(event.vote, {})
            voters.pop(event.person, None)  # a changed ballot is a new one
            voters[event.person] = None
        case _:
            pass  # the fold keeps what there is to tell


def _count(course: Course, entry: ev.Entry, before: Meeting | None, after: Meeting) -> None:
    if after.state == "closed":
        return
    course.most_viewers = max(course.most_viewers, after.attendance.viewers)
    if after.state == "scheduled":
        return
    moved = (
        before is None
        or before.state == "scheduled"
        or before.attendance is not after.attendance
        or before.agenda is not after.agenda
    )
    if moved:
        now = quorum(after)
        if not course.quorum or course.quorum[-1][1] != now:
            course.quorum.append((entry.at_ms, now))


def _open_turn(course: Course, person: PersonId) -> Turn | None:
    """The speech of *person* that goes on; another may have interrupted it."""
    open_turns = (turn for turn in reversed(course.turns) if turn.reason is None)
    return next((turn for turn in open_turns if turn.granted.person == person), None)


def _end_item(course: Course, at_ms: int) -> None:
    if course.items and course.items[-1][1].to_ms is None:
        item, interval = course.items[-1]
        course.items[-1] = item, Interval(interval.from_ms, at_ms)


def _end_recess(course: Course, at_ms: int) -> None:
    if course.recesses and course.recesses[-1].to_ms is None:
        course.recesses[-1] = Interval(course.recesses[-1].from_ms, at_ms)
