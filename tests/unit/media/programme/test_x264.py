"""The two gears of the picture encoder: what they cost a line, and what a decoder makes of them."""

from __future__ import annotations

from collections.abc import Iterator

import av
import numpy as np
import numpy.typing as npt
import pytest

from media.programme.renditions import BURST_S, FPS, LOW
from media.programme.x264 import BOUNDED_S, TICKS, PictureCoder

STEP = TICKS // FPS
PREFIX = b"\0\0\0\1"

Luma = npt.NDArray[np.uint8]


def _frame(luma: Luma) -> av.VideoFrame:
    chroma = np.full((LOW.height // 2, LOW.width), 128, np.uint8)
    return av.VideoFrame.from_ndarray(np.vstack((luma, chroma)), format="yuv420p")


def _still() -> Luma:
    """A gradient with a few edges: what a fixed camera sees."""
    row = np.linspace(40, 200, LOW.width).astype(np.uint8)
    luma = np.tile(row, (LOW.height, 1))
    luma[100:200, 200:300] = 30
    return luma


def _noise(seed: int) -> Luma:
    return np.random.default_rng(seed).integers(0, 255, (LOW.height, LOW.width)).astype(np.uint8)


def _moments(seconds: int, *, noise: bool) -> Iterator[Luma]:
    """A square wanders over the picture, or all of it is new each time."""
    for n in range(seconds * FPS):
        luma = _noise(n) if noise else _still()
        luma[10:60, n % 500 : n % 500 + 50] = 220
        yield luma


class Line:
    """What a coder gives, and a decoder's view of it."""

    def __init__(self) -> None:
        self.coder = PictureCoder(LOW)
        self.sizes: list[int] = []
        """Bits."""
        self.keyframes: list[bool] = []
        self.bounded: list[bool] = []
        self.far: list[float] = []
        """Mean distance of a decoded picture from its source."""
        self._decoder = av.VideoCodecContext.create("h264", "r")
        self._decoder.thread_count = 1
        sets = self.coder.sets
        self._sets = PREFIX + sets.sps + PREFIX + sets.pps

    def send(self, lumas: Iterator[Luma]) -> None:
        for luma in lumas:
            n = len(self.sizes)
            data, key = self.coder.encode(_frame(luma), n * STEP, keyframe=n % FPS == 0)
            self.sizes.append(len(data) * 8)
            self.keyframes.append(key)
            self.bounded.append(self.coder.bounded)
            (decoded,) = self._decode(data)
            shown = decoded.to_ndarray()[: LOW.height].astype(int)
            self.far.append(float(np.abs(shown - luma).mean()))

    def _decode(self, data: bytes) -> list[av.VideoFrame]:
        units, at = b"", 0
        while at < len(data):
            size = int.from_bytes(data[at : at + 4], "big")
            units += PREFIX + data[at + 4 : at + 4 + size]
            at += 4 + size
        packet = av.Packet(self._sets + units)
        self._sets = b""
        frames = self._decoder.decode(packet)
        assert not any(frame.is_corrupt for frame in frames)
        return frames


@pytest.fixture
def line() -> Line:
    return Line()


def test_a_fixed_camera_takes_a_small_part_of_its_bits_and_looks_as_it_does(line: Line) -> None:
    line.send(_moments(3, noise=False))
    assert not any(line.bounded)
    assert sum(line.sizes) / 3 < LOW.bitrate / 3
    assert max(line.far) < 1.0
    assert [n for n, key in enumerate(line.keyframes) if key] == [0, 25, 50]


def test_what_is_too_large_for_the_line_turns_rate_control_on_with_a_keyframe(line: Line) -> None:
    line.send(_moments(1, noise=False))
    line.send(iter([_noise(n) for n in range(10)]))
    turned = line.bounded.index(True)
    assert turned in (25, 26)
    assert line.keyframes[turned]


def test_no_stretch_of_time_exceeds_what_the_playlist_promises(line: Line) -> None:
    line.send(_moments(2, noise=False))
    line.send(_moments(4, noise=True))
    line.send(_moments(7, noise=False))
    line.send(_moments(2, noise=True))
    spent = np.concatenate(([0], np.cumsum(line.sizes)))
    for pictures in (1, 5, FPS, 2 * FPS):
        most = int((spent[pictures:] - spent[:-pictures]).max())
        assert most <= LOW.bitrate * (BURST_S + pictures / FPS) * 1.02, pictures


def test_it_is_calm_again_when_pictures_have_been_small_for_a_while(line: Line) -> None:
    line.send(_moments(1, noise=True))
    assert line.bounded[-1]
    line.send(_moments(BOUNDED_S + 2, noise=False))
    assert not line.bounded[-1]
    calm = len(line.bounded) - line.bounded[::-1].index(True)
    assert calm % FPS == 0, "gears change back where a segment begins"
    assert calm >= BOUNDED_S * FPS
    assert line.keyframes[calm]
    assert max(line.far[calm:]) < 1.0, "the decoder follows over both changes"


def test_a_picture_that_stays_lets_the_line_recover() -> None:
    coder = PictureCoder(LOW)
    coder.encode(_frame(_still()), 0, keyframe=True)
    _, key = coder.encode(_frame(_noise(1)), 30 * TICKS, keyframe=False)
    assert coder.bounded
    assert key
