"""The red light is lit by bytes that were written, and by nothing else."""

from __future__ import annotations

import heapq
from collections.abc import Callable

from signaling.limits import Limits
from signaling.written import Timer, Written

LIMITS = Limits()
PART_S = 0.2


class _Timer:
    def __init__(self, do: Callable[[], None]) -> None:
        self.do: Callable[[], None] | None = do

    def cancel(self) -> None:
        self.do = None


class Studio:
    """A light on a clock of its own, and when it changed."""

    def __init__(self) -> None:
        self.now_s = 50.0
        self.seen: list[tuple[float, bool, bool]] = []
        """When; lit; bytes are missing."""
        self._timers: list[tuple[float, int, _Timer]] = []
        self._count = 0
        self.light = Written(
            LIMITS,
            self._changed,
            monotonic=lambda: self.now_s,
            clock_ms=lambda: round(self.now_s * 1_000),
            call_later=self._call_later,
        )

    def _changed(self) -> None:
        missing = self.light.missing_since_ms is not None
        self.seen.append((round(self.now_s, 3), self.light.lit, missing))

    def _call_later(self, after_s: float, do: Callable[[], None]) -> Timer:
        timer = _Timer(do)
        self._count += 1
        heapq.heappush(self._timers, (self.now_s + after_s, self._count, timer))
        return timer

    def wait(self, seconds: float) -> None:
        until_s = self.now_s + seconds
        while self._timers and self._timers[0][0] <= until_s:
            self.now_s, _, timer = heapq.heappop(self._timers)
            if timer.do is not None:
                timer.do()
        self.now_s = until_s

    def write(self, seconds: float) -> None:
        """Parts as they come."""
        for _ in range(round(seconds / PART_S)):
            self.light.wrote()
            self.wait(PART_S)


def test_it_is_lit_while_bytes_are_written_and_dark_within_two_seconds_after() -> None:
    """With a tick to spare, in which viewers are told."""
    studio = Studio()
    studio.write(60)
    studio.wait(5)
    assert [(lit, missing) for _, lit, missing in studio.seen] == [(True, False), (False, False)]
    assert studio.seen[1][0] - 109.8 + LIMITS.viewers_tick_s <= 2.0


def test_a_programme_that_should_run_lights_nothing_by_itself() -> None:
    studio = Studio()
    studio.light.expect(expected=True)
    studio.wait(60)
    assert not any(lit for _, lit, _ in studio.seen)


def test_bytes_that_should_come_and_do_not_are_told_within_five_seconds() -> None:
    """At the beginning, and in the middle; and no longer once they come again."""
    studio = Studio()
    studio.light.expect(expected=True)
    studio.wait(10)
    assert studio.seen == [(54.0, False, True)]
    assert studio.light.missing_since_ms == 50_000
    studio.write(2)
    assert studio.seen[-1][1:] == (True, False)
    last_s = studio.now_s - PART_S
    studio.wait(10)
    at_s, lit, missing = studio.seen[-1]
    assert (lit, missing) == (False, True)
    assert at_s - last_s <= 4.5


def test_nobody_misses_bytes_when_no_programme_should_run() -> None:
    studio = Studio()
    studio.write(3)
    studio.wait(30)
    assert not any(missing for _, _, missing in studio.seen)


def test_the_close_takes_the_alarm_back() -> None:
    studio = Studio()
    studio.light.expect(expected=True)
    studio.wait(10)
    studio.light.expect(expected=False)
    assert studio.seen[-1][1:] == (False, False)


def test_it_is_dark_at_once_when_the_recording_is_complete() -> None:
    """Nothing more will be written, and nothing is missed."""
    studio = Studio()
    studio.light.expect(expected=True)
    studio.write(1)
    studio.light.ended()
    assert studio.seen[-1] == (51.0, False, False)
    studio.wait(30)
    assert studio.seen[-1][1:] == (False, False)


def test_when_nobody_looks_any_more_no_timer_is_left() -> None:
    studio = Studio()
    studio.write(1)
    studio.light.stop()
    seen = len(studio.seen)
    studio.wait(30)
    assert len(studio.seen) == seen


def test_a_part_costs_no_timer() -> None:
    """Five parts a second in each of a thousand meetings: one timer each, set again when due."""
    studio = Studio()
    studio.write(60)
    assert studio._count <= 60 / (LIMITS.light_s - PART_S)
