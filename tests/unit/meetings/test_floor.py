"""The floor: hands wait in order, one person speaks, for a time."""

from __future__ import annotations

import pytest

from meetings import commands as cmd
from meetings import events as ev
from meetings.authority import Actor
from meetings.floor.rules import QUEUE_MAX
from meetings.refusals import Code
from tests.unit.meetings.given import (
    HOST,
    MEMBER,
    NEIGHBOUR,
    NOW,
    OPEN,
    RECESS,
    SCHEDULED,
    VIEWER,
    given,
)

ASKED = ev.FloorRequested(person="wang", about="费用")  # entry 8 after OPEN
SPEAKS = ev.FloorGranted(person="wang", until_ms=NOW + 60_000)


@pytest.mark.parametrize("events", [OPEN, RECESS])
def test_a_hand_is_raised_with_a_note(events: tuple[ev.Event, ...]) -> None:
    """In the meeting, and in its recess."""
    given(*events).when(VIEWER, cmd.RequestFloor(about="费用")).then(ASKED)


def test_before_the_meeting_there_is_nothing_to_ask_for() -> None:
    given(*SCHEDULED).when(VIEWER, cmd.RequestFloor()).refused(Code.MEETING_NOT_OPEN)


def test_a_person_has_one_hand() -> None:
    given(*OPEN, ASKED).when(VIEWER, cmd.RequestFloor()).refused(Code.FLOOR_ALREADY_REQUESTED)


def test_who_speaks_asks_for_nothing() -> None:
    given(*OPEN, SPEAKS).when(VIEWER, cmd.RequestFloor()).refused(Code.FLOOR_ALREADY_HELD)


def test_the_queue_is_bounded() -> None:
    hands = [ev.FloorRequested(person=f"p{i}") for i in range(QUEUE_MAX)]
    given(*OPEN, *hands[1:]).when(VIEWER, cmd.RequestFloor(about="费用")).then(ASKED)
    given(*OPEN, *hands).when(VIEWER, cmd.RequestFloor()).refused(Code.FLOOR_QUEUE_FULL)


def test_a_hand_is_lowered() -> None:
    given(*OPEN, ASKED).when(VIEWER, cmd.WithdrawFloor()).then(ev.FloorWithdrawn(request=8))


def test_only_the_own_hand_is_lowered() -> None:
    given(*OPEN, ASKED).when(NEIGHBOUR, cmd.WithdrawFloor()).refused(Code.FLOOR_NOT_REQUESTED)


def test_a_grant_answers_the_request_for_the_usual_time() -> None:
    given(*OPEN, ASKED).when(HOST, cmd.GrantFloor(person="wang")).then(
        ev.FloorGranted(person="wang", request=8, until_ms=NOW + 180_000)
    )


def test_a_grant_may_say_its_own_time() -> None:
    given(*OPEN, ASKED).when(HOST, cmd.GrantFloor(person="wang", seconds=60)).then(
        ev.FloorGranted(person="wang", request=8, until_ms=NOW + 60_000)
    )


@pytest.mark.parametrize("person", ["li", "chen", "room"])
def test_the_host_calls_on_somebody_who_had_not_asked(person: str) -> None:
    """A member, himself, or those who sit in the room."""
    given(*OPEN, ASKED).when(HOST, cmd.GrantFloor(person=person)).then(
        ev.FloorGranted(person=person, until_ms=NOW + 180_000)
    )


def test_a_grant_passes_the_floor_on() -> None:
    """There is never a moment with two."""
    given(*OPEN, SPEAKS).when(HOST, cmd.GrantFloor(person="li")).then(
        ev.FloorEnded(person="wang", reason="passed"),
        ev.FloorGranted(person="li", until_ms=NOW + 180_000),
    )


def test_the_floor_is_not_granted_to_whoever_holds_it() -> None:
    given(*OPEN, SPEAKS).when(HOST, cmd.GrantFloor(person="wang")).refused(Code.FLOOR_ALREADY_HELD)


def test_the_floor_is_granted_to_people_who_are_there() -> None:
    """Not to somebody unknown, nor to somebody who has left, though the hand still waits."""
    granted = cmd.GrantFloor(person="nobody")
    given(*OPEN).when(HOST, granted).refused(Code.FLOOR_UNKNOWN_PERSON)
    left = (ASKED, ev.PersonLeft(person="wang"))
    granted = cmd.GrantFloor(person="wang")
    given(*OPEN, *left).when(HOST, granted).refused(Code.FLOOR_UNKNOWN_PERSON)


@pytest.mark.parametrize("events", [SCHEDULED, RECESS])
def test_nobody_gets_the_floor_unless_the_meeting_is_open(events: tuple[ev.Event, ...]) -> None:
    given(*events).when(HOST, cmd.GrantFloor(person="li")).refused(Code.MEETING_NOT_OPEN)


def test_the_host_ends_a_speech() -> None:
    given(*OPEN, SPEAKS).when(HOST, cmd.EndFloor()).then(
        ev.FloorEnded(person="wang", reason="ended")
    )


def test_a_speaker_yields() -> None:
    given(*OPEN, SPEAKS).when(VIEWER, cmd.EndFloor()).then(
        ev.FloorEnded(person="wang", reason="yielded")
    )


def test_the_host_yields_the_own_speech() -> None:
    given(*OPEN, ev.FloorGranted(person="chen")).when(HOST, cmd.EndFloor()).then(
        ev.FloorEnded(person="chen", reason="yielded")
    )


@pytest.mark.parametrize("actor", [MEMBER, NEIGHBOUR], ids=lambda actor: actor.role)
def test_nobody_else_ends_a_speech(actor: Actor) -> None:
    given(*OPEN, SPEAKS).when(actor, cmd.EndFloor()).refused(Code.FLOOR_NOT_YOURS)


def test_where_nobody_speaks_nothing_ends() -> None:
    given(*OPEN).when(HOST, cmd.EndFloor()).refused(Code.FLOOR_NOT_HELD)
