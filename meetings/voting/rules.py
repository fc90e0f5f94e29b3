"""
The end of a vote: its close, at once or announced; ties; cancelling.

Who watches the livestream sees the close some seconds late. If somebody does who may vote, the time
is up first (`VoteTimeUp`), and the vote ends once what was given in time has had time to arrive:
docs/decisions/0014-votes-close-in-stream-time.md.

A secret vote ends in two steps. The close is recorded first, and no ballot is taken from then on;
then the service opens the ballot box, and what was in it is published together with the outcome.
"""

from __future__ import annotations

from collections.abc import Sequence

from meetings.moment import Moment
from meetings.refusals import Code, Refused
from meetings.state import Meeting
from meetings.voting.commands import CancelVote, CloseVote, DecideTie
from meetings.voting.events import (
    PUBLISHED_MAX,
    VoteCancelled,
    VoteClosed,
    VoteClosing,
    VoteEnd,
    VotePublished,
    VoteTieBroken,
    VoteTimeUp,
)
from meetings.voting.outcome import outcome
from meetings.voting.roll import watched
from meetings.voting.state import Vote
from meetings.voting.terms import PublishedBallot
from meetings.voting.tie import draw

Ending = VoteTimeUp | VotePublished | VoteClosed | VoteTieBroken | VoteCancelled

BOX_LOST = "vote.box_lost"
"""Reason of a secret vote that is cancelled by the service: its keys are gone."""


def close_vote(
    meeting: Meeting, command: CloseVote, moment: Moment
) -> tuple[VoteClosing | Ending, ...] | Refused:
    """
    End a vote, now or after an announced time.

    What is left to count after that (hands, the box of a secret vote, late ballots of viewers) is
    counted first; then the vote closes by itself: see `due`.

    Refused with `vote.unknown`, `vote.closed`.
    """
    vote = meeting.votes.by_id.get(command.vote)
    if vote is None:
        return Refused(Code.VOTE_UNKNOWN)
    if not vote.open:
        return Refused(Code.VOTE_CLOSED)
    until_ms = moment.now_ms + command.window_s * 1000
    if not command.window_s and vote.late_until_ms is None:
        if _waits(meeting, vote):
            return (_time_up(meeting, command.vote, vote, until_ms, "closed"),)
        if not vote.secret and not vote.uncounted:
            return ended(command.vote, vote, "closed", moment)
    if vote.until_ms is not None and vote.until_ms <= until_ms:
        return ()  # it ends before that anyway
    return (VoteClosing(vote=command.vote, until_ms=until_ms),)


def due(meeting: Meeting, moment: Moment) -> tuple[tuple[int, Ending], ...]:
    """Return the ends of votes whose time has come, each with the instant of it (wall clock)."""
    return tuple(
        (until_ms, event)
        for vote_id, until_ms in deadlines(meeting)
        if until_ms <= moment.now_ms
        for event in _ended_by_time(meeting, vote_id, until_ms, moment)
    )


def deadlines(meeting: Meeting) -> tuple[tuple[int, int], ...]:
    """
    Name the votes whose time will be up, and when, and those that will end by themselves; hands
    have to be counted first.
    """
    votes = ((vote_id, meeting.votes.by_id[vote_id]) for vote_id in meeting.votes.open)
    next_ = ((vote_id, vote, _next_ms(vote)) for vote_id, vote in votes)
    return tuple(
        (vote_id, at_ms)
        for vote_id, vote, at_ms in next_
        if at_ms is not None and (not vote.uncounted or _may_wait(vote))
    )


def boxes_due(meeting: Meeting, now_ms: int) -> tuple[int, ...]:
    """Name the secret votes whose box is to be opened now."""
    return tuple(
        vote_id
        for vote_id, until_ms in deadlines(meeting)
        if until_ms <= now_ms
        and meeting.votes.by_id[vote_id].secret
        and not _waits(meeting, meeting.votes.by_id[vote_id])
    )


