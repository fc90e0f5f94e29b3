"""
Pictures as planes: 8-bit YUV 4:2:0, limited range, BT.601.

BT.601 because that is what WebRTC senders use; the encoder says so in the stream, and nobody has to
convert colours. Sizes and positions are even, so that chroma samples are whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import Interpolation, VideoReformatter
from PIL import Image

Plane = npt.NDArray[np.uint8]

WIDTH = 1280
HEIGHT = 720


@dataclass(frozen=True, slots=True)
class Box:
    """A place in the picture, in luma pixels; all four are even."""

    x: int
    y: int
    width: int
    height: int


_BT601 = np.array(
    [[65.481, 128.553, 24.966], [-37.797, -74.203, 112.0], [112.0, -93.786, -18.214]], np.float32
)
_OFFSET = np.array([16, 128, 128], np.float32)

WHOLE = Box(0, 0, WIDTH, HEIGHT)


@dataclass(frozen=True, slots=True)
class Planes:
    """One picture: `y` of (height, width), `u` and `v` of half that, uint8."""

    y: Plane
    u: Plane
    v: Plane

    @property
    def width(self) -> int:
        """In luma pixels."""
        return int(self.y.shape[1])

    @property
    def height(self) -> int:
        """In luma pixels."""
        return int(self.y.shape[0])


@dataclass(frozen=True, slots=True)
class Overlay:
    """
    A picture to lay over another at its place. `pre` is colour times opacity (0..65025), `rest`
    what is left of the picture below (0..255); uint16, one pair for each plane.
    """

    box: Box
    solid: Planes | None
    """The picture itself, if nothing shines through it: it is copied, in a tenth of the time."""
    pre: tuple[npt.NDArray[np.uint16], ...]
    rest: tuple[npt.NDArray[np.uint16], ...]


def fit(width: int, height: int, into: Box) -> Box:
    """The largest even box of the picture's shape, in the middle of *into*. Nothing is cut off."""
    scale = min(into.width / width, into.height / height)
    w = max(2, min(into.width, round(width * scale / 2) * 2))
    h = max(2, min(into.height, round(height * scale / 2) * 2))
    x = into.x + (into.width - w) // 4 * 2
    y = into.y + (into.height - h) // 4 * 2
    return Box(x, y, w, h)


def scaled(
    frame: av.VideoFrame, width: int, height: int, scaler: VideoReformatter | None = None
) -> Planes:
    """
    A decoded picture at an even size; a copy only if it has to be scaled or converted.

    Args:
        scaler: keeps what it worked out for a size, a third of the time, to the next picture.
    """
    if (frame.width, frame.height, frame.format.name) != (width, height, "yuv420p"):
        # Bilinear: 2.4 ms for 1080p to 720p where bicubic takes twice that.
        # One thread: more only wait for each other at this size.
        frame = (scaler or VideoReformatter()).reformat(
            frame, width, height, "yuv420p", interpolation=Interpolation.BILINEAR, threads=1
        )
    planes = [
        np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[
            : plane.height, : plane.width
        ]
        for plane in frame.planes
    ]
    return Planes(*planes)


