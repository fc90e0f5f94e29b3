"""Who speaks: WebRTC clients whose pictures tell by their colour whose they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import av
import numpy as np
from aiortc import MediaStreamTrack

from demo.link import PictureTrack, SoundTrack
from demo.voices import BLOCK

Colour = Literal["grey", "red", "blue"]

FPS: Final = 25
WIDTH: Final = 640
HEIGHT: Final = 360

_CHROMA: Final[dict[Colour, tuple[int, int]]] = {
    "grey": (128, 128),
    "red": (100, 200),
    "blue": (200, 100),
}
"""U and V."""
APART: Final = 40
"""U and V of a coloured picture differ by more, and so do its red and blue."""


@dataclass(frozen=True, slots=True)
class Coloured:
    """Makes the tracks of one sender: a moving pattern in one colour, and a tone."""

    colour: Colour

    def tracks(self) -> list[MediaStreamTrack]:
        """New ones, for a new connection."""
        tone = (3_000 * np.sin(2 * np.pi * 5 * np.arange(BLOCK) / BLOCK)).astype(np.int16)
        return [SoundTrack(lambda: tone), PictureTrack(self._pictures(), FPS)]

    def _pictures(self) -> Callable[[], av.VideoFrame]:
        moving = np.add.outer(np.arange(HEIGHT), np.arange(2 * WIDTH)) // 4 % 100 + 70
        planes = np.zeros((HEIGHT * 3 // 2, WIDTH), np.uint8)
        planes[HEIGHT : HEIGHT * 5 // 4] = _CHROMA[self.colour][0]
        planes[HEIGHT * 5 // 4 :] = _CHROMA[self.colour][1]
        count = 0

        def draw() -> av.VideoFrame:
            nonlocal count
            count += 1
            shift = count * 3 % WIDTH
            planes[:HEIGHT] = moving[:, shift : shift + WIDTH]
            return av.VideoFrame.from_ndarray(planes, format="yuv420p")

        return draw


def colour_of(frame: av.VideoFrame) -> Colour:
    """Whose picture fills the middle of a 4:2:0 frame."""
    u, v = (
        bytes(plane)[plane.height // 2 * plane.line_size + plane.width // 2]
        for plane in frame.planes[1:]
    )
    if abs(v - u) <= APART:
        return "grey"
    return "red" if v > u else "blue"
