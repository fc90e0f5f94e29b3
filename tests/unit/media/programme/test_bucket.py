"""The leaky bucket that an encoder's pictures have to fit."""

from __future__ import annotations

from media.programme.bucket import Bucket


def test_it_holds_what_its_size_is_and_no_bit_more() -> None:
    bucket = Bucket(1_000, 500)
    assert bucket.holds(500)
    assert not bucket.holds(501)


def test_what_went_out_comes_back_with_time() -> None:
    bucket = Bucket(1_000, 500)
    bucket.take(500)
    assert not bucket.holds(1)
    bucket.refill(0.3)
    assert bucket.holds(300)
    assert not bucket.holds(301)
    assert bucket.share == 0.6


def test_it_never_holds_more_than_its_size() -> None:
    bucket = Bucket(1_000, 500)
    bucket.refill(60)
    assert bucket.share == 1.0


def test_more_than_there_was_leaves_it_empty() -> None:
    bucket = Bucket(1_000, 500)
    bucket.take(900)
    assert bucket.share == 0.0
    bucket.refill(0.1)
    assert bucket.holds(100)
