"""The lines of the demonstration."""

from __future__ import annotations

import itertools

import numpy as np

from demo.voices import BLOCK, PAUSE_BLOCKS, SPEECH, Line, Voice, load, read_pcm
from media.programme.watchdogs import is_silent

AIR = 16
"""The most that an open microphone gives while nobody speaks."""
LINE = Line("a.flac", "host", np.full(3 * BLOCK, 9_000, dtype=np.int16))


def test_every_recording_is_whole_blocks_of_loud_enough_speech() -> None:
    """Nine lines, each with its speaker."""
    lines = load(sorted(SPEECH.glob("*.flac")))
    assert len(lines) == 9
    for line in lines:
        assert line.speaker in {"host", "resident", "member", "official"}
        assert len(line.pcm) % BLOCK == 0
        assert np.abs(line.pcm).max() > 3_000


def test_a_line_is_followed_by_a_pause_and_the_next_line() -> None:
    """Loud for the line's blocks; in the pause an open microphone that nobody speaks into."""
    voice = Voice(lambda: LINE)
    loud = [bool(voice.block().max() > AIR) for _ in range(3 + PAUSE_BLOCKS + 2)]
    lengths = [(key, len(list(run))) for key, run in itertools.groupby(loud)]
    assert lengths == [(True, 3), (False, PAUSE_BLOCKS - 1), (True, 3)]


def test_who_is_hushed_breaks_off_and_is_silent() -> None:
    """Another has the floor: nothing more of the line comes."""
    lines = iter([LINE, None])
    voice = Voice(lambda: next(lines))
    assert voice.block().max() > AIR
    assert voice.speaker == "host"
    voice.hush()
    quiet = voice.block()
    assert quiet.max() <= AIR
    assert not is_silent(quiet.astype(np.float32) / np.float32(32_768)), "nobody is alarmed at it"
    assert voice.level == 0.0
    assert voice.speaker is None


def test_the_recordings_last_as_long_as_is_written_beside_them() -> None:
    """8.31 s of the first line, to the block."""
    assert len(read_pcm(SPEECH / "01-host-open.flac")) / 48_000 == 8.32
