"""
How loud a voice is, and the slow gain that brings it to the programme's loudness. Pure.

Loudness is that of ITU-R BS.1770-4: mean energy behind its two filters (K-weighting), in blocks of
400 ms that are gated, so that pauses don't count. The filters are applied to the spectrum, where
numpy is fast; for the energy of a block that is the same but for its edges.

The gain follows while somebody speaks and stands still otherwise: in a pause nothing is pumped up.
Speech rises and falls within a second, a fan doesn't.
"""

from __future__ import annotations

import math
from collections import deque
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from media.programme.sound import RATE, Pcm

TARGET_LUFS: Final = -16.0
"""
What phones and other small loudspeakers need, and what streaming services ask of speech. EBU R128's
-23 is for a quiet living room: on a bus it can't be understood.
"""
GAIN_MAX_DB: Final = 20.0
"""More would lift the noise of the room to that of speech."""
GAIN_MIN_DB: Final = -15.0
UP_DB_S: Final = 3.0
DOWN_DB_S: Final = 6.0
"""The gain changes no faster; being too loud is mended first."""
FIRST_DB_S: Final = 15.0
FIRST_S: Final = 2.0
"""So much of a voice is followed faster: nothing is known of it yet."""

CHUNK: Final = RATE // 25
"""Samples that are measured together, 40 ms: a picture's."""
MOMENT: Final = 10
"""Chunks of a gating block, 400 ms."""
LIVELY: Final = 25
"""Chunks within which speech rises and falls, 1 s."""
LIVELY_DB: Final = 6.0
"""By at least so much; a fan's chunks differ by one or two."""
SILENCE_LUFS: Final = -50.0
"""Quieter is no speech: a room's noise is at -60 to -50. BS.1770's -70 is for whole programmes."""
GATE_LU: Final = -10.0
"""Relative gate (BS.1770-4, 5.1): blocks so far below the others are pauses."""
LOOK_EVERY: Final = 5
"""Chunks of speech after which the loudness is worked out anew."""
MEMORY: Final = 200
"""Gating blocks that count, of 40 ms hop: 8 s of speech."""

_SILENCE: Final = 10 ** (-65 / 10)
"""Mean square of a chunk that is no sound at all: -65 LUFS."""

_SHELF: Final = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (1.0, -1.69065929318241, 0.73248077421585),
)
"""The head's effect: numerator, denominator. BS.1770-4, table 1, for 48 kHz."""
_HIGHPASS: Final = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
"""BS.1770-4, table 2."""


@cache
def _weights(size: int) -> npt.NDArray[np.float32]:
    """What a bin's squared magnitude adds to the mean square of a block of *size* samples."""
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    gain = np.ones(len(z))
    for above, below in (_SHELF, _HIGHPASS):
        gain *= np.abs(np.polyval(above[::-1], z) / np.polyval(below[::-1], z)) ** 2
    gain[1:-1] *= 2  # bins of negative frequencies
    return (gain / size**2).astype(np.float32)


def energy(pcm: Pcm) -> float:
    """Mean square of a block behind K-weighting."""
    spectrum = np.fft.rfft(pcm)
    power = spectrum.real**2 + spectrum.imag**2
    return float(power @ _weights(len(pcm)))


def lufs(mean_square: float) -> float:
    """Loudness of one channel; -inf of silence. Source: BS.1770-4, annex 1."""
    return -0.691 + 10 * math.log10(mean_square) if mean_square > 0 else -math.inf


class Leveller:
    """One source's gain."""

    def __init__(self) -> None:
        self._chunks: deque[float] = deque([0.0] * LIVELY, LIVELY)
        self._moments = np.zeros(MEMORY, np.float64)
        self._count = 0
        self._wanted_db = 0.0
        self.gain_db = 0.0

    def level(self, pcm: Pcm) -> Pcm:
        """
        The same sound with this source's gain, which moves evenly within each chunk.

        Args:
            pcm: whole chunks.
        """
        return np.concatenate(
            [self._chunk(pcm[at : at + CHUNK]) for at in range(0, len(pcm), CHUNK)]
        )

    def _chunk(self, pcm: Pcm) -> Pcm:
        before = self.gain_db
        if self._speaks(energy(pcm)):
            self._follow()
        start, end = 10 ** (before / 20), 10 ** (self.gain_db / 20)
        if start == end:
            return pcm * np.float32(start)
        return pcm * np.linspace(start, end, len(pcm), dtype=np.float32)

    def _speaks(self, now: float) -> bool:
        """Take a chunk's energy; whether it belongs to speech, also to its short pauses."""
        self._chunks.append(now)
        recent = list(self._chunks)
        moment = sum(recent[-MOMENT:]) / MOMENT
        if lufs(moment) < SILENCE_LUFS:
            return False
        # Where sound begins after silence, the silence doesn't make it speech.
        heard = sorted(one for one in recent if one > _SILENCE)
        if len(heard) < MOMENT or 10 * math.log10(heard[-1] / heard[len(heard) // 5]) < LIVELY_DB:
            return False
        self._moments[self._count % MEMORY] = moment
        self._count += 1
        return True

    def _follow(self) -> None:
        if self._count % LOOK_EVERY == 1:
            known = self._moments[: min(self._count, MEMORY)]
            gate = known.mean() * 10 ** (GATE_LU / 10)
            loudness = lufs(float(known[known >= gate].mean()))
            self._wanted_db = max(GAIN_MIN_DB, min(GAIN_MAX_DB, TARGET_LUFS - loudness))
        first = self._count * CHUNK < FIRST_S * RATE
        up = (FIRST_DB_S if first else UP_DB_S) * CHUNK / RATE
        down = (FIRST_DB_S if first else DOWN_DB_S) * CHUNK / RATE
        self.gain_db += max(-down, min(up, self._wanted_db - self.gain_db))
