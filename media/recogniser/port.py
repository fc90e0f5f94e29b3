"""
What a recogniser is: sound in, what was said out. One contract suite: `contract` in
`tests/unit/media/recogniser`.

Times are samples from the beginning, so that no clock is needed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

RATE: Final = 16_000
"""Samples a second; what the models of speech take."""
Pcm = npt.NDArray[np.float32]
"""Mono, 16 kHz, -1..1, shape (samples,)."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that was said."""

    begin: int
    """First sample, from the beginning of what was fed."""
    end: int
    """After the last one."""
    text: str


class Recogniser(Protocol):
    """Belongs to one thread. Its methods may take as long as the sound lasts, not longer."""

    def feed(self, pcm: Pcm) -> Iterable[Heard]:
        """Take what follows on what was fed before; tell what is sure by now, in order."""
        ...

    def finish(self) -> Iterable[Heard]:
        """Tell the rest; then feed as if from a new beginning, but counting on."""
        ...
