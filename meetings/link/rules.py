"""
Moderation of the video link. What is ordered here is carried out on packets, at the forwarder
(`signaling.floor_to_media`): no device is asked for anything.
"""

from __future__ import annotations

from typing import assert_never

from meetings.attendance.events import PersonLeft, PersonSignedOut
from meetings.authority import Actor
from meetings.events import Event
from meetings.floor import green_room
from meetings.floor.events import FloorWithdrawn
from meetings.link import room
from meetings.link.commands import (
    AllowPicture,
    ChooseCamera,
    ChooseMicrophone,
    LinkCommand,
    LockLink,
    Mute,
    Readmit,
    RemovePerson,
    StopPicture,
    SummariseCall,
    UnlockLink,
    Unmute,
)
from meetings.link.events import (
    CallSummarised,
    CameraChosen,
    LinkLocked,
    LinkMuted,
    LinkUnlocked,
    LinkUnmuted,
    MicrophoneChosen,
    PersonReadmitted,
    PersonRemoved,
    PictureAllowed,
    PictureStopped,
)
from meetings.people import DESK, PersonId, Place, Role
from meetings.refusals import Code, Refused
from meetings.state import Meeting

REMOVED_MAX = 500
"""People removed from one meeting: with more, lock the link or use the lobby."""

Outcome = tuple[Event, ...] | Refused


def carry_out(meeting: Meeting, command: LinkCommand, actor: Actor) -> Outcome:
    """Decide what comes of a command about the link; what is so already is accepted."""
    link = meeting.link
    match command:
        case Mute():
            return mute(meeting, command, actor)
        case Unmute():
            muted = command.person in link.muted
            return (LinkUnmuted(person=command.person),) if muted else ()
        case StopPicture():
            if not _sends(meeting, command.person):
                return Refused(Code.PERSON_UNKNOWN)
            stopped = command.person in link.stopped
            return () if stopped else (PictureStopped(person=command.person),)
        case AllowPicture():
            stopped = command.person in link.stopped
            return (PictureAllowed(person=command.person),) if stopped else ()
        case LockLink():
            return () if link.locked else (LinkLocked(),)
        case UnlockLink():
            return (LinkUnlocked(),) if link.locked else ()
        case ChooseCamera():
            if command.person not in room.devices(meeting):
                return Refused(Code.ROOM_UNKNOWN_DEVICE)
            same = command.person == link.camera
            return () if same else (CameraChosen(person=command.person),)
        case ChooseMicrophone():
            if command.person not in room.devices(meeting):
                return Refused(Code.ROOM_UNKNOWN_DEVICE)
            same = command.person == link.microphone
            return () if same else (MicrophoneChosen(person=command.person),)
        case RemovePerson():
            return remove(meeting, command, actor)
        case Readmit():
            if command.person not in link.removed:
                return Refused(Code.PERSON_NOT_REMOVED)
            return (PersonReadmitted(person=command.person),)
        case _:
            assert_never(command)


def mute(meeting: Meeting, command: Mute, actor: Actor) -> Outcome:
    """
    Close one microphone, or all that could be heard but the room's and the own.

    Refused with `person.unknown`.
    """
    if command.person is not None:
        if not _sends(meeting, command.person):
            return Refused(Code.PERSON_UNKNOWN)
        persons: tuple[PersonId, ...] = (command.person,)
    else:
        speeches = (meeting.floor.holder, meeting.floor.interrupted)
        persons = tuple(
            one.person
            for one in speeches
            if one is not None
            and one.person != actor.person
            and not _by_the_room(meeting, one.person)
        )
    return tuple(LinkMuted(person=one) for one in persons if one not in meeting.link.muted)


def heard(meeting: Meeting, person: PersonId, granted: Outcome) -> Outcome:
    """Open the microphone of somebody who is given the floor: whoever raised a hand is heard."""
    if isinstance(granted, Refused) or person not in meeting.link.muted:
        return granted
    return (LinkUnmuted(person=person), *granted)


def remove(meeting: Meeting, command: RemovePerson, actor: Actor) -> Outcome:
    """
    Put somebody out: speech, call and hands end, and the person is no longer there.

    Refused with `person.unknown` (never came), `person.not_removable` (a host, oneself),
    `person.already_removed`, `person.too_many_removed`.
    """
    person = command.person
    attendee = meeting.attendance.people.get(person)
    if attendee is None:
        return Refused(Code.PERSON_UNKNOWN)
    if attendee.role is Role.HOST or person == actor.person:
        return Refused(Code.PERSON_NOT_REMOVABLE)
    if person in meeting.link.removed:
        return Refused(Code.PERSON_ALREADY_REMOVED)
    if len(meeting.link.removed) >= REMOVED_MAX:
        return Refused(Code.PERSON_TOO_MANY_REMOVED)
    events: list[Event] = [*green_room.left(meeting, person)]
    events += [
        FloorWithdrawn(request=hand.request, person=person)
        for hand in meeting.floor.hands_of(person)
    ]
    if attendee.signed_in:
        events.append(PersonSignedOut(person=person))
    if attendee.connected:
        events.append(PersonLeft(person=person))
    return (*events, PersonRemoved(person=person, reason=command.reason))


def summarise(command: SummariseCall, actor: Actor) -> tuple[CallSummarised, ...]:
    """Write down how a call went; at every time, also after the close."""
    return (CallSummarised(person=actor.person, call=command.call),)


def _sends(meeting: Meeting, person: PersonId) -> bool:
    """Tell whether somebody ever came who could send anything."""
    attendee = meeting.attendance.people.get(person)
    return attendee is not None and attendee.role is not Role.DISPLAY


def _by_the_room(meeting: Meeting, person: PersonId) -> bool:
    """Tell whether the person is heard by the room's microphone (`signaling.floor_to_media`)."""
    attendee = meeting.attendance.people.get(person)
    if attendee is None or attendee.role in DESK:
        return False
    return attendee.role is Role.ROOM or attendee.place is Place.ROOM
