"""
Howl (acoustic feedback) in decoded sound: a narrow tone that grows and stays. Pure.

A loudspeaker that is heard by its own microphone rings at one frequency: nearly all energy in one
narrow line, at the same place for a second and longer, and louder than anything around it. Speech
has lines too, but several (its harmonics) and none that stands still; a melody stands still for a
note, and goes on to another; a sung or bowed note has harmonics as well.

Sources: Hänsler and Schmidt, Acoustic Echo and Noise Control, 2004 (criteria of howling detection:
peak to average, peak to harmonics, interframe persistence).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from media.programme.sound import RATE, Pcm

WINDOW: Final = 2_048
"""Samples looked at together: 43 ms, lines of 23 Hz."""
LOWEST_HZ: Final = 150.0
HIGHEST_HZ: Final = 8_000.0
"""Where rooms ring; below is hum, above what Opus keeps of a voice is little."""
QUIET: Final = 0.01
"""Effective value (-40 dBFS) below which nothing is a howl: nobody would mind it."""
SHARE: Final = 0.8
"""Of the energy between the bounds that stands in one line (three bins)."""
HARMONIC: Final = 0.02
"""An octave or a twelfth above with this share of the line's energy makes it an instrument."""
DRIFT_HZ: Final = 30.0
"""How far the line may move from where it was first seen: a howl stands still, a glide does not."""
LASTS_S: Final = 1.2
"""So long a line has to stay: longer than nearly every note, and than any vowel."""
SWELLS: Final = 1.5
"""It has to have grown by this factor since it was first seen; a test tone begins as loud."""
LOUD: Final = 0.1
"""Effective value (-20 dBFS) at which it is one without growing: the gain is at its end."""
GAP_S: Final = 0.15
"""A line may be missed this long, as under a shout, and is the same one afterwards."""
OVER_S: Final = 2.0
"""Without the line for so long, the howl is over."""

RAIL: Final = 0.95
"""Peak value at which the microphone's converter clips: that makes odd harmonics of its own."""

_BIN_HZ: Final = RATE / WINDOW


class HowlDetector:
    """One source's sound, block after block."""

    def __init__(self) -> None:
        self._window = np.hanning(WINDOW).astype(np.float32)
        self._pending: Pcm = np.zeros(0, np.float32)
        self._at_s = 0.0
        # the line that is watched: where, since when, when last seen, how strong at first
        self._hz = 0.0
        self._since_s = 0.0
        self._seen_s = float("-inf")
        self._first = 0.0
        self._howling = False

    @property
    def howling(self) -> bool:
        """A howl is heard now, or was just now."""
        return self._howling

    @property
    def frequency_hz(self) -> int:
        """Of the line that is watched."""
        return round(self._hz)

    def hear(self, pcm: Pcm) -> bool:
        """
        Take the next samples.

        Returns: whether `howling` is another value than before.
        """
        before = self._howling
        self._pending = np.concatenate((self._pending, pcm))
        while len(self._pending) >= WINDOW:
            block, self._pending = self._pending[:WINDOW], self._pending[WINDOW:]
            self._at_s += WINDOW / RATE
            self._look(block)
        return self._howling != before

    def _look(self, block: Pcm) -> None:
        line = self._line(block)
        now_s = self._at_s
        if line is not None:
            hz, loud = line
            same = abs(hz - self._hz) <= DRIFT_HZ and now_s - self._seen_s <= GAP_S
            if not same:
                self._hz, self._since_s, self._first = hz, now_s, loud
            self._seen_s = now_s
            stays = now_s - self._since_s >= LASTS_S
            if stays and (loud >= LOUD or loud >= self._first * SWELLS):
                self._howling = True
        elif self._howling and now_s - self._seen_s >= OVER_S:
            self._howling = False

    def _line(self, block: Pcm) -> tuple[float, float] | None:
        """The frequency and effective value of the one narrow line; None: there is none."""
        loud = float(np.sqrt(np.mean(np.square(block))))
        if loud < QUIET:
            return None
        power: npt.NDArray[np.float32] = np.square(np.abs(np.fft.rfft(block * self._window)))
        low, high = int(LOWEST_HZ / _BIN_HZ), int(HIGHEST_HZ / _BIN_HZ)
        peak = low + int(np.argmax(power[low:high]))
        energy = _around(power, peak)
        clipped = float(np.max(np.abs(block))) >= RAIL
        odd = sum(_around(power, times * peak) for times in (3, 5, 7)) if clipped else 0.0
        if energy + odd < SHARE * float(np.sum(power[low:high])):
            return None
        overtones = (2,) if clipped else (2, 3)
        if any(_around(power, times * peak) > HARMONIC * energy for times in overtones):
            return None
        return peak * _BIN_HZ, loud


def _around(power: npt.NDArray[np.float32], at: int) -> float:
    """Energy of a line: its bin and one or two neighbours, which the window spreads it over."""
    return float(np.sum(power[max(0, at - 2) : at + 3]))
