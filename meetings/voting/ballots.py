"""Giving votes: named ballots, and papers of secret ones."""

from __future__ import annotations

from hashlib import sha256

from meetings.authority import Actor
from meetings.moment import Moment
from meetings.people import DESK, PersonId, Role
from meetings.refusals import Code, Refused
from meetings.state import Meeting
from meetings.streamtime import seen_ms
from meetings.voting.commands import CastBallot, CastBallotFor, TakePaper
from meetings.voting.events import BallotGiven, BallotPaperIssued
from meetings.voting.roll import entitled
from meetings.voting.state import Vote
from meetings.voting.terms import Channel, VoteRules


def running(
    meeting: Meeting, vote_id: int, moment: Moment, seen: int | None = None
) -> Vote | Refused:
    """
    Return a vote that takes ballots now. Refused with `vote.unknown`, `vote.closed`.

    Args:
        seen: the moment that the voter saw; None: the present one.
    """
    vote = meeting.votes.by_id.get(vote_id)
    if vote is None:
        return Refused(Code.VOTE_UNKNOWN)
    return vote if vote.accepts(moment.now_ms, seen) else Refused(Code.VOTE_CLOSED)


def cast(
    meeting: Meeting, command: CastBallot, actor: Actor, moment: Moment
) -> tuple[BallotGiven, ...] | Refused:
    """
    Vote by name, while the vote runs, also in a recess.

    Refused with `vote.not_entitled`, `vote.by_proxy`, and as `running` and `_give`.
    """
    seen = seen_ms(meeting, actor, command.at_ms, moment)
    vote = running(meeting, command.vote, moment, seen)
    if isinstance(vote, Refused):
        return vote
    refused = _own(vote, actor)
    return refused or _give(vote, _ballot(vote, command, actor.person, "electronic", seen))


def cast_for(
    meeting: Meeting, command: CastBallotFor, actor: Actor, moment: Moment
) -> tuple[BallotGiven, ...] | Refused:
    """
    Vote in another's place: as holder of the proxy, or at the desk, entering a raised hand.

    Refused with `vote.not_entitled`, and as `running` and `_give`.
    """
    seen = seen_ms(meeting, actor, command.at_ms, moment)
    vote = running(meeting, command.vote, moment, seen)
    if isinstance(vote, Refused):
        return vote
    if not entitled(vote, command.person, _role(meeting, command.person)):
        return Refused(Code.VOTE_NOT_ENTITLED)
    if holder(vote, command.person) == actor.person:
        return _give(vote, _ballot(vote, command, command.person, "proxy", seen))
    if actor.role in DESK:
        return _give(vote, _ballot(vote, command, command.person, "hands", seen))
    return Refused(Code.VOTE_NOT_ENTITLED, "neither holder of the proxy nor at the desk")


def take_paper(
    meeting: Meeting, command: TakePaper, actor: Actor, moment: Moment
) -> tuple[BallotPaperIssued, ...] | Refused:
    """
    Take a paper of a secret vote; the same one again is no other.

    Refused with `vote.not_secret`, `vote.not_entitled`, `vote.by_proxy`, `vote.channel_claimed`,
    `vote.bad_paper`, `vote.paper_taken`, and as `running`.
    """
    vote = running(meeting, command.vote, moment)
    if isinstance(vote, Refused):
        return vote
    if not vote.secret:
        return Refused(Code.VOTE_NOT_SECRET)
    person = command.person or actor.person
    if person == actor.person:
        refused = _own(vote, actor)
        if refused is not None:
            return refused
    elif holder(vote, person) != actor.person:
        return Refused(Code.VOTE_NOT_ENTITLED, "not holder of the proxy")
    if command.number > vote.weight(person):
        return Refused(Code.VOTE_NOT_ENTITLED, "as many papers as the vote weighs")
    if vote.claims.get(person) == "hands":
        return Refused(Code.VOTE_CHANNEL_CLAIMED)
    if int(command.blinded, 16) >= int(vote.paper_key, 16):
        return Refused(Code.VOTE_BAD_PAPER, "not below the key's modulus")  # RFC 9474, 4.3
    blinded = sha256(bytes.fromhex(command.blinded)).hexdigest()
    taken = vote.papers.get((person, command.number))
    if taken is not None:
        return () if taken == blinded else Refused(Code.VOTE_PAPER_TAKEN)
    issued = BallotPaperIssued(
        vote=command.vote, person=person, number=command.number, blinded=blinded
    )
    return (issued,)


def problem(rules: VoteRules, options: int, marks: tuple[int, ...]) -> Refused | None:
    """
    Say what is wrong with a ballot's marks.

    Args:
        options: how many the vote has.

    Refused with `vote.unknown_option` if there are not as many marks, `vote.bad_marks`.
    """
    if len(marks) != options:
        return Refused(Code.VOTE_UNKNOWN_OPTION)
    highest = rules.score_max if rules.kind == "score" else 1
    if max(marks) > highest:
        return Refused(Code.VOTE_BAD_MARKS, f"at most {highest} an option")
    if rules.kind == "score":
        return None
    one = rules.kind != "multiple"
    least, most = (1, 1) if one else (rules.min_choices, rules.max_choices)
    if not least <= sum(marks) <= most:
        return Refused(Code.VOTE_BAD_MARKS, f"{least} to {most} options")
    return None


def holder(vote: Vote, person: PersonId) -> PersonId | None:
    """Who votes in the person's place."""
    line = None if vote.roll is None else vote.roll.get(person)
    return None if line is None else line.holder


def _own(vote: Vote, actor: Actor) -> Refused | None:
    if not entitled(vote, actor.person, actor.role):
        return Refused(Code.VOTE_NOT_ENTITLED)
    if holder(vote, actor.person) is not None:
        return Refused(Code.VOTE_BY_PROXY)
    return None


def _role(meeting: Meeting, person: PersonId) -> Role:
    """The role in which the person came; of one who never did, one that votes nowhere."""
    attendee = meeting.attendance.people.get(person)
    return Role.DISPLAY if attendee is None else attendee.role


def _ballot(
    vote: Vote,
    command: CastBallot | CastBallotFor,
    person: PersonId,
    channel: Channel,
    seen: int | None,
) -> BallotGiven:
    """The ballot as it would be recorded: what its voter saw stands in it only if it is late."""
    return BallotGiven(
        vote=command.vote,
        person=person,
        marks=command.marks,
        channel=channel,
        seen_ms=None if vote.late_until_ms is None else seen,
    )


def _give(vote: Vote, ballot: BallotGiven) -> tuple[BallotGiven, ...] | Refused:
    """
    Take a named ballot, which is changed only the way it came.

    Refused with `vote.secret`, `vote.channel_claimed`, `vote.already_cast`, and as `problem`.
    """
    if vote.secret:
        return Refused(Code.VOTE_SECRET)
    claim = vote.claims.get(ballot.person)
    counted = claim == "hands" and bool(vote.rules.tellers)  # the tellers count this one
    if counted or (claim is not None and claim != ballot.channel and ballot.channel != "proxy"):
        return Refused(Code.VOTE_CHANNEL_CLAIMED)
    refused = problem(vote.rules, len(vote.options), ballot.marks)
    if refused is not None:
        return refused
    before = vote.ballots.get(ballot.person)
    if before is not None:
        if not vote.rules.changeable or before.channel != ballot.channel:
            return Refused(Code.VOTE_ALREADY_CAST)
        if before.marks == ballot.marks:
            return ()
    return (ballot,)
