"""
The red light: whether the programme is being written to the disk at this moment.

Lit by bytes that were written and by nothing else: not by a state, not by a connection.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from signaling.limits import Limits


class Timer(Protocol):
    """What is needed of `asyncio.TimerHandle`."""

    def cancel(self) -> None: ...


class Written:
    """
    The light of one meeting. Belongs to one event loop.

    Args:
        limits: `light_s` and `no_bytes_s`.
        changed: told when `lit` or `missing_since_ms` is another.
        monotonic: clock, seconds.
        clock_ms: wall clock.
        call_later: as that of an event loop.
    """

    def __init__(
        self,
        limits: Limits,
        changed: Callable[[], None],
        *,
        monotonic: Callable[[], float],
        clock_ms: Callable[[], int],
        call_later: Callable[[float, Callable[[], None]], Timer],
    ) -> None:
        self.lit = False
        """Bytes were written in the last `light_s`."""
        self.missing_since_ms: int | None = None
        """Wall clock since when bytes are missing that should come; None: all is well."""
        self._limits = limits
        self._changed = changed
        self._monotonic = monotonic
        self._clock_ms = clock_ms
        self._call_later = call_later
        self._expected = False
        self._since_s = 0.0
        """Last bytes, or when they began to be expected."""
        self._timer: Timer | None = None

    def wrote(self) -> None:
        """Bytes are on the disk."""
        self._since_s = self._monotonic()
        if self.lit and self.missing_since_ms is None:
            return  # the timer looks again when it is due: nothing is done for each part
        self.lit, self.missing_since_ms = True, None
        self._arm()
        self._changed()

    def expect(self, *, expected: bool) -> None:
        """Whether the programme should be running."""
        if expected == self._expected:
            return
        self._expected = expected
        if expected and not self.lit:
            self._since_s = self._monotonic()
        if not expected and self.missing_since_ms is not None:
            self.missing_since_ms = None
            self._changed()
        self._arm()

    def ended(self) -> None:
        """The recording is complete: no bytes will come."""
        if self.lit:
            self.lit = False
            self._changed()
        self.expect(expected=False)

    def stop(self) -> None:
        """Nobody looks any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        self.stop()
        limits = self._limits
        if self.lit:
            after_s = limits.light_s
        elif self._expected and self.missing_since_ms is None:
            after_s = limits.no_bytes_s
        else:
            return
        left_s = max(0.0, self._since_s + after_s - self._monotonic())
        self._timer = self._call_later(left_s, self._look)

    def _look(self) -> None:
        self._timer = None
        for_s = self._monotonic() - self._since_s
        if self.lit and for_s >= self._limits.light_s:
            self.lit = False
            self._changed()
        elif self._expected and not self.lit and for_s >= self._limits.no_bytes_s:
            self.missing_since_ms = self._clock_ms() - round(for_s * 1_000)
            self._changed()
        self._arm()
