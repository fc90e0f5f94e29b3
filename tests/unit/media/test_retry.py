"""What fails again and again is tried less often; what went well begins anew."""

from __future__ import annotations

from media.retry import Retry


def test_each_failure_waits_for_the_next_time_and_the_last_one_again_and_again() -> None:
    retry = Retry((0.0, 1.0, 5.0))
    assert [retry.ended(well=False) for _ in range(5)] == [0.0, 1.0, 5.0, 5.0, 5.0]


def test_what_went_well_before_it_ended_begins_anew() -> None:
    """Its end is the first one again, and counts."""
    retry = Retry((0.0, 1.0, 5.0))
    for _ in range(4):
        retry.ended(well=False)
    assert [retry.ended(well=well) for well in (True, False, True, True)] == [0.0, 1.0, 0.0, 0.0]
