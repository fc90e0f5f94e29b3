"""
What the demonstration's cameras see: the deliberation room, and an official's office.

Both are drawn by Pillow: a background made once, people who move, and a wall clock that shows the
machine's time, so that somebody who looks at two screens sees how far they are apart.
"""

from __future__ import annotations

import functools
import math
from datetime import datetime
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

from demo.figures import BLACK, GREY, PALE, TANNED, Figure, Look
from media.programme import fonts

Clip = Literal["room", "official"]

WIDTH, HEIGHT = 960, 540

WALL = (236, 231, 220)
WALL_LOW = (222, 214, 199)
WOOD = (164, 118, 82)
WOOD_DARK = (138, 97, 66)
RED = (178, 44, 38)
GOLD = (252, 222, 160)
GREEN = (104, 146, 98)
SKY = (188, 216, 236)
DARK = (52, 54, 60)
DIODES = (150, 240, 170)


@functools.cache
def _letters(size: int) -> ImageFont.FreeTypeFont | None:
    found = fonts.find(None)
    return found.sized(size) if found is not None else None


def _write(
    draw: ImageDraw.ImageDraw,
    at: tuple[int, int],
    text: str,
    size: int,
    fill: tuple[int, int, int],
    anchor: str = "mm",
) -> None:
    """Write Chinese, or nothing if this machine has no letters for it."""
    letters = _letters(size)
    if letters is not None:
        draw.text(at, text, fill, letters, anchor=anchor)


