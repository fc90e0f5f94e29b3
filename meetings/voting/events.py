"""What happens to votes."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from meetings.models import EventModel, Offset, Title
from meetings.people import PersonId

__all__ = [
    "OPTIONS_MAX",
    "OPTION_MAX",
    "BallotCast",
    "Electors",
    "Option",
    "Options",
    "VoteClosed",
    "VoteEnd",
    "VoteOpened",
    "VotingEvent",
]

OPTION_MAX = 60  # characters
OPTIONS_MAX = 10

Option = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=OPTION_MAX)
]
Options = Annotated[tuple[Option, ...], Field(min_length=2, max_length=OPTIONS_MAX)]
Electors = Literal["members", "everyone"]
VoteEnd = Literal["closed", "timed_out", "meeting_closed"]


class VoteOpened(EventModel):
    type: Literal["vote.opened"] = "vote.opened"
    changes: ClassVar = frozenset({"votes"})
    question: Title
    options: Options
    electors: Electors
    until_ms: int | None = None


class BallotCast(EventModel):
    """A named ballot (记名表决)."""

    type: Literal["ballot.cast"] = "ballot.cast"
    changes: ClassVar = frozenset({"votes"})
    vote: Offset
    person: PersonId
    option: Annotated[int, Field(ge=0)]
    """Index into the vote's options."""


class VoteClosed(EventModel):
    type: Literal["vote.closed"] = "vote.closed"
    changes: ClassVar = frozenset({"votes"})
    vote: Offset
    reason: VoteEnd


VotingEvent = VoteOpened | BallotCast | VoteClosed
