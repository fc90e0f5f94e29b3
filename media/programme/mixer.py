"""
The programme's sound: everybody who is heard, added up.

A voice comes and goes over one frame, so that a cut doesn't click; what is too loud together is
bent at the top instead of clipped.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import numpy as np

from media.programme.sound import Pcm, SoundSource

KNEE = 0.7
"""Up to here the sum is left as it is; above, it approaches 1 and never reaches it."""


def limit(pcm: Pcm) -> Pcm:
    """Bend what is above the knee: smooth to the first derivative, below 1 for every input."""
    over = np.abs(pcm) > KNEE
    if not over.any():
        return pcm
    loud = pcm[over]
    bent = pcm.copy()
    bent[over] = np.sign(loud) * (KNEE + (1 - KNEE) * np.tanh((np.abs(loud) - KNEE) / (1 - KNEE)))
    return bent


class Mixer:
    """Remembers who was heard in the last block."""

    def __init__(self) -> None:
        self._heard: frozenset[int] = frozenset()

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
            samples: length of the block.
            listen: told (number, samples) of each source that is heard.
        """
        now = frozenset(heard) & sources.keys()
        mixed = np.zeros(samples, np.float32)
        for number in now | (self._heard & sources.keys()):
            pcm = sources[number].pull(samples)
            if listen is not None:
                listen(number, pcm)
            start, end = float(number in self._heard), float(number in now)
            if start != end:
                pcm = pcm * np.linspace(start, end, samples, dtype=np.float32)
            mixed += pcm
        self._heard = now
        return limit(mixed)
