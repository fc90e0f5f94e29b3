"""Votes, as the record tells them."""

from __future__ import annotations

from dataclasses import dataclass, field

from immutables import Map

from meetings.people import PersonId
from meetings.voting.events import VoteEnd
from meetings.voting.terms import (
    Channel,
    Electors,
    Outcome,
    PublishedBallot,
    QuorumTaken,
    RollLine,
    VoteRules,
)


@dataclass(frozen=True, slots=True)
class Ballot:
    """A named ballot."""

    marks: tuple[int, ...]
    channel: Channel
    offset: int
    """Of the entry that holds it."""
    late: bool = False
    """It came after the time was up, and was given before."""


@dataclass(frozen=True, slots=True)
class Vote:
    question: str
    options: tuple[str, ...]
    electors: Electors
    rules: VoteRules
    item: int | None
    roll: Map[PersonId, RollLine] | None
    """None: see `VoteOpened.roll`."""
    order: tuple[PersonId, ...]
    """The roll's order."""
    holders: Map[PersonId, tuple[PersonId, ...]]
    """Holder of proxies -> in whose place he votes."""
    present: int | None
    quorum: QuorumTaken | None
    paper_key: str
    opened_ms: int
    until_ms: int | None
    counts: tuple[int, ...]
    """Votes an option of the named ballots: weights, or weighted points."""
    grace_ms: int = 0
    """See `VoteOpened`."""
    closing: bool = False
    """The close was announced."""
    late_until_ms: int | None = None
    """The time is up, and until then late ballots are taken; None: it is not yet."""
    ballots: Map[PersonId, Ballot] = field(default_factory=Map)
    marked: int = 0
    """Weight of the named ballots that mark some option."""
    papers: Map[tuple[PersonId, int], str] = field(default_factory=Map)
    """(Person, number) -> SHA-256 of the blinded paper."""
    claims: Map[PersonId, Channel] = field(default_factory=Map)
    by_hand: int = 0
    """Persons who claimed the show of hands."""
    round: int = 1
    """Of counting."""
    counted: Map[PersonId, tuple[int, ...]] = field(default_factory=Map)
    """Teller -> count of this round."""
    published: tuple[PublishedBallot, ...] = ()
    closed_ms: int | None = None
    reason: VoteEnd | None = None
    outcome: Outcome | None = None
    tie_broken: int | None = None
    cancelled: str | None = None
    """The reason given; None: it was not."""

    @property
    def open(self) -> bool:
        return self.closed_ms is None

    @property
    def secret(self) -> bool:
        return self.rules.secrecy == "secret"

    @property
    def hands(self) -> tuple[int, ...] | None:
        """What both tellers counted; None: they did not, or not the same."""
        counts = [self.counted[teller] for teller in self.rules.tellers if teller in self.counted]
        return counts[0] if len(counts) == 2 and counts[0] == counts[1] else None

    @property
    def differs(self) -> bool:
        """Both tellers counted, and not the same."""
        return len(self.counted) == len(self.rules.tellers) > 0 and self.hands is None

    @property
    def uncounted(self) -> bool:
        """Hands are up, and no count of them stands."""
        return self.by_hand > 0 and len(self.rules.tellers) > 0 and self.hands is None

    def weight(self, person: PersonId) -> int:
        """What the person's vote weighs; of one who is not on the roll, 1."""
        line = None if self.roll is None else self.roll.get(person)
        return 1 if line is None else line.weight

    def accepts(self, now_ms: int, seen_ms: int | None = None) -> bool:
        """
        Tell whether a ballot by name is taken at *now_ms* (wall clock).

        Args:
            seen_ms: the moment that the voter saw; None: the present one.
        """
        if not self.open or self.until_ms is None or now_ms < self.until_ms:
            return self.open
        in_time = seen_ms is not None and seen_ms < self.until_ms
        return in_time and self.late_until_ms is not None and now_ms < self.late_until_ms

    def boxes(self, now_ms: int) -> bool:
        """
        Tell whether a ballot may go into the box at *now_ms* (wall clock).

        Who casts it is not known, nor what he saw: the box takes what comes until the grace is over
        (docs/secrecy.md). That the time is up may be in the record a moment later than it is.
        """
        end_ms = self.late_until_ms
        if end_ms is None and self.until_ms is not None:
            end_ms = self.until_ms + self.grace_ms
        return self.open and (end_ms is None or now_ms < end_ms)


@dataclass(frozen=True, slots=True)
class Votes:
    by_id: Map[int, Vote]
    order: tuple[int, ...] = ()
    """All, oldest first."""
    open: tuple[int, ...] = ()
    """Those that run, oldest first."""
