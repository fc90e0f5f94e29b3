"""What a decision may draw on besides the record, so that the rules stay pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from meetings.comments.words import USUAL, WordList
from meetings.voting.terms import PublishedBallot

Boxes = Mapping[int, tuple[PublishedBallot, ...] | None]
"""Secret vote -> its ballots; None: the box is lost, and with it the ballots."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Made by the service anew for each command."""

    now_ms: int
    """Wall clock, milliseconds since 1970-01-01 UTC; never before the last entry."""
    seed: str = "0" * 32
    """128 random bits in hexadecimal: all chance and all new ids of a decision come from it."""
    paper_key: str = ""
    """Public key for the ballot papers of a secret vote, made by the service when one is opened."""
    words: WordList = USUAL
    """Comments that it hits wait for the desk."""
    boxes: Boxes = field(default_factory=dict)
    """What was in the boxes of secret votes that are over, once the service has opened them."""
    stream_delay_ms: int = 0
    """How long after the room those may see it who watch the livestream; 0: there is none."""
