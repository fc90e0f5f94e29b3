"""Helpers are kept while they are wanted: on a clock that the test moves, and no process."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from dataclasses import replace

from web.helpers import CAMERAS, PUSHES, RECOGNISERS, Helpers, Keeping, Try

KEEPING = Keeping("thing", look_s=1.0, waits_s=(2.0, 8.0))


class Clock:
    """Time that passes when everybody waits."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    async def sleep(self, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._sleepers, (self.now_s + seconds, self._count, future))
        await future

    async def run_until(self, end_s: float) -> None:
        """Wake who is due, one after the other."""
        while True:
            for _ in range(5):  # whoever was woken goes on until it sleeps again
                await asyncio.sleep(0)
            if not self._sleepers or self._sleepers[0][0] > end_s:
                break
            self.now_s, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                future.set_result(None)
        self.now_s = end_s


class Hall:
    """Things that are wanted, and what became of them."""

    def __init__(self, keeping: Keeping = KEEPING) -> None:
        self.clock = Clock()
        self.lives: dict[str, Callable[[], Awaitable[bool]]] = {}
        """What is wanted, and how each lives."""
        self.begun: list[tuple[float, str]] = []
        self.gone: list[tuple[float, str]] = []
        self._helpers = Helpers(keeping, self._wanted, self._gone, self.clock.sleep)

    async def _wanted(self) -> dict[str, Try]:
        def attempt(name: str, life: Callable[[], Awaitable[bool]]) -> Try:
            def begin() -> Awaitable[bool]:
                self.begun.append((self.clock.now_s, name))
                return life()

            return begin

        return {name: attempt(name, life) for name, life in self.lives.items()}

    def _gone(self, name: str) -> None:
        self.gone.append((self.clock.now_s, name))

    def play(self, *acts: tuple[float, Callable[[], None]], until_s: float) -> None:
        """Run, and do something at some times."""

        async def main() -> None:
            task = asyncio.create_task(self._helpers.run())
            for at_s, act in acts:
                await self.clock.run_until(at_s)
                act()
            await self.clock.run_until(until_s)
            task.cancel()
            await asyncio.wait((task,))

        asyncio.run(main())

    async def fails(self) -> bool:
        """A life that is over at once."""
        return False

    async def lives_on(self) -> bool:
        await self.clock.sleep(10_000)
        return True

    async def lives_a_while(self) -> bool:
        await self.clock.sleep(10)
        return True

    async def breaks(self) -> bool:
        raise OSError("no such program")


def test_what_fails_is_tried_again_and_later_each_time() -> None:
    hall = Hall()
    hall.lives["a"] = hall.fails
    hall.play(until_s=30)
    assert hall.begun == [(0, "a"), (2, "a"), (10, "a"), (18, "a"), (26, "a")]


def test_what_went_well_is_tried_again_soon() -> None:
    hall = Hall()
    hall.lives["a"] = hall.lives_a_while
    hall.play(until_s=30)
    assert hall.begun == [(0, "a"), (12, "a"), (24, "a")]


def test_what_breaks_ends_no_other_and_is_tried_again_like_what_fails() -> None:
    hall = Hall()
    hall.lives |= {"a": hall.breaks, "b": hall.lives_on}
    hall.play(until_s=11)
    assert hall.begun == [(0, "a"), (0, "b"), (2, "a"), (10, "a")]


def test_what_is_no_longer_wanted_ends_within_a_look_and_may_come_again() -> None:
    """And so does one that waits for its next try."""
    hall = Hall()
    hall.lives |= {"a": hall.lives_on, "b": hall.fails}
    again = {"a": hall.lives_on}
    hall.play((4.5, hall.lives.clear), (7.5, lambda: hall.lives.update(again)), until_s=9)
    assert sorted(hall.gone[:2]) == [(5, "a"), (5, "b")]
    assert hall.begun == [(0, "a"), (0, "b"), (2, "b"), (8, "a")]


def test_there_are_never_two_of_the_same() -> None:
    """One that takes long to end is waited for, though it is wanted again meanwhile."""
    hall = Hall()

    async def ends_slowly() -> bool:
        try:
            return await hall.lives_on()
        finally:
            if hall.clock.now_s < 9:  # not at the end of the test
                await hall.clock.sleep(5)

    hall.lives["a"] = ends_slowly
    wanted = dict(hall.lives)
    hall.play((3.5, hall.lives.clear), (4.5, lambda: hall.lives.update(wanted)), until_s=12)
    assert hall.gone[0] == (9, "a")
    assert hall.begun == [(0, "a"), (9, "a")]


def test_no_more_run_at_once_than_may() -> None:
    """Who comes later has the place of one that ends."""
    hall = Hall(replace(KEEPING, at_once=2))
    hall.lives |= dict.fromkeys("abc", hall.lives_on)
    hall.play((4.5, lambda: hall.lives.__delitem__("a")), until_s=8)
    assert hall.begun == [(0, "a"), (0, "b"), (6, "c")]


def test_the_bounds_of_each_kind() -> None:
    """What is wanted is there within a second; nothing is tried more often than once a second."""
    for keeping in (CAMERAS, PUSHES, RECOGNISERS):
        assert keeping.look_s <= 1.0
        assert min(keeping.waits_s) >= 1.0
    assert RECOGNISERS.at_once == 2
