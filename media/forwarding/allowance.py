"""How often something may come: a bucket that refills with time. Pure."""

from __future__ import annotations


class Allowance:
    """
    Full at the beginning.

    Args:
        per_s: refilled continuously, a second.
        burst: at most as many at once.
    """

    __slots__ = ("_burst", "_left", "_per_s", "_refilled_s")

    def __init__(self, per_s: float, burst: float) -> None:
        self._per_s = per_s
        self._burst = burst
        self._left = burst
        self._refilled_s = float("-inf")

    def take(self, now_s: float) -> bool:
        """Take one; False: there is none left."""
        refill = (now_s - self._refilled_s) * self._per_s
        self._left = min(self._burst, self._left + refill)
        self._refilled_s = now_s
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
