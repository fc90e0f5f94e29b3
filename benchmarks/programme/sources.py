"""Moving pictures and speech, coded once and sent over and over as if live."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from typing import Final

import av
import numpy as np

from demo.voices import RATE as FILE_RATE
from demo.voices import SPEECH, read_pcm
from tests.fixtures.clips import Picture
from tests.fixtures.publisher import OPUS_SAMPLES, REALTIME, PicturePublisher, SoundPublisher

FPS: Final = 25
PICTURE_TICKS: Final = 90_000 // FPS
SPEECH_S: Final = 20
BITRATES: Final = {180: 150_000, 360: 500_000, 720: 1_500_000, 1_080: 2_500_000}
"""What the browser client allows each layer (link/publisher.ts), by height: bit/s."""

BROWSER: Final = {
    **REALTIME,
    "cpu-used": "-6",
    "qmin": "2",
    "qmax": "56",
    "static-thresh": "1",
    "noise-sensitivity": "4",
}
"""As libwebrtc sets libvpx for a camera (libvpx_vp8_encoder.cc): it takes a sensor's noise out."""

SHARED: Final = {**BROWSER, "static-thresh": "100", "noise-sensitivity": "0"}
"""The same for a shared screen."""
SCREEN_FPS: Final = 15


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

    def again(self) -> Stream:
        """The same from its beginning, for another worker."""
        return Stream(self._layers, self._ticks)

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


def camera(pictures: Sequence[Picture], *heights: int) -> Stream:
    """
    A camera (VP8, 16:9): the pictures over and over, in one layer or several.

    Args:
        pictures: of any size; the end should go over into the beginning.
    """
    coded = {height: _coded(pictures, height, FPS, BROWSER) for height in sorted(heights)}
    return Stream(coded, PICTURE_TICKS)


def screen(pictures: Sequence[Picture]) -> Stream:
    """
    A shared screen of 1080p. Of 25 slots a second SCREEN_FPS have a picture at most; of one that
    rests comes one a second, as libwebrtc does it.

    Args:
        pictures: one that is the very object before it is at rest.
    """
    return Stream({1_080: _coded(pictures, 1_080, SCREEN_FPS, SHARED)}, PICTURE_TICKS)


def forth_and_back(pictures: Sequence[Picture], shift: int = 0) -> Sequence[Picture]:
    """
    Without a jump at the end.

    Args:
        shift: pictures by which it begins later, so that two of one clip differ.
    """
    whole = [*pictures, *reversed(pictures)]
    return [*whole[shift:], *whole[:shift]]


def _coded(
    pictures: Sequence[Picture], height: int, fps: int, options: Mapping[str, str]
) -> Sequence[list[bytes]]:
    width = height * 16 // 9
    publisher = PicturePublisher("VP8", width, height, fps, BITRATES[height], options)
    coded: list[list[bytes]] = []
    last, left_out = None, 0
    for n, rgb in enumerate(pictures):
        rests = rgb is last and left_out < FPS
        if rests or n * fps // FPS == (n - 1) * fps // FPS:
            left_out += 1
            coded.append([])
            continue
        last, left_out = rgb, 0
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
