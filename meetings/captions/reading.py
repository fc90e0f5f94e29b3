"""How long a caption stays on the screen. Pure."""

from __future__ import annotations

LEAST_MS = 2_500
MOST_MS = 9_000
PER_CHARACTER_MS = 250
"""Four characters a second: half of what broadcasters reckon with, for those who read slowly."""


def reading_ms(text: str) -> int:
    """Time to read *text*, milliseconds."""
    return min(MOST_MS, max(LEAST_MS, 1_000 + PER_CHARACTER_MS * len(text)))
