"""
The programme's clock: when the next picture is due, and how long it is shown. Pure.

Time goes in slots of one picture each. A machine that can't make every picture makes fewer, each
shown for several slots: sound and clock go on without a burst or a gap. Only after a long stop (the
machine slept) is the lost time given up.
"""

from __future__ import annotations

BEHIND_MAX_S = 2.0
"""More than this behind, and the time is given up: players have stalled anyway. The worker begins a
new run then, for time that is missing belongs behind a discontinuity."""


class Pace:
    """Time is the caller's monotonic clock, in seconds."""

    def __init__(self, start_s: float, slot_s: float) -> None:
        """
        Args:
            start_s: when the first picture is due.
            slot_s: length of a slot.
        """
        self._due = start_s
        self._slot = slot_s
        self.given_up_s = 0.0
        self.skipped = 0
        """Slots without a picture of their own."""

    def wait_s(self, now_s: float) -> float:
        """How long until the next picture may be made; 0: now."""
        return max(0.0, self._due - now_s)

    def take(self, now_s: float, slots_max: int) -> tuple[float, int]:
        """
        The next picture is made now.

        Args:
            slots_max: the most that it may be shown for, at least 1.

        Returns: when it was due, and for how many slots it is shown.
        """
        if now_s - self._due > BEHIND_MAX_S:
            self.given_up_s += now_s - self._due
            self._due = now_s
        due = self._due
        slots = max(1, min(slots_max, 1 + int((now_s - due) / self._slot)))
        self._due += slots * self._slot
        self.skipped += slots - 1
        return due, slots


WALL_STEP_MS = 1_000
"""A clock that is off by more was set; less is followed by WALL_SLEW_MS a picture."""
WALL_SLEW_MS = 1.0


class WallClock:
    """
    Wall clock times of moments on the monotonic clock.

    Two clocks can't be read at the same moment; on a busy machine tens of milliseconds lie between.
    What is told is even nevertheless. A clock that was set is followed at once, as the record's
    times do; the worker begins a new run then, for within one the times of pictures must not jump.
    """

    def __init__(self, now_s: float, wall_ms: float) -> None:
        self._offset_ms = wall_ms - now_s * 1_000
        self.stepped = False
        """The clock was set."""

    def at_ms(self, moment_s: float, now_s: float, wall_ms: float) -> int:
        """
        Milliseconds since 1970 of a moment on the monotonic clock.

        Args:
            now_s, wall_ms: both clocks, read one after the other.
        """
        error_ms = wall_ms - now_s * 1_000 - self._offset_ms
        if abs(error_ms) <= WALL_STEP_MS:
            error_ms = max(-WALL_SLEW_MS, min(WALL_SLEW_MS, error_ms))
        else:
            self.stepped = True
        self._offset_ms += error_ms
        return round(moment_s * 1_000 + self._offset_ms)
