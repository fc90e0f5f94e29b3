"""How a caption is laid out: two lines at a time, cut where one breathes. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

LINE_MAX = 32
"""Columns of a line: sixteen Chinese characters, thirty-two Latin letters. So wide are the letters
that can be read on a phone, and so long the lines of television's captions."""
LINES_MAX = 2
PAGE_MAX = LINE_MAX * LINES_MAX

_STOPS = frozenset("。！？；…!?;")
_PAUSES = frozenset("，、：,:）)》」”")
_NEVER_FIRST = _STOPS | _PAUSES | frozenset(".%％")


def width(text: str) -> int:
    """Columns that *text* takes: two for a wide letter (Unicode Annex 11), one for any other."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def clean(text: str) -> str:
    """One line of letters that can be shown: no line ends, which would end a cue, no controls."""
    shown = "".join(one if one.isprintable() else " " for one in text)
    return " ".join(shown.split())


def pages(text: str) -> list[tuple[str, ...]]:
    """
    Lay *text* out, a page after the other.

    Returns: pages of one line or two, each at most LINE_MAX columns wide; none for an empty text.
    """
    rest = clean(text)
    found: list[tuple[str, ...]] = []
    while rest:
        # As many pages as needed, none of them with a lonely word.
        count = -(-width(rest) // PAGE_MAX)
        cut = len(rest) if count == 1 else _cut(rest, min(width(rest) // count, PAGE_MAX), PAGE_MAX)
        lines = _lines(rest[:cut].strip())
        found.append(lines[:LINES_MAX])
        overflow = " ".join(lines[LINES_MAX:])
        rest = (overflow + rest[cut:]).strip()
    return found


def _lines(page: str) -> tuple[str, ...]:
    if width(page) <= LINE_MAX:
        return (page,)
    cut = _cut(page, width(page) // 2, LINE_MAX)
    head, tail = page[:cut].strip(), page[cut:].strip()
    return (head, *_lines(tail)) if tail else (head,)


def _cut(text: str, aim: int, most: int) -> int:
    """
    Where to cut: near *aim* columns, at most *most*, at the best place there is.

    Returns: an index from 1 to the length of *text*.
    """
    best, best_cost = 1, float("inf")
    for index, columns, cost in _places(text):
        if columns > most:
            break
        away = abs(columns - aim)
        if away + cost < best_cost:
            best, best_cost = index, away + cost
    return best


def _places(text: str) -> Iterator[tuple[int, int, int]]:
    """Each place between two letters: index, columns before it, and how bad it is to cut there."""
    columns = 0
    for index, (one, following) in enumerate(zip(text, (*text[1:], ""), strict=True), 1):
        columns += width(one)
        if following in _NEVER_FIRST:
            cost = 40
        elif one in _STOPS or not following:
            cost = 0
        elif one in _PAUSES:
            cost = 4
        elif one == " " or following == " ":
            cost = 8
        elif one.isalnum() and following.isalnum() and width(one) == width(following) == 1:
            cost = 30  # within a word or a number
        else:
            cost = 20
        yield index, columns, cost
