"""People come and go at any time; what they hold goes or stays with them."""

from __future__ import annotations

import pytest

from meetings import commands as cmd
from meetings import events as ev
from meetings.authority import Actor
from meetings.people import Role
from tests.unit.meetings.given import CLOSED, CREATED, OPEN, RECESS, ROOM, SCHEDULED, VIEWER, given

LEFT = ev.PersonLeft(person="wang")
EVER = pytest.mark.parametrize("events", [SCHEDULED, OPEN, RECESS, CLOSED])


def test_somebody_comes_for_the_first_time() -> None:
    given(CREATED).when(VIEWER, cmd.Join()).then(ev.PersonJoined(person="wang", role=Role.VIEWER))


def test_the_room_comes_as_a_device_with_its_role() -> None:
    """So everybody knows which person id is the room's camera."""
    given(CREATED).when(ROOM, cmd.Join()).then(ev.PersonJoined(person="room", role=Role.ROOM))


@EVER
def test_somebody_comes_back_at_any_time(events: tuple[ev.Event, ...]) -> None:
    back = ev.PersonJoined(person="wang", role=Role.VIEWER)
    given(*events, LEFT).when(VIEWER, cmd.Join()).then(back)


@EVER
def test_somebody_leaves_at_any_time(events: tuple[ev.Event, ...]) -> None:
    given(*events).when(VIEWER, cmd.Leave()).then(LEFT)


def test_who_is_there_joins_without_an_event() -> None:
    given(*OPEN).when(VIEWER, cmd.Join()).then()


def test_who_is_not_there_leaves_without_an_event() -> None:
    given(*OPEN, LEFT).when(VIEWER, cmd.Leave()).then()
    given(CREATED).when(VIEWER, cmd.Leave()).then()


def test_another_role_is_another_join() -> None:
    promoted = Actor("wang", Role.PARTICIPANT)
    joined = ev.PersonJoined(person="wang", role=Role.PARTICIPANT)
    given(*OPEN).when(promoted, cmd.Join()).then(joined)


def test_who_speaks_gives_up_the_floor_by_leaving() -> None:
    speaks = ev.FloorGranted(person="wang")
    given(*OPEN, speaks).when(VIEWER, cmd.Leave()).then(
        ev.FloorEnded(person="wang", reason="left"), LEFT
    )


def test_a_waiting_hand_stays_up_when_its_person_leaves() -> None:
    asked = ev.FloorRequested(person="wang")
    outcome = given(*OPEN, asked).when(VIEWER, cmd.Leave())
    outcome.then(LEFT)
    assert given(*OPEN, asked, LEFT).meeting.floor.hands_of("wang")
