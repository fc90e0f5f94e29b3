"""
How long parts and segments are, and what follows from it for players. Pure.

A property of a programme from its first run on, kept in its journal: RFC 8216bis (6.2.1) forbids
that the target duration of a playlist changes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

SLOT_MS = 40  # one picture
PARTS_PER_SEGMENT = 5
PART_MS = 200
PART_MS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Timing:
    """
    Durations of one programme.

    Short parts for a short delay: 0.2 s are 10 requests a second of each viewer. For large
    audiences longer ones: 0.4 s halve the requests, and add 0.7 s of delay.
    """

    part_ms: int = PART_MS
    segment_ms: int = PART_MS * PARTS_PER_SEGMENT

    @classmethod
    def of_parts(cls, part_ms: int) -> Timing:
        """
        With parts of this length, a multiple of PART_MS: then segments are whole seconds.

        Raises:
            ValueError: another length.
        """
        if part_ms % PART_MS or not PART_MS <= part_ms <= PART_MS_MAX:
            raise ValueError(f"parts can't be {part_ms} ms long")
        return cls(part_ms, part_ms * PARTS_PER_SEGMENT)

    @property
    def part_s(self) -> float:
        """PART-TARGET."""
        return self.part_ms / 1_000

    @property
    def target_s(self) -> int:
        """TARGETDURATION: every EXTINF, rounded, is at most this (4.4.3.1)."""
        return math.ceil(self.segment_ms / 1_000)

    @property
    def part_hold_back_s(self) -> float:
        """
        How far low-latency players stay behind the end: three and a half parts. The draft demands
        two and advises three (4.4.3.8); what is more is margin for the way, and delay for
        everybody.
        """
        return self.part_ms * 7 / 2_000

    @property
    def hold_back_s(self) -> int:
        """The same for players without low latency: the three target durations demanded there."""
        return 3 * self.target_s

    @property
    def skip_until_s(self) -> int:
        """What is older than this may be left out of an update: six target durations (4.4.3.8)."""
        return 6 * self.target_s

    @property
    def slots_per_part(self) -> int:
        """Pictures, if each is shown for one slot."""
        return self.part_ms // SLOT_MS

    @property
    def slots_per_segment(self) -> int:
        """Keyframes stand so far apart."""
        return self.segment_ms // SLOT_MS

    @property
    def parts_per_segment(self) -> int:
        """Of a segment that is not cut short by the end of its run."""
        return self.segment_ms // self.part_ms
