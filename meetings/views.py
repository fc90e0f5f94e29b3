"""
Views: what each audience sees of a meeting. The only place that withholds anything.

Withheld are: the note of a floor request (for the host alone), the list of viewers (for the host
alone), the tally of a vote that runs (from everybody), and who cast which ballot and who likes what
(shown to the person alone, in `me`; ballots also stand in the minutes).

Names come from the register. Of somebody who was forgotten the name is empty; the client has the
word for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import nlargest
from typing import Final, assert_never

from meetings import authority
from meetings import events as ev
from meetings.people import PersonId, Register, Role
from meetings.sections import (
    COMMENTS_SHOWN,
    VIEWERS_LISTED,
    AgendaItemView,
    AgendaSection,
    Audience,
    CommentsSection,
    CommentView,
    FloorSection,
    HolderView,
    MeetingSection,
    MeSection,
    PeopleSection,
    PersonView,
    VotesSection,
    VoteView,
    WaitingView,
)
from meetings.state import Attendee, Item, Meeting, Vote

VOTES_SHOWN = 50
"""Newest votes in the section; the record and the minutes hold all."""

Section = (
    MeetingSection | AgendaSection | FloorSection | VotesSection | CommentsSection | PeopleSection
)
"""What all of one audience see alike; `me` is for one person."""

_ALL: Final = ("meeting", "agenda", "floor", "votes", "comments", "people")

AUDIENCE_SECTIONS: Final[Mapping[Audience, tuple[str, ...]]] = dict.fromkeys(Audience, _ALL)
"""Names of the sections that an audience gets, besides `me`."""

NAMED: Final = frozenset({"floor", "comments", "people"})
"""Sections that show names: a change in the register changes them."""


def section(name: str, meeting: Meeting, register: Register, audience: Audience) -> Section:
    """
    Build one section as *audience* sees it.

    Raises: KeyError if no section has this name.
    """
    match name:
        case "meeting":
            return _meeting(meeting)
        case "agenda":
            return _agenda(meeting)
        case "floor":
            return _floor(meeting, register, audience)
        case "votes":
            return _votes(meeting)
        case "comments":
            return _comments(meeting, register)
        case "people":
            return _people(meeting, register, audience)
        case _:
            raise KeyError(name)


def me(meeting: Meeting, register: Register, person: PersonId) -> MeSection:
    """Build what concerns one person alone. Who never joined is shown as a display: may nothing."""
    floor = meeting.floor
    waiting = floor.request_of(person)
    ballots = {
        vote_id: meeting.votes.by_id[vote_id].ballots[person]
        for vote_id in meeting.votes.order
        if person in meeting.votes.by_id[vote_id].ballots
    }
    role = _role(meeting, register, person)
    name, office = _name(register, person)
    return MeSection(
        person=person,
        name=name,
        office=office,
        role=role,
        request=None if waiting is None else waiting.request,
        position=None if waiting is None else floor.queue.index(waiting) + 1,
        holding=floor.holds(person),
        ballots=ballots,
        liked=meeting.comments.liked.get(person, ()),
        may=authority.commands_of(role),
    )


def affected(event: ev.Event) -> frozenset[str]:
    """
    Name the sections that *event* can change, by itself.

    A join that also changes the register changes the sections in `NAMED` besides.
    """
    match event:
        case ev.MeetingCreated():
            return frozenset(_ALL)
        case ev.MeetingOpened() | ev.MeetingRecessed() | ev.MeetingResumed():
            return frozenset({"meeting"})
        case ev.MeetingClosed():
            return frozenset({"meeting", "agenda", "floor"})
        case ev.AgendaMoved():
            return frozenset({"agenda"})
        case ev.PersonJoined() | ev.PersonLeft():
            return frozenset({"people"})
        case ev.FloorRequested() | ev.FloorWithdrawn() | ev.FloorGranted() | ev.FloorEnded():
            return frozenset({"floor"})
        case ev.CommentPosted() | ev.CommentLiked():
            return frozenset({"comments"})
        case ev.VoteOpened() | ev.BallotCast() | ev.VoteClosed():
            return frozenset({"votes"})
        case _:
            assert_never(event)


def touched(before: Meeting, after: Meeting, entry: ev.Entry) -> frozenset[PersonId]:
    """
    Name the persons whose `me` *entry* may have changed.

    Args:
        before, after: the meeting before and after the entry, or a run of entries that holds it:
            of a run, the union over its entries names everybody.
    """
    event = entry.event
    match event:
        case ev.PersonJoined() | ev.BallotCast() | ev.CommentLiked() | ev.FloorEnded():
            return frozenset({event.person})
        case ev.FloorRequested():
            return frozenset({event.person})
        case ev.FloorGranted():
            return _moved(before, after) | {event.person}
        case ev.FloorWithdrawn() | ev.MeetingClosed():
            return _moved(before, after)
        case (
            ev.MeetingCreated()
            | ev.MeetingOpened()
            | ev.MeetingRecessed()
            | ev.MeetingResumed()
            | ev.AgendaMoved()
            | ev.PersonLeft()
            | ev.CommentPosted()
            | ev.VoteOpened()
            | ev.VoteClosed()
        ):
            return frozenset()
        case _:
            assert_never(event)


def _moved(before: Meeting, after: Meeting) -> frozenset[PersonId]:
    """Name those whose place in the queue is another one than before."""
    now = {waiting.person: place for place, waiting in enumerate(after.floor.queue)}
    return frozenset(
        waiting.person
        for place, waiting in enumerate(before.floor.queue)
        if now.get(waiting.person) != place
    )


def _meeting(meeting: Meeting) -> MeetingSection:
    return MeetingSection(
        id=meeting.id,
        title=meeting.title,
        room=meeting.room,
        room_name=meeting.room_name,
        state=meeting.state,
        planned_ms=meeting.planned_ms,
        opened_ms=meeting.opened_ms,
        closed_ms=meeting.closed_ms,
        speech_s=meeting.speech_s,
    )


def _agenda(meeting: Meeting) -> AgendaSection:
    current = meeting.agenda.current
    items = tuple(_item(item, is_current=item.plan.id == current) for item in meeting.agenda.items)
    return AgendaSection(items=items, current=current)


def _item(item: Item, *, is_current: bool) -> AgendaItemView:
    return AgendaItemView(
        id=item.plan.id,
        title=item.plan.title,
        minutes=item.plan.minutes,
        state="current" if is_current else "pending" if item.ended_ms is None else "done",
        started_ms=item.started_ms,
        ended_ms=item.ended_ms,
    )


def _floor(meeting: Meeting, register: Register, audience: Audience) -> FloorSection:
    holder = meeting.floor.holder
    shown = None
    if holder is not None:
        name, office = _name(register, holder.person)
        shown = HolderView(
            person=holder.person,
            name=name,
            office=office,
            role=_role(meeting, register, holder.person),
            since_ms=holder.since_ms,
            until_ms=holder.until_ms,
        )
    queue = []
    for waiting in meeting.floor.queue:
        name, office = _name(register, waiting.person)
        view = WaitingView(
            request=waiting.request,
            person=waiting.person,
            name=name,
            office=office,
            role=_role(meeting, register, waiting.person),
            since_ms=waiting.since_ms,
            about=waiting.about if audience is Audience.HOST else "",
        )
        queue.append(view)
    return FloorSection(holder=shown, queue=tuple(queue))


def _votes(meeting: Meeting) -> VotesSection:
    newest = reversed(meeting.votes.order[-VOTES_SHOWN:])
    return VotesSection(votes=tuple(_vote(vote, meeting.votes.by_id[vote]) for vote in newest))


def _vote(vote_id: int, vote: Vote) -> VoteView:
    return VoteView(
        id=vote_id,
        question=vote.question,
        options=vote.options,
        electors=vote.electors,
        state="open" if vote.open else "closed",
        opened_ms=vote.opened_ms,
        until_ms=vote.until_ms,
        closed_ms=vote.closed_ms,
        cast=len(vote.ballots),
        # Not even to the host: a tally that runs would steer those who have not voted yet.
        tally=None if vote.open else vote.counts,
    )


def _comments(meeting: Meeting, register: Register) -> CommentsSection:
    latest = []
    for comment_id in meeting.comments.latest[-COMMENTS_SHOWN:]:
        comment = meeting.comments.by_id[comment_id]
        view = CommentView(
            id=comment_id,
            person=comment.person,
            name=_name(register, comment.person)[0],
            role=_role(meeting, register, comment.person),
            text=comment.text,
            at_ms=comment.at_ms,
            likes=len(comment.likes),
        )
        latest.append(view)
    return CommentsSection(total=len(meeting.comments.by_id), latest=tuple(latest))


def _people(meeting: Meeting, register: Register, audience: Audience) -> PeopleSection:
    people = meeting.attendance.people
    listed: list[PersonId] = []
    if audience is Audience.HOST:
        viewers = (
            (attendee.last, person)
            for person, attendee in people.items()
            if attendee.role is Role.VIEWER and attendee.present
        )
        listed = [person for _, person in nlargest(VIEWERS_LISTED, viewers)]
    return PeopleSection(
        members=tuple(_person(p, people[p], register) for p in meeting.attendance.members),
        viewers=meeting.attendance.viewers,
        viewers_listed=tuple(_person(p, people[p], register) for p in listed),
    )


def _person(person: PersonId, attendee: Attendee, register: Register) -> PersonView:
    name, office = _name(register, person)
    return PersonView(
        id=person, name=name, office=office, role=attendee.role, present=attendee.present
    )


def _name(register: Register, person: PersonId) -> tuple[str, str]:
    """Return name and office; empty for somebody who was forgotten."""
    known = register.get(person)
    return ("", "") if known is None else (known.name, known.office)


def _role(meeting: Meeting, register: Register, person: PersonId) -> Role:
    """Return the role in the register; of somebody who was forgotten, that of the last join."""
    known = register.get(person)
    if known is not None:
        return known.role
    attendee = meeting.attendance.people.get(person)
    return Role.DISPLAY if attendee is None else attendee.role
