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
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from meetings.comments.default_words import DEFAULT, LOOK_ALIKES, TRADITIONAL

GAP_MAX = 3  # signs; more would join what has nothing to do with each other
LEET_MIN = 4  # letters; in shorter words digits are mostly digits: building 5B, platform 5
WORD_MAX = 40  # characters
WORDS_MAX = 20_000

_CHINESE = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_HAN = re.compile(f"[{_CHINESE}]")
_NO_WORD = re.compile(f"[^{_CHINESE}a-z0-9]")
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
        """
        Return the piece of the normalised *text* that matches first; None if nothing does.

        Of words that begin at the same place the longest counts. Some 100 us for 500 characters,
        whatever the length of the list.
        """
        plain, beginning = normalise(text), self._beginning
        for at, sign in enumerate(plain):
            for word in beginning.get(sign, ()):
                end = word.end(plain, at)
                if end is not None:
                    return plain[at:end]
        return None

    @cached_property
    def _beginning(self) -> Mapping[str, Sequence[_Word]]:
        """The words by the signs that they can begin with, longest first."""
        found: defaultdict[str, list[_Word]] = defaultdict(list)
        for word in sorted(self.words, key=len)[::-1]:
            one = _Word.of(word)
            for sign in one.signs[0]:
                found[sign].append(one)
        return dict(found)


@dataclass(frozen=True, slots=True)
class _Word:
    signs: tuple[str, ...]
    """Character by character: what it may be written as."""
    latin: bool

    @classmethod
    def of(cls, word: str) -> _Word:
        if not _LATIN.fullmatch(word):
            return cls(tuple(word), latin=False)
        leet = len(word) >= LEET_MIN
        return cls(tuple(_LEET.get(sign, sign) if leet else sign for sign in word), latin=True)

    def end(self, text: str, start: int) -> int | None:
        """Where it ends if it begins at *start*, with one of its first signs; None: nowhere."""
        if self.latin and start and _is_alphanumeric(text[start - 1]):
            return None
        return self._after(text, start + 1, 1)

    def _after(self, text: str, at: int, sign: int) -> int | None:
        if sign == len(self.signs):
            inside = self.latin and at < len(text) and _is_alphanumeric(text[at])
            return None if inside else at
        for place in range(at, min(at + GAP_MAX + 1, len(text))):
            if text[place] in self.signs[sign]:
                end = self._after(text, place + 1, sign + 1)
                if end is not None:
                    return end
            if _HAN.match(text[place]) or (self.latin and _is_alphanumeric(text[place])):
                return None
        return None


def _is_alphanumeric(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


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
        plain = _NO_WORD.sub("", normalise(word.removeprefix("-")))
        if not plain or len(plain) > WORD_MAX:
            raise WordListError(f"line {number}: 1 to {WORD_MAX} characters, digits or letters")
        if word.startswith("-"):
            words.pop(plain, None)
        else:
            words[plain] = None
    if len(words) > WORDS_MAX:
        raise WordListError(f"more than {WORDS_MAX} words")
    return WordList(tuple(words))
