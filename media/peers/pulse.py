"""
One timer for what many connections do now and then.

A timer of its own for each of sixty connections wakes the process sixty times a second, and being
woken costs more than looking at sixty clocks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

PULSE_S = 0.2  # seconds


class Pulse:
    """Calls whoever asked for it every `PULSE_S`; the timer runs while somebody does."""

    def __init__(self) -> None:
        self._called: dict[Callable[[], None], None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add(self, call: Callable[[], None]) -> None:
        """Call it with each pulse from now on; it must not raise. Again: no change."""
        self._called[call] = None
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(PULSE_S, self._beat)

    def remove(self, call: Callable[[], None]) -> None:
        """Call it no more; unknown ones are fine."""
        self._called.pop(call, None)
        if not self._called and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _beat(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(PULSE_S, self._beat)
        for call in tuple(self._called):
            call()
