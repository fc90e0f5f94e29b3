"""
How votes are shown.

Withheld: the tally of a vote that runs, unless its results are live; of a secret vote also how many
ballots there are, which with the instants of papers and of changes could point at somebody; the
hands, before the tellers agree; the roll, from everybody but the desk.
"""

from __future__ import annotations

from meetings.naming import named
from meetings.people import PersonId, Register
from meetings.sections import Audience
from meetings.state import Meeting
from meetings.voting import events as ev
from meetings.voting.ballots import holder
from meetings.voting.sections import (
    ROLL_SHOWN,
    VOTES_SHOWN,
    HandsView,
    MyVote,
    ProxyView,
    RollView,
    VotesSection,
    VoteView,
)
from meetings.voting.state import Vote


def section(meeting: Meeting, register: Register, audience: Audience) -> VotesSection:
    newest = reversed(meeting.votes.order[-VOTES_SHOWN:])
    return VotesSection(
        votes=tuple(_vote(vote, meeting.votes.by_id[vote], register, audience) for vote in newest)
    )


def results(meeting: Meeting, register: Register) -> tuple[VoteView, ...]:
    """Return the votes that are over, as viewers see them, in the order of their ends."""
    votes = meeting.votes.by_id
    ends = ((at, votes[at].closed_ms) for at in meeting.votes.order)
    over = sorted((closed_ms, at) for at, closed_ms in ends if closed_ms is not None)
    return tuple(_vote(at, votes[at], register, Audience.VIEWER) for _, at in over)


def mine(meeting: Meeting, register: Register, person: PersonId) -> dict[int, MyVote]:
    """Build what is the person's own in the newest votes; votes where nothing is are left out."""
    found = (
        (vote_id, _mine(meeting.votes.by_id[vote_id], register, person))
        for vote_id in meeting.votes.order[-VOTES_SHOWN:]
    )
    return {vote_id: own for vote_id, own in found if own is not None}


def touched(meeting: Meeting, event: ev.VotingEvent) -> frozenset[PersonId]:
    """Name those whose own part *event* may have changed; *meeting* is the one after it."""
    match event:
        case ev.VoteOpened(roll=roll, rules=rules):
            lines = roll or ()
            holders = {line.holder for line in lines if line.holder is not None}
            return frozenset({*(line.person for line in lines), *holders, *rules.tellers})
        case (
            ev.BallotCast()
            | ev.BallotGiven()
            | ev.BallotPaperIssued()
            | ev.VoteChannelClaimed()
            | ev.VoteChannelReleased()
        ):
            vote = meeting.votes.by_id[event.vote]
            who = {event.person, holder(vote, event.person)}
            return frozenset(person for person in who if person is not None)
        case ev.HandsCounted():
            return frozenset({event.teller})
        case ev.HandsRecount():
            return frozenset(meeting.votes.by_id[event.vote].rules.tellers)
        case _:
            return frozenset()


def _vote(vote_id: int, vote: Vote, register: Register, audience: Audience) -> VoteView:
    shown = _shown(vote)
    return VoteView(
        id=vote_id,
        question=vote.question,
        options=vote.options,
        electors=vote.electors,
        rules=vote.rules,
        item=vote.item,
        state="open" if vote.open else "closed" if vote.cancelled is None else "cancelled",
        opened_ms=vote.opened_ms,
        until_ms=vote.until_ms,
        closing=vote.closing,
        late_until_ms=vote.late_until_ms,
        closed_ms=vote.closed_ms,
        entitled=None if vote.roll is None else len(vote.roll),
        quorum=vote.quorum,
        cast=_cast(vote),
        papers=len(vote.papers) if vote.secret else None,
        paper_key=vote.paper_key,
        hands=_hands(vote) if vote.rules.tellers else None,
        tally=_tally(vote) if shown else None,
        outcome=vote.outcome,
        tie_broken=vote.tie_broken,
        cancelled=vote.cancelled,
        roll=_roll(vote, register) if vote.open and audience is Audience.HOST else (),
    )


