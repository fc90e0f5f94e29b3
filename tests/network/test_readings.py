"""What is said of a stretch of time follows from the samples."""

from __future__ import annotations

import pytest

from tests.network.readings import Sample, back_after, between


def run(*spans: tuple[float, int, float]) -> list[Sample]:
    """Ten samples a second; a span: (seconds, pictures/s, part of the sound that is made up)."""
    at_s, frames, heard, made_up = 0.0, 0.0, 0.0, 0.0
    found = [Sample(0.0, 0, 0.0, 0, 0, 0, 640, 0)]
    for seconds, fps, concealed in spans:
        for _ in range(round(seconds * 10)):
            at_s, frames, heard = at_s + 0.1, frames + fps / 10, heard + 4_800
            made_up += 4_800 * concealed
            sample = (round(at_s, 1), int(frames), 0.0, 0, int(heard), int(made_up), 640)
            found.append(Sample(*sample, bytes=int(at_s * 12_500)))
    return found


def test_rates_and_parts_are_of_the_stretch_alone() -> None:
    samples = run((2.0, 20, 0.0), (2.0, 10, 0.25), (2.0, 20, 0.0))
    middle = between(samples, 2.0, 4.0)
    assert middle.fps == pytest.approx(10)
    assert middle.concealed == pytest.approx(0.25)
    assert middle.frozen == 0
    assert middle.kbps == pytest.approx(100, rel=0.01)


def test_a_picture_that_stands_at_the_end_is_frozen_though_no_freeze_was_counted() -> None:
    assert between(run((2.0, 20, 0.0), (2.0, 0, 0.0)), 0.0, 4.0).frozen == pytest.approx(0.5)


def test_no_sound_at_all_is_all_made_up() -> None:
    samples = [Sample(n / 10, n, 0.0, 0, 0, 0, 640, 0) for n in range(20)]
    assert between(samples, 0.0, 2.0).concealed == 1.0


def test_a_stretch_without_samples_says_nothing() -> None:
    with pytest.raises(ValueError, match="1 samples"):
        between(run((1.0, 20, 0.0)), 1.0, 2.0)


def test_back_is_when_pictures_move_and_sound_is_whole_again() -> None:
    samples = run((2.0, 20, 0.0), (2.0, 0, 1.0), (1.0, 20, 1.0), (3.0, 20, 0.0))
    back = back_after(samples, 4.0)
    assert back is not None
    assert back == pytest.approx(1.0, abs=0.11)
    assert back_after(run((2.0, 20, 0.0), (2.0, 0, 0.0)), 2.0) is None
