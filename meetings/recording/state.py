"""The recording, as the record tells it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recording:
    files: int = 0
    """Sealed so far."""
    through: int = -1
    """Last sealed segment."""
    root: str = ""
    """Stands for them; empty: there are none."""
    complete: bool = False
    held: str | None = None
    """Why no rule deletes it; None: rules hold."""
    deleted_ms: int | None = None
