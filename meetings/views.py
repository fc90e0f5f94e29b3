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
from meetings.attendance.sections import PeopleSection, RosterSection
from meetings.captions import views as captions
from meetings.captions.sections import CaptionsSection
from meetings.comments import views as comments
from meetings.comments.sections import CommentsSection
from meetings.comments.state import Posted
from meetings.conduct import views as conduct
from meetings.conduct.sections import MeetingSection
from meetings.floor import views as floor
from meetings.floor.sections import FloorSection
from meetings.floor.state import Floor
from meetings.link import views as link
from meetings.naming import named, role_of
from meetings.people import PersonId, Register
from meetings.sections import Audience, MeSection
from meetings.signoff import views as signoff
from meetings.signoff.sections import MinutesSection
from meetings.state import Meeting
from meetings.unmasking.state import unmasked
from meetings.voting import views as voting
from meetings.voting.events import is_voting
from meetings.voting.sections import VotesSection

Section = (
    MeetingSection
    | AgendaSection
    | FloorSection
    | VotesSection
    | CommentsSection
    | PeopleSection
    | RosterSection
    | MinutesSection
    | CaptionsSection
)
"""What all of one audience see alike; `me` is for one person."""

_ALL: Final = (
    "meeting",
    "agenda",
    "floor",
    "votes",
    "comments",
    "people",
    "roster",
    "minutes",
    "captions",
)

AUDIENCE_SECTIONS: Final[Mapping[Audience, tuple[str, ...]]] = {
    **dict.fromkeys(Audience, _ALL),
    Audience.LOBBY: ("meeting",),
}
"""Names of the sections that an audience gets, besides `me`."""

NAMED: Final = frozenset({"floor", "votes", "comments", "people", "roster", "minutes", "captions"})
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
            return voting.section(meeting, register, audience)
        case "comments":
            return comments.section(meeting, register, audience)
        case "people":
            return attendance.section(meeting, register, audience)
        case "roster":
            return attendance.roster_section(meeting, register, audience)
        case "minutes":
            return signoff.section(meeting, register, audience)
        case "captions":
            return captions.section(meeting, register)
        case _:
            raise KeyError(name)


def me(meeting: Meeting, register: Register, person: PersonId) -> MeSection:
    """Build what concerns one person alone. Who never joined is shown as a display: may nothing."""
    place = meeting.floor.places.get(person)
    placed = None if place is None else meeting.floor.order[place - 1]
    role = role_of(meeting, register, person)
    name, office = named(register, person)
    waits = person in meeting.attendance.lobby.waiting
    seen = unmasked(meeting.unmaskings, person)
    return MeSection(
        person=person,
        name=name,
        office=office,
        role=role,
        request=None if placed is None else placed.waiting.request,
        position=place,
        reasons=() if placed is None else floor.reasons(placed),
        behind=None if placed is None else placed.behind,
        holding=meeting.floor.holds(person) or meeting.floor.waits_to_go_on(person),
        called=meeting.floor.call_of(person) is not None,
        votes=voting.mine(meeting, register, person),
        liked=meeting.comments.liked.get(person, ()),
        comments=comments.own(meeting.comments, person),
        comments_posted=meeting.comments.posted.get(person, Posted()).count,
        unmasked="" if seen is None else seen.reason,
        attendance=attendance.own(meeting, register, person),
        link=link.own(meeting, register, person),
        may=() if waits else authority.commands_of(role),
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
    persons = {person, comments.judged(after.comments, entry.event)}
    about = frozenset(one for one in persons if one is not None)
    about |= attendance.concerned(before, entry.event)
    if is_voting(entry.event):
        about |= voting.touched(after, entry.event)
    if before.floor is after.floor:
        return about
    return about | _moved(before.floor, after.floor)


def _moved(before: Floor, after: Floor) -> frozenset[PersonId]:
    """Name those who wait elsewhere or for another reason than before, or don't wait any more."""
    was, now = before.standings, after.standings
    return frozenset(person for person in {*was, *now} if was.get(person) != now.get(person))