def ended(
    vote_id: int,
    vote: Vote,
    reason: VoteEnd,
    moment: Moment,
    published: Sequence[PublishedBallot] = (),
) -> tuple[Ending, ...]:
    """Return the end of a vote: its ballots if it was secret, the outcome, and the lot if it is
    to be drawn."""
    ballots = sorted(published, key=lambda ballot: ballot.serial)
    pages = tuple(
        VotePublished(vote=vote_id, ballots=tuple(ballots[at : at + PUBLISHED_MAX]))
        for at in range(0, len(ballots), PUBLISHED_MAX)
    )
    result = outcome(vote, ballots)
    closed = VoteClosed(vote=vote_id, reason=reason, outcome=result)
    if result.result != "tied" or vote.rules.tie != "drawn":
        return (*pages, closed)
    option = draw(moment.seed, result.leading)
    return (*pages, closed, VoteTieBroken(vote=vote_id, option=option, seed=moment.seed))


def decide_tie(meeting: Meeting, command: DecideTie) -> tuple[VoteTieBroken, ...] | Refused:
    """
    Settle a tie by the host's word.

    Refused with `vote.unknown`, `vote.no_tie`, `vote.unknown_option` if the option does not lead.
    """
    vote = meeting.votes.by_id.get(command.vote)
    if vote is None:
        return Refused(Code.VOTE_UNKNOWN)
    if vote.outcome is None or vote.outcome.result != "tied" or vote.rules.tie != "host":
        return Refused(Code.VOTE_NO_TIE)
    if command.option not in vote.outcome.leading:
        return Refused(Code.VOTE_UNKNOWN_OPTION)
    return (VoteTieBroken(vote=command.vote, option=command.option),)


def cancel(meeting: Meeting, command: CancelVote) -> tuple[VoteCancelled, ...] | Refused:
    """End a vote without a result. Refused with `vote.unknown`, `vote.closed`."""
    vote = meeting.votes.by_id.get(command.vote)
    if vote is None:
        return Refused(Code.VOTE_UNKNOWN)
    if not vote.open:
        return Refused(Code.VOTE_CLOSED)
    return (VoteCancelled(vote=command.vote, reason=command.reason),)


def sealed(meeting: Meeting) -> bool:
    """Tell whether a secret vote runs: it has to be closed before the meeting can be."""
    return any(meeting.votes.by_id[vote_id].secret for vote_id in meeting.votes.open)


def stopped(meeting: Meeting) -> tuple[VoteClosed, ...]:
    """
    Return the ends of all votes that run, brought about by the end of the meeting.

    Hands that nobody counted leave a vote unsettled, and a tie stays one.
    """
    votes = ((vote_id, meeting.votes.by_id[vote_id]) for vote_id in meeting.votes.open)
    return tuple(
        VoteClosed(
            vote=vote_id,
            reason="meeting_closed",
            outcome=outcome(vote, complete=not vote.uncounted),
        )
        for vote_id, vote in votes
    )


def _next_ms(vote: Vote) -> int | None:
    """When the time is up; once it is, when the vote ends."""
    return vote.until_ms if vote.late_until_ms is None else vote.late_until_ms


def _may_wait(vote: Vote) -> bool:
    return vote.late_until_ms is None and vote.grace_ms > 0


def _waits(meeting: Meeting, vote: Vote) -> bool:
    """
    Tell whether late ballots may come once the time is up. While hands are counted the time is up
    in any case: who comes to watch meanwhile must not open it again.
    """
    return _may_wait(vote) and (vote.uncounted or watched(meeting, vote))


def _time_up(
    meeting: Meeting, vote_id: int, vote: Vote, close_ms: int, reason: VoteEnd
) -> VoteTimeUp:
    grace_ms = vote.grace_ms if watched(meeting, vote) else 0
    return VoteTimeUp(vote=vote_id, close_ms=close_ms, until_ms=close_ms + grace_ms, reason=reason)


def _ended_by_time(
    meeting: Meeting, vote_id: int, until_ms: int, moment: Moment
) -> tuple[Ending, ...]:
    vote = meeting.votes.by_id[vote_id]
    reason: VoteEnd = "closed" if vote.closing else "timed_out"
    if _waits(meeting, vote):
        return (_time_up(meeting, vote_id, vote, until_ms, reason),)
    if not vote.secret:
        return ended(vote_id, vote, reason, moment)
    if vote_id not in moment.boxes:
        return ()  # not opened yet
    ballots = moment.boxes[vote_id]
    if ballots is None:
        return (VoteCancelled(vote=vote_id, reason=BOX_LOST),)
    return ended(vote_id, vote, reason, moment, ballots)
