"""Token buckets and the window of errors."""

from __future__ import annotations

from signaling.limits import Rate
from signaling.rates import ErrorWindow, TokenBucket


def test_a_burst_is_let_through_and_nothing_more() -> None:
    """Exactly `burst` at one instant."""
    bucket = TokenBucket(Rate(burst=3, per_s=1.0))
    assert [bucket.take(10.0) for _ in range(5)] == [True, True, True, False, False]


def test_tokens_come_back_with_time_and_never_beyond_the_burst() -> None:
    """One a second; an hour of silence is worth one burst."""
    bucket = TokenBucket(Rate(burst=2, per_s=1.0))
    assert bucket.take(0.0)
    assert bucket.take(0.0)
    assert not bucket.take(0.999)
    assert bucket.take(1.0)
    assert not bucket.take(1.0)
    assert [bucket.take(3600.0) for _ in range(3)] == [True, True, False]


def test_a_refused_attempt_costs_nothing() -> None:
    """Hammering does not postpone the next token."""
    bucket = TokenBucket(Rate(burst=1, per_s=1.0))
    assert bucket.take(0.0)
    assert not any(bucket.take(n / 100) for n in range(1, 100))
    assert bucket.take(1.0)


def test_a_clock_that_steps_back_gives_no_tokens() -> None:
    """Monotonic clocks don't, but nothing breaks if one did."""
    bucket = TokenBucket(Rate(burst=1, per_s=1.0))
    assert bucket.take(10.0)
    assert not bucket.take(5.0)


def test_the_last_error_that_fits_the_window_is_one_too_many() -> None:
    """The n-th within the window says so; the window's edge belongs to it."""
    window = ErrorWindow(3, 10.0)
    assert window.count(0.0)
    assert window.count(5.0)
    assert not window.count(10.0)


def test_errors_that_are_spread_out_are_forgiven() -> None:
    """Just outside of the window."""
    window = ErrorWindow(3, 10.0)
    assert all(window.count(n * 5.001) for n in range(20))
