"""What entries make of the votes."""

from __future__ import annotations

from typing import assert_never

from immutables import Map

from meetings.events import Entry
from meetings.evolve import evolve
from meetings.people import PersonId
from meetings.voting import events as ev
from meetings.voting.outcome import settled
from meetings.voting.state import Ballot, Vote, Votes


def apply(votes: Votes, event: ev.VotingEvent, entry: Entry) -> Votes:
    """Return the votes after *entry*."""
    if isinstance(event, ev.VoteOpened):
        return _opened(votes, event, entry)
    vote = _after(votes.by_id[event.vote], event, entry)
    running = votes.open
    if not vote.open and event.vote in running:
        running = tuple(vote_id for vote_id in running if vote_id != event.vote)
    return Votes(votes.by_id.set(event.vote, vote), votes.order, running)


def _opened(votes: Votes, event: ev.VoteOpened, entry: Entry) -> Votes:
    roll = event.roll
    holders: Map[PersonId, tuple[PersonId, ...]] = Map()
    for line in roll or ():
        if line.holder is not None:
            holders = holders.set(line.holder, (*holders.get(line.holder, ()), line.person))
    vote = Vote(
        question=event.question,
        options=event.options,
        electors=event.electors,
        rules=event.rules,
        item=event.item,
        roll=None if roll is None else Map({line.person: line for line in roll}),
        order=() if roll is None else tuple(line.person for line in roll),
        holders=holders,
        present=event.present,
        quorum=event.quorum,
        paper_key=event.paper_key,
        opened_ms=entry.at_ms,
        until_ms=event.until_ms,
        grace_ms=event.grace_ms,
        counts=(0,) * len(event.options),
    )
    return Votes(
        votes.by_id.set(entry.offset, vote),
        (*votes.order, entry.offset),
        (*votes.open, entry.offset),
    )


def _after(vote: Vote, event: ev.VotingEvent, entry: Entry) -> Vote:
    match event:
        case ev.BallotGiven():
            late = vote.late_until_ms is not None
            ballot = Ballot(event.marks, event.channel, entry.offset, late)
            return _given(vote, event.person, ballot)
        case ev.BallotCast():
            marks = tuple(int(at == event.option) for at in range(len(vote.options)))
            return _given(vote, event.person, Ballot(marks, "electronic", entry.offset))
        case ev.BallotPaperIssued():
            paper = (event.person, event.number)
            return evolve(vote, papers=vote.papers.set(paper, event.blinded))
        case ev.VoteChannelClaimed():
            return _claimed(vote, event)
        case ev.VoteChannelReleased():
            return _released(vote, event)
        case ev.HandsCounted():
            return evolve(vote, counted=vote.counted.set(event.teller, event.counts))
        case ev.HandsRecount():
            return evolve(vote, round=event.round, counted=Map())
        case ev.VoteClosing():
            return evolve(vote, closing=True, until_ms=event.until_ms)
        case ev.VoteTimeUp():
            closing = vote.closing or event.reason == "closed"
            return evolve(
                vote, closing=closing, until_ms=event.close_ms, late_until_ms=event.until_ms
            )
        case ev.VotePublished():
            return evolve(vote, published=(*vote.published, *event.ballots))
        case ev.VoteClosed():
            return evolve(vote, closed_ms=entry.at_ms, reason=event.reason, outcome=event.outcome)
        case ev.VoteTieBroken():
            outcome = None if vote.outcome is None else settled(vote.outcome, vote, event.option)
            return evolve(vote, tie_broken=event.option, outcome=outcome)
        case ev.VoteCancelled():
            return evolve(vote, closed_ms=entry.at_ms, cancelled=event.reason)
        case ev.VoteOpened():
            raise AssertionError("can't happen: an opening is no change of a vote")
        case _:
            assert_never(event)


def _given(vote: Vote, person: str, ballot: Ballot) -> Vote:
    """Count a ballot, in place of the person's earlier one."""
    weight = vote.weight(person)
    before = vote.ballots.get(person)
    earlier = (0,) * len(vote.options) if before is None else before.marks
    counts = tuple(
        count + weight * (new - old)
        for count, new, old in zip(vote.counts, ballot.marks, earlier, strict=True)
    )
    marked = vote.marked + weight * (any(ballot.marks) - any(earlier))
    ballots = vote.ballots.set(person, ballot)
    return evolve(vote, ballots=ballots, counts=counts, marked=marked)


def _claimed(vote: Vote, event: ev.VoteChannelClaimed) -> Vote:
    was_hands = vote.claims.get(event.person) == "hands"
    by_hand = vote.by_hand + (event.channel == "hands") - was_hands
    return evolve(vote, claims=vote.claims.set(event.person, event.channel), by_hand=by_hand)


def _released(vote: Vote, event: ev.VoteChannelReleased) -> Vote:
    claim = vote.claims.get(event.person)
    if claim is None:
        return vote
    by_hand = vote.by_hand - (claim == "hands")
    return evolve(vote, claims=vote.claims.delete(event.person), by_hand=by_hand)
