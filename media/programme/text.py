"""Text in a picture: fonts in their sizes, and lines that fit their place."""

from __future__ import annotations

import unicodedata

from PIL import ImageFont

from media.programme.fonts import Font

NOT_AT_LINE_START = "，。、；：？！）》」』”’%"


class Fonts:
    """One font in the sizes that are asked for."""

    def __init__(self, font: Font) -> None:
        self._font = font
        self._sizes: dict[int, ImageFont.FreeTypeFont] = {}

    def __call__(self, pixels: int) -> ImageFont.FreeTypeFont:
        """The font at a size in pixels."""
        if pixels not in self._sizes:
            self._sizes[pixels] = self._font.sized(pixels)
        return self._sizes[pixels]

    def fitting(
        self, text: str, width: int, lines: int, sizes: tuple[int, ...]
    ) -> tuple[list[str], ImageFont.FreeTypeFont]:
        """The text in at most so many lines, as large as it fits whole; else in the last size."""
        for pixels in sizes[:-1]:
            broken = wrap(text, self(pixels), width, lines)
            if not (broken and broken[-1].endswith("…")):
                return broken, self(pixels)
        return wrap(text, self(sizes[-1]), width, lines), self(sizes[-1])


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
