"""
The word list: which comments wait for the desk before they are shown.

It looks through the usual evasions: full-width letters, other alphabets' and traditional
characters, radicals for characters, spaces, marks or letters between the characters, digits for
letters, pinyin and its initials. A hit never drops anything: it is a reason to look. So a word that
is sometimes innocent may stand in the list, and no list makes a moderator superfluous.

A list is text, a word a line; `#` begins a comment; `-word` takes a word of the default list out.
Words are matched as follows:

- Chinese: with at most GAP_MAX other signs (no Chinese characters) between two characters;
- Latin (pinyin, initials): as a whole word, with at most GAP_MAX signs (no letters, digits or
  Chinese characters) between two letters; in words from LEET_MIN letters, digits stand for letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from meetings.comments.default_words import DEFAULT, LOOK_ALIKES, TRADITIONAL

GAP_MAX = 3  # signs; more would join what has nothing to do with each other
LEET_MIN = 4  # letters; in shorter words digits are mostly digits: building 5B, platform 5
WORD_MAX = 40  # characters
WORDS_MAX = 20_000

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_LEET = {"a": "a4@", "b": "b8", "e": "e3", "g": "g9", "i": "i1!|", "l": "l1|", "o": "o0"}
_LEET |= {"s": "s5$", "t": "t7", "z": "z2"}
_FOLD = str.maketrans(dict(zip(*LOOK_ALIKES, strict=True)) | dict(zip(*TRADITIONAL, strict=True)))
_REPEATED = re.compile(r"([^\w])\1+")
_LATIN = re.compile(r"[a-z0-9]+")


class WordListError(Exception):
    """A word list can't be used; the message names the line."""


def normalise(text: str) -> str:
    """
    Return *text* without disguise: compatibility forms folded (full-width letters, Kangxi radicals,
    circled letters), small letters, no marks above or below, nothing invisible, look-alikes as the
    Latin letters that they look like, traditional characters as simplified ones, of a run of one
    sign (dots, spaces) the first.

    Source: Unicode normalisation form KD (UAX #15); the tables in `default_words`.
    """
    # Small letters twice: some compatibility forms are capitals (a circled A), and some capitals
    # have look-alikes of their own.
    plain = unicodedata.normalize("NFKD", text.lower()).lower()
    visible = (sign for sign in plain if unicodedata.category(sign) not in {"Mn", "Me", "Cf"})
    return _REPEATED.sub(r"\1", "".join(visible).translate(_FOLD))


@dataclass(frozen=True)
class WordList:
    """Words that hold a comment. Equal lists are equal."""

    words: tuple[str, ...] = field(default=DEFAULT)
    """Normalised."""

    def hit(self, text: str) -> str | None:
        """Return the matching piece of the normalised *text*; None if nothing matches."""
        found = self._pattern.search(normalise(text))
        return None if found is None else found.group()

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        if not self.words:
            return re.compile(r"(?!)")
        # Longest first, so that the piece that is reported is the whole of a longer word.
        return re.compile("|".join(_expression(w) for w in sorted(self.words, key=len)[::-1]))


USUAL: Final = WordList()
"""The default list alone."""


def parse(text: str, default: Iterable[str] = DEFAULT) -> WordList:
    """
    Read a word list, which adds to the default one.

    Raises: WordListError: a line is too long, or has nothing to match; too many words.
    """
    words = dict.fromkeys(default)
    for number, line in enumerate(text.splitlines(), 1):
        word = line.partition("#")[0].strip()
        if not word:
            continue
        plain = re.sub(rf"[^{_HAN}a-z0-9]", "", normalise(word.removeprefix("-")))
        if not plain or len(plain) > WORD_MAX:
            raise WordListError(f"line {number}: 1 to {WORD_MAX} characters, digits or letters")
        if word.startswith("-"):
            words.pop(plain, None)
        else:
            words[plain] = None
    if len(words) > WORDS_MAX:
        raise WordListError(f"more than {WORDS_MAX} words")
    return WordList(tuple(words))


def _expression(word: str) -> str:
    if _LATIN.fullmatch(word):
        signs = [_letter(letter, leet=len(word) >= LEET_MIN) for letter in word]
        gap = f"[^a-z0-9{_HAN}]{{0,{GAP_MAX}}}"
        return f"(?<![a-z0-9]){gap.join(signs)}(?![a-z0-9])"
    return f"[^{_HAN}]{{0,{GAP_MAX}}}".join(re.escape(sign) for sign in word)


def _letter(letter: str, *, leet: bool) -> str:
    return f"[{re.escape(_LEET[letter])}]" if leet and letter in _LEET else re.escape(letter)
