"""Measuring on a machine that does other things too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

TRIES = 3


async def at_best(measure: Callable[[], Awaitable[None]]) -> None:
    """
    Measure, and anew if it failed: what is broken fails each time, a machine that stood still once.

    Raises:
        AssertionError: as raised by the last of TRIES.
    """
    for _ in range(TRIES - 1):
        try:
            return await measure()
        except AssertionError as told:
            print("measured anew, since", told)
    return await measure()
