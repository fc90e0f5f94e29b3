"""The line in the list of meetings follows from the entries."""

from __future__ import annotations

import pytest

from meetings import events as ev
from meetings.record.port import Listing, check_follow, listed, state_after
from tests.each import each
from tests.unit.meetings.given import CLOSED, CREATED, OPEN, RECESS, SCHEDULED, record

LISTING = Listing(
    id="m1",
    title=CREATED.title,
    room="A1B2",
    room_name="翠园社区议事室",
    planned_ms=500,
    state="scheduled",
)


def test_a_meeting_is_listed_as_it_was_created() -> None:
    assert listed("m1", record(OPEN)[0]) == LISTING
    with pytest.raises(ValueError, match="begins with its creation"):
        listed("m1", record(OPEN)[1])


@each(
    "events, state",
    [
        (SCHEDULED, None),
        (OPEN, "open"),
        (RECESS, "recess"),
        ((*RECESS, ev.MeetingResumed()), "open"),
        (CLOSED, "closed"),
    ],
)
def test_the_list_knows_the_state(events: tuple[ev.Event, ...], state: str | None) -> None:
    assert state_after(record(events)[1:]) == state


def test_entries_run_on_from_where_the_caller_is() -> None:
    entries = record(OPEN)
    check_follow(0, entries)
    check_follow(3, entries[3:])
    for expected, wrong in ((1, entries), (0, []), (0, entries[:2] + entries[3:])):
        with pytest.raises(ValueError, match="do not follow"):
            check_follow(expected, wrong)
