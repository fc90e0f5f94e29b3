"""
What is done again and again: the looks at sixty connections, the ticks of rooms.

A timer for each of them would wake the process hundreds of times a second, and being woken costs
more than what is done then. So nothing here has a timer: whoever is awake asks what is due
(`media.peers.patience`).
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Final

Chore = Callable[[], None]

NEVER: Final = float("inf")


class Pulse:
    """Chores by when they are due. Time is the caller's monotonic clock, in seconds."""

    def __init__(self) -> None:
        self.due_s = NEVER
        """When to `beat` next."""
        # chore -> its number, which tells an entry that is in force from one of before, and period
        self._chores: dict[Chore, tuple[int, float]] = {}
        self._entries: list[tuple[float, int, Chore]] = []
        self._numbered = 0

    def __len__(self) -> int:
        """How many chores there are."""
        return len(self._chores)

    def add(self, chore: Chore, period_s: float, now_s: float) -> None:
        """
        Do it once in *period_s* from now on; again: no change.

        Raises:
            ValueError: a period of no time.
        """
        if period_s <= 0:
            raise ValueError("a chore without a period would never be done with")
        if chore not in self._chores:
            self._numbered += 1
            self._chores[chore] = (self._numbered, period_s)
            heapq.heappush(self._entries, (now_s + period_s, self._numbered, chore))
            self.due_s = self._entries[0][0]

    def remove(self, chore: Chore) -> None:
        """Do it no more; unknown ones are fine."""
        self._chores.pop(chore, None)

    def beat(self, now_s: float) -> None:
        """
        Do what is due. What came late is not late the next time, so that the rate is kept; what was
        missed altogether is not made up for. One that raises is done again when it is due.
        """
        entries = self._entries
        while entries and entries[0][0] <= now_s:
            due_s, number, chore = entries[0]
            known = self._chores.get(chore)
            if known is None or known[0] != number:
                heapq.heappop(entries)
                continue
            next_s = due_s + known[1]
            if next_s <= now_s:
                next_s = now_s + known[1]
            heapq.heapreplace(entries, (next_s, number, chore))
            self.due_s = entries[0][0]
            chore()
        self.due_s = entries[0][0] if entries else NEVER
