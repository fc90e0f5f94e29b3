"""
Hands, and the modes in which the next speaker is found.

Hands wait in an order that follows from the rules (`ordering`). What comes of a hand that is called
is in `green_room`, and of one that gets the floor in `speeches`.
"""

from __future__ import annotations

from typing import Final, Literal

from meetings.authority import Actor
from meetings.floor import ordering
from meetings.floor.commands import (
    ListFloor,
    NominateFloor,
    RequestFloor,
    SetFloorRules,
    WithdrawFloor,
)
from meetings.floor.events import (
    QUEUE_MAX,
    FloorCalledOff,
    FloorDrawn,
    FloorEvent,
    FloorListed,
    FloorNominated,
    FloorRequested,
    FloorRulesSet,
    FloorWithdrawn,
)
from meetings.moment import Moment
from meetings.people import DESK, DEVICES, HOSTS, PersonId, Place
from meetings.refusals import Code, Refused
from meetings.state import Meeting

URGENT_MAX: Final = 5
"""Hands of each kind that goes before speeches (as Bosch's response list): the queue is for all."""

Decided = tuple[FloorEvent, ...] | Refused


# --- hands


def request(meeting: Meeting, command: RequestFloor, actor: Actor) -> Decided:
    """
    Raise a hand: the own, or at the desk somebody else's who is there.

    A person may wait for one speech, and besides with one point of order, reply or question.

    Refused with `meeting.not_open`, `floor.not_yours`, `floor.unknown_person`,
    `floor.already_held`, `floor.already_requested`, `floor.by_list` (the mode has no hands for
    speeches), `floor.no_speech` (there is nothing to reply to), `floor.queue_full`.
    """
    floor = meeting.floor
    person = actor.person if command.person is None else command.person
    if meeting.state == "scheduled":
        return Refused(Code.MEETING_NOT_OPEN)
    if person != actor.person and actor.role not in DESK:
        return Refused(Code.FLOOR_NOT_YOURS)
    if not can_speak(meeting, person):
        return Refused(Code.FLOOR_UNKNOWN_PERSON)
    if floor.holds(person) or floor.waits_to_go_on(person):
        return Refused(Code.FLOOR_ALREADY_HELD)
    is_speech = command.kind == "speech"
    if any((hand.kind == "speech") == is_speech for hand in floor.hands_of(person)):
        return Refused(Code.FLOOR_ALREADY_REQUESTED)
    if is_speech and floor.rules.mode == "list":
        return Refused(Code.FLOOR_BY_LIST)
    about_speech = command.kind in {"reply", "question"}
    if about_speech and floor.speech is None:
        return Refused(Code.FLOOR_NO_SPEECH)
    same = sum(hand.kind == command.kind for hand in floor.queue)
    if len(floor.queue) >= QUEUE_MAX or (not is_speech and same >= URGENT_MAX):
        return Refused(Code.FLOOR_QUEUE_FULL)
    requested = FloorRequested(
        person=person,
        about=command.about,
        kind=command.kind,
        side=command.side,
        reply_to=floor.speech if about_speech else None,
        place=place_of(meeting, person),
    )
    return (requested,)


def withdraw(meeting: Meeting, command: WithdrawFloor, actor: Actor) -> Decided:
    """
    Lower hands: the own, or at the desk somebody else's. With the hand goes the call to it.

    Refused with `floor.not_yours`, `floor.not_requested`.
    """
    person = actor.person if command.person is None else command.person
    if person != actor.person and actor.role not in DESK:
        return Refused(Code.FLOOR_NOT_YOURS)
    hands = [
        hand
        for hand in meeting.floor.hands_of(person)
        if command.request is None or hand.request == command.request
    ]
    if not hands:
        return Refused(Code.FLOOR_NOT_REQUESTED)
    call = meeting.floor.call_of(person)
    lowered = tuple(FloorWithdrawn(request=hand.request, person=person) for hand in hands)
    if call is None or all(hand.request != call.request for hand in hands):
        return lowered
    reason: Literal["declined", "host"] = "declined" if person == actor.person else "host"
    return (FloorCalledOff(person=person, reason=reason), *lowered)


