"""Colours and places in the picture are where they were put."""

from __future__ import annotations

import pytest
from PIL import Image

from media.programme.planes import (
    HEIGHT,
    WHOLE,
    WIDTH,
    Box,
    Canvas,
    Planes,
    fit,
    opaque,
    overlay,
    scaled,
)
from tests.fixtures.publisher import flat

BLACK, WHITE, RED = (16, 128, 128), (235, 128, 128), (81, 90, 240)  # BT.601, limited range


def at(planes: Planes, x: int, y: int) -> tuple[int, int, int]:
    return (
        int(planes.y[y, x]),
        int(planes.u[y // 2, x // 2]),
        int(planes.v[y // 2, x // 2]),
    )


@pytest.mark.parametrize(
    ("rgb", "yuv"), [((0, 0, 0), BLACK), ((255, 255, 255), WHITE), ((255, 0, 0), RED)]
)
def test_colours_are_bt601_limited(rgb: tuple[int, int, int], yuv: tuple[int, int, int]) -> None:
    """On the canvas, in an image, and in a half-transparent one."""
    canvas = Canvas()
    canvas.fill(WHOLE, rgb)
    assert at(canvas.planes, 100, 100) == yuv
    assert at(opaque(Image.new("RGB", (4, 4), rgb)), 2, 2) == yuv
    canvas.fill(WHOLE, (0, 0, 0))
    canvas.blend(overlay(Image.new("RGBA", (20, 10), (*rgb, 255)), 40, 60))
    assert at(canvas.planes, 50, 64) == yuv
    assert at(canvas.planes, 60, 64) == BLACK


def test_a_half_transparent_overlay_is_halfway() -> None:
    """White at half opacity over black."""
    canvas = Canvas()
    canvas.fill(WHOLE, (0, 0, 0))
    canvas.blend(overlay(Image.new("RGBA", (20, 10), (255, 255, 255, 128)), 0, 0))
    assert abs(at(canvas.planes, 4, 4)[0] - (16 + (235 - 16) * 128 / 255)) <= 1


@pytest.mark.parametrize(
    ("size", "box"),
    [
        ((1280, 720), WHOLE),
        ((640, 360), WHOLE),
        ((640, 480), Box(160, 0, 960, 720)),
        ((720, 1280), Box(438, 0, 404, 720)),
        ((641, 361), Box(0, 0, 1278, 720)),
    ],
)
def test_pictures_are_fitted_whole_and_even(size: tuple[int, int], box: Box) -> None:
    """Nobody's head is cut off, whatever shape the camera has."""
    assert fit(*size, WHOLE) == box


def test_a_picture_is_scaled_to_its_place() -> None:
    """And left as it is where it fits."""
    planes = scaled(flat(640, 360, (100, 90, 200)), 352, 198)
    assert (planes.width, planes.height) == (352, 198)
    assert at(planes, 176, 98) == (100, 90, 200)
    same = scaled(flat(WIDTH, HEIGHT, (50, 60, 70)), WIDTH, HEIGHT)
    assert at(same, 1279, 719) == (50, 60, 70)
