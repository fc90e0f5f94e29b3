"""The green room: called, ready or not, and the text that is read out."""

from __future__ import annotations

import pytest

from meetings import commands as cmd
from meetings import events as ev
from meetings.events import TEXT_MAX
from meetings.floor.green_room import CALL_S, CALLED_MAX
from meetings.refusals import Code
from tests.each import each
from tests.unit.meetings.given import (
    CLERK,
    HOST,
    MEMBER,
    NOW,
    OPEN,
    RECESS,
    SCHEDULED,
    VIEWER,
    given,
)

CLERK_CAME = ev.PersonJoined(person=CLERK.person, role=CLERK.role)
ASKED = ev.FloorRequested(person="wang")  # entry 8 after OPEN
CALLED = ev.FloorCalled(person="wang", request=8, until_ms=NOW + CALL_S * 1000)
HERE = (*OPEN, ASKED, CALLED)


@each("events", [OPEN, RECESS])
def test_somebody_is_called_to_get_ready(events: tuple[ev.Event, ...]) -> None:
    """Also in a recess, for the speech after it; with or without a hand."""
    calls = cmd.CallFloor(person="wang")
    given(*events).when(HOST, calls).then(CALLED.model_copy(update={"request": None}))
    given(*OPEN, ASKED).when(HOST, calls).then(CALLED)


def test_the_clerk_keeps_the_green_room() -> None:
    there = given(*OPEN, CLERK_CAME)
    called = there.when(CLERK, cmd.CallFloor(person="wang")).decision
    assert isinstance(called, tuple)
    given(*HERE, CLERK_CAME).when(CLERK, cmd.CallOffFloor(person="wang")).then(
        ev.FloorCalledOff(person="wang", reason="host")
    )


def test_nobody_is_called_before_the_meeting() -> None:
    given(*SCHEDULED).when(HOST, cmd.CallFloor(person="wang")).refused(Code.MEETING_NOT_OPEN)


@each("person", ["nobody", "room"])
def test_there_has_to_be_such_a_person(person: str) -> None:
    """A camera needs no green room."""
    given(*OPEN).when(HOST, cmd.CallFloor(person=person)).refused(Code.FLOOR_UNKNOWN_PERSON)


def test_who_speaks_is_not_called() -> None:
    """Nor who waits to go on."""
    speaks = ev.FloorGranted(person="wang")
    calls = cmd.CallFloor(person="wang")
    given(*OPEN, speaks).when(HOST, calls).refused(Code.FLOOR_ALREADY_HELD)
    interrupted = (speaks, ev.FloorPaused(), ev.FloorGranted(person="li", interrupts=True))
    given(*OPEN, *interrupted).when(HOST, calls).refused(Code.FLOOR_ALREADY_HELD)


def test_a_person_is_called_once() -> None:
    given(*HERE).when(HOST, cmd.CallFloor(person="wang")).refused(Code.FLOOR_ALREADY_CALLED)


def test_the_green_room_is_bounded() -> None:
    full = [ev.FloorCalled(person=f"p{i}") for i in range(CALLED_MAX)]
    calls = cmd.CallFloor(person="wang")
    assert isinstance(given(*OPEN, *full[1:]).when(HOST, calls).decision, tuple)
    given(*OPEN, *full).when(HOST, calls).refused(Code.FLOOR_GREEN_ROOM_FULL)


def test_the_called_person_says_that_everything_works() -> None:
    """Once is enough; from then on nobody is called off by the time."""
    ready = ev.FloorReady(person="wang")
    given(*HERE).when(VIEWER, cmd.ReadyFloor()).then(ready)
    given(*HERE, ready).when(VIEWER, cmd.ReadyFloor()).then()
    (called,) = given(*HERE, ready).meeting.floor.called
    assert (called.ready, called.until_ms) == (True, None)


def test_who_is_not_called_is_not_ready_and_declines_nothing() -> None:
    given(*OPEN, ASKED).when(VIEWER, cmd.ReadyFloor()).refused(Code.FLOOR_NOT_CALLED)
    given(*OPEN, ASKED).when(VIEWER, cmd.CallOffFloor()).refused(Code.FLOOR_NOT_CALLED)
    nobody = cmd.CallOffFloor(person="wang")
    given(*OPEN, ASKED).when(HOST, nobody).refused(Code.FLOOR_NOT_CALLED)


def test_who_declines_lowers_the_hand_too() -> None:
    declined = ev.FloorCalledOff(person="wang", reason="declined")
    given(*HERE).when(VIEWER, cmd.CallOffFloor()).then(declined)
    after = given(*HERE, declined).meeting.floor
    assert (after.called, after.queue) == ((), ())


@each("reason", ["host", "timed_out", "left"])
def test_who_is_called_off_keeps_the_place_in_the_queue(reason: ev.CalledOff) -> None:
    after = given(*HERE, ev.FloorCalledOff(person="wang", reason=reason)).meeting.floor
    assert after.called == ()
    assert [w.person for w in after.queue] == ["wang"]


def test_nobody_else_takes_a_call_back() -> None:
    off = cmd.CallOffFloor(person="wang")
    given(*HERE).when(MEMBER, off).refused(Code.FLOOR_NOT_YOURS)


def test_who_leaves_is_called_off() -> None:
    given(*HERE).when(VIEWER, cmd.Leave()).then(
        ev.FloorCalledOff(person="wang", reason="left"), ev.PersonLeft(person="wang")
    )


def test_a_text_is_given_and_makes_ready() -> None:
    """A second one takes the place of the first; the host reads it when the floor is granted."""
    given(*HERE).when(VIEWER, cmd.GiveFloorText(text="请念")).then(
        ev.FloorTextGiven(person="wang", text="请念")
    )
    texts = [ev.FloorTextGiven(person="wang", text=text) for text in ("请念", "请这样念")]
    (called,) = given(*HERE, *texts).meeting.floor.called
    assert (called.ready, called.until_ms, called.text) == (True, None, "请这样念")
    granted = ev.FloorGranted(person="wang", request=8)
    floor = given(*HERE, *texts, granted).meeting.floor
    assert floor.holder is not None
    assert floor.holder.text == "请这样念"
    assert floor.called == ()


def test_whose_line_breaks_in_a_speech_gives_a_text() -> None:
    granted = ev.FloorGranted(person="wang")
    text = ev.FloorTextGiven(person="wang", text="接着念")
    given(*OPEN, granted).when(VIEWER, cmd.GiveFloorText(text="接着念")).then(text)
    floor = given(*OPEN, granted, text).meeting.floor
    assert floor.holder is not None
    assert floor.holder.text == "接着念"


def test_nobody_else_has_a_text_read_out() -> None:
    """Or else the queue would be passed by in writing."""
    given(*OPEN, ASKED).when(VIEWER, cmd.GiveFloorText(text="请念")).refused(Code.FLOOR_NOT_CALLED)


def test_a_text_is_bounded() -> None:
    assert cmd.GiveFloorText(text="念" * TEXT_MAX).text == "念" * TEXT_MAX
    with pytest.raises(ValueError, match="at most"):
        cmd.GiveFloorText(text="念" * (TEXT_MAX + 1))
