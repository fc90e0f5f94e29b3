"""Whoever is in the room is there with a device or without, once, and in one place."""

from __future__ import annotations

import pytest

from meetings import commands as cmd
from meetings import events as ev
from meetings.attendance import rules
from meetings.attendance.state import Attendee, Interval, Stay
from meetings.authority import Actor
from meetings.decide import decide
from meetings.moment import Moment
from meetings.people import Person, Place, Role
from meetings.refusals import Code
from meetings.state import Meeting
from tests.each import each
from tests.unit.meetings.given import (
    CLERK,
    DEPUTY,
    MEMBER,
    NOW,
    OPEN,
    ROOM,
    SCHEDULED,
    VIEWER,
    given,
    joined,
    meeting,
)

DESK: tuple[ev.Event, ...] = (*OPEN, *joined(CLERK, DEPUTY))
IN = ev.PersonSignedIn(person="wang", role=Role.VIEWER)
OUT = ev.PersonSignedOut(person="wang")
LEFT = ev.PersonLeft(person="wang")
BACK = ev.PersonJoined(person="wang", role=Role.VIEWER)
SEED = "0123456789abcdef0123456789abcdef"
NEW = "p-0123456789abcdef01234567"


def wang(*events: ev.Event) -> Attendee:
    return meeting(*events).attendance.people["wang"]


# --- signing in and out


def test_somebody_signs_in_with_the_code_on_the_rooms_display() -> None:
    given(*OPEN).when(VIEWER, cmd.SignIn(code="0042")).then(IN)


def test_nobody_signs_in_without_a_code_but_for_the_desk() -> None:
    given(*OPEN).when(VIEWER, cmd.SignIn()).refused(Code.ATTENDANCE_WRONG_CODE)
    given(*DESK).when(CLERK, cmd.SignIn()).then(
        ev.PersonSignedIn(person=CLERK.person, role=Role.CLERK)
    )


def test_the_desk_signs_others_in_and_out() -> None:
    given(*DESK).when(CLERK, cmd.SignIn(person="wang")).then(IN)
    given(*DESK, IN).when(CLERK, cmd.SignOut(person="wang")).then(OUT)


def test_others_sign_nobody_else_in_or_out() -> None:
    sign_in = cmd.SignIn(person="zhao", code="0042")
    given(*OPEN).when(VIEWER, sign_in).refused(Code.ATTENDANCE_NOT_YOURS)
    sign_out = cmd.SignOut(person="wang")
    given(*OPEN, IN).when(MEMBER, sign_out).refused(Code.ATTENDANCE_NOT_YOURS)


def test_a_second_signature_is_refused() -> None:
    sign_in = cmd.SignIn(code="0042")
    given(*OPEN, IN).when(VIEWER, sign_in).refused(Code.ATTENDANCE_SIGNED_IN)


def test_who_is_not_signed_in_is_not_signed_out() -> None:
    given(*OPEN).when(VIEWER, cmd.SignOut()).refused(Code.ATTENDANCE_NOT_SIGNED_IN)
    given(*OPEN, IN, OUT).when(VIEWER, cmd.SignOut()).refused(Code.ATTENDANCE_NOT_SIGNED_IN)


@each("person", ["nobody", ROOM.person])
def test_strangers_and_equipment_are_not_signed_in(person: str) -> None:
    given(*DESK).when(CLERK, cmd.SignIn(person=person)).refused(Code.PERSON_UNKNOWN)


def test_somebody_who_is_only_expected_is_signed_in_in_the_role_of_the_roster() -> None:
    """The invitation was never used: the person came in person."""
    expected = ev.RosterSet(person="qian", role=Role.PARTICIPANT)
    given(*DESK, expected).when(CLERK, cmd.SignIn(person="qian")).then(
        ev.PersonSignedIn(person="qian", role=Role.PARTICIPANT)
    )


# --- one presence


def test_a_phone_and_a_seat_in_the_room_are_one_person() -> None:
    """Counted once, as present in the room, without a gap when the phone goes away."""
    before = meeting(*OPEN).attendance
    after = meeting(*OPEN, IN, LEFT).attendance
    assert (before.viewers, before.in_room) == (2, 1)  # the host stands in the room
    assert (after.viewers, after.in_room) == (2, 2)
    assert wang(*OPEN, IN, LEFT).intervals == (Interval(4000),)
    assert wang(*OPEN, IN, LEFT).present


def test_stays_are_cut_where_the_place_changes() -> None:
    """Joined at 4 s, in the room from 8 s, out of it at 9 s, gone at 10 s."""
    attendee = wang(*OPEN, IN, OUT, LEFT)
    assert attendee.intervals == (Interval(4000, 10_000),)
    assert attendee.stays == (
        Stay(Place.ONLINE, 4000, 8000),
        Stay(Place.ROOM, 8000, 9000),
        Stay(Place.ONLINE, 9000, 10_000),
    )
    assert attendee.place is Place.ONLINE


def test_somebody_is_there_until_both_are_gone() -> None:
    assert not wang(*OPEN, IN, LEFT, OUT).present
    assert not wang(*OPEN, IN, OUT, LEFT).present
    assert wang(*OPEN, IN, LEFT, OUT, BACK).intervals == (Interval(4000, 10_000), Interval(11_000))


