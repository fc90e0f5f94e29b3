"""
The programme's clock: when the next picture is due. Pure.

The programme keeps to real time without bursts: after a short delay pictures follow each other
twice as fast until the delay is made up, so that none is missing; after a long one (the machine
slept, the process was stopped) the lost time is given up.
"""

from __future__ import annotations

BEHIND_MAX_S = 1.0
"""More than this behind, and the time is given up: players have stalled anyway."""


class Pace:
    """Time is the caller's monotonic clock, in seconds."""

    def __init__(self, start_s: float, step_s: float) -> None:
        """
        Args:
            start_s: when the first picture is due.
            step_s: from one picture to the next.
        """
        self._due = start_s
        self._step = step_s
        self._last = start_s - step_s
        self.given_up_s = 0.0

    def wait_s(self, now_s: float) -> float:
        """How long until the next picture may be made; 0: now."""
        return max(0.0, max(self._due, self._last + self._step / 2) - now_s)

    def take(self, now_s: float) -> float:
        """
        The next picture is made now.

        Returns: when it was due; steps are equal but where time was given up.
        """
        if now_s - self._due > BEHIND_MAX_S:
            self.given_up_s += now_s - self._due
            self._due = now_s
        due, self._due, self._last = self._due, self._due + self._step, now_s
        return due