def _shown(vote: Vote) -> bool:
    """
    Whether the tally may be seen: not even by the host while it is hidden, since a tally that runs
    would steer those who have not voted yet; and by nobody while late ballots may come.
    """
    if vote.cancelled is not None:
        return False
    live = vote.rules.results == "live" and not vote.secret and vote.late_until_ms is None
    return not vote.open or live


def tally(vote: Vote) -> tuple[int, ...] | None:
    """Votes an option, as everybody may see them now; None: withheld."""
    return _tally(vote) if _shown(vote) else None


def turnout(vote: Vote) -> int | None:
    """How many have voted, as everybody may see it; of a secret vote that runs, papers taken."""
    return len(vote.papers) if vote.secret and vote.outcome is None else _cast(vote)


def _cast(vote: Vote) -> int | None:
    if vote.outcome is not None:
        return vote.outcome.ballots
    return None if vote.secret else len(vote.ballots) + sum(vote.hands or ())


def _tally(vote: Vote) -> tuple[int, ...]:
    if vote.outcome is not None:
        return vote.outcome.tally
    hands = vote.hands or (0,) * len(vote.options)
    return tuple(map(sum, zip(vote.counts, hands, strict=True)))


def _hands(vote: Vote) -> HandsView:
    return HandsView(
        claimed=vote.by_hand,
        round=vote.round,
        entered=tuple(teller for teller in vote.rules.tellers if teller in vote.counted),
        agreed=vote.hands is not None,
        differ=vote.differs,
        counts=vote.hands if _shown(vote) else None,
    )


def _roll(vote: Vote, register: Register) -> tuple[RollView, ...]:
    """Those who have not voted first, each group in the roll's order."""
    persons = vote.order or tuple(dict.fromkeys((*vote.claims, *vote.ballots)))
    waiting = [person for person in persons if not _voted(vote, person)]
    done = [person for person in persons if _voted(vote, person)]
    return tuple(_line(vote, person, register) for person in (*waiting, *done)[:ROLL_SHOWN])


def _line(vote: Vote, person: PersonId, register: Register) -> RollView:
    name, office = named(register, person)
    ballot = vote.ballots.get(person)
    return RollView(
        id=person,
        name=name,
        office=office,
        weight=vote.weight(person),
        holder=holder(vote, person),
        channel=vote.claims.get(person) if ballot is None else ballot.channel,
        voted=_voted(vote, person),
    )


def _voted(vote: Vote, person: PersonId) -> bool:
    return person in vote.ballots or (person, 1) in vote.papers


def _mine(vote: Vote, register: Register, person: PersonId) -> MyVote | None:
    ballot = vote.ballots.get(person)
    on_roll = vote.roll is not None and person in vote.roll
    teller = person in vote.rules.tellers
    held = _held(vote, person)
    papers = _papers(vote, person)
    claim = vote.claims.get(person)
    if not (on_roll or teller or held or papers or ballot is not None or claim is not None):
        return None
    votes_for = holder(vote, person)
    return MyVote(
        weight=vote.weight(person) if on_roll or vote.roll is None else 0,
        holder=None if votes_for is None else named(register, votes_for)[0],
        channel=claim if ballot is None else ballot.channel,
        marks=None if ballot is None else ballot.marks,
        receipt=None if ballot is None else ballot.offset,
        papers=papers,
        proxies=tuple(_proxy(vote, giver, register) for giver in held),
        teller=teller,
        counts=vote.counted.get(person),
    )


def _proxy(vote: Vote, giver: PersonId, register: Register) -> ProxyView:
    ballot = vote.ballots.get(giver)
    return ProxyView(
        id=giver,
        name=named(register, giver)[0],
        weight=vote.weight(giver),
        marks=None if ballot is None else ballot.marks,
        receipt=None if ballot is None else ballot.offset,
        papers=_papers(vote, giver),
    )


def _held(vote: Vote, person: PersonId) -> tuple[PersonId, ...]:
    """In whose place the person votes."""
    return vote.holders.get(person, ())


def _papers(vote: Vote, person: PersonId) -> tuple[int, ...]:
    if not vote.secret:
        return ()
    numbers = range(1, vote.weight(person) + 1)
    return tuple(number for number in numbers if (person, number) in vote.papers)