class Scene:
    """A picture at any instant. Not for use by two threads at once."""

    def __init__(self, clip: Clip, banner: str) -> None:
        """
        Args:
            banner: what stands on the wall: the room's name, or the official's office.
        """
        room = clip == "room"
        self._background = _room(banner) if room else _office(banner)
        self._people = _neighbours() if room else _official()
        self._front = _table() if room else _desk()
        self._window = (716, 96, 200, 116) if room else (74, 84, 260, 190)
        self._sky = _sky(self._window[2], self._window[3])
        self._clock_at = (110, 122) if room else (846, 112)
        self._digits = _letters(25) or ImageFont.load_default(25)
        self._plate: tuple[str, Image.Image] = ("", Image.new("RGB", (1, 1)))

    @property
    def people(self) -> int:
        """How many people are in the picture."""
        return len(self._people)

    def draw(self, now: datetime, t_s: float, speaker: int | None, level: float) -> Image.Image:
        """
        The picture at one instant, RGB, WIDTH x HEIGHT.

        Args:
            now: what the wall clock shows.
            t_s: seconds since any beginning; moves the people.
            speaker: who speaks, an index into the people; None: nobody.
            level: 0..1, how loud at this moment.
        """
        picture = self._background.copy()
        self._look_out(picture, t_s)
        for number, person in enumerate(self._people):
            person.paint(picture, t_s, max(level, 0.05) if number == speaker else 0.0)
        picture.paste(self._front, (0, HEIGHT - self._front.height), self._front)
        self._show_time(picture, now)
        return picture

    def _look_out(self, picture: Image.Image, t_s: float) -> None:
        x, y, width, height = self._window
        drift = int(t_s * 6) % width
        picture.paste(self._sky.crop((drift, 0, drift + width, height)), (x, y))
        ImageDraw.Draw(picture).line(
            [(x + width // 2, y), (x + width // 2, y + height)], fill=(250, 250, 248), width=6
        )

    def _show_time(self, picture: Image.Image, now: datetime) -> None:
        x, y = self._clock_at
        draw = ImageDraw.Draw(picture)
        seconds = now.second + now.microsecond / 1e6
        minutes = now.minute + seconds / 60
        hours = now.hour % 12 + minutes / 60
        for turn, length, width, colour in (
            (hours / 12, 24, 5, DARK),
            (minutes / 60, 36, 4, DARK),
            (seconds / 60, 40, 2, RED),
        ):
            angle = turn * math.tau
            tip = (x + math.sin(angle) * length, y - math.cos(angle) * length)
            draw.line([(x, y), tip], fill=colour, width=width)
        draw.ellipse((x - 4, y - 4, x + 4, y + 4), fill=RED)
        text = now.strftime("%H:%M:%S")
        if self._plate[0] != text:
            plate = Image.new("RGB", (124, 34), DARK)
            ImageDraw.Draw(plate).text((62, 17), text, DIODES, self._digits, anchor="mm")
            self._plate = (text, plate)
        picture.paste(self._plate[1], (x - 62, y + 58))


def _neighbours() -> list[Figure]:
    looks = (
        Look(TANNED, BLACK, (88, 108, 140)),
        Look(PALE, BLACK, (158, 88, 96), long_hair=True),
        Look(PALE, GREY, (66, 82, 94), glasses=True),
        Look(TANNED, GREY, (130, 114, 90)),
        Look(PALE, BLACK, (88, 130, 114), long_hair=True, glasses=True),
    )
    return [Figure(look, 148 + 166 * n, 330, 68, n * 1.37) for n, look in enumerate(looks)]


def _official() -> list[Figure]:
    return [Figure(Look(PALE, BLACK, (62, 76, 104), glasses=True), 500, 330, 168, 0.4)]


def _large() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (WIDTH * 2, HEIGHT * 2), WALL)
    return picture, ImageDraw.Draw(picture)


def _dial(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
    """A clock's face around (x, y), in pixels of the finished picture."""
    draw.ellipse((2 * x - 100, 2 * y - 100, 2 * x + 100, 2 * y + 100), fill=DARK)
    draw.ellipse((2 * x - 90, 2 * y - 90, 2 * x + 90, 2 * y + 90), fill=(252, 252, 250))
    for hour in range(12):
        angle = hour / 12 * math.tau
        out, long = 82, (20 if hour % 3 == 0 else 10)
        draw.line(
            [
                (2 * x + math.sin(angle) * (out - long), 2 * y - math.cos(angle) * (out - long)),
                (2 * x + math.sin(angle) * out, 2 * y - math.cos(angle) * out),
            ],
            fill=DARK,
            width=5,
        )


def _frame(draw: ImageDraw.ImageDraw, x: int, y: int, width: int, height: int) -> None:
    draw.rectangle(
        (2 * x - 14, 2 * y - 14, 2 * (x + width) + 13, 2 * (y + height) + 13), fill=(250, 250, 248)
    )


def _plant(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
    for dx, dy, tall in (
        (-34, -70, 92),
        (0, -100, 116),
        (36, -66, 88),
        (-14, -84, 90),
        (20, -90, 90),
    ):
        draw.ellipse((x + dx - 22, y + dy - tall // 2, x + dx + 22, y + dy + tall), fill=GREEN)
    draw.polygon(
        [(x - 46, y), (x + 46, y), (x + 34, y + 90), (x - 34, y + 90)], fill=(196, 120, 84)
    )


def _room(banner: str) -> Image.Image:
    picture, draw = _large()
    draw.rectangle((0, 640, WIDTH * 2, HEIGHT * 2), fill=WALL_LOW)
    draw.rectangle((0, 630, WIDTH * 2, 644), fill=WOOD)
    draw.rounded_rectangle((560, 32, 1360, 136), 10, fill=RED)
    _write(draw, (960, 82), banner, 62, GOLD)
    draw.rounded_rectangle((470, 176, 1330, 430), 12, fill=(250, 248, 242))
    draw.rounded_rectangle((470, 176, 1330, 240), 12, fill=(66, 110, 128))
    _write(draw, (900, 208), "有事好商量　众人的事情由众人商量", 38, (255, 255, 255))
    for row, text in enumerate(
        ("一　居民提出问题", "二　各方面对面协商", "三　形成共识，限期办理")
    ):
        _write(draw, (520, 282 + row * 56), text, 36, (90, 84, 80), "lm")
    _dial(draw, 110, 122)
    _frame(draw, 716, 96, 200, 116)
    _plant(draw, 1850, 560)
    return picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def _office(banner: str) -> Image.Image:
    picture, draw = _large()
    draw.rectangle((0, 0, WIDTH * 2, HEIGHT * 2), fill=(226, 232, 234))
    draw.rectangle((0, 760, WIDTH * 2, HEIGHT * 2), fill=(206, 214, 218))
    _frame(draw, 74, 84, 260, 190)
    for shelf in range(2):
        y = 560 + shelf * 150
        draw.rectangle((1440, y, 1880, y + 14), fill=WOOD)
        for book in range(10):
            tall = 84 + (book * 37 + shelf * 53) % 40
            x = 1456 + book * 40
            colour = ((170, 70, 60), (74, 108, 136), (206, 170, 96), (98, 130, 104))[
                (book * 3 + shelf) % 4
            ]
            draw.rectangle((x, y - tall, x + 30, y), fill=colour)
    draw.rounded_rectangle((760, 40, 1500, 130), 10, fill=(70, 96, 128))
    _write(draw, (1130, 84), banner, 48, (255, 255, 255))
    _dial(draw, 846, 112)
    _plant(draw, 130, 760)
    return picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def _table() -> Image.Image:
    """The table in front of the people, with cups and papers; transparent above it."""
    height = 136
    large = Image.new("RGBA", (WIDTH * 2, height * 2), (0, 0, 0, 0))
    draw = ImageDraw.Draw(large)
    draw.polygon([(120, 24), (1800, 24), (1920, 150), (0, 150)], fill=WOOD)
    draw.rectangle((0, 150, 1920, height * 2), fill=WOOD_DARK)
    draw.line([(120, 24), (1800, 24)], fill=(188, 142, 104), width=6)
    for n, title in enumerate(("居民代表", "居民", "主持人", "政协委员", "网格员")):
        x = 296 + n * 332
        draw.ellipse((x + 84, 40, x + 130, 62), fill=(250, 250, 248))
        draw.rectangle((x + 84, 50, x + 130, 84), fill=(250, 250, 248))
        draw.polygon(
            [(x - 60, 120), (x + 40, 120), (x + 50, 64), (x - 40, 64)], fill=(252, 252, 250)
        )
        draw.rounded_rectangle((x - 84, 168, x + 84, 236), 8, fill=(250, 236, 214))
        _write(draw, (x, 201), title, 36, (120, 40, 34))
    return large.resize((WIDTH, height), Image.Resampling.LANCZOS)


def _desk() -> Image.Image:
    """The official's desk; transparent above it."""
    height = 84
    large = Image.new("RGBA", (WIDTH * 2, height * 2), (0, 0, 0, 0))
    draw = ImageDraw.Draw(large)
    draw.rectangle((0, 40, WIDTH * 2, height * 2), fill=WOOD)
    draw.line([(0, 42), (WIDTH * 2, 42)], fill=(188, 142, 104), width=6)
    draw.polygon([(240, 130), (620, 130), (590, 62), (290, 62)], fill=(252, 252, 250))
    draw.rounded_rectangle((1400, 0, 1480, 96), 10, fill=(236, 240, 242))
    draw.ellipse((1404, 0, 1476, 18), fill=(150, 176, 130))
    return large.resize((WIDTH, height), Image.Resampling.LANCZOS)


def _sky(width: int, height: int) -> Image.Image:
    """Clouds over houses, twice as wide as the window, the same at both ends."""
    large = Image.new("RGB", (width * 4, height * 2), SKY)
    draw = ImageDraw.Draw(large)
    for repeat in (0, width * 2):
        for cloud in range(3):
            x = repeat + width * 2 * (cloud + 0.5) / 3
            y = height * (0.4 + 0.3 * (cloud % 2))
            for dx, dy, r in ((-40, 8, 26), (0, 0, 36), (40, 8, 26)):
                draw.ellipse(
                    (x + dx - r, y + dy - r * 0.7, x + dx + r, y + dy + r * 0.7), fill="white"
                )
        for house in range(6):
            x = repeat + width * 2 * house / 6
            top = height * 2 - 50 - (house * 47) % 60
            draw.rectangle((x, top, x + width / 3 - 12, height * 2), fill=(176, 170, 164))
    return large.resize((width * 2, height), Image.Resampling.LANCZOS)
