"""What the demonstration's cameras see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from demo.pictures import HEIGHT, WIDTH, Clip, Scene

NOON = datetime(2025, 11, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize("clip", ["room", "official"])
def test_the_clock_on_the_wall_runs(clip: Clip) -> None:
    """A second later the clock differs, and nothing else does."""
    scene = Scene(clip, "幸福里小区议事室")
    one, other = (
        np.asarray(scene.draw(NOON + timedelta(seconds=s), 1.0, None, 0.0)) for s in (0, 1)
    )
    assert one.shape == (HEIGHT, WIDTH, 3)
    changed = np.argwhere((one != other).any(axis=2))
    assert len(changed) > 20
    assert (changed.max(axis=0) - changed.min(axis=0) < 150).all()


def test_people_move_and_the_speaker_opens_the_mouth() -> None:
    """Time moves everybody; a loud moment shows in the speaker's face."""
    scene = Scene("room", "幸福里小区议事室")

    def picture(t_s: float, speaker: int | None) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        return np.asarray(scene.draw(NOON, t_s, speaker, 0.9))

    assert (picture(1.0, None) != picture(1.5, None)).any()
    assert (picture(1.0, None) != picture(1.0, 2)).any()
