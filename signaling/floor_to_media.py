"""
The record's word on sound and picture: who is let through, and what the programme shows. Pure.

`plan` reads a meeting; `steps` compares the plan with what the media plane was told and gives the
requests that are still needed, so that the same code follows an entry, sets up a new room and
restores everything after the media process was replaced. `media_bridge` carries them out.

- Heard is whoever holds the floor, and the room's microphone (one, `meetings.link.room`), while the
  meeting is open. A screen is shared by whoever is heard so, and by the room's devices. While a
  speech is paused or interrupted, or over and held by the host, its microphone is closed here, not
  by asking the speaker's device. The room's stays open: the host speaks there.
- Who takes part in the room speaks through the room's microphone. The own device is not heard
  besides, or the sound would run in a circle.
- Seen are the members and the room who are present, and whoever has a speech, until the close.
- What the host muted or stopped is closed, and of whom the lock keeps out nothing is let through.
- Who is called to the green room may send (`negotiation.rights`), so that the link stands when the
  floor is granted; until then nothing of it is let through to anybody.
- The programme runs from the opening to the close; what happens before is not recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, assert_never

from media.control import Allow, CloseRoom, Cue, CueProgramme, OpenRoom
from meetings.link import room
from meetings.people import PersonId, Register, Role
from meetings.state import Meeting
from signaling.cue import cue, in_room

Step = OpenRoom | Allow | CueProgramme | CloseRoom


@dataclass(frozen=True, slots=True)
class Permission:
    """What is let through of a person."""

    sound: bool
    picture: bool
    screen: bool = False


NOTHING: Final = Permission(sound=False, picture=False)


@dataclass(frozen=True, slots=True)
class MediaPlan:
    """What the media plane shall do for a meeting, as its record stands."""

    room: str
    """Id of the media room: the meeting's."""
    programme: bool
    """The meeting was opened: there is a programme."""
    over: bool
    """The meeting is closed: so is the room."""
    allow: Mapping[PersonId, Permission]
    """Who is not named is not let through."""
    cue: Cue


def plan(meeting: Meeting, register: Register) -> MediaPlan:
    """Read off a meeting what the media plane shall do."""
    over = meeting.state == "closed"
    allow = {} if over else _permissions(meeting)
    seen = {person for person, permission in allow.items() if permission.picture}
    return MediaPlan(
        room=meeting.id,
        programme=meeting.state in {"open", "recess"},
        over=over,
        allow=allow,
        cue=cue(meeting, register, seen),
    )


def rooms(meeting: Meeting) -> tuple[PersonId, ...]:
    """Everybody who ever joined as a room's camera, present or not."""
    people = meeting.attendance.people
    return tuple(p for p in meeting.attendance.members if people[p].role is Role.ROOM)


def _permissions(meeting: Meeting) -> dict[PersonId, Permission]:
    is_open = meeting.state == "open"
    people = meeting.attendance.people
    link = meeting.link
    microphone = room.microphone(meeting)
    allow = {
        person: Permission(
            sound=is_open and person == microphone,
            picture=True,
            screen=is_open and people[person].role is Role.ROOM,
        )
        for person in meeting.attendance.members
        if people[person].present and link.admits(person, people[person].role, expected=False)
    }
    for holder in (meeting.floor.holder, meeting.floor.interrupted):
        if holder is not None and not in_room(meeting, holder.person):
            sounds = is_open and not holder.muted and holder is meeting.floor.holder
            allow[holder.person] = Permission(sound=sounds, picture=True, screen=sounds)
    for person in {*link.muted, *link.stopped}.intersection(allow):
        before = allow[person]
        allow[person] = Permission(
            sound=before.sound and person not in link.muted,
            picture=before.picture and person not in link.stopped,
            screen=before.screen and person not in link.stopped,
        )
    return {person: permission for person, permission in allow.items() if permission != NOTHING}


# --- what the media plane was told already --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """What a room's media process knows. A new process knows nothing."""

    open: bool = False
    programme: bool = False
    allow: Mapping[PersonId, Permission] = field(default_factory=dict)
    cue: Cue | None = None


def steps(wanted: MediaPlan, told: Told, *, linked: bool, folder: str) -> tuple[Step, ...]:
    """
    Requests that bring the media plane from *told* to *wanted*.

    Every microphone is closed before another one is opened.

    Args:
        linked: somebody wants a video link, so there must be a room even without a programme. A
            room without either is closed.
        folder: for the programme.
    """
    room = wanted.room
    if not (told.open or (not wanted.over and (linked or wanted.programme))):
        return ()
    opening: list[Step] = []
    if not told.open or (wanted.programme and not told.programme):
        opening.append(OpenRoom(room=room, programme=folder if wanted.programme else None))
    permits = _permits(wanted, told)
    permits.sort(key=lambda permit: _opens_microphone(permit, told))
    showing: list[Step] = []
    if (wanted.programme or told.programme) and wanted.cue != told.cue:
        showing.append(CueProgramme(room=room, cue=wanted.cue))
    needed = not wanted.over and (linked or wanted.programme or told.programme)
    closing: list[Step] = [] if needed else [CloseRoom(room=room)]
    return (*opening, *permits, *showing, *closing)


def _permits(wanted: MediaPlan, told: Told) -> list[Allow]:
    persons = [*told.allow, *(person for person in wanted.allow if person not in told.allow)]
    return [
        Allow(
            room=wanted.room,
            person=person,
            sound=now.sound,
            picture=now.picture,
            screen=now.screen,
        )
        for person in persons
        if (now := wanted.allow.get(person, NOTHING)) != told.allow.get(person, NOTHING)
    ]


def _opens_microphone(permit: Allow, told: Told) -> bool:
    return permit.sound and not told.allow.get(permit.person, NOTHING).sound


def after(told: Told, step: Step) -> Told:
    """What the media plane knows once it has carried out *step*."""
    match step:
        case OpenRoom():
            has_programme = told.programme or step.programme is not None
            return replace(told, open=True, programme=has_programme)
        case Allow():
            permission = Permission(
                sound=step.sound, picture=step.picture, screen=bool(step.screen)
            )
            others = {person: p for person, p in told.allow.items() if person != step.person}
            if permission != NOTHING:
                others[step.person] = permission
            return replace(told, allow=others)
        case CueProgramme():
            return replace(told, cue=step.cue)
        case CloseRoom():
            return Told()
        case _:
            assert_never(step)
