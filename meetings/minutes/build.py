"""From the entries of a record to what the minutes tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import get_args

from meetings.agenda.state import Item
from meetings.attendance.state import Attendee, Interval
from meetings.captions.state import Caption
from meetings.comments.state import Comment
from meetings.events import Entry, HideReason
from meetings.fold import apply
from meetings.minutes.course import Course, Turn, read
from meetings.minutes.model import (
    Amended,
    Attended,
    Called,
    Choice,
    Matter,
    Minutes,
    Named,
    Question,
    Quorate,
    Remark,
    Represented,
    Signed,
    Signing,
    Span,
    Speech,
    Uttered,
)
from meetings.people import HOSTS, MEMBERS, PersonId, Place, Register, Role
from meetings.state import Meeting
from meetings.voting.state import Vote


def build(
    entries: Sequence[Entry],
    register: Register,
    timezone: tzinfo,
    *,
    through: int | None = None,
    revision: int = 0,
    sha256: str = "",
) -> Minutes:
    """
    Build the minutes of a meeting.

    What happened is told up to *through*; what is hidden, signed and amended, as it is at the last
    of *entries*: minutes that were signed must not show what was hidden since.

    Args:
        entries: a record from its beginning.
        timezone: in which instants are told.
        through: offset of the last entry that the minutes tell of; None: the last one.
        revision, sha256: of the draft whose sign-off is told; 0: none was saved.

    Raises: ValueError if *entries* are no record.
    """
    course = read(entries if through is None else entries[:through])
    now = course.meeting
    assert now is not None, "can't happen: an empty record is a ValueError"
    told = now
    for entry in entries[now.offset :]:
        now = apply(now, entry)
    return _Builder(told, now, course, register, timezone).minutes(revision, sha256)


@dataclass(frozen=True, slots=True)
class _Builder:
    meeting: Meeting
    """At the last entry that is told of."""
    now: Meeting
    """At the last entry."""
    course: Course
    register: Register
    timezone: tzinfo

    def minutes(self, revision: int, sha256: str) -> Minutes:
        meeting = self.meeting
        came = sorted(meeting.attendance.people.items(), key=lambda item: item[1].first)
        attended = [one for one in (self._attended(p, who) for p, who in came) if one.stays]
        members = tuple(one for one in attended if one.who.role in MEMBERS)
        hosts = tuple(one.who for one in members if one.who.role is Role.HOST)
        deputies = tuple(one.who for one in members if one.who.role in HOSTS)
        comments = self.now.comments
        return Minutes(
            title=meeting.title,
            room_name=meeting.room_name,
            state=meeting.state,
            planned=self._instant(meeting.planned_ms),
            opened=None if meeting.opened_ms is None else self._instant(meeting.opened_ms),
            closed=None if meeting.closed_ms is None else self._instant(meeting.closed_ms),
            recesses=self._spans(self.course.recesses),
            hosts=hosts or deputies,
            clerks=tuple(one.who for one in members if one.who.role is Role.CLERK),
            members=members,
            absent=self._absent({one.id for one in attended}),
            residents=tuple(one for one in attended if one.who.role is Role.VIEWER),
            most_residents=self.course.most_viewers,
            represented=self._represented(),
            quorum=self._quorum(),
            matters=tuple(
                self._matter(number, item) for number, item in enumerate(meeting.agenda.items, 1)
            ),
            speeches=tuple(self._speech(turn) for turn in self.course.turns),
            questions=tuple(
                self._question(number, vote_id, meeting.votes.by_id[vote_id])
                for number, vote_id in enumerate(meeting.votes.order, 1)
            ),
            remarks=tuple(
                self._remark(comment_id, comments.by_id[comment_id])
                for comment_id in sorted(meeting.comments.by_id)
                if comments.by_id[comment_id].public
            ),
            waiting=len(comments.waiting),
            hidden=tuple(
                (reason, comments.hidden[reason])
                for reason in get_args(HideReason)
                if reason in comments.hidden
            ),
            unmasked=len(self.now.unmaskings),
            removed=self.course.removed,
            calls=tuple(
                Called(self._named(person), self._span(Interval(call.from_ms, call.to_ms)), call)
                for person, call in self.now.link.calls
            ),
            transcript=tuple(
                self._uttered(self.now.captions.by_id[caption_id])
                for caption_id in sorted(
                    meeting.captions.by_id, key=lambda one: meeting.captions.by_id[one].from_ms
                )
                if self.now.captions.by_id[caption_id].text
            ),
            entries=meeting.offset,
            until=self._instant(meeting.at_ms),
            signing=self._signing(revision, sha256),
        )

    def _attended(self, person: PersonId, attendee: Attendee) -> Attended:
        places = dict.fromkeys(stay.place for stay in attendee.stays) or {attendee.place: None}
        roster = self.meeting.attendance.roster
        items = self.meeting.agenda.items
        recused = (n for n, item in enumerate(items, 1) if roster.recused(person, item.plan.id))
        return Attended(
            id=person,
            who=self._named(person),
            stays=self._stays(attendee.intervals),
            places=tuple(Place(place) for place in places),
            recused=tuple(recused),
        )

    def _absent(self, there: set[PersonId]) -> tuple[Named, ...]:
        roster = self.meeting.attendance.roster
        invited = {person.id for person in self.register.values() if person.role in MEMBERS}
        listed = {person for person, line in roster.lines.items() if line.role in MEMBERS}
        absent = [self._named(person) for person in (invited | listed) - there]
        return tuple(sorted(absent, key=lambda who: (who.name, who.office)))

    def _represented(self) -> tuple[Represented, ...]:
        numbers = {item.plan.id: n for n, item in enumerate(self.meeting.agenda.items, 1)}
        roster = self.meeting.attendance.roster
        return tuple(
            Represented(
                self._named(giver),
                self._named(proxy.holder),
                None if proxy.item is None else numbers.get(proxy.item),
            )
            for giver, proxy in sorted(roster.proxies.items())
        )

    def _quorum(self) -> tuple[Quorate, ...]:
        if self.meeting.attendance.roster.quorum is None:
            return ()
        return tuple(
            Quorate(self._instant(at_ms), value.electors, value.present, value.needed)
            for at_ms, value in self.course.quorum
        )

    def _matter(self, number: int, item: Item) -> Matter:
        return Matter(
            id=item.plan.id,
            number=number,
            title=item.plan.title,
            kind=item.plan.kind,
            department=item.plan.department,
            minutes=item.plan.minutes,
            spans=self._spans(
                interval for item_id, interval in self.course.items if item_id == item.plan.id
            ),
            postponed=item.postponed,
            reason=item.reason,
        )

    def _speech(self, turn: Turn) -> Speech:
        return Speech(
            id=turn.id,
            item=turn.item,
            who=self._named(turn.granted.person),
            span=self._span(turn.interval),
            reason=turn.reason,
            kind=turn.granted.kind,
            side=turn.granted.side,
            text=turn.text,
        )

    def _question(self, number: int, vote_id: int, vote: Vote) -> Question:
        # Minutes can be read at any time by the desk, which is no more than others told of a tally
        # that runs (see `voting.views`).
        told = not vote.open and vote.cancelled is None
        hands = sum(vote.hands or ()) if told else 0
        cast = len(vote.ballots) + hands if vote.outcome is None else vote.outcome.ballots
        proxies = sum(ballot.channel == "proxy" for ballot in vote.ballots.values())
        return Question(
            id=vote_id,
            number=number,
            item=self.course.vote_items.get(vote_id),
            question=vote.question,
            electors=vote.electors,
            rules=vote.rules,
            span=self._span(Interval(vote.opened_ms, vote.closed_ms)),
            cast=None if vote.secret and vote.outcome is None else cast,
            entitled=None if vote.roll is None else len(vote.roll),
            present=vote.present,
            quorum=vote.quorum,
            hands=hands,
            proxies=proxies,
            late=sum(ballot.late for ballot in vote.ballots.values()),
            choices=self._choices(vote_id, vote) if told else (),
            outcome=vote.outcome if told else None,
            tie_broken=vote.tie_broken if told else None,
            cancelled=vote.cancelled,
            tellers=tuple(self._named(teller) for teller in vote.rules.tellers),
        )

    def _choices(self, vote_id: int, vote: Vote) -> tuple[Choice, ...]:
        tally = vote.counts if vote.outcome is None else vote.outcome.tally
        return tuple(
            self._choice(option, tally[index], index, vote_id, vote)
            for index, option in enumerate(vote.options)
        )

    def _choice(self, option: str, votes: int, index: int, vote_id: int, vote: Vote) -> Choice:
        voters = [
            self._named(person)
            for person in self.course.voters.get(vote_id, ())
            if vote.ballots[person].marks[index]
        ]
        members = tuple(voter for voter in voters if voter.role in MEMBERS)
        residents = tuple(voter for voter in voters if voter.role not in MEMBERS)
        return Choice(option, votes, members, residents)

    def _remark(self, comment_id: int, comment: Comment) -> Remark:
        asked, quoted = comment.question_for, comment.reply_to
        answered = None if quoted is None else self.now.comments.by_id[quoted].person
        return Remark(
            id=comment_id,
            who=self._named(comment.person),
            at=self._instant(comment.at_ms),
            text=comment.text,
            likes=len(comment.likes),
            asked=None if asked is None else self._named(asked),
            reply_to=None if answered is None else self._named(answered),
            seen=None if comment.seen_ms is None else self._instant(comment.seen_ms),
        )

    def _uttered(self, caption: Caption) -> Uttered:
        person = caption.speaker or self._heard((caption.from_ms + caption.until_ms) // 2)
        return Uttered(
            who=None if person is None else self._named(person),
            at=self._instant(caption.from_ms),
            text=caption.text,
            recognised=caption.recognised,
        )

    def _heard(self, at_ms: int) -> PersonId | None:
        """Who had the floor at an instant; the last one who was given it, after an interruption."""
        for turn in reversed(self.course.turns):
            end = turn.interval.to_ms
            if turn.interval.from_ms <= at_ms and (end is None or at_ms < end):
                return turn.granted.person
        return None

    def _signing(self, revision: int, sha256: str) -> Signing:
        signoff = self.now.signoff
        publication = signoff.publication
        is_it = publication is not None and publication.sha256 == sha256
        return Signing(
            revision=revision,
            sha256=sha256,
            signatures=tuple(
                Signed(self._named(one.person), one.signed_as, self._instant(one.at_ms))
                for one in signoff.signatures
                if (one.revision, one.sha256) == (revision, sha256)
            ),
            published=self._instant(publication.at_ms) if publication and is_it else None,
            addenda=tuple(
                Amended(self._named(one.person), one.text, self._instant(one.at_ms))
                for one in signoff.addenda
            ),
        )

    def _named(self, person: PersonId) -> Named:
        role = self._role(person)
        known = self.register.get(person)
        return Named("", "", role) if known is None else Named(known.name, known.office, role)

    def _role(self, person: PersonId) -> Role:
        """The role in the meeting, which an appointment may have changed."""
        known, attendance = self.register.get(person), self.meeting.attendance
        attendee, line = attendance.people.get(person), attendance.roster.lines.get(person)
        if known is not None:
            return attendance.role(person, known.role)
        if attendee is not None:
            return attendee.role
        return Role.VIEWER if line is None else line.role

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
