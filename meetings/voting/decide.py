"""What comes of a command about votes."""

from __future__ import annotations

from typing import assert_never

from meetings.authority import Actor
from meetings.moment import Moment
from meetings.refusals import Refused
from meetings.state import Meeting
from meetings.voting import ballots, hands, opening, rules
from meetings.voting import commands as cmd
from meetings.voting.events import VotingEvent


def carry_out(
    meeting: Meeting, command: cmd.VotingCommand, actor: Actor, moment: Moment
) -> tuple[VotingEvent, ...] | Refused:
    """Decide what comes of *command*; the most frequent one is asked for first."""
    match command:
        case cmd.CastBallot():
            return ballots.cast(meeting, command, actor, moment)
        case cmd.CastBallotFor():
            return ballots.cast_for(meeting, command, actor, moment)
        case cmd.TakePaper():
            return ballots.take_paper(meeting, command, actor, moment)
        case cmd.OpenVote():
            return opening.open_vote(meeting, command, moment)
        case cmd.ClaimChannel():
            return hands.claim(meeting, command, actor, moment)
        case cmd.ReleaseChannel():
            return hands.release(meeting, command, actor, moment)
        case cmd.CountHands():
            return hands.count(meeting, command, actor)
        case cmd.RecountHands():
            return hands.recount(meeting, command, actor)
        case cmd.CloseVote():
            return rules.close_vote(meeting, command, moment)
        case cmd.DecideTie():
            return rules.decide_tie(meeting, command)
        case cmd.CancelVote():
            return rules.cancel(meeting, command)
        case _:
            assert_never(command)
