"""A changed copy is what `dataclasses.replace` makes."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from meetings import events as ev
from meetings.evolve import evolve
from tests.each import each
from tests.unit.meetings.given import OPEN, meeting

POLL = ev.VoteOpened(question="同意吗", options=("同意", "反对"), electors="everyone")
MEETING = meeting(*OPEN, POLL)
VOTE = MEETING.votes.by_id[MEETING.offset]


@each("state", [MEETING, VOTE, MEETING.floor])
def test_any_field_can_be_another_and_the_rest_is_the_same(state: Any) -> None:
    """The state itself stays as it was, and the copy is as frozen."""
    for field in fields(state):
        before = getattr(state, field.name)
        copy = evolve(state, **{field.name: "another"})
        assert copy == replace(state, **{field.name: "another"})
        assert getattr(state, field.name) is before
        with pytest.raises(AttributeError):
            setattr(copy, field.name, before)


def test_a_field_that_is_none_is_an_error() -> None:
    with pytest.raises(TypeError, match="no field of_set"):
        evolve(MEETING, of_set=1)  # type: ignore[call-arg]
