"""Moving pictures and speech, coded once and sent over and over as if live."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
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


def camera(clip: Clip, width: int, height: int, shift: int = 0) -> Iterator[list[bytes]]:
    """
    A camera's packets, picture after picture without end: the clip forth and back.

    Args:
        shift: pictures by which it begins later, so that two of one clip differ.
    """
    publisher = PicturePublisher("VP8", width, height)
    frames = [*pictures(clip), *reversed(pictures(clip))]
    coded = []
    for rgb in (*frames[shift:], *frames[:shift]):
        frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
        coded.append(publisher.send(frame.reformat(width, height, "yuv420p")))
    return _again(coded, PICTURE_TICKS)


def microphone(level: float) -> Iterator[list[bytes]]:
    """Packets of 20 ms of speech, without end."""
    lines = [read_pcm(path).astype(np.float32) / 32_768 for path in sorted(SPEECH.glob("*.flac"))]
    spoken = np.concatenate(lines)
    at = np.arange(0, min(len(spoken) - 1, SPEECH_S * FILE_RATE), FILE_RATE / 48_000)
    pcm = level * np.interp(at, np.arange(len(spoken)), spoken)
    publisher = SoundPublisher()
    blocks = pcm[: len(pcm) // OPUS_SAMPLES * OPUS_SAMPLES].reshape(-1, OPUS_SAMPLES)
    return _again([publisher.send_pcm(block) for block in blocks], OPUS_SAMPLES)


def _again(coded: Sequence[list[bytes]], ticks: int) -> Iterator[list[bytes]]:
    """The same packets for ever, numbered and timed as one stream."""
    sequence, timestamp = 0, 0
    for packets in cycle(coded):
        out = []
        for packet in packets:
            head = packet[:2] + struct.pack("!HI", sequence, timestamp)
            out.append(head + packet[8:])
            sequence = (sequence + 1) & 0xFFFF
        timestamp = (timestamp + ticks) & 0xFFFFFFFF
        yield out
