"""What follows from the length of parts keeps to RFC 8216bis."""

from __future__ import annotations

import pytest

from media.programme.timing import PART_MS, PART_MS_MAX, Timing

LENGTHS = range(PART_MS, PART_MS_MAX + 1, PART_MS)


@pytest.mark.parametrize("part_ms", LENGTHS)
def test_parts_and_segments_are_whole_pictures(part_ms: int) -> None:
    """And segments whole seconds, so that the target duration is exact."""
    timing = Timing.of_parts(part_ms)
    assert timing.slots_per_part * 40 == part_ms
    assert timing.slots_per_part * timing.parts_per_segment == timing.slots_per_segment
    assert timing.target_s * 1_000 == timing.segment_ms


@pytest.mark.parametrize("part_ms", LENGTHS)
def test_distances_keep_to_the_draft(part_ms: int) -> None:
    """4.4.3.8: PART-HOLD-BACK, HOLD-BACK and CAN-SKIP-UNTIL."""
    timing = Timing.of_parts(part_ms)
    assert timing.part_hold_back_s >= 3 * timing.part_s
    assert timing.hold_back_s >= 3 * timing.target_s
    assert timing.skip_until_s >= 6 * timing.target_s


@pytest.mark.parametrize("part_ms", [0, 100, 199, 201, 250, 1_200])
def test_other_lengths_are_refused(part_ms: int) -> None:
    """They would make segments of broken seconds, or parts of broken pictures."""
    with pytest.raises(ValueError, match=str(part_ms)):
        Timing.of_parts(part_ms)
