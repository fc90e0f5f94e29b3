"""
Votes counted again from an export's entries, by what was promised and not by the rules' own code.

A named ballot is of somebody on the frozen roll, the last one of each person counts, with the
person's weight. A published ballot of a secret vote has a serial of its own, signed by the vote's
paper key (RFC 9474), and there are no more of them than papers were given out. Hands count if both
tellers came to the same. What came after the time was up says at which moment before it the voter
gave it, and came within the grace. The sums are those of the announced outcome.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from meetings import events as ev
from meetings.ballots.blind import verify
from meetings.people import PersonId
from meetings.proof.faults import Fault

_PAPER_KEY = re.compile(r"[0-9a-f]{512}")  # 2,048 bits
_MARKS = (b'"type":"vote.', b'"type":"ballot.', b'"type":"hands.')


@dataclass(slots=True)
class _Count:
    """One vote, as far as it was read."""

    vote: ev.VoteOpened
    weights: dict[PersonId, int] | None
    """None: nobody was listed; each has one vote."""
    ballots: dict[PersonId, tuple[int, ...]] = field(default_factory=dict)
    papers: set[tuple[PersonId, int]] = field(default_factory=set)
    published: list[ev.PublishedBallot] = field(default_factory=list)
    round: int = 1
    late: tuple[int, int] | None = None
    """Close, and end of the grace, once the time is up."""
    hands: dict[int, dict[PersonId, tuple[int, ...]]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def weight(self, person: PersonId) -> int:
        """Votes of a person; 0: not on the roll."""
        return 1 if self.weights is None else self.weights.get(person, 0)


class Recount:
    """Takes a record's entries in order; remembers the votes that run."""

    def __init__(self) -> None:
        self.votes = 0
        """Counted to the end."""
        self._running: dict[int, _Count] = {}

    def take(self, content: bytes) -> Iterator[tuple[Fault, str]]:
        """
        Take an entry, as it is stored.

        Returns: what is wrong, and with what.
        """
        if not any(mark in content for mark in _MARKS):
            return
        try:
            entry = ev.Entry.model_validate_json(content)
        except ValidationError:
            yield Fault.UNREADABLE, "vote"
            return
        event = entry.event
        if isinstance(event, ev.VoteOpened):
            roll = event.roll
            weights = None if roll is None else {line.person: line.weight for line in roll}
            self._running[entry.offset] = _Count(event, weights)
            return
        number: int | None = getattr(event, "vote", None)
        count = None if number is None else self._running.get(number)
        if count is None or number is None:
            return  # a comment that says so, or an entry behind the close
        match event:
            case ev.VoteClosed():
                del self._running[number]
                if event.outcome is not None:  # before outcomes were, nothing was announced
                    self.votes += 1
                    yield from _close(number, count, event.outcome)
            case ev.VoteCancelled():
                del self._running[number]
            case ev.VoteTimeUp():
                count.late = event.close_ms, event.until_ms
                if not 0 <= event.until_ms - event.close_ms <= count.vote.grace_ms:
                    yield Fault.BALLOT, f"entry {entry.offset}, vote {number}"
            case ev.HandsCounted():
                count.hands[event.round][event.teller] = event.counts
            case ev.HandsRecount():
                count.round = event.round
            case _:
                if not (_give(count, event) and _in_time(count, entry)):
                    yield Fault.BALLOT, f"entry {entry.offset}, vote {number}"


def _give(count: _Count, event: ev.Event) -> bool:
    """Note ballots and papers; False: one that the vote has no place for."""
    match event:
        case ev.BallotGiven():
            count.ballots[event.person] = event.marks
            return count.weight(event.person) > 0 and count.vote.rules.secrecy == "named"
        case ev.BallotCast():
            count.ballots[event.person] = tuple(
                int(option == event.option) for option in range(len(count.vote.options))
            )
            return count.weight(event.person) > 0
        case ev.BallotPaperIssued():
            paper = (event.person, event.number)
            fits = event.number <= count.weight(event.person) and paper not in count.papers
            count.papers.add(paper)
            return fits
        case ev.VotePublished():
            count.published += event.ballots
            return _signed(count.vote.paper_key, event.ballots)
        case _:
            return True


def _in_time(count: _Count, entry: ev.Entry) -> bool:
    """Whether a ballot was given before the close, and arrived before the grace was over."""
    event = entry.event
    if count.late is None or not isinstance(event, ev.BallotGiven | ev.BallotPaperIssued):
        return True
    close_ms, until_ms = count.late
    seen_ms = event.seen_ms if isinstance(event, ev.BallotGiven) else None
    return seen_ms is not None and seen_ms < close_ms and entry.at_ms < until_ms


def _signed(paper_key: str, ballots: Sequence[ev.PublishedBallot]) -> bool:
    if not _PAPER_KEY.fullmatch(paper_key):
        return False
    modulus = int(paper_key, 16)
    return all(
        verify(modulus, bytes.fromhex(one.serial), bytes.fromhex(one.signature)) for one in ballots
    )


def _close(number: int, count: _Count, outcome: ev.Outcome) -> Iterator[tuple[Fault, str]]:
    serials = {one.serial for one in count.published}
    if len(serials) < len(count.published) or len(serials) > len(count.papers):
        yield Fault.BALLOT, f"vote {number}"
    tellers = list(count.hands[count.round].values())
    hands = tellers[0] if len(tellers) == 2 and tellers[0] == tellers[1] else ()
    tally = list(hands or (0,) * len(count.vote.options))
    weighted = [(count.weight(person), marks) for person, marks in count.ballots.items()]
    for weight, marks in [*weighted, *((1, one.marks) for one in count.published)]:
        for option, mark in enumerate(marks[: len(tally)]):
            tally[option] += weight * mark
    ballots = len(weighted) + len(count.published) + sum(hands)
    if (tuple(tally), ballots) != (outcome.tally, outcome.ballots):
        yield Fault.MISCOUNTED, f"vote {number}"
