"""From the entries of a record to what the minutes tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from meetings import events as ev
from meetings.agenda.state import Item
from meetings.attendance.state import Interval
from meetings.fold import apply
from meetings.minutes.model import (
    Attended,
    Choice,
    Matter,
    Minutes,
    Named,
    Question,
    Remark,
    Span,
    Speech,
)
from meetings.people import MEMBERS, PersonId, Register, Role
from meetings.state import Meeting
from meetings.voting.state import Vote


@dataclass
class _Turn:
    """A speech while the record is read."""

    person: PersonId
    item: int | None
    interval: Interval
    reason: ev.FloorEnd | None = None


@dataclass
class _Course:
    """What the fold does not keep: the course that things took."""

    turns: list[_Turn] = field(default_factory=list)
    items: list[tuple[int, Interval]] = field(default_factory=list)
    recesses: list[Interval] = field(default_factory=list)
    voters: dict[int, dict[PersonId, None]] = field(default_factory=dict)
    """Vote -> who voted by name, in the order of voting."""
    most_viewers: int = 0


def build(entries: Sequence[ev.Entry], register: Register, timezone: tzinfo) -> Minutes:
    """
    Build the minutes of a meeting up to the last of *entries*.

    Args:
        entries: a record from its beginning.
        timezone: in which instants are told.

    Raises: ValueError if *entries* are no record.
    """
    meeting: Meeting | None = None
    course = _Course()
    for entry in entries:
        meeting = apply(meeting, entry)
        _follow(course, entry, meeting)
    if meeting is None:
        raise ValueError("an empty record has no minutes")
    return _Builder(meeting, course, register, timezone).minutes()


def _follow(course: _Course, entry: ev.Entry, after: Meeting) -> None:
    at_ms, event = entry.at_ms, entry.event
    if after.state != "closed":
        course.most_viewers = max(course.most_viewers, after.attendance.viewers)
    match event:
        case ev.FloorGranted():
            course.turns.append(_Turn(event.person, after.agenda.current, Interval(at_ms)))
        case ev.FloorEnded():
            turn = course.turns[-1]
            turn.interval = Interval(turn.interval.from_ms, at_ms)
            turn.reason = event.reason
        case ev.AgendaMoved():
            _end_item(course, at_ms)
            course.items.append((event.item, Interval(at_ms)))
        case ev.MeetingRecessed():
            course.recesses.append(Interval(at_ms))
        case ev.MeetingResumed():
            _end_recess(course, at_ms)
        case ev.MeetingClosed():
            _end_item(course, at_ms)
            _end_recess(course, at_ms)
        case ev.BallotCast() | ev.BallotGiven():
            voters = course.voters.setdefault(event.vote, {})
            voters.pop(event.person, None)  # a changed ballot is a new one
            voters[event.person] = None
        case _:
            pass  # the fold keeps what there is to tell


def _end_item(course: _Course, at_ms: int) -> None:
    if course.items and course.items[-1][1].to_ms is None:
        item, interval = course.items[-1]
        course.items[-1] = item, Interval(interval.from_ms, at_ms)


def _end_recess(course: _Course, at_ms: int) -> None:
    if course.recesses and course.recesses[-1].to_ms is None:
        course.recesses[-1] = Interval(course.recesses[-1].from_ms, at_ms)


@dataclass(frozen=True, slots=True)
class _Builder:
    meeting: Meeting
    course: _Course
    register: Register
    timezone: tzinfo

    def minutes(self) -> Minutes:
        meeting = self.meeting
        came = sorted(meeting.attendance.people.items(), key=lambda item: item[1].first)
        stays = [(person, self._stays(attendee.intervals)) for person, attendee in came]
        attended = [Attended(self._named(person), spans) for person, spans in stays if spans]
        there = {person for person, spans in stays if spans}
        absent = [
            self._named(person.id)
            for person in self.register.values()
            if person.role in MEMBERS and person.id not in there
        ]
        return Minutes(
            title=meeting.title,
            room_name=meeting.room_name,
            state=meeting.state,
            planned=self._instant(meeting.planned_ms),
            opened=None if meeting.opened_ms is None else self._instant(meeting.opened_ms),
            closed=None if meeting.closed_ms is None else self._instant(meeting.closed_ms),
            recesses=self._spans(self.course.recesses),
            hosts=tuple(one.who for one in attended if one.who.role is Role.HOST),
            members=tuple(one for one in attended if one.who.role in MEMBERS),
            absent=tuple(sorted(absent, key=lambda who: who.name)),
            residents=tuple(one for one in attended if one.who.role is Role.VIEWER),
            most_residents=self.course.most_viewers,
            matters=tuple(
                self._matter(number, item) for number, item in enumerate(meeting.agenda.items, 1)
            ),
            other_speeches=self._speeches(None),
            questions=tuple(
                self._question(vote_id, meeting.votes.by_id[vote_id])
                for vote_id in meeting.votes.order
            ),
            remarks=self._remarks(),
            entries=meeting.offset,
            until=self._instant(meeting.at_ms),
        )

    def _matter(self, number: int, item: Item) -> Matter:
        return Matter(
            number=number,
            title=item.plan.title,
            minutes=item.plan.minutes,
            spans=self._spans(
                interval for item_id, interval in self.course.items if item_id == item.plan.id
            ),
            speeches=self._speeches(item.plan.id),
        )

    def _speeches(self, item: int | None) -> tuple[Speech, ...]:
        return tuple(
            Speech(self._named(turn.person), self._span(turn.interval), turn.reason)
            for turn in self.course.turns
            if turn.item == item
        )

    def _question(self, vote_id: int, vote: Vote) -> Question:
        choices: list[Choice] = []
        # The host can read minutes at any time, and is no more than others told of a tally that
        # runs (see `views`).
        if not vote.open:
            for index, option in enumerate(vote.options):
                voters = [
                    self._named(person)
                    for person in self.course.voters.get(vote_id, ())
                    if vote.ballots[person].marks[index]
                ]
                members = tuple(voter for voter in voters if voter.role in MEMBERS)
                residents = tuple(voter for voter in voters if voter.role not in MEMBERS)
                choices.append(Choice(option, members, residents))
        return Question(
            question=vote.question,
            electors=vote.electors,
            span=self._span(Interval(vote.opened_ms, vote.closed_ms)),
            cast=len(vote.ballots),
            choices=tuple(choices),
        )

    def _remarks(self) -> tuple[Remark, ...]:
        return tuple(
            Remark(
                self._named(comment.person),
                self._instant(comment.at_ms),
                comment.text,
                len(comment.likes),
            )
            for _, comment in sorted(self.meeting.comments.by_id.items())
        )

    def _named(self, person: PersonId) -> Named:
        known = self.register.get(person)
        if known is not None:
            return Named(known.name, known.office, known.role)
        attendee = self.meeting.attendance.people.get(person)
        return Named("", "", Role.VIEWER if attendee is None else attendee.role)

    def _spans(self, intervals: Iterable[Interval]) -> tuple[Span, ...]:
        return tuple(self._span(interval) for interval in intervals)

    def _stays(self, intervals: Iterable[Interval]) -> tuple[Span, ...]:
        """Cut stays off at the close: to look at the result afterwards is no attendance."""
        closed_ms = self.meeting.closed_ms
        if closed_ms is None:
            return self._spans(intervals)
        return self._spans(
            Interval(stay.from_ms, min(closed_ms if stay.to_ms is None else stay.to_ms, closed_ms))
            for stay in intervals
            if stay.from_ms < closed_ms
        )

    def _span(self, interval: Interval) -> Span:
        end = None if interval.to_ms is None else self._instant(interval.to_ms)
        return Span(self._instant(interval.from_ms), end)

    def _instant(self, ms: int) -> datetime:
        return datetime.fromtimestamp(ms / 1000, UTC).astimezone(self.timezone)
