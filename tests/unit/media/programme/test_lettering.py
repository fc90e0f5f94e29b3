"""What is written fits its place; without a font nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from media.control import Strap
from media.programme import fonts
from media.programme.fonts import Font
from media.programme.lettering import (
    ITEM_TEXT_MAX,
    STRAP_TEXT_MAX,
    Lettering,
)
from media.programme.planes import HEIGHT, WIDTH
from media.programme.scene import Card
from media.programme.text import clean, shorten, wrap

LONG = "关于解决幸福里小区雨季积水以及地下管网改造问题的专题协商会议（第二次）" * 4
STRAP = Strap(name="王建国", office="区住房和城乡建设局")


@pytest.fixture(scope="module")
def font() -> Font:
    found = fonts.find(None)
    if found is None:
        pytest.skip("no Chinese font on this machine")
    return found


def test_a_long_line_is_shortened_to_its_width(font: Font) -> None:
    """With an ellipsis."""
    face = font.sized(54)
    short = shorten(LONG, face, STRAP_TEXT_MAX)
    assert short.endswith("…")
    assert face.getlength(short) <= STRAP_TEXT_MAX
    assert shorten("短", face, STRAP_TEXT_MAX) == "短"


def test_wrapping_keeps_width_lines_and_order(font: Font) -> None:
    """Nothing is lost but what the ellipsis stands for."""
    face = font.sized(76)
    lines = wrap(LONG, face, 1_100, 2)
    assert len(lines) == 2
    assert all(face.getlength(line) <= 1_100 for line in lines)
    assert LONG.startswith("".join(lines).rstrip("…"))


def test_no_line_begins_with_a_comma_or_inside_a_word(font: Font) -> None:
    """As Chinese and English readers expect."""
    face = font.sized(40)
    width = int(face.getlength("一二三四五"))
    assert wrap("一二三四五，六七八九十一二三四五六七八九", face, width, 9)[0] == "一二三四"
    assert wrap("drainage of the eastern courtyard in the rainy season", face, 300, 9)[0].endswith(
        ("of", "the", "drainage")
    )


def test_control_characters_are_not_written() -> None:
    """A name can't bring boxes or line breaks into the picture."""
    assert clean("王\n建\t国\x00\u202e ") == "王 建 国"


def test_overlays_stay_in_the_picture_and_clear_of_the_inset(font: Font) -> None:
    """However long the texts are."""
    lettering = Lettering(font)
    strap = lettering.strap(Strap(name=LONG, office=LONG))
    item = lettering.item(LONG)
    assert strap is not None
    assert item is not None
    assert strap.box.x + strap.box.width < 894
    assert item.box.x + item.box.width <= ITEM_TEXT_MAX + 100
    for box in (strap.box, item.box):
        assert all(value % 2 == 0 for value in (box.x, box.y, box.width, box.height))


@pytest.mark.parametrize(
    "kind", ["opening", "begun", "waiting", "voice", "title", "recess", "closing"]
)
def test_every_card_says_something(font: Font, kind: str) -> None:
    """White letters on teal."""
    card = Card(kind, "积水治理", "议事室", "议程一", STRAP)  # type: ignore[arg-type]
    planes = Lettering(font).card(card)
    assert (planes.width, planes.height) == (WIDTH, HEIGHT)
    assert planes.y.max() > 220


def test_without_a_font_cards_are_plain_and_names_are_left_out() -> None:
    """Boxes in place of a name are worse than nothing."""
    lettering = Lettering(None)
    assert lettering.strap(STRAP) is None
    assert lettering.item("议程一") is None
    assert lettering.clock("12:00") is None
    assert lettering.card(Card("opening", "t")).y.max() < 200


def test_an_empty_name_has_no_strap(font: Font) -> None:
    """Nor has an item without a title."""
    assert Lettering(font).strap(Strap(name=" ")) is None
    assert Lettering(font).item("\x00") is None


def test_the_setting_goes_first(font: Font) -> None:
    """Before the system's fonts."""
    other = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
    if not other.exists():
        pytest.skip("no second font on this machine")
    assert fonts.find(other) == Font(other, 2)


def test_a_missing_font_is_said_in_the_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Once for the setting, once for all."""
    monkeypatch.setattr(fonts, "SYSTEM_FOLDERS", (tmp_path,))
    monkeypatch.setattr(fonts, "BUNDLED", tmp_path / "none.woff2")
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    assert fonts.find(tmp_path / "none.ttf") is None
    assert fonts.find(tmp_path / "broken.ttf") is None
    assert "does not exist" in caplog.text
    assert "can't be read" in caplog.text
    assert caplog.text.count("no font with Chinese glyphs") == 2
