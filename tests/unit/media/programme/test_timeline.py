"""The timeline grows by parts, and notices when one is missing."""

from __future__ import annotations

import pytest

from media.programme.timeline import PARTS_TARGETS, Timeline
from media.segments.port import Ended
from tests.fixtures.parts import part, run_of, started


def test_parts_make_segments() -> None:
    """Length, duration and beginning follow from the parts."""
    timeline = Timeline.of(run_of(1, segments=2))
    first, second = timeline.segments
    assert (first.number, second.number) == (0, 1)
    assert first.complete
    assert first.duration_s == pytest.approx(1.0)
    assert first.length == 500
    assert second.at_ms == first.at_ms + 1_000


def test_a_part_that_comes_again_changes_nothing() -> None:
    """Reports and the journal may overlap."""
    timeline = Timeline.of(run_of(1, segments=2))
    before = list(timeline.segments)
    assert timeline.add(part(1, 0, 3))
    assert timeline.add(part(1, 1, 4))
    assert timeline.segments == before


@pytest.mark.parametrize("missed", [(1, 1, 2), (1, 2, 0), (1, 2, 1), (2, 3, 0)])
def test_a_missing_part_is_noticed(missed: tuple[int, int, int]) -> None:
    """The part behind the gap isn't taken."""
    timeline = Timeline.of([*run_of(1, segments=1), part(1, 1, 0)])
    assert not timeline.add(part(*missed))
    assert len(timeline.segments[-1].parts) == 1


def test_a_new_run_completes_the_broken_segment() -> None:
    """Numbers go on, and a discontinuity is counted."""
    timeline = Timeline.of([*run_of(1, segments=1), part(1, 1, 0), part(1, 1, 1)])
    assert timeline.add(part(2, 2, 0))
    broken, new = timeline.segments[-2:]
    assert broken.complete
    assert broken.duration_s == pytest.approx(0.4)
    assert (broken.discontinuity, new.discontinuity) == (0, 1)
    assert timeline.inits == {"1.mp4", "2.mp4"}


def test_old_segments_forget_their_parts() -> None:
    """Three hours are 54,000 parts; nobody asks for the old ones."""
    timeline = Timeline.of(run_of(1, segments=20))
    kept = [segment.number for segment in timeline.segments if segment.parts]
    assert kept == list(range(19 - PARTS_TARGETS, 20))


def test_short_segments_keep_their_parts_as_long() -> None:
    """A worker that dies again and again makes many: it is time that counts."""
    timeline = Timeline.of(part(run, run, 0) for run in range(60))
    kept = [segment.number for segment in timeline.segments if segment.parts]
    assert kept == list(range(59 - 5 * PARTS_TARGETS, 60))


def test_has_follows_the_order_of_parts() -> None:
    """A later part answers for an earlier one (RFC 8216bis, 6.2.5.2)."""
    timeline = Timeline.of([*run_of(1, segments=3), part(1, 3, 0), part(1, 3, 1)])
    assert timeline.has(2, None)
    assert timeline.has(2, 9)
    assert timeline.has(3, 1)
    assert not timeline.has(3, 2)
    assert not timeline.has(3, None)
    assert not timeline.has(4, 0)


def test_an_ended_programme_can_be_taken_up_again() -> None:
    """A worker that starts again makes it live."""
    timeline = Timeline.of([*run_of(1, segments=1), Ended(at_ms=5)])
    assert timeline.ended
    timeline.add(started(2))
    assert not timeline.ended
    assert timeline.add(part(2, 1, 0))


def test_a_journal_with_a_gap_is_refused() -> None:
    """It can't come from a worker."""
    with pytest.raises(ValueError, match="gap"):
        Timeline.of([part(1, 0, 0), part(1, 0, 2)])
