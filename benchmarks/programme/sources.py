"""Moving pictures and speech, coded once and sent over and over as if live."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import cycle
from typing import Final

import av
import numpy as np

from demo.voices import RATE as FILE_RATE
from demo.voices import SPEECH, read_pcm
from tests.fixtures.clips import Clip, pictures
from tests.fixtures.publisher import OPUS_SAMPLES, PicturePublisher, SoundPublisher

FPS: Final = 25
PICTURE_TICKS: Final = 90_000 // FPS
SPEECH_S: Final = 20


class Stream:
    """
    Packets of one stream, as the forwarder hands them on: numbered and timed as one, whichever
    layer they are of.

    Args:
        layers: by height in pixels, small to large, what is sent over and over; each begins with a
            keyframe. Of sound: one, of height 0.
        ticks: from one to the next, of the stream's clock.
    """

    def __init__(self, layers: Mapping[int, Sequence[list[bytes]]], ticks: int) -> None:
        self._layers = layers
        self._ticks = ticks
        self._height: int | None = None
        self._coded: Iterator[list[bytes]] = iter(())
        self._sequence = 0
        self.timestamp = 0
        """Of the next."""

    def next(self, height: int | None) -> list[bytes]:
        """
        Packets of the next picture, or of the next 20 ms.

        Args:
            height: at least so high if there is one; None: nobody wants it.
        """
        if height is None:
            self._height = None
            self.timestamp = (self.timestamp + self._ticks) & 0xFFFFFFFF
            return []
        chosen = next((one for one in self._layers if one >= height), max(self._layers))
        if chosen != self._height:
            self._height, self._coded = chosen, cycle(self._layers[chosen])
        packets = []
        for packet in next(self._coded):
            head = packet[:2] + struct.pack("!HI", self._sequence, self.timestamp)
            packets.append(head + packet[8:])
            self._sequence = (self._sequence + 1) & 0xFFFF
        self.timestamp = (self.timestamp + self._ticks) & 0xFFFFFFFF
        return packets


def camera(clip: Clip, *heights: int, shift: int = 0) -> Stream:
    """
    A camera (VP8, 16:9): the clip forth and back without end, in one layer or several.

    Args:
        shift: pictures by which it begins later, so that two of one clip differ.
    """
    coded = {height: _coded(clip, height, shift) for height in sorted(heights)}
    return Stream(coded, PICTURE_TICKS)


@cache
def _coded(clip: Clip, height: int, shift: int) -> Sequence[list[bytes]]:
    width = height * 16 // 9
    publisher = PicturePublisher("VP8", width, height)
    frames = [*pictures(clip), *reversed(pictures(clip))]
    coded = []
    for rgb in (*frames[shift:], *frames[:shift]):
        frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
        coded.append(publisher.send(frame.reformat(width, height, "yuv420p")))
    return coded


def microphone(level: float) -> Stream:
    """Speech, without end."""
    lines = [read_pcm(path).astype(np.float32) / 32_768 for path in sorted(SPEECH.glob("*.flac"))]
    spoken = np.concatenate(lines)
    at = np.arange(0, min(len(spoken) - 1, SPEECH_S * FILE_RATE), FILE_RATE / 48_000)
    pcm = level * np.interp(at, np.arange(len(spoken)), spoken)
    publisher = SoundPublisher()
    blocks = pcm[: len(pcm) // OPUS_SAMPLES * OPUS_SAMPLES].reshape(-1, OPUS_SAMPLES)
    return Stream({0: [publisher.send_pcm(block) for block in blocks]}, OPUS_SAMPLES)