def covering(
    frame: av.VideoFrame, width: int, height: int, scaler: VideoReformatter | None = None
) -> Planes:
    """A decoded picture that is wider than the size, its sides cut off; else as `scaled`."""
    whole = scaled(frame, round(frame.width * height / frame.height / 2) * 2, height, scaler)
    left = (whole.width - width) // 4 * 2
    luma, chroma = slice(left, left + width), slice(left // 2, (left + width) // 2)
    return Planes(whole.y[:, luma], whole.u[:, chroma], whole.v[:, chroma])


class Canvas:
    """The picture that is being composed; one buffer, reused."""

    def __init__(self) -> None:
        self._buffer = np.empty((HEIGHT * 3 // 2, WIDTH), np.uint8)
        flat = self._buffer.reshape(-1)
        luma, chroma = WIDTH * HEIGHT, WIDTH * HEIGHT // 4
        half = (HEIGHT // 2, WIDTH // 2)
        self.planes = Planes(
            flat[:luma].reshape(HEIGHT, WIDTH),
            flat[luma : luma + chroma].reshape(half),
            flat[luma + chroma :].reshape(half),
        )

    def fill(self, box: Box, rgb: tuple[int, int, int]) -> None:
        """Paint a box in one colour."""
        colour = _yuv(np.array(rgb, np.float32))
        for plane, part, value in zip(self._all(), _parts(box), colour, strict=True):
            plane[part] = np.rint(value)

    def paste(self, planes: Planes, box: Box) -> None:
        """Copy a picture of the box's size to its place."""
        for plane, part, source in zip(
            self._all(), _parts(box), (planes.y, planes.u, planes.v), strict=True
        ):
            plane[part] = source

    def blend(self, overlay: Overlay) -> None:
        """Lay a picture over what is there."""
        if overlay.solid is not None:
            self.paste(overlay.solid, overlay.box)
            return
        for plane, part, pre, rest in zip(
            self._all(), _parts(overlay.box), overlay.pre, overlay.rest, strict=True
        ):
            # x / 255, rounded, in 16 bits: (x + 128 + ((x + 128) >> 8)) >> 8
            value = plane[part] * rest + pre + np.uint16(128)
            plane[part] = (value + (value >> 8)) >> 8

    def frame(self) -> av.VideoFrame:
        """For the encoder: the canvas itself, so it has to be encoded before the next is drawn."""
        return av.VideoFrame.from_numpy_buffer(self._buffer, format="yuv420p")

    def _all(self) -> tuple[Plane, Plane, Plane]:
        return self.planes.y, self.planes.u, self.planes.v


def _parts(box: Box) -> tuple[tuple[slice, slice], ...]:
    luma = (slice(box.y, box.y + box.height), slice(box.x, box.x + box.width))
    chroma = (
        slice(box.y // 2, (box.y + box.height) // 2),
        slice(box.x // 2, (box.x + box.width) // 2),
    )
    return luma, chroma, chroma


def _yuv(rgb: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], ...]:
    """
    Y, U and V of colours 0..255 in the last axis, limited range.

    Source: ITU-R BT.601, coefficients as in its 8-bit form.
    """
    unit = rgb / np.float32(255)
    y, u, v = np.moveaxis(unit @ _BT601.T + _OFFSET, -1, 0)
    return y, u, v


def _halve(plane: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint16]:
    """Means of two by two, rounded."""
    total = plane[::2, ::2].astype(np.uint32) + plane[1::2, ::2] + plane[::2, 1::2]
    halved: npt.NDArray[np.uint16] = ((total + plane[1::2, 1::2] + 2) >> 2).astype(np.uint16)
    return halved


def opaque(image: Image.Image) -> Planes:
    """Planes of an RGB image of even size."""
    frame = av.VideoFrame.from_ndarray(np.asarray(image.convert("RGB")), format="rgb24")
    return scaled(frame, image.width, image.height)


def overlay(image: Image.Image, x: int, y: int) -> Overlay:
    """An RGBA image of even size, at an even place."""
    rgba = np.asarray(image.convert("RGBA"))
    solid = np.ascontiguousarray(rgba[..., :3])
    frame = av.VideoFrame.from_ndarray(solid, format="rgb24").reformat(format="yuv444p", threads=1)
    alpha = rgba[..., 3].astype(np.uint16)
    luma, *chroma = (plane * alpha for plane in frame.to_ndarray())
    rest = 255 - alpha
    return Overlay(
        Box(x, y, image.width, image.height),
        opaque(image) if alpha.min() == 255 else None,
        (luma, *(_halve(plane) for plane in chroma)),
        (rest, _halve(rest), _halve(rest)),
    )
