"""Every voice ends at the same loudness; pauses are left alone; no peak passes the ceiling."""

from __future__ import annotations

import functools
import re

import av
import av.filter
import numpy as np
import numpy.typing as npt
import pytest

from demo.voices import RATE as FILE_RATE
from demo.voices import SPEECH, read_pcm
from media.programme.limiter import CEILING, CELL, DELAY, Limiter
from media.programme.loudness import CHUNK, GAIN_MAX_DB, TARGET_LUFS, Leveller, energy, lufs
from media.programme.sound import RATE, Pcm

Sound = npt.NDArray[np.float32]


@functools.cache
def speech() -> Sound:
    """Half a minute of Mandarin, with the pauses that it has."""
    lines = [read_pcm(path) for path in sorted(SPEECH.glob("*.flac"))]
    at = np.concatenate(lines).astype(np.float32) / 32_768
    wanted = np.arange(0, len(at) - 1, FILE_RATE / RATE)
    pcm = np.interp(wanted, np.arange(len(at)), at).astype(np.float32)
    pcm = np.tile(pcm, 1 + 30 * RATE // len(pcm))[: 30 * RATE]
    return pcm[: len(pcm) // CHUNK * CHUNK]


def metered(pcm: Sound) -> tuple[float, float]:
    """Integrated loudness (LUFS) and true peak (dBTP), by FFmpeg's own meter."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=RATE, format="flt", layout="mono")
    meter = graph.add("ebur128", "metadata=1:peak=true")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    loudness, peak = -70.0, -100.0
    for at in range(0, len(pcm), RATE // 10):
        piece = np.ascontiguousarray(pcm[at : at + RATE // 10])[None]
        frame = av.AudioFrame.from_ndarray(piece, format="flt", layout="mono")
        frame.sample_rate, frame.pts = RATE, at
        graph.push(frame)
        while True:
            try:
                out = graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                break
            assert isinstance(out, av.AudioFrame)
            tags = out.metadata
            loudness = float(tags.get("lavfi.r128.I", loudness))
            peaks = [float(v) for k, v in tags.items() if re.match(r"lavfi\.r128\.true_peak", k)]
            peak = max([peak, *peaks])
    return loudness, 20 * np.log10(max(peak, 1e-6)) if peak > 0 else peak


def levelled(pcm: Sound) -> Sound:
    leveller, limiter = Leveller(), Limiter()
    blocks = pcm.reshape(-1, CHUNK)
    return np.concatenate([limiter.limit(leveller.level(block)) for block in blocks])


def test_a_tone_measures_as_the_standard_says() -> None:
    """997 Hz at full scale is -3.01 LUFS (BS.1770-4, annex 1); its block may begin anywhere."""
    at = np.arange(CHUNK * 5) / RATE
    tone = np.sin(2 * np.pi * 997 * at).astype(np.float32)
    for start in (0, 100, CHUNK):
        assert lufs(energy(tone[start : start + CHUNK])) == pytest.approx(-3.01, abs=0.1)
    assert lufs(energy(np.zeros(CHUNK, np.float32))) == -np.inf


@pytest.mark.parametrize("level_db", [-18.0, 0.0, 14.0])
def test_quiet_and_loud_speakers_end_at_the_same_loudness(level_db: float) -> None:
    """Within 2 LU of the target by an independent meter, and below the ceiling."""
    pcm = speech() * np.float32(10 ** (level_db / 20))
    loudness, peak = metered(levelled(pcm)[6 * RATE :])
    assert loudness == pytest.approx(TARGET_LUFS, abs=2.0)
    assert peak <= -0.9


def test_in_a_pause_the_gain_stands_still() -> None:
    """Neither silence nor a fan is pumped up, however long it lasts; nor does speech begin anew."""
    leveller = Leveller()
    leveller.level(speech()[: 12 * RATE] * np.float32(0.2))
    before = leveller.gain_db
    noise = np.random.default_rng(3).standard_normal(20 * RATE).astype(np.float32) * 0.004
    leveller.level(np.zeros(10 * RATE, np.float32))
    assert leveller.gain_db == pytest.approx(before, abs=0.1)
    leveller.level(noise)
    assert leveller.gain_db == pytest.approx(before, abs=0.1)


def test_noise_alone_is_never_lifted() -> None:
    """A room in which nobody speaks stays as it is."""
    leveller = Leveller()
    leveller.level(np.random.default_rng(4).standard_normal(10 * RATE).astype(np.float32) * 0.01)
    assert abs(leveller.gain_db) < 1.0


def test_the_gain_has_bounds() -> None:
    """Whispering far from the microphone isn't made into a roar."""
    leveller = Leveller()
    leveller.level(speech() * np.float32(0.025))
    assert leveller.gain_db <= GAIN_MAX_DB


def test_the_microphone_may_be_handed_on() -> None:
    """From a loud speaker to a quiet one on one source: ten seconds later it is level again."""
    pcm = np.concatenate((speech()[: 15 * RATE], speech() * np.float32(0.15)))
    loudness, _ = metered(levelled(pcm)[30 * RATE :])
    assert loudness == pytest.approx(TARGET_LUFS, abs=2.5)


# --- limiter


def limited(pcm: Pcm) -> Sound:
    limiter = Limiter()
    return np.concatenate([limiter.limit(block) for block in pcm.reshape(-1, CHUNK)])


@pytest.mark.parametrize("peak", [0.95, 2.0, 8.0])
def test_no_sample_passes_the_ceiling(peak: float) -> None:
    """Bursts of all lengths, at all places in a block, out of silence."""
    chance = np.random.default_rng(5)
    pcm = chance.standard_normal(3 * RATE).astype(np.float32) * 0.05
    for _ in range(60):
        at, length = chance.integers(0, len(pcm) - 4_000), chance.integers(1, 4_000)
        pcm[at : at + length] = chance.uniform(-peak, peak, length)
    out = limited(pcm)
    assert np.abs(out).max() <= CEILING + 1e-6
    assert np.abs(out).max() > 0.7, "nor is more taken than needed"


def test_what_is_below_the_ceiling_passes_unchanged() -> None:
    """Five milliseconds later."""
    pcm = np.random.default_rng(6).uniform(-0.5, 0.5, RATE).astype(np.float32)
    out = limited(pcm)
    assert np.array_equal(out[DELAY:], pcm[:-DELAY])


def test_a_peak_between_samples_counts() -> None:
    """A tone of 12 kHz whose samples all lie at 0.71 of its height."""
    at = np.arange(RATE)
    tone = (1.2 * np.sin(2 * np.pi * 0.25 * at + np.pi / 4)).astype(np.float32)
    assert np.abs(tone).max() < CEILING
    fade = np.minimum(1, at[: RATE // 2] / 4_800).astype(np.float32)
    _, peak = metered(limited(tone)[RATE // 2 :] * fade)
    assert peak <= -0.9


def test_the_gain_moves_without_clicks() -> None:
    """Before and after a peak no step of it is larger than a fifth a millisecond."""
    pcm = np.full(RATE, 0.3, np.float32)
    pcm[RATE // 2 : RATE // 2 + 200] = 3.0
    out = limited(pcm)
    quiet = np.concatenate((out[DELAY : RATE // 2 + DELAY], out[RATE // 2 + 200 + DELAY :]))
    gain = quiet[CELL:] / 0.3
    assert np.abs(np.diff(gain)).max() < 0.25 / CELL * 1.5
