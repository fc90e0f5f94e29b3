"""Names that viewers give."""

from __future__ import annotations

import pytest

from web.refusals import HttpCode, HttpRefused
from web.routes.rooms import clean_name, qr_svg


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("王芳", "王芳"),
        ("  王  芳 \n", "王 芳"),
        ("古丽米热·阿卜杜拉", "古丽米热·阿卜杜拉"),
        ("e\u0301lise", "\u00e9lise"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
        ("甲" * 40, "甲" * 40),
    ],
)
def test_names_of_people_are_taken(given: str, kept: str) -> None:
    """In every writing; spaces are put together, letters composed."""
    assert clean_name(given) == kept


@pytest.mark.parametrize(
    "given", ["", "   ", "甲" * 41, "a\x00b", "\u202e王芳", "a\u2066b", "\ud800"]
)
def test_what_is_no_name_is_refused(given: str) -> None:
    """Empty, too long, or with characters that control what is shown."""
    with pytest.raises(HttpRefused) as caught:
        clean_name(given)
    assert (caught.value.status, caught.value.code) == (422, HttpCode.NAME_INVALID)


def test_the_qr_picture_is_an_svg_without_scripts() -> None:
    """It scales, and it is a picture alone."""
    picture = qr_svg("https://yishi.example.cn/r/KX7Q2M").decode()
    assert picture.startswith("<svg")
    assert "viewBox" in picture
    assert "script" not in picture
