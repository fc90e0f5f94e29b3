"""The word list sees through the usual evasions, and lets ordinary talk pass."""

from __future__ import annotations

import time

import pytest

from meetings.comments.words import WORD_MAX, WORDS_MAX, WordList, WordListError, normalise, parse
from tests.each import each

DEFAULT = WordList()


@each(
    "text",
    [
        "傻逼",
        "傻 逼",
        "傻*逼",
        "傻……逼",
        "傻x逼",
        "傻\u200b逼",  # zero width space
        "ＳＢ",  # full width
        "ⓢⓑ",  # circled
        "s.b",
        "S B",
        "ѕb",  # Cyrillic dze
        "s̶b̶",  # struck through
        "caonima",
        "c@on1ma",
        "ＣＡＯ　ＮＩ　ＭＡ",
        "滾蛋",  # traditional
        "你們这些腦殘",
        "楼下都是人·渣",
        "加薇信领优惠",
        "加 V 信",
        "再不修就弄死你",
    ],
)
def test_an_evasion_is_seen_through(text: str) -> None:
    assert DEFAULT.hit(text) is not None


@each(
    "text",
    [
        "尽快修好三号楼的下水道，谢谢！",
        "USB接口和充电桩",
        "5B栋的电梯什么时候装",
        "Facebook上看到的",
        "请问TMDB是什么",
        "他傻。大家都说，物业逼着他搬",
        "废物回收点放在哪里",
        "办证窗口几点开",
        "",
    ],
)
def test_ordinary_talk_passes(text: str) -> None:
    assert DEFAULT.hit(text) is None


def test_the_gap_between_characters_is_bounded() -> None:
    assert DEFAULT.hit("傻-.-逼") is not None
    assert DEFAULT.hit("傻-.-.逼") is None


def test_radicals_are_read_as_characters() -> None:
    """Kangxi radicals look the same and are other code points."""
    assert normalise("⼈渣") == "人渣"
    assert DEFAULT.hit("⼈渣") is not None


def test_a_file_adds_words_and_takes_words_away() -> None:
    words = parse("# 本社区\n黑物业  # 常见\n\n-滚蛋\nWuLiangYe\n")
    assert words.hit("这个黑·物业") is not None
    assert words.hit("wuliangye") is not None
    assert words.hit("滚蛋") is None
    assert words.hit("人渣") is not None


def test_an_empty_list_hits_nothing() -> None:
    assert parse("", default=()).hit("傻逼") is None


def test_a_list_has_bounds() -> None:
    assert parse("好" * WORD_MAX).hit("好" * WORD_MAX) is not None
    with pytest.raises(WordListError, match="line 2"):
        parse("好\n" + "坏" * (WORD_MAX + 1))
    with pytest.raises(WordListError, match="line 1"):
        parse("！！")
    many = [f"坏词{n}" for n in range(WORDS_MAX)]
    with pytest.raises(WordListError, match="more than"):
        parse("一个", default=many)
    longest = parse("坏词0", default=many)
    assert longest.hit("这 坏-词 1.9.9.9.9") == "坏-词 1.9.9.9.9"


def test_the_longest_comment_is_read_in_no_time() -> None:
    """Also one made to keep the search busy; the bound is loose."""
    begun = time.process_time()
    for text in ("傻" * 500, "s " * 250, "傻a" * 250, "加我" * 250):
        DEFAULT.hit(text)
    assert time.process_time() - begun < 0.5
