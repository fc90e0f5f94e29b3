"""
A limiter with look-ahead: no peak above the ceiling, and no click in getting there. Pure.

Peaks are true peaks (ITU-R BS.1770-4, annex 2): the sound is looked at four times as finely as it
is sampled, since a decoder's output goes higher between the samples. The gain goes down in the five
milliseconds before a peak and comes back slowly.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from media.programme.sound import RATE, Pcm

CEILING: Final = 10 ** (-1 / 20)
"""-1 dBTP: what EBU R128 leaves for the codec that comes after."""
CELL: Final = RATE // 1_000
"""Samples of a step of the gain, 1 ms."""
LOOK: Final = 5
"""Cells that are looked ahead."""
DELAY: Final = LOOK * CELL
"""Samples by which the output is later than the input, 5 ms."""
RELEASE: Final = 1 / 80
"""Part of the way back to full gain that each cell goes: 80 ms time constant."""
SURE: Final = 0.6
"""Sound whose samples stay below this part of the ceiling has no peak above it between them."""

TAPS: Final = 12


def _phases() -> npt.NDArray[np.float32]:
    """Interpolation to three points between two samples; shape (3, TAPS)."""
    at = np.arange(TAPS) - (TAPS - 1) / 2 + np.array([[-0.25], [0.0], [0.25]])
    window = 0.5 + 0.5 * np.cos(2 * np.pi * at / (TAPS + 1))
    phases: npt.NDArray[np.float32] = (np.sinc(at) * window).astype(np.float32)
    return phases


_PHASES: Final = _phases()


class Limiter:
    """Takes whole cells. What comes out is DELAY samples behind."""

    def __init__(self) -> None:
        self._late: Pcm = np.zeros(DELAY, np.float32)
        self._tail: Pcm = np.zeros(TAPS - 1, np.float32)
        self._needs: list[float] = [1.0] * (LOOK + 1)
        """The most gain of each cell that is not given out yet, and of the one before."""
        self._gain = 1.0
        """At the end of what was given out."""

    def limit(self, pcm: Pcm) -> Pcm:
        """
        The next samples.

        Args:
            pcm: any level, whole cells.
        """
        needs = self._needs + self._needed(pcm)
        cells = len(pcm) // CELL
        self._needs = needs[cells:]
        sound = np.concatenate((self._late, pcm))
        self._late = sound[len(pcm) :]
        out = sound[: len(pcm)]
        if self._gain == 1.0 and min(needs) == 1.0:
            return out
        knots = [self._gain]
        for cell in range(1, cells + 1):
            # The knot between two cells is as low as either needs; a lower one that comes is
            # approached evenly. needs[cell] is the cell before the knot.
            most = min(needs[cell], needs[cell + 1] if cell + 1 < len(needs) else 1.0)
            for ahead in range(1, LOOK):
                if cell + 1 + ahead < len(needs):
                    need = needs[cell + 1 + ahead]
                    most = min(most, need + (1 - need) * (ahead - 1) / (LOOK - 1))
            gain = knots[-1] + (1 - knots[-1]) * RELEASE
            knots.append(min(most, 1.0 if gain > 0.9999 else gain))
        self._gain = knots[-1]
        places = np.arange(cells + 1) * CELL
        curve = np.interp(np.arange(len(pcm)), places, knots).astype(np.float32)
        return out * curve

    def _needed(self, pcm: Pcm) -> list[float]:
        """The most gain that each cell may have."""
        cells = len(pcm) // CELL
        samples = np.abs(pcm)
        whole = np.concatenate((self._tail, pcm))
        self._tail = whole[-(TAPS - 1) :]
        if samples.max(initial=0.0) < SURE * CEILING:
            return [1.0] * cells
        highest = samples
        for phase in _PHASES:
            highest = np.maximum(highest, np.abs(np.convolve(whole, phase, "valid")))
        peaks = highest.reshape(cells, CELL).max(axis=1)
        return [min(1.0, CEILING / peak) if peak > CEILING else 1.0 for peak in peaks.tolist()]
