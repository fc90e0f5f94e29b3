"""Votes, as the record tells them."""

from __future__ import annotations

from dataclasses import dataclass

from immutables import Map

from meetings.people import PersonId
from meetings.voting.events import Electors, VoteEnd


@dataclass(frozen=True, slots=True)
class Vote:
    question: str
    options: tuple[str, ...]
    electors: Electors
    opened_ms: int
    until_ms: int | None
    ballots: Map[PersonId, int]
    """Person -> index of the option chosen."""
    counts: tuple[int, ...]
    """Ballots per option."""
    closed_ms: int | None = None
    reason: VoteEnd | None = None

    @property
    def open(self) -> bool:
        return self.closed_ms is None


@dataclass(frozen=True, slots=True)
class Votes:
    by_id: Map[int, Vote]
    order: tuple[int, ...] = ()
    """All, oldest first."""
    open: tuple[int, ...] = ()
    """Those that run, oldest first."""