def test_an_instant_of_coming_is_present_and_one_of_leaving_is_not() -> None:
    attendee = wang(*OPEN, LEFT)
    instants = (3999, 4000, 7999, 8000)
    assert [attendee.present_at(at) for at in instants] == [False, True, True, False]


@each(
    "actor, place",
    [(MEMBER, Place.LINK), (VIEWER, Place.ONLINE), (CLERK, Place.ROOM), (DEPUTY, Place.ROOM)],
)
def test_who_has_not_signed_in_is_where_the_role_usually_is(actor: Actor, place: Place) -> None:
    assert meeting(*DESK).attendance.place(actor.person) is place


def test_of_somebody_who_left_the_last_place_is_known() -> None:
    assert meeting(*OPEN, IN, LEFT, OUT).attendance.place("wang") is Place.ROOM
    assert meeting(*OPEN).attendance.place("nobody") is Place.ONLINE


def test_who_speaks_from_a_seat_keeps_the_floor_when_the_phone_goes() -> None:
    speaks = ev.FloorGranted(person="wang")
    given(*OPEN, IN, speaks).when(VIEWER, cmd.Leave()).then(LEFT)
    given(*DESK, IN, LEFT, speaks).when(CLERK, cmd.SignOut(person="wang")).then(
        ev.FloorEnded(person="wang", reason="left"), OUT
    )
    given(*OPEN, IN, speaks).when(VIEWER, cmd.SignOut()).then(OUT)


# --- people without a device


def test_the_clerk_enters_somebody_without_a_device() -> None:
    """A new person, whose id follows from the seed; the name goes to the register alone."""
    command = cmd.EnterAttendance(name="孙奶奶", office="3 号楼")
    decision = decide(meeting(*DESK), command, CLERK, Moment(NOW, SEED))
    assert decision == (ev.PersonSignedIn(person=NEW, role=Role.VIEWER),)
    (line,) = rules.lines(lambda _: None, command, _person(CLERK), Moment(NOW, SEED))
    assert (line.id, line.name, line.office, line.role) == (NEW, "孙奶奶", "3 号楼", Role.VIEWER)


def test_a_full_room_takes_nobody_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """The host, the clerk and the deputy are in it; a fourth fits, a fifth does not."""
    monkeypatch.setattr(rules, "IN_ROOM_MAX", 4)
    enter = cmd.EnterAttendance(name="孙奶奶")
    given(*DESK).when(CLERK, enter).then(
        ev.PersonSignedIn(person="p-" + "0" * 24, role=Role.VIEWER)
    )
    given(*DESK, IN).when(CLERK, enter).refused(Code.ATTENDANCE_FULL)


# --- appointments


def _appointed(role: Role) -> Meeting:
    assert role in {Role.DEPUTY, Role.CLERK, Role.PARTICIPANT, Role.VIEWER}
    return meeting(*OPEN, ev.PersonAppointed.model_validate({"person": "wang", "role": role}))


@each("role", [Role.DEPUTY, Role.CLERK, Role.PARTICIPANT])
def test_somebody_is_appointed(role: Role) -> None:
    """And is from then on what the appointment says, whatever the invitation said."""
    command = cmd.AppointPerson.model_validate({"person": "wang", "role": role})
    appointed = ev.PersonAppointed.model_validate({"person": "wang", "role": role})
    given(*OPEN).when(Actor("chen", Role.HOST), command).then(appointed)
    after = _appointed(role).attendance
    assert after.role("wang", Role.VIEWER) is role
    assert after.people["wang"].role is role
    assert "wang" in after.members
    assert after.viewers == 1


def test_an_appointed_viewer_can_go_back_to_being_one() -> None:
    after = meeting(
        *OPEN,
        ev.PersonAppointed(person="wang", role=Role.CLERK),
        ev.PersonAppointed(person="wang", role=Role.VIEWER),
    ).attendance
    assert "wang" not in after.members
    assert after.viewers == 2


def test_the_same_role_again_is_no_event() -> None:
    command = cmd.AppointPerson(person="wang", role=Role.VIEWER)
    given(*OPEN).when(Actor("chen", Role.HOST), command).then()


@each("actor", [Actor("sun", Role.DEPUTY), Actor("chen", Role.HOST)])
def test_nobody_takes_the_meeting_away_from_the_host(actor: Actor) -> None:
    for person in ("chen", ROOM.person):
        command = cmd.AppointPerson(person=person, role=Role.VIEWER)
        given(*DESK).when(actor, command).refused(Code.PERSON_NOT_APPOINTABLE)


def test_strangers_are_not_appointed() -> None:
    command = cmd.AppointPerson(person="nobody", role=Role.CLERK)
    given(*OPEN).when(Actor("chen", Role.HOST), command).refused(Code.PERSON_UNKNOWN)


def test_the_host_away_changes_no_rights() -> None:
    """The deputy may all that the host may, there or not."""
    away = ev.PersonLeft(person="chen")
    given(*SCHEDULED, *joined(DEPUTY), away).when(DEPUTY, cmd.OpenMeeting()).then(
        ev.MeetingOpened()
    )
    back = Actor("chen", Role.HOST)
    given(*DESK, away, *joined(back)).when(back, cmd.CloseMeeting()).then(ev.MeetingClosed())


def _person(actor: Actor) -> Person:
    return Person(id=actor.person, name="何书记员", role=actor.role)
