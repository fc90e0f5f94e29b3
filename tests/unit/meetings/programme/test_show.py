"""The host chooses what the programme shows."""

from __future__ import annotations

from typing import get_args

from media.cue import Layout as CueLayout
from meetings import commands as cmd
from meetings import events as ev
from meetings.programme.events import Layout
from meetings.refusals import Code
from tests.each import each
from tests.unit.meetings.given import HOST, MEMBER, OPEN, SCHEDULED, given, meeting


@each("layout", get_args(Layout))
def test_every_layout_can_be_chosen(layout: Layout) -> None:
    """It stays until another is chosen; what is chosen already makes no entry."""
    event = ev.ProgrammeShown(layout=layout)
    other: Layout = "room" if layout != "room" else "auto"
    before = ev.ProgrammeShown(layout=other)
    given(*OPEN, before).when(HOST, cmd.ShowProgramme(layout=layout)).then(event)
    given(*OPEN, before, event).when(HOST, cmd.ShowProgramme(layout=layout)).then()
    assert meeting(*OPEN, before, event).layout == layout


def test_the_director_decides_until_the_host_does() -> None:
    assert meeting(*OPEN).layout == "auto"


def test_before_the_opening_there_is_nothing_to_choose() -> None:
    given(*SCHEDULED).when(HOST, cmd.ShowProgramme(layout="two")).refused(Code.MEETING_NOT_OPEN)


def test_only_a_host_chooses() -> None:
    given(*OPEN).when(MEMBER, cmd.ShowProgramme(layout="two")).refused(Code.FORBIDDEN)


def test_the_record_and_the_cue_know_the_same_layouts() -> None:
    """Meetings and media know nothing of each other; their words must not drift apart."""
    assert get_args(Layout) == get_args(CueLayout)
