"""What may be asked about votes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from meetings.models import CommandModel, Offset, Title
from meetings.voting.events import Electors, Options

__all__ = [
    "VOTE_MAX_S",
    "CastBallot",
    "CloseVote",
    "OpenVote",
    "VotingCommand",
]

VOTE_MAX_S = 86400


class OpenVote(CommandModel):
    type: Literal["vote.open"] = "vote.open"
    question: Title
    options: Options
    electors: Electors = "everyone"
    seconds: Annotated[int, Field(ge=5, le=VOTE_MAX_S)] | None = None
    """Time to vote; None: until the host closes."""


class CastBallot(CommandModel):
    type: Literal["vote.cast"] = "vote.cast"
    vote: Offset
    option: Annotated[int, Field(ge=0)]


class CloseVote(CommandModel):
    type: Literal["vote.close"] = "vote.close"
    vote: Offset


VotingCommand = OpenVote | CastBallot | CloseVote
