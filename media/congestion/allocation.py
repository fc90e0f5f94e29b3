"""
Who gets what of the bitrate there is. Sound is not asked: it is sent whatever the estimate says.

In rounds, so that little is given up before much:
    1. the floor's holder, what is on a shared screen and the room, in their smallest size;
    2. these in a good size;
    3. everybody else on screen, small;
    4. the first again in the size that is shown;
    5. the others in the size that is shown.
So first to go are sharp thumbnails, then the largest picture's sharpness, then that thumbnails
move, then the room, and last the picture of who speaks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from media.congestion import tuning

_GOOD: Final = 1
"""Index of the layer that is a good size: with three of them, the middle one."""
_STEP: Final = 3
"""A layer is so many times the one below: our client sends 150, 500 and 1,700 kbit/s."""
_SMALLEST_BPS: Final = 150_000


class Rank(IntEnum):
    """What a picture is in the meeting."""

    FLOOR = 0
    """Of who holds the floor, or a shared screen."""
    ROOM = 1
    THUMBNAIL = 2


_ROUNDS: Final = (
    ((Rank.FLOOR, Rank.ROOM), 0),
    ((Rank.FLOOR, Rank.ROOM), _GOOD),
    ((Rank.THUMBNAIL,), 0),
    ((Rank.FLOOR, Rank.ROOM), None),
    ((Rank.THUMBNAIL,), None),
)
"""Ranks, and the layer that each may have by then; None: what it wants."""


@dataclass(frozen=True, slots=True)
class Demand:
    """One picture of a subscriber."""

    rank: Rank
    rates: Sequence[int]
    """bit/s of each layer, small to large; 0: it does not arrive. At least one."""
    wanted: int | None
    """Index of the largest layer that makes sense on its screen; None: it is not on screen."""
    granted: int | None
    """As granted now."""

    def cost(self, layer: int) -> int:
        """bit/s of a layer; a guess for one that does not arrive."""
        rate = self.rates[layer]
        if rate:
            return rate
        if self.granted is not None and layer <= self.granted:
            # It may be sent and doesn't come: what is sent instead is the largest below.
            return max(self.rates[: layer + 1])
        return self.cost(layer - 1) * _STEP if layer else _SMALLEST_BPS


def allocate(
    budget_bps: int,
    demands: Sequence[Demand],
    steady_bps: int | None = None,
    *,
    hold: bool = False,
) -> list[int | None]:
    """
    Divide a budget.

    Args:
        budget_bps: for pictures.
        demands: of one rank, earlier ones go first.
        steady_bps: what there was for a while (`tuning.UP_AFTER_S`); what is not granted now must
            fit into this, with `tuning.UP` to spare, so that nothing flaps. None: the budget.
        hold: no thumbnail gets more than it has, and nobody more than the smallest size.

    Returns: for each demand the index of its layer; None: it is not sent.
    """
    steady = budget_bps if steady_bps is None else min(steady_bps, budget_bps)
    granted: list[int | None] = [None] * len(demands)
    spent = 0
    for ranks, limit in _ROUNDS:
        for rank in ranks:
            for index, demand in enumerate(demands):
                if demand.rank != rank or demand.wanted is None:
                    continue
                top = min(demand.wanted, len(demand.rates) - 1)
                if limit is not None:
                    top = min(top, limit)
                had = granted[index]
                paid = 0 if had is None else demand.cost(had)
                for layer in range(0 if had is None else had + 1, top + 1):
                    more = demand.cost(layer) - paid
                    known = demand.granted is not None and layer <= demand.granted
                    if hold and not known and (layer or rank is Rank.THUMBNAIL):
                        break
                    if spent + more * (1 if known else tuning.UP) > (
                        budget_bps if known else steady
                    ):
                        break
                    spent += more
                    paid += more
                    granted[index] = layer
    return granted


def needed(demands: Sequence[Demand]) -> int:
    """The budget with which all would get the size that is shown, bit/s."""
    total = 0.0
    for demand in demands:
        if demand.wanted is None:
            continue
        cost = demand.cost(min(demand.wanted, len(demand.rates) - 1))
        paid = 0
        if demand.granted is not None:
            paid = min(cost, demand.cost(min(demand.granted, len(demand.rates) - 1)))
        total += paid + (cost - paid) * tuning.UP
    return int(total)


class Shares:
    """What one subscriber's pictures get from moment to moment, without flapping."""

    __slots__ = ("_began_s", "_hold_s", "_lowered_s", "_recent", "needed_bps")

    def __init__(self) -> None:
        self.needed_bps = 0
        """The estimate with which nothing would be given up."""
        self._recent: deque[tuple[float, int]] = deque()
        self._lowered_s = float("-inf")
        self._hold_s = tuning.HOLD_S
        self._began_s: float | None = None

    def divide(
        self, estimate_bps: int, sound_bps: int, demands: Sequence[Demand], now_s: float
    ) -> list[int | None]:
        """
        Args:
            estimate_bps: what the connection carries.
            sound_bps: what sound takes of it, whatever comes.
            demands: as `allocate` takes them.
            now_s: monotonic clock.

        Returns: as `allocate`.
        """
        recent = self._recent
        recent.append((now_s, estimate_bps))
        while recent[0][0] < now_s - tuning.UP_AFTER_S:
            recent.popleft()
        steady = max(0, int(min(bps for _, bps in recent) * tuning.MARGIN) - sound_bps)
        total = needed(demands)
        granted = allocate(
            max(0, int(estimate_bps * tuning.MARGIN) - sound_bps),
            demands,
            steady,
            hold=steady < total and now_s - self._lowered_s < self._hold_s,
        )
        if self._began_s is None and demands:
            self._began_s = now_s
        if self._began_s is not None and now_s - self._began_s < tuning.TRY_S:
            _try(demands, granted)
        if any(map(_lowered, demands, granted)):
            self._lower(now_s)
        self.needed_bps = int((total + sound_bps) / tuning.MARGIN)
        return granted

    def _lower(self, now_s: float) -> None:
        """Something was taken away: the next attempt waits, longer if the last one failed soon."""
        passed_s = now_s - self._lowered_s
        if passed_s > 2 * self._hold_s:
            self._hold_s = tuning.HOLD_S
        elif passed_s > self._hold_s:
            self._hold_s = min(2 * self._hold_s, tuning.HOLD_MAX_S)
        self._lowered_s = now_s


def _try(demands: Sequence[Demand], granted: list[int | None]) -> None:
    """Who would get nothing gets the smallest size of the first picture: it may well fit."""
    wanted = [i for i, demand in enumerate(demands) if demand.wanted is not None]
    if wanted and all(layer is None for layer in granted):
        granted[min(wanted, key=lambda i: demands[i].rank)] = 0


def _lowered(demand: Demand, layer: int | None) -> bool:
    had = demand.granted
    return had is not None and demand.wanted is not None and (layer is None or layer < had)
