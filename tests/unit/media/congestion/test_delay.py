"""A queue that grows is noticed; jitter is not taken for one."""

from __future__ import annotations

import random

import pytest

from media.congestion import tuning
from media.congestion.delay import Queue, Slope, Trend
from media.congestion.departures import Group


def groups(count: int, *, grows_ms: float = 0.0, jitter_ms: float = 0.0) -> list[Group]:
    """One every 20 ms, each *grows_ms* later than the one before."""
    chance = random.Random(3)
    made = []
    for number in range(count):
        sent_s = 0.02 * number
        arrived_s = 50.0 + sent_s + (grows_ms * number + chance.random() * jitter_ms) / 1_000
        made.append(Group(sent_s, arrived_s, arrived_s, 1_000))
    return made


def fed(trend: Trend, some: list[Group]) -> int:
    """How often it said that the delay grows."""
    times = 0
    for group in some:
        trend.add(group)
        times += trend.over
    return times


def test_a_growing_queue_is_noticed_within_a_quarter_of_a_second() -> None:
    """5 ms each 20 ms: a line of four fifths of what is sent."""
    trend = Trend()
    fed(trend, groups(60))
    late = [
        Group(g.sent_s + 1.2, g.first_s + 1.2, g.last_s + 1.2, g.octets)
        for g in groups(13, grows_ms=5.0)
    ]
    assert fed(trend, late)


def test_a_shrinking_queue_is_noticed() -> None:
    trend = Trend()
    fed(trend, groups(40, grows_ms=-5.0))
    assert trend.under


def test_the_threshold_follows_what_is_usual() -> None:
    """Down to its least on a calm way, up from there where delays swing."""
    trend = Trend()
    fed(trend, groups(400))
    assert trend.threshold_ms == tuning.THRESHOLD_MIN_MS
    highest = 0.0
    for group in groups(800, jitter_ms=40.0)[400:]:
        trend.add(group)
        highest = max(highest, trend.threshold_ms)
    assert highest > 1.5 * tuning.THRESHOLD_MIN_MS


def test_packets_sent_together_are_one_group() -> None:
    """However far apart they arrive: that is how a slow line spreads them."""
    trend = Trend()
    for number in range(50):
        sent_s = 0.04 * number
        for part in range(3):
            arrived_s = 9.0 + sent_s + 0.01 * part
            trend.add(Group(sent_s + 0.001 * part, arrived_s, arrived_s, 1_000))
    assert trend.slope_ms == pytest.approx(0.0, abs=1e-3)


def test_what_comes_out_of_order_is_left_out() -> None:
    some = groups(30)
    some.insert(20, some[5])
    trend = Trend()
    fed(trend, some)
    assert trend.slope_ms == pytest.approx(0.0, abs=1e-3)


def test_running_sums_are_as_good_as_new_ones() -> None:
    chance = random.Random(4)
    running = Slope()
    points: list[tuple[float, float]] = []
    for number in range(5_000):
        x, y = 1e7 + number * 20 + chance.random(), chance.uniform(-30, 30)
        points = [*points[-tuning.TREND_GROUPS + 1 :], (x, y)]
        got = running.add(x, y)
    count = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    expected = sum((x - mean_x) * (y - mean_y) for x, y in points)
    expected /= sum((x - mean_x) ** 2 for x, _ in points)
    assert got == pytest.approx(expected, rel=1e-6)


def test_points_at_one_place_have_no_slope() -> None:
    running = Slope()
    assert [running.add(5.0, y) for y in (1.0, 9.0, 3.0)] == [0.0, 0.0, 0.0]


def test_the_queue_is_measured_beneath_the_jitter() -> None:
    """Some packet did not wait, so the least delay tells."""
    queue = Queue()
    chance = random.Random(5)
    for number in range(100):
        now_s = number * 0.06
        waits_s = 0.08 if number > 80 else 0.0
        some = [
            Group(now_s, 7.0 + now_s + d, 7.0 + now_s + d, 1)
            for d in (waits_s + chance.random() * 0.03 for _ in range(12))
        ]
        queue.add(some, now_s)
        if number == 80:
            assert queue.length_s < 0.01
    assert queue.length_s == pytest.approx(0.08, abs=0.01)


def test_another_way_is_accepted() -> None:
    queue = Queue()
    queue.add([Group(0.0, 5.0, 5.0, 1)], 0.0)
    for number in range(1, 4):
        queue.add([Group(number, number + 5.2, number + 5.2, 1)], float(number))
    assert queue.length_s == pytest.approx(0.2)
    queue.accept()
    queue.add([Group(4.0, 9.2, 9.2, 1)], 4.0)
    assert queue.length_s == 0.0
    for number in range(5, 20):  # or forgotten by itself
        queue.add([Group(number, number + 5.3, number + 5.3, 1)], float(number))
    assert queue.length_s == pytest.approx(0.0, abs=1e-9)
