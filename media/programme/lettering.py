"""
Cards, name straps and the item's title, drawn with Pillow. Each is drawn once per change.

Sizes are chosen for a phone: at 390 px of width the picture is shown at three tenths.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from media.control import Strap
from media.programme.director import Card, CardKind
from media.programme.fonts import Font
from media.programme.planes import HEIGHT, WIDTH, Overlay, Planes, opaque, overlay

# Deep teal and ink, one warm accent.
INK = (9, 28, 38)
TEAL_DEEP = (13, 62, 70)
TEAL = (16, 84, 92)
TEAL_PALE = (190, 222, 219)
GOLD = (214, 174, 98)
WHITE = (255, 255, 255)

LABELS: dict[CardKind, str] = {
    "opening": "会议即将开始",
    "waiting": "正在连接会场画面",
    "voice": "语音连线",
    "recess": "休会中，稍后继续",
    "closing": "会议已结束",
}

MARGIN = 88
STRAP_X, STRAP_BOTTOM = 48, 672
STRAP_TEXT_MAX = 740  # leaves the inset free
ITEM_X, ITEM_Y = 48, 36
ITEM_TEXT_MAX = 760

NOT_AT_LINE_START = "，。、；：？！）》」』”’%"


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    font: ImageFont.FreeTypeFont
    colour: tuple[int, int, int]


def clean(text: str) -> str:
    """One line without control characters, which fonts draw as boxes."""
    spaced = "".join(" " if letter.isspace() else letter for letter in text)
    kept = (letter for letter in spaced if unicodedata.category(letter)[0] != "C")
    return " ".join("".join(kept).split())


def shorten(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    """The text, or its beginning with an ellipsis, no wider than *width* pixels."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + "…") > width:
        text = text[:-1]
    return text + "…"


def wrap(text: str, font: ImageFont.FreeTypeFont, width: int, lines: int) -> list[str]:
    """Break into at most *lines* lines of *width* pixels; what is left over ends in an ellipsis."""
    if lines > 1 and width < font.getlength(text) <= 1.6 * width:
        width = int(font.getlength(text) / 2 + font.size)  # two lines of about the same length
    done: list[str] = []
    while text and len(done) < lines - 1:
        end = len(text)
        while end > 1 and font.getlength(text[:end]) > width:
            end -= 1
        if end < len(text):
            end = _break_before(text, end)
        done.append(text[:end].rstrip())
        text = text[end:].lstrip()
    if text:
        done.append(shorten(text, font, width))
    return done


def _break_before(text: str, end: int) -> int:
    """A better place to break than *end*, at most a few characters earlier."""
    if text[end] in NOT_AT_LINE_START and end > 1:
        return end - 1
    if text[end].isascii() and text[end].isalnum():  # not inside of a word
        start = text.rfind(" ", 0, end)
        if start > end // 2:
            return start + 1
    return end


class Lettering:
    """Draws everything that is written. Without a font, backgrounds without words."""

    def __init__(self, font: Font | None) -> None:
        self._font = font
        self._sizes: dict[int, ImageFont.FreeTypeFont] = {}

    def _sized(self, pixels: int) -> ImageFont.FreeTypeFont | None:
        if self._font is None:
            return None
        if pixels not in self._sizes:
            self._sizes[pixels] = self._font.sized(pixels)
        return self._sizes[pixels]

    def card(self, card: Card) -> Planes:
        """A full picture. Takes about 60 ms."""
        image = _background()
        draw = ImageDraw.Draw(image)
        place, label, big, small = (self._sized(pixels) for pixels in (40, 40, 76, 40))
        if place is None or label is None or big is None or small is None:
            return opaque(image)
        width = WIDTH - 2 * MARGIN
        if card.place:
            draw.text((MARGIN, 64), shorten(clean(card.place), place, width), TEAL_PALE, place)
        lines = [_Line(LABELS[card.kind], label, GOLD)]
        if card.kind == "voice" and card.strap is not None:
            lines.append(_Line(shorten(clean(card.strap.name), big, width), big, WHITE))
            if card.strap.office:
                office = shorten(clean(card.strap.office), small, width)
                lines.append(_Line(office, small, TEAL_PALE))
        else:
            lines += [_Line(t, big, WHITE) for t in wrap(clean(card.title), big, width, 2)]
            lines += [_Line(t, small, TEAL_PALE) for t in wrap(clean(card.item), small, width, 2)]
        _stack(draw, lines)
        return opaque(image)

    def clock(self, text: str) -> Overlay | None:
        """The time of day, for the lower right corner of a card, where the inset would be."""
        font = self._sized(72)
        if font is None:
            return None
        image = Image.new("RGBA", (_even(font.getlength(text) + 8), 88), (*WHITE, 0))
        ImageDraw.Draw(image).text((image.width - 4, 76), text, (*WHITE, 255), font, anchor="rs")
        return overlay(image, WIDTH - MARGIN - image.width, HEIGHT - 64 - 76)

    def strap(self, strap: Strap) -> Overlay | None:
        """The lower third: name big, office small."""
        name_font, office_font = self._sized(54), self._sized(34)
        if name_font is None or office_font is None:
            return None
        name = shorten(clean(strap.name), name_font, STRAP_TEXT_MAX)
        office = shorten(clean(strap.office), office_font, STRAP_TEXT_MAX)
        if not name:
            return None
        text = max(name_font.getlength(name), office_font.getlength(office))
        width, height = _even(text + 12 + 28 + 40), 142 if office else 98
        image = Image.new("RGBA", (width, height), (*TEAL_DEEP, 232))
        draw = ImageDraw.Draw(image)
        draw.rectangle((0, 0, 11, height), (*GOLD, 255))
        draw.text((40, 66), name, WHITE, name_font, anchor="ls")
        if office:
            draw.text((40, 118), office, TEAL_PALE, office_font, anchor="ls")
        return overlay(image, STRAP_X, STRAP_BOTTOM - height)

    def item(self, title: str) -> Overlay | None:
        """The agenda item, small, in the upper corner."""
        font = self._sized(30)
        if font is None:
            return None
        text = shorten(clean(title), font, ITEM_TEXT_MAX)
        if not text:
            return None
        image = Image.new("RGBA", (_even(font.getlength(text) + 40), 52), (*INK, 178))
        ImageDraw.Draw(image).text((20, 37), text, WHITE, font, anchor="ls")
        return overlay(image, ITEM_X, ITEM_Y)


def _even(value: float) -> int:
    return (int(value) + 1) // 2 * 2


def _background() -> Image.Image:
    """Teal above, ink below, a thin line of gold."""
    shade = Image.linear_gradient("L").resize((WIDTH, HEIGHT))
    image = Image.composite(
        Image.new("RGB", (WIDTH, HEIGHT), INK), Image.new("RGB", (WIDTH, HEIGHT), TEAL), shade
    )
    ImageDraw.Draw(image).rectangle((0, HEIGHT - 8, WIDTH, HEIGHT), GOLD)
    return image


def _stack(draw: ImageDraw.ImageDraw, lines: list[_Line]) -> None:
    """Lines under each other, the block a little above the middle, with a gold bar at its left."""
    heights = [round(line.font.size * (1.4 if line.font.size > 50 else 1.65)) for line in lines]
    top = (HEIGHT - sum(heights)) // 2 - 24
    draw.rectangle((MARGIN - 36, top + 10, MARGIN - 29, top + sum(heights) - 6), GOLD)
    y = top
    for line, height in zip(lines, heights, strict=True):
        draw.text((MARGIN, y + height * 0.76), line.text, line.colour, line.font, anchor="ls")
        y += height
