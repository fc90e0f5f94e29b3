"""What happens to the recording."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from meetings.models import EventModel

__all__ = [
    "Reason",
    "RecordingDeleted",
    "RecordingEvent",
    "RecordingHeld",
    "RecordingReleased",
    "RecordingSealed",
    "Root",
]

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Root = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""Stands for all files so far (`media.segments.seals.root`), hexadecimal."""


class RecordingSealed(EventModel):
    """The first so many files of the recording are known by their sums, and won't change."""

    type: Literal["recording.sealed"] = "recording.sealed"
    changes: ClassVar[frozenset[str]] = frozenset()
    files: Annotated[int, Field(ge=1)]
    """All so far, in their order."""
    through: Annotated[int, Field(ge=0)]
    """Last segment, media sequence number."""
    root: Root
    complete: bool = False
    """The programme is over: there is nothing behind them."""


class RecordingHeld(EventModel):
    """No rule deletes it from now on, and nobody can: it is evidence."""

    type: Literal["recording.held"] = "recording.held"
    changes: ClassVar[frozenset[str]] = frozenset()
    reason: Reason


class RecordingReleased(EventModel):
    type: Literal["recording.released"] = "recording.released"
    changes: ClassVar[frozenset[str]] = frozenset()


class RecordingDeleted(EventModel):
    """Its files are deleted for good, with what was made of them. Their sums stay."""

    type: Literal["recording.deleted"] = "recording.deleted"
    changes: ClassVar[frozenset[str]] = frozenset()
    reason: str
    """In words; empty if a rule deleted it."""
    days: int | None = None
    """The rule: older than so many days. None: somebody did."""
    files: int
    """How many were sealed; `root` stands for them. None were: 0, and an empty root."""
    root: str


RecordingEvent = RecordingSealed | RecordingHeld | RecordingReleased | RecordingDeleted