# --- the rules and what the modes need


def set_rules(meeting: Meeting, command: SetFloorRules) -> Decided:
    """
    Choose the rules of the queue and of its times, for the whole meeting or for one item.

    A speech under way goes on by the rules under which it began. Refused with
    `agenda.unknown_item`.
    """
    if command.item is not None and meeting.agenda.item(command.item) is None:
        return Refused(Code.AGENDA_UNKNOWN)
    return (FloorRulesSet(rules=command.rules, item=command.item),)


def draw(meeting: Meeting, moment: Moment) -> Decided:
    """
    Draw the order of the hands by lot; those raised later come behind, until the next draw.

    Refused with `floor.wrong_mode`, `floor.nobody_waits`.
    """
    if meeting.floor.rules.mode != "draw":
        return Refused(Code.FLOOR_WRONG_MODE)
    persons = [hand.person for hand in meeting.floor.queue if hand.kind == "speech" and hand.asked]
    if not persons:
        return Refused(Code.FLOOR_NOBODY_WAITS)
    return (FloorDrawn(seed=moment.seed, order=ordering.draw(moment.seed, persons)),)


def fix_list(meeting: Meeting, command: ListFloor) -> Decided:
    """
    Fix the list of speakers; hands that were up stay behind it.

    Refused with `floor.wrong_mode`, `floor.listed_twice`, `floor.unknown_person` (did not come
    and is not on the roster), `floor.queue_full`.
    """
    floor = meeting.floor
    if floor.rules.mode != "list":
        return Refused(Code.FLOOR_WRONG_MODE)
    if len(set(command.persons)) != len(command.persons):
        return Refused(Code.FLOOR_LISTED_TWICE)
    if not all(_expected(meeting, person) for person in command.persons):
        return Refused(Code.FLOOR_UNKNOWN_PERSON)
    listed = set(command.persons)
    others = sum(hand.asked and hand.person not in listed for hand in floor.queue)
    if others + len(listed) > QUEUE_MAX:
        return Refused(Code.FLOOR_QUEUE_FULL)
    places = tuple(place_of(meeting, person) for person in command.persons)
    return (FloorListed(persons=command.persons, places=places),)


def nominate(meeting: Meeting, command: NominateFloor, actor: Actor) -> Decided:
    """
    Name the next: the speaker does, or the host.

    Refused with `floor.wrong_mode`, `floor.not_yours`, `floor.unknown_person`,
    `floor.already_held`, `floor.queue_full`.
    """
    floor = meeting.floor
    if floor.rules.mode != "nominate":
        return Refused(Code.FLOOR_WRONG_MODE)
    if actor.role not in HOSTS and not floor.holds(actor.person):
        return Refused(Code.FLOOR_NOT_YOURS)
    if not can_speak(meeting, command.person):
        return Refused(Code.FLOOR_UNKNOWN_PERSON)
    if floor.holds(command.person) or floor.waits_to_go_on(command.person):
        return Refused(Code.FLOOR_ALREADY_HELD)
    if len(floor.queue) >= QUEUE_MAX and not floor.hands_of(command.person):
        return Refused(Code.FLOOR_QUEUE_FULL)
    place = place_of(meeting, command.person)
    return (FloorNominated(person=command.person, place=place),)


def _expected(meeting: Meeting, person: PersonId) -> bool:
    """Tell whether this is a person who came, or should come."""
    attendee = meeting.attendance.people.get(person)
    if attendee is None:
        return person in meeting.attendance.roster.lines
    return attendee.role not in DEVICES


def can_speak(meeting: Meeting, person: PersonId) -> bool:
    """Tell whether this is a person, and there."""
    attendee = meeting.attendance.people.get(person)
    return attendee is not None and attendee.present and attendee.role not in DEVICES


def place_of(meeting: Meeting, person: PersonId) -> Place | None:
    """From where the person speaks; None for desk and devices, who are no group in the queue."""
    attendee = meeting.attendance.people.get(person)
    if attendee is None or attendee.role in DESK or attendee.role in DEVICES:
        return None
    return meeting.attendance.place(person)
