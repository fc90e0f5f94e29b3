"""
What a picture of the programme is made of, and what is known of its sources. Pure.

The director (`media.programme.director`) makes scenes, the compositor draws them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from media.cue import AgendaCue, SceneName, Strap, VoteCue

Kind = Literal["sound", "picture", "screen"]


class Look(Enum):
    """Whether a source's picture can be shown."""

    WAITING = "waiting"
    """Asked for a moment ago, nothing decoded yet."""
    ALIVE = "alive"
    STALLED = "stalled"
    """Nothing decoded for longer than the worker's limit."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source as the worker sees it; `look` means nothing for sound."""

    number: int
    person: str
    kind: Kind
    look: Look = Look.WAITING


CardKind = Literal[
    "opening", "begun", "waiting", "voice", "title", "agenda", "vote", "recess", "closing"
]


@dataclass(frozen=True, slots=True)
class Card:
    """
    A picture made of letters.

    `voice` is the name card of somebody who is heard but not seen; `waiting` stands in while the
    room's picture is missing; `title` is what the host may put before everything.
    """

    kind: CardKind
    title: str
    place: str = ""
    item: str = ""
    strap: Strap | None = None
    agenda: AgendaCue | None = None
    vote: VoteCue | None = None
    """Without what changes while it runs: that is in `Progress`."""
    resume_ms: int | None = None
    """In a recess: wall clock of its end."""
    adjourned: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the vote on the card has come."""

    state: Literal["open", "counting", "closed"]
    left_s: int | None = None
    """Of an open vote: until its end; None: the host ends it."""
    turnout: int | None = None
    entitled: int | None = None
    tally: tuple[int, ...] | None = None
    """None: withheld."""


@dataclass(frozen=True, slots=True)
class Scene:
    """
    One layout of the picture: either `card` or `main` fills it, or `second` and `main` share it.

    `inset` is the small picture over either: of the room, of the speaker beside a card, or of
    whoever shares the screen that is `main`. Straps and `item` are written over the pictures; a
    card carries its own words.
    """

    name: SceneName
    card: Card | None = None
    main: int | None = None
    second: int | None = None
    """At the left of `main`: who asked, or spoke before."""
    inset: int | None = None
    strap: Strap | None = None
    second_strap: Strap | None = None
    item: str = ""
    voting: bool = False
    """`item` is the question of a vote that runs."""
    progress: Progress | None = None

    @property
    def sources(self) -> frozenset[int]:
        """Numbers of all pictures in it."""
        numbers = (self.main, self.second, self.inset)
        return frozenset(number for number in numbers if number is not None)


@dataclass(frozen=True, slots=True)
class Shot:
    """The director's decision. `want` includes sources that are not shown yet but should be."""

    scene: Scene
    want: frozenset[int]
    heard: frozenset[int]
