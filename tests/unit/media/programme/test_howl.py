"""A howl is noticed within seconds; speech, melodies and noise are none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from demo.voices import SPEECH, read_pcm
from media.programme.howl import LASTS_S, LOUD, OVER_S, HowlDetector
from media.programme.sound import RATE, STEP, Pcm

LINES = sorted(SPEECH.glob("*.flac"))
CHANCE = np.random.default_rng(7)


def speech(name: str) -> Pcm:
    (path,) = SPEECH.glob(f"{name}*.flac")
    return as_pcm(path)


def as_pcm(path: Path) -> Pcm:
    pcm: Pcm = read_pcm(path).astype(np.float32) / np.float32(32_768)
    return pcm


def tone(hz: float, seconds: float, loud: float) -> Pcm:
    """*loud*: effective value."""
    at = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(loud * np.sqrt(2) * np.sin(2 * np.pi * hz * at), np.float32)


def instrument(hz: float, seconds: float, loud: float) -> Pcm:
    """A note with harmonics that falls away."""
    at = np.arange(round(seconds * RATE)) / RATE
    made = sum(np.sin(2 * np.pi * n * hz * at) / n for n in range(1, 6)) * np.exp(-at)
    return np.asarray(loud * made, np.float32)


def room(said: Pcm, gain: float) -> Pcm:
    """
    What a microphone hears that stands before its own loudspeaker: speech, and 20 ms later itself
    again, by way of a room that likes 1,250 Hz; the amplifier clips.
    """
    taps = np.arange(240)
    path = np.sin(2 * np.pi * 1_250 * taps / RATE) * np.exp(-taps / 80)
    path = path / np.max(np.abs(np.fft.rfft(path, 8 * RATE // 100)))
    heard = np.zeros(len(said), np.float32)
    tail = np.zeros(len(taps) - 1)
    before = np.zeros(STEP)
    for start in range(0, len(said) - STEP + 1, STEP):
        full = np.convolve(before, path)
        full[: len(tail)] += tail
        tail = full[STEP:]
        before = np.clip(0.3 * said[start : start + STEP] + gain * full[:STEP], -1, 1)
        heard[start : start + STEP] = before
    return heard


def howls(pcm: Pcm, detector: HowlDetector | None = None) -> list[tuple[float, bool]]:
    """(seconds, howling) at each change; fed as the programme does, 40 ms at a time."""
    asked = HowlDetector() if detector is None else detector
    return [
        (start / RATE, asked.howling)
        for start in range(0, len(pcm), 2 * STEP)
        if asked.hear(pcm[start : start + 2 * STEP])
    ]


def one_after_the_other(parts: Sequence[Pcm]) -> Pcm:
    return np.concatenate([part.astype(np.float32) for part in parts])


def test_a_ringing_room_is_noticed_and_named() -> None:
    """Speech into an amplified room: the tone that is left is the room's, not the voice's."""
    detector = HowlDetector()
    ((at_s, howling),) = howls(room(np.tile(speech("04"), 2)[: 12 * RATE], 1.3), detector)
    assert howling
    assert at_s < 8
    assert 1_150 < detector.frequency_hz < 1_350


def test_the_same_room_with_less_gain_is_none() -> None:
    assert howls(room(np.tile(speech("04"), 2)[: 12 * RATE], 0.6)) == []


@pytest.mark.parametrize("hz", [300, 1_000, 2_900, 6_500])
def test_a_tone_that_grows_and_stays_is_one(hz: float) -> None:
    """Over the noise of a room, from -38 dBFS upwards."""
    growing = tone(hz, 4, 1.0) * np.geomspace(0.012, 0.09, 4 * RATE).astype(np.float32)
    noise = CHANCE.normal(0, 0.002, len(growing)).astype(np.float32)
    ((at_s, howling),) = howls(growing + noise)
    assert howling
    assert LASTS_S <= at_s < 3


def test_it_is_over_some_time_after_the_last_of_it() -> None:
    (begun, over) = howls(one_after_the_other([tone(1_000, 3, 2 * LOUD), tone(1, 4, 0.0)]))
    assert begun[1]
    assert over[1] is False
    assert over[0] - 3 == pytest.approx(OVER_S, abs=0.1)


def test_speech_over_a_howl_does_not_hide_it() -> None:
    said = speech("06")[: 8 * RATE]
    detector = HowlDetector()
    howls(said * 0.2 + tone(2_000, len(said) / RATE, 0.3)[: len(said)], detector)
    assert detector.howling


@pytest.mark.parametrize("path", LINES, ids=lambda path: path.stem)
@pytest.mark.parametrize("gain", [0.2, 1.0, 3.0])
def test_speech_is_none(path: Path, gain: float) -> None:
    """Soft, as recorded, and shouted into the converter's bounds."""
    said = as_pcm(path)
    assert howls(np.clip(said * gain, -1, 1).astype(np.float32)) == []


def test_a_melody_is_none() -> None:
    notes = [instrument(hz, 0.5, 0.2) for hz in (262, 294, 330, 349, 392, 440, 494, 523)]
    assert howls(one_after_the_other(notes * 3)) == []


def test_a_long_note_of_an_instrument_is_none() -> None:
    """It stays, and has harmonics."""
    at = np.arange(4 * RATE) / RATE
    note = sum(np.sin(2 * np.pi * n * 440 * at) / n**1.5 for n in range(1, 6)) * 0.2
    assert howls(np.asarray(note, np.float32)) == []


def test_a_whistled_tune_and_a_siren_are_none() -> None:
    """Pure tones that go on to another place."""
    tune = [tone(hz, 0.6, 0.2) for hz in (1_047, 1_319, 1_568, 1_319)] * 3
    assert howls(one_after_the_other(tune)) == []
    at = np.arange(6 * RATE) / RATE
    siren = 0.3 * np.sin(2 * np.pi * (900 * at + 300 / 2.5 * np.sin(2.5 * at)))
    assert howls(siren.astype(np.float32)) == []


def test_silence_noise_and_a_faint_tone_are_none() -> None:
    assert howls(np.zeros(3 * RATE, np.float32)) == []
    assert howls(CHANCE.normal(0, 0.1, 3 * RATE).astype(np.float32)) == []
    assert howls(tone(1_000, 3, 0.009)) == []


def test_a_dial_tone_that_does_not_grow_is_none_unless_it_is_loud() -> None:
    assert howls(tone(450, 3, LOUD * 0.9)) == []
    assert howls(tone(450, 3, LOUD * 1.1)) != []
