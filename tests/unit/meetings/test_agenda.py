"""The agenda moves where the host wants, while the meeting is open."""

from __future__ import annotations

import pytest

from meetings import commands as cmd
from meetings import events as ev
from meetings.refusals import Code
from tests.unit.meetings.given import HOST, OPEN, RECESS, SCHEDULED, given


def test_the_meeting_turns_to_an_item() -> None:
    given(*OPEN).when(HOST, cmd.MoveAgenda(item=2)).then(ev.AgendaMoved(item=2))


def test_an_item_that_is_done_can_be_taken_up_again() -> None:
    moved = (ev.AgendaMoved(item=1), ev.AgendaMoved(item=2))
    given(*OPEN, *moved).when(HOST, cmd.MoveAgenda(item=1)).then(ev.AgendaMoved(item=1))


def test_there_has_to_be_such_an_item() -> None:
    given(*OPEN).when(HOST, cmd.MoveAgenda(item=3)).refused(Code.AGENDA_UNKNOWN)


def test_the_meeting_is_at_an_item_once() -> None:
    at = ev.AgendaMoved(item=1)
    given(*OPEN, at).when(HOST, cmd.MoveAgenda(item=1)).refused(Code.AGENDA_CURRENT)


@pytest.mark.parametrize("events", [SCHEDULED, RECESS])
def test_the_agenda_stands_still_unless_the_meeting_is_open(events: tuple[ev.Event, ...]) -> None:
    given(*events).when(HOST, cmd.MoveAgenda(item=1)).refused(Code.MEETING_NOT_OPEN)
