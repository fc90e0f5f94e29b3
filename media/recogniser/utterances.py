"""
Cuts sound into utterances at the pauses between them, by loudness alone. Pure.

Models that take a sentence at a time (Whisper) cost the same for a short one as for a long one, and
invent words for silence: so they get whole sentences, and never silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from media.recogniser.port import RATE, Pcm

FRAME: Final = RATE // 50  # 20 ms
PAUSE: Final = 25  # frames: half a second of quiet ends an utterance
LEAST: Final = 15  # frames: what is shorter is a cough
MOST: Final = 600  # frames: 12 s; whoever speaks longer is cut at the quietest place
BEFORE: Final = 10  # frames before speech that belong to it: soft beginnings
FLOOR: Final = 0.003  # -50 dB: quieter is silence whatever the room is like
OVER: Final = 3.0  # times louder than the room's noise: 10 dB
SLOW: Final = 0.02  # how fast the room's noise is learnt, a frame


@dataclass(frozen=True, slots=True)
class Utterance:
    begin: int
    """First sample, from the beginning."""
    pcm: Pcm


class Utterances:
    """Fed piece by piece."""

    def __init__(self) -> None:
        self._rest: Pcm = np.zeros(0, np.float32)
        self._frames: list[Pcm] = []
        self._loud: list[float] = []
        self._begin = 0
        """First sample of `_frames`."""
        self._speaks = False
        self._quiet = 0
        self._spoken = 0
        self._noise = FLOOR / OVER

    def feed(self, pcm: Pcm) -> Iterator[Utterance]:
        """Take what follows; give the utterances that ended in it."""
        sound = np.concatenate((self._rest, pcm))
        whole = len(sound) // FRAME * FRAME
        self._rest = sound[whole:]
        for place in range(0, whole, FRAME):
            yield from self._take(sound[place : place + FRAME])

    def finish(self) -> Iterator[Utterance]:
        """Give the one that has not ended."""
        if self._speaks:
            yield from self._cut(len(self._frames))
        self._begin += len(self._frames) * FRAME + len(self._rest)
        self._frames, self._loud, self._rest = [], [], np.zeros(0, np.float32)
        self._speaks, self._quiet = False, 0

    def _take(self, frame: Pcm) -> Iterator[Utterance]:
        loudness = float(np.sqrt(np.mean(frame * frame)))
        speech = loudness > max(FLOOR, self._noise * OVER)
        if not speech:
            self._noise += SLOW * (loudness - self._noise)
        self._frames.append(frame)
        self._loud.append(loudness)
        self._spoken += speech
        self._quiet = 0 if speech else self._quiet + 1
        if not self._speaks:
            self._speaks = speech
            if not speech and len(self._frames) > BEFORE:
                self._drop(len(self._frames) - BEFORE)
        elif self._quiet >= PAUSE:
            yield from self._cut(len(self._frames) - PAUSE // 2)
            self._speaks = False
        elif len(self._frames) >= MOST:
            late = self._loud[MOST // 2 :]
            yield from self._cut(MOST // 2 + late.index(min(late)) + 1)

    def _cut(self, frames: int) -> Iterator[Utterance]:
        if self._spoken >= LEAST:
            yield Utterance(self._begin, np.concatenate(self._frames[:frames]))
        self._drop(frames)
        self._spoken = 0

    def _drop(self, frames: int) -> None:
        del self._frames[:frames], self._loud[:frames]
        self._begin += frames * FRAME
