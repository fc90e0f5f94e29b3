"""Voices are added without clicks and without clipping."""

from __future__ import annotations

import numpy as np

from media.programme.mixer import KNEE, Mixer, limit
from media.programme.sound import DELAY_MIN, STEP, Pcm, SoundSource
from tests.fixtures.publisher import rtp


def source(level: float) -> SoundSource:
    """A second of an even level."""
    sound = SoundSource(lambda _: np.full(STEP, level, np.float32))
    for number in range(50):
        sound.push(rtp(number, number * STEP, b"x"))
    sound.pull(DELAY_MIN)
    return sound


def last(pcm: Pcm) -> float:
    return round(float(pcm[-1]), 4)


def test_two_voices_are_added() -> None:
    """Room and speaker are heard together."""
    mixer = Mixer()
    sources = {1: source(0.2), 2: source(0.3)}
    mixer.block(sources, {1, 2}, STEP)
    assert last(mixer.block(sources, {1, 2}, STEP)) == 0.5


def test_who_is_not_heard_is_silent() -> None:
    """A source that exists isn't heard for that."""
    mixer = Mixer()
    assert not mixer.block({1: source(0.2)}, set(), STEP).any()


def test_a_voice_comes_and_goes_over_a_block() -> None:
    """No click at either end."""
    mixer = Mixer()
    sources = {1: source(0.5)}
    coming = mixer.block(sources, {1}, STEP)
    assert (coming[0], last(coming)) == (0, 0.5)
    assert np.abs(np.diff(coming)).max() < 0.01
    going = mixer.block(sources, set(), STEP)
    assert last(going) == 0
    assert not mixer.block(sources, set(), STEP).any()


def test_a_source_that_is_gone_is_forgotten() -> None:
    """It may vanish between two blocks."""
    mixer = Mixer()
    mixer.block({1: source(0.5)}, {1}, STEP)
    assert not mixer.block({}, {1}, STEP).any()


def test_the_limiter_leaves_speech_alone_and_never_reaches_full_scale() -> None:
    """Below the knee nothing changes; above, order is kept."""
    quiet = np.linspace(-KNEE, KNEE, 99, dtype=np.float32)
    assert np.array_equal(limit(quiet), quiet)
    loud = limit(np.linspace(-3, 3, 999, dtype=np.float32))
    assert np.abs(loud).max() <= 1
    assert (np.diff(loud) >= 0).all()
