"""A bucket gives its burst at once, and what time refills; never more than the burst."""

from __future__ import annotations

from media.forwarding.allowance import Allowance


def taken(allowance: Allowance, now_s: float, tries: int = 100) -> int:
    return sum(allowance.take(now_s) for _ in range(tries))


def test_the_burst_comes_at_once_and_then_what_is_refilled() -> None:
    allowance = Allowance(per_s=10, burst=20)
    assert taken(allowance, 5.0) == 20
    assert taken(allowance, 5.05) == 0
    assert taken(allowance, 5.125) == 1
    assert taken(allowance, 6.125) == 10


def test_a_long_rest_fills_it_to_the_burst_and_no_higher() -> None:
    allowance = Allowance(per_s=10, burst=20)
    assert taken(allowance, 0.0) == 20
    assert taken(allowance, 1_000.0) == 20
