"""Captions are laid out so that one reads them at a glance."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from media.captions.lines import LINE_MAX, LINES_MAX, clean, pages, width


def test_what_fits_stays_on_one_line() -> None:
    assert pages("现在开会") == [("现在开会",)]
    assert pages("字" * 16) == [("字" * 16,)]
    assert pages("") == []


def test_two_lines_are_cut_where_one_breathes() -> None:
    assert pages("雨季一到，院子里的水就没过脚踝，老人出不了门") == [
        ("雨季一到，院子里的水就没过脚踝，", "老人出不了门")
    ]
    assert pages("Thank you, everybody. The meeting is open now.") == [
        ("Thank you, everybody.", "The meeting is open now.")
    ]


def test_no_word_and_no_number_is_cut() -> None:
    lines = [line for page in pages("预算 12345678 元 " * 6) for line in page]
    assert all("12345678" in line or not any(c.isdigit() for c in line) for line in lines)


def test_no_line_begins_with_a_mark() -> None:
    """Fifteen letters, a mark, and fifteen: the mark stays where it belongs."""
    (page,) = pages("一" * 15 + "，" + "二" * 15)
    assert page == ("一" * 15 + "，", "二" * 15)


def test_a_long_one_is_several_pages_of_whole_sentences() -> None:
    assert pages("管网改造下月开工。" * 12) == [("管网改造下月开工。",) * LINES_MAX] * 6


@given(st.text(max_size=200))
def test_nothing_is_lost_and_nothing_is_too_wide(text: str) -> None:
    found = pages(text)
    assert all(0 < len(page) <= LINES_MAX for page in found)
    assert all(0 < width(line) <= LINE_MAX for page in found for line in page)
    letters = "".join("".join(page) for page in found).replace(" ", "")
    assert letters == clean(text).replace(" ", "")
