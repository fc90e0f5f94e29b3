"""Plain integers about the sockets, read when somebody asks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Counters:
    """Since the start of the process, but for `connections`."""

    connections: int = 0
    """Open now."""
    frames_in: int = 0
    frames_out: int = 0
    updates: int = 0
    """Batches of sections handed to connections."""
    closed: Counter[str] = field(default_factory=Counter)
    """Name of the close code, or "gone" -> connections."""
    media_refused: Counter[str] = field(default_factory=Counter)
    """Media code -> requests that the media plane refused."""
    freezes: int = 0
    """Pictures that stood still, as pages counted them."""
    frozen_ms: int = 0
    """How long, together."""
