"""
The programme's sound: everybody who is heard, each as loud as the others, added up.

A voice comes and goes over one frame, so that a cut doesn't click; what is too loud together is
turned down before its peak.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import numpy as np

from media.programme.limiter import Limiter
from media.programme.loudness import Leveller
from media.programme.sound import Pcm, SoundSource


class Mixer:
    """
    Remembers who was heard in the last block, and how loud each source is.

    What comes out is `limiter.DELAY` samples behind what the sources gave.
    """

    def __init__(self) -> None:
        self._heard: frozenset[int] = frozenset()
        self._levellers: dict[int, Leveller] = {}
        self._limiter = Limiter()

    def block(
        self,
        sources: Mapping[int, SoundSource],
        heard: Collection[int],
        samples: int,
        listen: Callable[[int, Pcm], None] | None = None,
    ) -> Pcm:
        """
        Mix the next block.

        Args:
            sources: by number.
            heard: numbers of those that are heard now.
            samples: length of the block, whole chunks (`loudness.CHUNK`).
            listen: told (number, samples) of each source that is heard, as it came.
        """
        now = frozenset(heard) & sources.keys()
        mixed = np.zeros(samples, np.float32)
        for number in now | (self._heard & sources.keys()):
            pcm = sources[number].pull(samples)
            if listen is not None:
                listen(number, pcm)
            pcm = self._levellers.setdefault(number, Leveller()).level(pcm)
            start, end = float(number in self._heard), float(number in now)
            if start != end:
                pcm = pcm * np.linspace(start, end, samples, dtype=np.float32)
            mixed += pcm
        self._heard = now
        for gone in self._levellers.keys() - sources.keys():
            del self._levellers[gone]
        return self._limiter.limit(mixed)
