"""What the screens show of votes."""

from __future__ import annotations

from typing import Literal

from meetings.models import SectionModel
from meetings.voting.events import Electors

__all__ = [
    "VOTES_SHOWN",
    "VoteView",
    "VotesSection",
]

VOTES_SHOWN = 50
"""Newest votes in the section; the record and the minutes hold all."""


class VoteView(SectionModel):
    id: int
    question: str
    options: tuple[str, ...]
    electors: Electors
    state: Literal["open", "closed"]
    opened_ms: int
    until_ms: int | None
    closed_ms: int | None
    cast: int
    """Ballots so far."""
    tally: tuple[int, ...] | None
    """Ballots per option; None while the vote is open."""


class VotesSection(SectionModel):
    votes: tuple[VoteView, ...]
    """Newest first."""
