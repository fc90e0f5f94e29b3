"""
What the machine gives at this moment: x264 alone, one 720p rendition at the preset `veryfast`.

Other work on the machine makes both slower alike, so the worker's share is told beside it.
"""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Final

import av

from tests.fixtures.clips import pictures

PICTURES_S: Final = 25


class Yardstick:
    """The same half second of a talking head, encoded again and again."""

    def __init__(self) -> None:
        self._frames = [
            av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(1280, 720, "yuv420p")
            for rgb in pictures("talking_head")[:20]
        ]

    def share(self) -> float:
        """Core share of encoding 25 pictures a second."""
        context = av.VideoCodecContext.create("libx264", "w")
        context.width, context.height, context.pix_fmt = 1280, 720, "yuv420p"
        context.time_base, context.bit_rate = Fraction(1, PICTURES_S), 1_500_000
        context.options = {
            "preset": "veryfast",
            "tune": "zerolatency",
            "x264-params": "threads=1:vbv-maxrate=1800:vbv-bufsize=1500:keyint=25:scenecut=0",
        }
        context.open()
        begun_s = time.thread_time()
        for n, frame in enumerate(self._frames):
            frame.pts = n
            context.encode(frame)
        return (time.thread_time() - begun_s) / len(self._frames) * PICTURES_S
