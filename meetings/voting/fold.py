"""What entries make of the votes."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from immutables import Map

from meetings.events import Entry
from meetings.voting.events import BallotCast, VoteClosed, VoteOpened, VotingEvent
from meetings.voting.state import Vote, Votes


def apply(votes: Votes, event: VotingEvent, entry: Entry) -> Votes:
    """Return the votes after *entry*."""
    match event:
        case VoteOpened():
            return _opened(votes, event, entry)
        case BallotCast():
            return _cast(votes, event)
        case VoteClosed():
            return _closed(votes, event, entry.at_ms)
        case _:
            assert_never(event)


def _opened(votes: Votes, event: VoteOpened, entry: Entry) -> Votes:
    vote = Vote(
        question=event.question,
        options=event.options,
        electors=event.electors,
        opened_ms=entry.at_ms,
        until_ms=event.until_ms,
        ballots=Map(),
        counts=(0,) * len(event.options),
    )
    return Votes(
        votes.by_id.set(entry.offset, vote),
        (*votes.order, entry.offset),
        (*votes.open, entry.offset),
    )


def _cast(votes: Votes, event: BallotCast) -> Votes:
    vote = votes.by_id[event.vote]
    counts = tuple(n + (i == event.option) for i, n in enumerate(vote.counts))
    vote = replace(vote, ballots=vote.ballots.set(event.person, event.option), counts=counts)
    return replace(votes, by_id=votes.by_id.set(event.vote, vote))


def _closed(votes: Votes, event: VoteClosed, at_ms: int) -> Votes:
    vote = replace(votes.by_id[event.vote], closed_ms=at_ms, reason=event.reason)
    still = tuple(open_id for open_id in votes.open if open_id != event.vote)
    return replace(votes, by_id=votes.by_id.set(event.vote, vote), open=still)
