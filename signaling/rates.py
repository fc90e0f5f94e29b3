"""Pure rate limits. Time comes in as an argument: monotonic seconds."""

from __future__ import annotations

from collections import deque

from signaling.limits import Rate


class TokenBucket:
    """Lets *burst* through at once, then *per_s* each second."""

    __slots__ = ("_last_s", "_rate", "_tokens")

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._tokens = float(rate.burst)
        self._last_s: float | None = None

    def take(self, now_s: float) -> bool:
        """One more, or no. A refused one costs nothing, so patience always helps."""
        if self._last_s is not None:
            refilled = self._tokens + max(0.0, now_s - self._last_s) * self._rate.per_s
            self._tokens = min(float(self._rate.burst), refilled)
        self._last_s = now_s
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True

    def give_back(self) -> None:
        """The last one that was taken does not count after all."""
        self._tokens = min(float(self._rate.burst), self._tokens + 1.0)


class ErrorWindow:
    """Tells when something happened too often lately."""

    __slots__ = ("_times", "_window_s")

    def __init__(self, most: int, window_s: float) -> None:
        self._times: deque[float] = deque(maxlen=most)
        self._window_s = window_s

    def count(self, now_s: float) -> bool:
        """
        Count one.

        Returns: False once this is the *most*-th within the window.
        """
        self._times.append(now_s)
        full = len(self._times) == self._times.maxlen
        return not (full and now_s - self._times[0] <= self._window_s)
