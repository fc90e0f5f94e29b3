"""
Who is heard speaking at this moment. Pure; shown to people, and never decides the floor.

Somebody begins to speak above one level and stops below a lower one, and is shown for a moment
longer, so that the mark does not flicker with syllables. The loudest few are shown, no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

SPEAKERS_MAX: Final = 4
"""Shown at a time; with more voices nobody could tell them apart."""
BEGINS: Final = 50.0
"""
-dBov, of the smoothed level: speech at a laptop is at 20 to 40, a quiet room at 60 to 90 (browsers
with automatic gain).
"""
ENDS: Final = 58.0
"""-dBov: quieter than this is silence."""
HOLD_S: Final = 0.8
"""How long somebody stays shown after the last sound: the pause for a breath."""
TOLD_EVERY_S: Final = 0.25
"""At most four changes a second."""


@dataclass(slots=True)
class _Speaking:
    level: float
    heard_s: float


class Speakers:
    """Kept by a room; asked on its tick."""

    def __init__(self) -> None:
        self._speaking: dict[str, _Speaking] = {}
        self._told: tuple[str, ...] = ()
        self._told_s = float("-inf")

    def update(self, levels: Mapping[str, float], now_s: float) -> tuple[str, ...] | None:
        """
        Take what is heard now.

        Args:
            levels: person -> smoothed level, -dBov, of those who are let through.

        Returns: who speaks, sorted, at most SPEAKERS_MAX; None: nothing new is to be told, or not
        yet.
        """
        for person, level in levels.items():
            known = self._speaking.get(person)
            if level <= BEGINS or (known is not None and level <= ENDS):
                self._speaking[person] = _Speaking(level, now_s)
        self._speaking = {
            person: one
            for person, one in self._speaking.items()
            if person in levels and now_s - one.heard_s < HOLD_S
        }
        loudest = sorted(self._speaking, key=lambda person: self._speaking[person].level)
        speakers = tuple(sorted(loudest[:SPEAKERS_MAX]))
        if speakers == self._told or now_s - self._told_s < TOLD_EVERY_S:
            return None
        self._told, self._told_s = speakers, now_s
        return speakers
