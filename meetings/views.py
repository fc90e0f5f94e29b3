"""
Views: what each audience sees of a meeting.

Each concern has a module `views` that builds its section, and these are the only places that
withhold anything. What one person alone may see (the own ballots, the own likes) is in `me`.

Names come from the register. Of somebody who was forgotten the name is empty; the client has the
word for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from meetings import authority
from meetings import events as ev
from meetings.agenda import views as agenda
from meetings.agenda.sections import AgendaSection
from meetings.attendance import views as attendance
from meetings.attendance.sections import PeopleSection
from meetings.comments import views as comments
from meetings.comments.sections import CommentsSection
from meetings.conduct import views as conduct
from meetings.conduct.sections import MeetingSection
from meetings.floor import views as floor
from meetings.floor.sections import FloorSection
from meetings.naming import named, role_of
from meetings.people import PersonId, Register
from meetings.sections import Audience, MeSection
from meetings.state import Meeting
from meetings.voting import views as voting
from meetings.voting.sections import VotesSection

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
            return conduct.section(meeting)
        case "agenda":
            return agenda.section(meeting)
        case "floor":
            return floor.section(meeting, register, audience)
        case "votes":
            return voting.section(meeting)
        case "comments":
            return comments.section(meeting, register)
        case "people":
            return attendance.section(meeting, register, audience)
        case _:
            raise KeyError(name)


def me(meeting: Meeting, register: Register, person: PersonId) -> MeSection:
    """Build what concerns one person alone. Who never joined is shown as a display: may nothing."""
    waiting = meeting.floor.request_of(person)
    ballots = {
        vote_id: meeting.votes.by_id[vote_id].ballots[person]
        for vote_id in meeting.votes.order
        if person in meeting.votes.by_id[vote_id].ballots
    }
    role = role_of(meeting, register, person)
    name, office = named(register, person)
    return MeSection(
        person=person,
        name=name,
        office=office,
        role=role,
        request=None if waiting is None else waiting.request,
        position=None if waiting is None else meeting.floor.queue.index(waiting) + 1,
        holding=meeting.floor.holds(person),
        ballots=ballots,
        liked=meeting.comments.liked.get(person, ()),
        may=authority.commands_of(role),
    )


def affected(event: ev.Event) -> frozenset[str]:
    """
    Name the sections that *event* can change, by itself.

    A join that also changes the register changes the sections in `NAMED` besides.
    """
    return event.changes


def touched(before: Meeting, after: Meeting, entry: ev.Entry) -> frozenset[PersonId]:
    """
    Name the persons whose `me` *entry* may have changed: whom it is about, and whose place in the
    queue is another one.

    Args:
        before, after: the meeting before and after the entry, or a run of entries that holds it:
            of a run, the union over its entries names everybody.
    """
    person: PersonId | None = getattr(entry.event, "person", None)
    about = frozenset() if person is None else frozenset({person})
    if before.floor.queue is after.floor.queue:
        return about
    return about | _moved(before, after)


def _moved(before: Meeting, after: Meeting) -> frozenset[PersonId]:
    """Name those whose place in the queue is another one than before."""
    now = {waiting.person: place for place, waiting in enumerate(after.floor.queue)}
    return frozenset(
        waiting.person
        for place, waiting in enumerate(before.floor.queue)
        if now.get(waiting.person) != place
    )
