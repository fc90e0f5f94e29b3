"""The programme keeps to real time, with fewer pictures if it must."""

from __future__ import annotations

import pytest

from media.programme.pace import BEHIND_MAX_S, Pace, WallClock

SLOT = 0.04


def test_pictures_are_due_in_even_steps() -> None:
    """Counted from the start, so that small delays don't add up."""
    pace = Pace(10.0, SLOT)
    now = 10.0
    for index in range(100):
        now += pace.wait_s(now)
        due, slots = pace.take(now + 0.003, 5)
        assert due == pytest.approx(10.0 + index * SLOT)
        assert slots == 1
    assert pace.skipped == 0


def test_a_late_picture_is_shown_for_the_slots_that_it_missed() -> None:
    """The one after it is due at its usual time again."""
    pace = Pace(0.0, SLOT)
    pace.take(0.0, 5)
    due, slots = pace.take(0.13, 5)
    assert due == pytest.approx(0.04)
    assert slots == 3
    assert pace.wait_s(0.13) == pytest.approx(0.03)
    assert pace.skipped == 2


def test_a_picture_never_reaches_over_its_part() -> None:
    """What is missing then is made up by the next one, at once."""
    pace = Pace(0.0, SLOT)
    assert pace.take(0.5, 2) == (0.0, 2)
    assert pace.wait_s(0.5) == 0
    assert pace.take(0.5, 5)[1] == 5


@pytest.mark.parametrize("cost_s", [0.01, 0.05, 0.1, 0.19])
def test_a_slow_machine_keeps_to_real_time(cost_s: float) -> None:
    """However long a picture takes, as long as a part's worth of time holds one."""
    pace = Pace(0.0, SLOT)
    now, slot = 0.0, 0
    while now < 20:
        now += pace.wait_s(now)
        slot += pace.take(now, 5 - slot % 5)[1]
        now += cost_s
        assert slot * SLOT > now - 0.5
    assert pace.given_up_s == 0


def test_a_long_stop_is_given_up() -> None:
    """The clock goes on from now."""
    pace = Pace(0.0, SLOT)
    pace.take(0.0, 5)
    late = BEHIND_MAX_S + 5
    assert pace.take(late, 5) == (late, 1)
    assert pace.wait_s(late) == pytest.approx(SLOT)
    assert pace.given_up_s == pytest.approx(late - SLOT)


def test_the_wall_clock_is_even_although_it_is_read_late() -> None:
    """Reading it 80 ms after the other clock moves it by a millisecond."""
    clock = WallClock(5.0, 1_000_000.0)
    assert clock.at_ms(5.0, 5.0, 1_000_000.0) == 1_000_000
    assert clock.at_ms(5.04, 5.05, 1_000_130.0) == 1_000_041
    assert clock.at_ms(5.08, 5.08, 1_000_080.0) == 1_000_080


def test_a_wall_clock_that_was_set_is_followed_at_once() -> None:
    """By an hour, or by waking up."""
    clock = WallClock(5.0, 1_000_000.0)
    assert clock.at_ms(5.0, 5.0, 4_600_000.0) == 4_600_000
    assert clock.stepped


def test_a_wall_clock_that_drifts_is_not_said_to_be_set() -> None:
    """Up to a second it is followed by a millisecond a picture."""
    clock = WallClock(5.0, 1_000_000.0)
    assert clock.at_ms(5.0, 5.0, 1_001_000.0) == 1_000_001
    assert not clock.stepped
    assert clock.at_ms(5.0, 5.0, 1_001_002.0) == 1_001_002
    assert clock.stepped
