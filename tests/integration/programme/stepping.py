"""
A worker whose wall clock can be set: SIGUSR1 puts it an hour forward, SIGUSR2 an hour back.

    python -m tests.integration.programme.stepping ARGUMENTS OF media.programme
"""

from __future__ import annotations

import signal
import sys
import time
from types import FrameType

from media.programme.__main__ import main

HOUR_NS = 3_600 * 10**9


def set_by_signals() -> None:
    """From now on `time.time_ns` is the machine's clock and what signals added to it."""
    real = time.time_ns
    added_ns = 0

    def step(number: int, _: FrameType | None) -> None:
        nonlocal added_ns
        added_ns += HOUR_NS if number == signal.SIGUSR1 else -HOUR_NS

    signal.signal(signal.SIGUSR1, step)
    signal.signal(signal.SIGUSR2, step)
    time.time_ns = lambda: real() + added_ns


if __name__ == "__main__":
    set_by_signals()
    sys.exit(main())
