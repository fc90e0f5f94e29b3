"""Captions, as the record tells them."""

from __future__ import annotations

from dataclasses import dataclass, field

from immutables import Map

from meetings.people import PersonId

LATEST_KEPT = 64
"""Newest captions by offset: what is shown, and what the rate is measured by."""


@dataclass(frozen=True, slots=True)
class Caption:
    from_ms: int
    until_ms: int
    at_ms: int
    """When it was written: live it is shown from then on."""
    text: str
    """Empty: it was taken back."""
    speaker: PersonId | None
    recognised: bool
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Captions:
    on: bool = False
    by_id: Map[int, Caption] = field(default_factory=Map)
    """Offset of its entry -> caption."""
    latest: tuple[int, ...] = ()
    """The newest, in order, at most LATEST_KEPT."""
