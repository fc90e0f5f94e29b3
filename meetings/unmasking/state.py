"""Unmaskings, as the record tells them."""

from __future__ import annotations

from dataclasses import dataclass

from meetings.people import PersonId


@dataclass(frozen=True, slots=True)
class Unmasking:
    person: PersonId
    reason: str
    by: PersonId | None
    at_ms: int


Unmaskings = tuple[Unmasking, ...]
"""In order; at most one a person. The desk makes them one by one, so there are few."""


def unmasked(unmaskings: Unmaskings, person: PersonId) -> Unmasking | None:
    """Return how *person* was unmasked; None if not."""
    return next((one for one in unmaskings if one.person == person), None)
