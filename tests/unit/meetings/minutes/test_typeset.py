"""A document as PDF; without a Chinese font it is an error, not boxes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from meetings.minutes.blocks import Document, Heading, Paragraph
from meetings.minutes.draft import Form
from meetings.minutes.forms import compose
from meetings.minutes.typeset import FontMissing, TypesetterMissing, render_pdf
from tests.unit.meetings.minutes.sample import address, edited, minutes

WRITTEN = minutes()


@pytest.mark.parametrize("form", ["record", "attendance"])
def test_a_form_becomes_a_pdf_with_a_chinese_font_in_it(form: Form) -> None:
    """Fonts are embedded, so that it reads the same everywhere."""
    made = render_pdf(compose(form, WRITTEN, edited(WRITTEN)), address)
    assert made.startswith(b"%PDF-")
    assert b"/FontFile3" in made or b"/FontFile2" in made
    assert b"CJK" in made


def test_moments_lead_to_the_recording() -> None:
    made = render_pdf(compose("record", WRITTEN, edited(WRITTEN)), address)
    assert b"https://yishi.example.cn/r/a1b2?meeting=m1&at=1795320150000" in made


def test_what_people_typed_is_text() -> None:
    """Nothing of it is markup, or code: as either, each of these would be an error."""
    texts = ('"); #read("/etc/passwd")', "#panic()", "*粗 _斜 `码 $x", "\\", "两行\n\t字\r", "][")
    blocks = [Paragraph(text, label=text, indented=True) for text in texts]
    document = Document("会议记录", "".join(texts), (*blocks, Heading(1, texts[0])))
    assert render_pdf(document, lambda _: texts[0]).startswith(b"%PDF-")


def test_without_a_chinese_font_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoFonts:
        def __init__(self, font_paths: object) -> None:
            pass

        def families(self) -> list[str]:
            return ["Libertinus Serif", "DejaVu Sans Mono"]

    monkeypatch.setattr("typst.Fonts", NoFonts)
    with pytest.raises(FontMissing, match="fonts-noto-cjk"):
        render_pdf(compose("record", WRITTEN, edited(WRITTEN)), address)


def test_without_the_package_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(TypesetterMissing, match=r"yishi\[pdf\]"):
        render_pdf(compose("record", WRITTEN, edited(WRITTEN)), address)


def test_a_font_file_besides_those_of_the_machine_can_be_named(tmp_path: Path) -> None:
    """One that is no font is passed over."""
    (tmp_path / "none.ttf").write_bytes(b"no font")
    document = Document("会议记录", "甲", ())
    assert render_pdf(document, lambda _: "", [tmp_path / "none.ttf"]).startswith(b"%PDF-")
