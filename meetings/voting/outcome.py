"""
What a vote comes to: the one tally of all channels, and what follows from it by the vote's rules.

Votes are weights, in whole numbers; majorities are compared by cross-multiplication, so nothing is
rounded. Anybody can reckon the same from the record.
"""

from __future__ import annotations

from collections.abc import Sequence

from meetings.voting.state import Vote
from meetings.voting.terms import ABSTAIN, AGAINST, FOR, Majority, Outcome, PublishedBallot, Reason


def outcome(
    vote: Vote, published: Sequence[PublishedBallot] = (), *, complete: bool = True
) -> Outcome:
    """
    Reckon what *vote* comes to as it stands.

    Args:
        published: the ballots of a secret vote.
        complete: False: hands are up that nobody counted, and never will.
    """
    hands = vote.hands or (0,) * len(vote.options)
    secret = [ballot.marks for ballot in published]
    columns = zip(vote.counts, hands, *secret, strict=True)
    tally = tuple(sum(column) for column in columns)
    # A hand marks one option; a paper weighs 1.
    marked = vote.marked + sum(hands) + sum(any(marks) for marks in secret)
    ballots = len(vote.ballots) + sum(hands) + len(secret)
    given = sum(vote.weight(person) for person in vote.ballots) + sum(hands) + len(secret)
    motion = vote.rules.kind == "motion"
    cast = tally[FOR] + tally[AGAINST] if motion else marked
    abstained = sum(tally[ABSTAIN:]) if motion else given - marked
    entitled = None
    if vote.roll is not None:
        entitled = sum(line.weight for line in vote.roll.values())
    majority = vote.rules.majority
    base = None if majority is None else _base(majority, cast, vote.present, entitled)
    reckoned = Outcome(
        result="rejected",
        leading=leading(tally, motion=motion),
        tally=tally,
        ballots=ballots,
        cast=cast,
        abstained=abstained,
        present=vote.present,
        entitled=entitled,
        base=base,
        needed=None if majority is None or base is None else least(majority, base),
    )
    if not complete:
        return _with(reckoned, "unsettled", None, "hands_not_counted")
    if vote.quorum is not None and vote.quorum.present < vote.quorum.needed:
        return _with(reckoned, "no_quorum", None, "no_quorum")
    if not any(tally):
        return _with(reckoned, "rejected", None, "nobody_voted")
    return _motion(reckoned, vote) if motion else _choice(reckoned, vote)


def least(majority: Majority, base: int) -> int:
    """Return the least number of votes that is such a majority of *base* votes; at least 1."""
    whole, rest = divmod(majority.num * base, majority.den)
    return max(1, whole + 1 if majority.strictly or rest else whole)


def leading(tally: Sequence[int], *, motion: bool) -> tuple[int, ...]:
    """Name the options with the most votes, if any has some; abstentions of a motion never lead."""
    running = tally[:ABSTAIN] if motion else tally
    most = max(running)
    return tuple(at for at, votes in enumerate(running) if votes == most) if most else ()


def settled(tied: Outcome, vote: Vote, option: int) -> Outcome:
    """Return what a tie comes to once it is settled for *option*."""
    if vote.rules.kind == "motion" and option == AGAINST:
        return _with(tied, "rejected", None, *tied.reasons)
    return _with(tied, "passed", option, *tied.reasons)


def _base(majority: Majority, cast: int, present: int | None, entitled: int | None) -> int:
    """An open poll knows neither who is present nor who is entitled: see `opening`."""
    by = {"cast": cast, "present": present, "entitled": entitled}[majority.of]
    return cast if by is None else by


def _motion(reckoned: Outcome, vote: Vote) -> Outcome:
    majority = vote.rules.majority or Majority()
    needed = reckoned.needed or least(majority, reckoned.cast)
    votes, against = reckoned.tally[FOR], reckoned.tally[AGAINST]
    if votes >= needed:
        return _with(reckoned, "passed", FOR, "majority_met")
    half = majority.strictly and 2 * majority.num == majority.den
    # Where all abstained nothing leads, and there is nothing to draw from.
    if half and 0 < votes == against and 2 * votes == (reckoned.base or reckoned.cast):
        return _tied(reckoned, vote)
    return _with(reckoned, "rejected", None, "majority_missed")


def _choice(reckoned: Outcome, vote: Vote) -> Outcome:
    most = reckoned.tally[reckoned.leading[0]]
    if reckoned.needed is not None and most < reckoned.needed:
        return _with(reckoned, "rejected", None, "majority_missed")
    if len(reckoned.leading) > 1:
        return _tied(reckoned, vote)
    reason: Reason = "most_votes" if reckoned.needed is None else "majority_met"
    return _with(reckoned, "passed", reckoned.leading[0], reason)


def _tied(reckoned: Outcome, vote: Vote) -> Outcome:
    if vote.rules.tie == "rejected":
        return _with(reckoned, "rejected", None, "tie", "tie_rejected")
    return _with(reckoned, "tied", None, "tie")


def _with(reckoned: Outcome, result: str, option: int | None, *reasons: Reason) -> Outcome:
    return reckoned.model_copy(update={"result": result, "option": option, "reasons": reasons})
