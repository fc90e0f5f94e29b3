"""Voices are added without clicks and without clipping."""

from __future__ import annotations

import numpy as np

from media.programme.limiter import DELAY
from media.programme.loudness import CHUNK
from media.programme.mixer import Mixer
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
    assert not coming[:DELAY].any()
    assert np.abs(np.diff(coming)).max() < 0.01
    going = mixer.block(sources, set(), STEP)
    assert round(float(going[DELAY]), 4) == 0.5
    assert np.abs(np.diff(going)).max() < 0.01
    assert not mixer.block(sources, set(), STEP)[DELAY:].any()


def test_a_source_that_is_gone_is_forgotten() -> None:
    """It may vanish between two blocks."""
    mixer = Mixer()
    mixer.block({1: source(0.5)}, {1}, STEP)
    assert not mixer.block({}, {1}, STEP)[DELAY:].any()


def test_a_quiet_voice_and_a_loud_one_come_out_alike() -> None:
    """Each source has a gain of its own, which stays with it while it is not heard."""
    chance = np.random.default_rng(1)
    swell = np.tile(np.repeat([1.0, 0.2], 10), 3)[:50]  # rises and falls, as speech does

    def voice(level: float) -> SoundSource:
        sounds = iter(np.outer(swell * level, chance.uniform(-1, 1, STEP)).astype(np.float32))
        sound = SoundSource(lambda _: next(sounds, np.zeros(STEP, np.float32)))
        for number in range(50):
            sound.push(rtp(number, number * STEP, b"x"))
        return sound

    mixed = []
    for level in (0.03, 0.3):
        mixer = Mixer()
        sources = {1: voice(level)}
        mixed.append(np.concatenate([mixer.block(sources, {1}, CHUNK) for _ in range(25)]))
    before, after = (
        np.abs(mixed[1][piece]).mean() / np.abs(mixed[0][piece]).mean()
        for piece in (slice(8_000, 14_000), slice(40_000, 46_000))
    )
    assert before > 6
    assert after < 4
