"""The programme keeps to real time without bursts."""

from __future__ import annotations

import itertools

import pytest

from media.programme.pace import BEHIND_MAX_S, Pace

STEP = 0.04


def test_pictures_are_due_in_even_steps() -> None:
    """Counted from the start, so that small delays don't add up."""
    pace = Pace(10.0, STEP)
    now = 10.0
    for index in range(100):
        now += pace.wait_s(now)
        assert pace.take(now + 0.003) == pytest.approx(10.0 + index * STEP)


def test_a_short_delay_is_made_up_at_double_speed() -> None:
    """No picture is missing, and never two at once."""
    pace = Pace(0.0, STEP)
    pace.take(0.0)
    now = 0.5
    made: list[float] = []
    while len(made) < 40:
        now += pace.wait_s(now)
        pace.take(now)
        made.append(now)
    gaps = [b - a for a, b in itertools.pairwise(made)]
    assert min(gaps) >= STEP / 2 - 1e-9
    assert gaps[-1] == pytest.approx(STEP)
    assert made[-1] == pytest.approx(40 * STEP)
    assert pace.given_up_s == 0


def test_a_long_delay_is_given_up() -> None:
    """After a stop the clock goes on from now."""
    pace = Pace(0.0, STEP)
    pace.take(0.0)
    late = BEHIND_MAX_S + 5
    assert pace.take(late) == late
    assert pace.wait_s(late) == pytest.approx(STEP)
    assert pace.given_up_s == pytest.approx(late - STEP)
