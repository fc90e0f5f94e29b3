"""
Straps, the item's title, the clock and what changes on a vote's card, drawn with Pillow. Each is
drawn once per change and laid over the picture.

Sizes are chosen for a phone: at 390 px of width the picture is shown at three tenths, so nothing is
smaller than 36 pixels (11 px there).
"""

from __future__ import annotations

from datetime import tzinfo

from PIL import Image, ImageDraw

from media.cue import Channel, Strap
from media.programme import cards
from media.programme.cards import GOLD, INK, OPTION_ROWS, TEAL_DEEP, TEAL_PALE, WHITE, option_places
from media.programme.fonts import Font
from media.programme.planes import HEIGHT, WIDTH, Box, Overlay, Planes, opaque, overlay
from media.programme.scene import Card, Progress
from media.programme.text import Fonts, clean, shorten

CHANNELS: dict[Channel, str] = {
    "": "",
    "room": "现场",
    "video": "视频连线",
    "voice": "语音连线",
    "text": "书面发言",
}

STRAP_X, STRAP_BOTTOM = 48, 672
STRAP_TEXT_MAX = 740  # leaves the inset free
HALF_TEXT_MAX = 500
"""Of two side by side each strap stands under its picture."""
ITEM_X, ITEM_Y = 48, 36
ITEM_TEXT_MAX = 800
CLOCK_RIGHT = WIDTH - 48
SIDE = Box(896, 264, 352, 190)
"""At the right of a vote: countdown or result, and how many voted; above the inset."""


class Lettering:
    """
    Draws everything that is written. Without a font, backgrounds without words.

    Args:
        zone: of the times on cards; None: the machine's.
    """

    def __init__(self, font: Font | None, zone: tzinfo | None = None) -> None:
        self._fonts = Fonts(font) if font is not None else None
        self._zone = zone

    def card(self, card: Card) -> Planes:
        """A full picture. Takes about 20 ms."""
        return opaque(cards.draw(card, self._fonts, self._zone))

    def clock(self, text: str) -> Overlay | None:
        """The time of day, large, in the lower right corner of a card, where the inset would be."""
        if self._fonts is None:
            return None
        font = self._fonts(72)
        image = Image.new("RGBA", (_even(font.getlength(text) + 8), 88), (*WHITE, 0))
        ImageDraw.Draw(image).text((image.width - 4, 76), text, (*WHITE, 255), font, anchor="rs")
        return overlay(image, WIDTH - cards.MARGIN - image.width, HEIGHT - 64 - 76)

    def corner_clock(self, text: str) -> Overlay | None:
        """The time of day, small, in the upper right corner."""
        if self._fonts is None:
            return None
        font = self._fonts(38)
        image = Image.new("RGB", (_even(font.getlength(text) + 36), 60), INK)
        ImageDraw.Draw(image).text((image.width // 2, 44), text, WHITE, font, anchor="ms")
        return overlay(image, CLOCK_RIGHT - image.width, ITEM_Y)

    def strap(self, strap: Strap) -> Overlay | None:
        """The lower third: name big and how the person takes part, office small."""
        return self._strap(strap, STRAP_X, STRAP_BOTTOM, STRAP_TEXT_MAX)

    def half_strap(self, strap: Strap, left: int) -> Overlay | None:
        """The strap under one of two pictures side by side, which begins at *left*."""
        return self._strap(strap, left, STRAP_BOTTOM + 28, HALF_TEXT_MAX)

    def _strap(self, strap: Strap, x: int, bottom: int, most: int) -> Overlay | None:
        if self._fonts is None:
            return None
        name_font, small = self._fonts(54), self._fonts(36)
        channel = CHANNELS[strap.channel]
        tag = small.getlength(channel) + 28 if channel else 0
        name = shorten(clean(strap.name), name_font, int(most - (tag + 20 if tag else 0)))
        office = shorten(clean(strap.office), small, most)
        if not name:
            return None
        length = name_font.getlength(name)
        text = max(length + (tag + 20 if tag else 0), small.getlength(office))
        width, height = _even(text + 12 + 28 + 40), 146 if office else 98
        image = Image.new("RGB", (width, height), TEAL_DEEP)
        draw = ImageDraw.Draw(image)
        draw.rectangle((0, 0, 11, height), GOLD)
        draw.text((40, 66), name, WHITE, name_font, anchor="ls")
        if channel:
            left = 40 + length + 20
            draw.rounded_rectangle((left, 22, left + tag, 74), 8, GOLD)
            draw.text((left + 14, 61), channel, INK, small, anchor="ls")
        if office:
            draw.text((40, 122), office, TEAL_PALE, small, anchor="ls")
        return overlay(image, x, bottom - height)

    def item(self, title: str, *, voting: bool = False) -> Overlay | None:
        """The agenda item, small, in the upper corner; or the question of a vote that runs."""
        if self._fonts is None:
            return None
        font = self._fonts(36)
        label = "表决中  " if voting else ""
        lead = font.getlength(label)
        text = shorten(clean(title), font, int(ITEM_TEXT_MAX - lead))
        if not text:
            return None
        image = Image.new("RGB", (_even(lead + font.getlength(text) + 40), 60), INK)
        draw = ImageDraw.Draw(image)
        if label:
            draw.text((20, 43), label, GOLD, font, anchor="ls")
        draw.text((20 + lead, 43), text, WHITE, font, anchor="ls")
        return overlay(image, ITEM_X, ITEM_Y)

    # --- on a vote's card

    def side(self, card: Card, progress: Progress) -> Overlay | None:
        """Countdown or result, and how many have voted."""
        if self._fonts is None or card.vote is None:
            return None
        big, lines = cards.told(card.vote, progress)
        image = Image.new("RGBA", (SIDE.width, SIDE.height), (*WHITE, 0))
        draw = ImageDraw.Draw(image)
        middle = SIDE.width // 2
        top, font = self._fonts.fitting(big, SIDE.width, 1, (96, 72, 56, 44))
        if top:
            draw.text((middle, 92), top[0], (*GOLD, 255), font, anchor="ms")
        for n, line in enumerate(lines):
            draw.text((middle, 148 + 52 * n), line, (*WHITE, 255), self._fonts(38), anchor="ms")
        return overlay(image, SIDE.x, SIDE.y)

    def bars(self, card: Card, tally: tuple[int, ...]) -> Overlay | None:
        """How many votes each option has, and which share of all that is."""
        if self._fonts is None or card.vote is None:
            return None
        image = Image.new("RGBA", (OPTION_ROWS.width, OPTION_ROWS.height), (*WHITE, 0))
        draw = ImageDraw.Draw(image)
        total = sum(tally)
        font = self._fonts(36)
        for n, (place, votes) in enumerate(
            zip(option_places(len(card.vote.options)), tally, strict=False)
        ):
            x, y = place.x - OPTION_ROWS.x, place.y - OPTION_ROWS.y
            share = votes / total if total else 0.0
            figure = f"{votes} 票  {share:.0%}" if place.width > 600 else str(votes)
            colour = GOLD if n == card.vote.chosen else TEAL_PALE
            draw.text((x + place.width, y + 40), figure, (*colour, 255), font, anchor="rs")
            bar = round(share * place.width)
            if bar:
                draw.rectangle((x, y + 52, x + bar, y + 65), (*colour, 255))
        return overlay(image, OPTION_ROWS.x, OPTION_ROWS.y)


def _even(value: float) -> int:
    return (int(value) + 1) // 2 * 2
