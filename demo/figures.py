"""
People for the demonstration's pictures, in a flat style.

Everything is drawn large once and scaled down for smooth edges; what moves is pasted from such
sprites, so that a picture costs a copy and a few pastes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageDraw

SMOOTH = 4  # sprites are drawn this many times larger

Colour = tuple[int, int, int]

INK: Colour = (58, 50, 50)
LIPS: Colour = (176, 92, 84)
BLACK: Colour = (46, 42, 44)
GREY: Colour = (156, 154, 156)
PALE: Colour = (243, 207, 179)
TANNED: Colour = (226, 182, 150)

MOUTHS = 4  # steps from closed to wide open
BLINK_S = 0.14  # seconds that eyes stay closed


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks."""

    skin: Colour
    hair: Colour
    coat: Colour
    shirt: Colour = (246, 246, 244)
    long_hair: bool = False
    glasses: bool = False


class Canvas:
    """Draws in units of one head's width, in a sprite's own square."""

    def __init__(self, draw: ImageDraw.ImageDraw, unit: float) -> None:
        self._draw = draw
        self._unit = unit

    def _box(self, x: float, y: float, rx: float, ry: float) -> tuple[float, float, float, float]:
        u = self._unit
        return ((x - rx) * u, (y - ry) * u, (x + rx) * u, (y + ry) * u)

    def oval(self, x: float, y: float, rx: float, ry: float, fill: Colour) -> None:
        """An ellipse around (x, y)."""
        self._draw.ellipse(self._box(x, y, rx, ry), fill=fill)

    def arc(self, x: float, y: float, rx: float, ry: float, turn: tuple[int, int]) -> None:
        """A thin line in ink along an ellipse; *turn* in degrees, clockwise from three o'clock."""
        self._draw.arc(
            self._box(x, y, rx, ry), *turn, fill=INK, width=max(1, round(self._unit * 0.035))
        )

    def half(self, x: float, y: float, rx: float, ry: float, fill: Colour) -> None:
        """The upper half of an ellipse."""
        self._draw.pieslice(self._box(x, y, rx, ry), 180, 360, fill=fill)

    def slab(self, x: float, y: float, rx: float, ry: float, radius: float, fill: Colour) -> None:
        """A rectangle with round corners."""
        self._draw.rounded_rectangle(self._box(x, y, rx, ry), radius * self._unit, fill=fill)

    def shape(self, points: list[tuple[float, float]], fill: Colour) -> None:
        """A polygon."""
        self._draw.polygon([(x * self._unit, y * self._unit) for x, y in points], fill=fill)


def sprite(
    width: float, height: float, head: float, paint: Callable[[Canvas], None]
) -> Image.Image:
    """
    Paint an RGBA picture.

    Args:
        width, height: in heads.
        head: pixels of one head's width.
    """
    size = (math.ceil(width * head), math.ceil(height * head))
    large = Image.new("RGBA", (size[0] * SMOOTH, size[1] * SMOOTH), (0, 0, 0, 0))
    paint(Canvas(ImageDraw.Draw(large), head * SMOOTH))
    return large.resize(size, Image.Resampling.LANCZOS)


def _body(look: Look) -> Callable[[Canvas], None]:
    def paint(c: Canvas) -> None:
        c.slab(1.4, 1.72, 1.3, 1.5, 0.7, look.coat)
        c.slab(1.4, 0.24, 0.22, 0.34, 0.12, look.skin)
        c.shape([(1.08, 0.26), (1.72, 0.26), (1.4, 1.0)], look.shirt)
        c.shape([(1.2, 0.2), (1.6, 0.2), (1.4, 0.62)], look.skin)

    return paint


def _head(look: Look, mouth: int, *, blink: bool) -> Callable[[Canvas], None]:
    def paint(c: Canvas) -> None:
        if look.long_hair:
            c.slab(0.75, 0.9, 0.6, 0.62, 0.3, look.hair)
            c.slab(0.75, 1.4, 0.24, 0.2, 0.02, look.skin)
        c.oval(0.24, 0.82, 0.09, 0.13, look.skin)
        c.oval(1.26, 0.82, 0.09, 0.13, look.skin)
        c.half(0.75, 0.72, 0.56, 0.6, look.hair)
        c.oval(0.75, 0.8, 0.5, 0.58, look.skin)
        c.half(0.75, 0.58, 0.5, 0.4, look.hair)
        for x in (0.54, 0.96):
            if blink:
                c.arc(x, 0.76, 0.08, 0.05, (20, 160))
            else:
                c.oval(x, 0.78, 0.055, 0.065, INK)
            c.arc(x, 0.68, 0.12, 0.06, (200, 340))
            if look.glasses:
                c.arc(x, 0.78, 0.16, 0.14, (0, 360))
        if look.glasses:
            c.arc(0.75, 0.78, 0.05, 0.03, (180, 360))
        if mouth == 0:
            c.arc(0.75, 1.02, 0.15, 0.09, (25, 155))
        else:
            c.oval(0.75, 1.08, 0.12 - 0.01 * mouth, 0.02 + 0.022 * mouth, LIPS)

    return paint


def _hand(look: Look) -> Callable[[Canvas], None]:
    def paint(c: Canvas) -> None:
        c.slab(0.5, 0.86, 0.2, 0.5, 0.18, look.coat)
        c.oval(0.5, 0.32, 0.2, 0.24, look.skin)

    return paint


class Figure:
    """Somebody who sits, nods, blinks, and speaks with mouth and hand."""

    def __init__(self, look: Look, x: int, y: int, head: int, phase: float) -> None:
        """
        Args:
            x, y: pixels, the chin's middle.
            head: pixels of the head's width.
            phase: any number; people do not move in step.
        """
        self._x, self._y, self._size, self._phase = x, y, head, phase
        self._body = sprite(2.8, 3.4, head, _body(look))
        self._heads = [
            [sprite(1.5, 1.6, head, _head(look, m, blink=b)) for m in range(MOUTHS)]
            for b in (False, True)
        ]
        self._hand = sprite(1.0, 1.4, head, _hand(look))

    def paint(self, picture: Image.Image, t_s: float, level: float) -> None:
        """
        Args:
            t_s: seconds since any beginning.
            level: 0..1, how loud this person speaks; 0: listens.
        """
        speaking = level > 0
        t = t_s + self._phase * 7.3
        liveliness = 1.6 if speaking else 0.7
        sway = math.sin(t * 0.9 * liveliness) * 0.05 * self._size * liveliness
        nod = math.sin(t * 1.7 * liveliness) * 0.03 * self._size * liveliness
        self._paste(picture, self._body, self._x + sway * 0.4, self._y - 0.06 * self._size, 1.4, 0)
        blink = (t % (3.1 + self._phase % 1.7)) < BLINK_S
        mouth = min(MOUTHS - 1, math.ceil(level * (MOUTHS - 1))) if speaking else 0
        self._paste(picture, self._heads[blink][mouth], self._x + sway, self._y + nod, 0.75, 1.38)
        if speaking:
            lift = (math.sin(t * 2.3) * 0.5 + 0.5) * 0.8 * self._size
            side = math.sin(t * 1.3) * 0.25 * self._size
            below = self._y + 1.5 * self._size - lift
            self._paste(picture, self._hand, self._x + 0.95 * self._size + side, below, 0.5, 0.3)

    def _paste(
        self, picture: Image.Image, part: Image.Image, x: float, y: float, ax: float, ay: float
    ) -> None:
        """Paste *part* so that its point (ax, ay), in heads, comes to (x, y)."""
        at = (round(x - ax * self._size), round(y - ay * self._size))
        picture.paste(part, at, part)
