"""Whatever the service refuses, the client says in words, in both of its languages."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

import pytest

from media.control import MediaCode
from meetings.refusals import Code
from signaling.wire.codes import CloseCode, ErrorCode
from web.refusals import HttpCode

WORDS = Path(__file__).parents[3] / "web" / "client" / "src" / "words"
LANGUAGES = ("zh", "en")
STOP = 4500  # close codes from here on are shown to people; before, the client comes again


def words(language: str) -> dict[str, str]:
    """The client's dictionary of one language."""
    text = "".join(path.read_text() for path in (WORDS / language).glob("*.ts"))
    pairs = re.findall(r"""^  '([a-z_.\d]+)':\s+(?:'(.+)'|"(.+)"),$""", text, re.MULTILINE)
    return {key: single or double for key, single, double in pairs}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("codes", [Code, ErrorCode, MediaCode, HttpCode])
def test_every_refusal_has_words(language: str, codes: type[StrEnum]) -> None:
    """Of commands, frames, links and requests; without them a person would read the bare code."""
    known = words(language)
    assert [code.value for code in codes if not known.get(f"code.{code}")] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_final_close_has_words(language: str) -> None:
    """The page has ended then, and has nothing else to show."""
    known = words(language)
    final = [code for code in CloseCode if code >= STOP]
    assert [code.name for code in final if not known.get(f"stopped.{code}")] == []


def test_the_languages_are_not_the_same() -> None:
    """Chinese words have Chinese letters, and English ones none."""
    chinese = re.compile(r"[\u4e00-\u9fff]")
    codes: tuple[StrEnum, ...] = (*Code, *ErrorCode, *MediaCode, *HttpCode)
    zh, en = words("zh"), words("en")
    assert [code.value for code in codes if not chinese.search(zh[f"code.{code}"])] == []
    assert [code.value for code in codes if chinese.search(en[f"code.{code}"])] == []
