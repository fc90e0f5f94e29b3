"""What the screens show of votes."""

from __future__ import annotations

from typing import Literal

from meetings.models import SectionModel
from meetings.voting.terms import (
    Channel,
    Electors,
    Marks,
    Outcome,
    QuorumTaken,
    VoteRules,
)

__all__ = [
    "ROLL_SHOWN",
    "VOTES_SHOWN",
    "HandsView",
    "MyVote",
    "ProxyView",
    "RollView",
    "VoteView",
    "VotesSection",
]

VOTES_SHOWN = 50
"""Newest votes in the section; the record and the minutes hold all."""
ROLL_SHOWN = 300
"""Lines of the roll that the desk is shown of a vote that runs, those who have not voted first."""


class RollView(SectionModel):
    """For the desk: one elector, and whether anything came of him."""

    id: str
    name: str
    office: str
    weight: int
    holder: str | None
    channel: Channel | None
    """How the person votes, as far as it is settled."""
    voted: bool
    """Of a secret vote: a paper was taken. Never what was voted."""


class HandsView(SectionModel):
    """The show of hands within a vote."""

    claimed: int
    """Persons who vote by hand: no count may be higher."""
    round: int
    entered: tuple[str, ...]
    """Tellers who entered their count in this round."""
    agreed: bool
    differ: bool
    """Both entered, and not the same: a recount is due."""
    counts: tuple[int, ...] | None
    """Once they agree, where the results may be seen."""


class VoteView(SectionModel):
    id: int
    question: str
    options: tuple[str, ...]
    electors: Electors
    rules: VoteRules
    item: int | None
    """Agenda item that it belongs to."""
    state: Literal["open", "counting", "closed", "cancelled"]
    """counting: no ballots any more, not all is counted yet."""
    opened_ms: int
    until_ms: int | None
    closing: bool
    """The host announced the close, at `until_ms`."""
    late_until_ms: int | None
    """The time is up: until then ballots count that were given before `until_ms` by livestream."""
    closed_ms: int | None
    entitled: int | None
    """Electors on the roll; None: open to everyone."""
    quorum: QuorumTaken | None
    cast: int | None
    """Ballots so far, and hands agreed on; of a secret vote none before the close."""
    papers: int | None
    """Papers taken in a secret vote; None in others."""
    paper_key: str
    hands: HandsView | None
    """None: no hands are counted."""
    tally: tuple[int, ...] | None
    """Votes an option; None while they are hidden."""
    outcome: Outcome | None
    tie_broken: int | None
    """The option that a tie was settled for."""
    cancelled: str | None
    """The reason; None: it was not."""
    roll: tuple[RollView, ...]
    """For the desk, while the vote runs; empty for others."""


class VotesSection(SectionModel):
    votes: tuple[VoteView, ...]
    """Newest first."""


class ProxyView(SectionModel):
    """Somebody in whose place one votes."""

    id: str
    name: str
    weight: int
    marks: Marks | None
    receipt: int | None
    """Offset of the record's entry that holds the ballot, of a named vote."""
    papers: tuple[int, ...]


class MyVote(SectionModel):
    """What is one's own in a vote."""

    weight: int
    """0: one is not on the roll."""
    holder: str | None
    """Name of who votes in one's place."""
    channel: Channel | None
    marks: Marks | None
    """The own ballot, of a named vote."""
    receipt: int | None
    """Offset of the record's entry that holds it."""
    papers: tuple[int, ...]
    """Numbers of the papers taken in a secret vote: 1 up to the weight."""
    proxies: tuple[ProxyView, ...]
    teller: bool
    counts: tuple[int, ...] | None
    """What one entered as a teller, in this round."""
