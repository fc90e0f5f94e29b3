"""Votes: named ballots (记名表决), one a person, final once cast."""

from __future__ import annotations

from meetings.authority import Actor
from meetings.moment import Moment
from meetings.people import DEVICES, ELECTORS, Role
from meetings.refusals import Code, Refused
from meetings.state import Meeting
from meetings.voting.commands import CastBallot, CloseVote, OpenVote
from meetings.voting.events import BallotCast, Electors, VoteClosed, VoteOpened

OPEN_MAX = 5
"""Votes that can run at once: as many as a phone's screen can ask without hiding one."""


def entitled(electors: Electors, role: Role) -> bool:
    """Tell whether *role* votes among *electors*; equipment never does."""
    return role in ELECTORS if electors == "members" else role not in DEVICES


def open_vote(
    meeting: Meeting, command: OpenVote, moment: Moment
) -> tuple[VoteOpened, ...] | Refused:
    """Put a question. Refused with `meeting.not_open`, `vote.too_many_open`."""
    if meeting.state != "open":
        return Refused(Code.MEETING_NOT_OPEN)
    if len(meeting.votes.open) >= OPEN_MAX:
        return Refused(Code.VOTE_TOO_MANY_OPEN)
    opened = VoteOpened(
        question=command.question,
        options=command.options,
        electors=command.electors,
        until_ms=None if command.seconds is None else moment.now_ms + command.seconds * 1000,
    )
    return (opened,)


def cast(
    meeting: Meeting, command: CastBallot, actor: Actor, moment: Moment
) -> tuple[BallotCast, ...] | Refused:
    """
    Cast a ballot, while the vote runs, also in a recess.

    Refused with `vote.unknown`, `vote.closed`, `vote.not_entitled`, `vote.already_cast`,
    `vote.unknown_option`.
    """
    vote = meeting.votes.by_id.get(command.vote)
    if vote is None:
        return Refused(Code.VOTE_UNKNOWN)
    if not vote.open or (vote.until_ms is not None and moment.now_ms >= vote.until_ms):
        return Refused(Code.VOTE_CLOSED)
    if not entitled(vote.electors, actor.role):
        return Refused(Code.VOTE_NOT_ENTITLED)
    if actor.person in vote.ballots:
        return Refused(Code.VOTE_ALREADY_CAST)
    if command.option >= len(vote.options):
        return Refused(Code.VOTE_UNKNOWN_OPTION)
    return (BallotCast(vote=command.vote, person=actor.person, option=command.option),)


def close_vote(meeting: Meeting, command: CloseVote) -> tuple[VoteClosed, ...] | Refused:
    """End a vote; its tally is shown from then on. Refused with `vote.unknown`, `vote.closed`."""
    vote = meeting.votes.by_id.get(command.vote)
    if vote is None:
        return Refused(Code.VOTE_UNKNOWN)
    if not vote.open:
        return Refused(Code.VOTE_CLOSED)
    return (VoteClosed(vote=command.vote, reason="closed"),)


def stopped(meeting: Meeting) -> tuple[VoteClosed, ...]:
    """Return the ends of all votes that run, brought about by the end of the meeting."""
    return tuple(VoteClosed(vote=vote, reason="meeting_closed") for vote in meeting.votes.open)
