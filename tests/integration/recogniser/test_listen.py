"""A programme that is being written is heard, at the moments at which it sounded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from media.programme.renditions import SOUND
from media.programme.sound import RATE
from media.recogniser.listen import listen
from media.recogniser.port import Heard, Pcm
from media.recogniser.utterances import Utterance, Utterances
from media.segments.follow import Follower
from tests.fixtures.on_air import OnAir

NEAR_MS = 150
"""A frame of AAC, a frame of loudness, and soft ends of what is said."""


class Pitch:
    """Says how high it sounded: what a recogniser of words has to do with real ones."""

    def __init__(self) -> None:
        self._utterances = Utterances()

    def feed(self, pcm: Pcm) -> Iterator[Heard]:
        yield from map(_said, self._utterances.feed(pcm))

    def finish(self) -> Iterator[Heard]:
        yield from map(_said, self._utterances.finish())


def _said(one: Utterance) -> Heard:
    spectrum = np.abs(np.fft.rfft(one.pcm))
    hz = int(np.argmax(spectrum)) * 16_000 / len(one.pcm)
    return Heard(one.begin, one.begin + len(one.pcm), f"{round(hz, -2):.0f}")


def tone(hz: float, seconds: float) -> np.ndarray:
    return 0.2 * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)


@pytest.mark.parametrize("pieces", [((0.8, 400.0, 1.0), (0.8, 700.0, 1.0))])
def test_what_sounded_is_told_with_its_time(
    tmp_path: Path, pieces: tuple[tuple[float, float, float], ...]
) -> None:
    sound = np.concatenate(
        [np.concatenate((np.zeros(round(q * RATE)), tone(hz, s))) for q, hz, s in pieces]
    ).astype(np.float32)
    follower = Follower(tmp_path / "programme", SOUND)
    with OnAir(tmp_path / "programme", sound) as air:
        told = listen(follower, Pitch())
        first, second = next(told), next(told)
        follower.close()
        assert list(told) == []
    assert (first.text, second.text) == ("400", "700")
    # With 0.2 s before what is said and half a pause after it.
    assert first.from_ms - air.began_ms == pytest.approx(600, abs=NEAR_MS)
    assert first.until_ms - air.began_ms == pytest.approx(2_060, abs=NEAR_MS)
    assert second.from_ms - first.from_ms == pytest.approx(1_800, abs=NEAR_MS)
