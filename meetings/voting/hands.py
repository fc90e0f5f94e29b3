"""
The show of hands beside electronic ballots: one roll, one channel a person, two tellers.

Who votes by hand claims so, or the desk does it for those without a device; no other ballot is
taken from them. Each teller enters what he counted without seeing the other's count; only counts
that agree are part of the tally. From the first count of a round the claims stand fast, so that
nobody is counted by hand and votes otherwise as well.
"""

from __future__ import annotations

from meetings.authority import Actor
from meetings.moment import Moment
from meetings.people import DESK, PersonId, Place
from meetings.refusals import Code, Refused
from meetings.state import Meeting
from meetings.voting.ballots import holder, running
from meetings.voting.commands import ClaimChannel, CountHands, RecountHands, ReleaseChannel
from meetings.voting.events import (
    HandsCounted,
    HandsRecount,
    VoteChannelClaimed,
    VoteChannelReleased,
)
from meetings.voting.roll import entitled
from meetings.voting.state import Vote


def claim(
    meeting: Meeting, command: ClaimChannel, actor: Actor, moment: Moment
) -> tuple[VoteChannelClaimed, ...] | Refused:
    """
    Settle that persons vote this way and no other; those of whom it is settled so stay.

    Refused with `authority.forbidden` for others than oneself, but for the desk, and as
    `ballots.running` and `_claimable`, for one person as for all.
    """
    vote = running(meeting, command.vote, moment)
    if isinstance(vote, Refused):
        return vote
    persons = tuple(dict.fromkeys(command.persons)) or (actor.person,)
    if actor.role not in DESK and persons != (actor.person,):
        return Refused(Code.FORBIDDEN, "only for oneself")
    fresh = [person for person in persons if vote.claims.get(person) != command.channel]
    for person in fresh:
        refused = _claimable(meeting, vote, person)
        if refused is None and command.channel == "hands":
            refused = _raisable(meeting, vote, person)
        if refused is not None:
            return refused
    return tuple(
        VoteChannelClaimed(vote=command.vote, person=person, channel=command.channel)
        for person in fresh
    )


def release(
    meeting: Meeting, command: ReleaseChannel, actor: Actor, moment: Moment
) -> tuple[VoteChannelReleased, ...] | Refused:
    """
    Leave it open again how a person votes.

    Refused with `authority.forbidden`, `vote.not_claimed`, `vote.counted`, and as
    `ballots.running`.
    """
    vote = running(meeting, command.vote, moment)
    if isinstance(vote, Refused):
        return vote
    person = command.person or actor.person
    if actor.role not in DESK and person != actor.person:
        return Refused(Code.FORBIDDEN, "only for oneself")
    channel = vote.claims.get(person)
    if channel is None:
        return Refused(Code.VOTE_NOT_CLAIMED)
    if channel == "hands" and vote.counted:
        return Refused(Code.VOTE_COUNTED)
    return (VoteChannelReleased(vote=command.vote, person=person),)


def count(
    meeting: Meeting, command: CountHands, actor: Actor
) -> tuple[HandsCounted, ...] | Refused:
    """
    Enter what a teller counted, until the vote is closed, also after its time.

    Refused with `vote.unknown`, `vote.closed`, `vote.not_teller`, `vote.counted` for a second count
    in one round, `vote.unknown_option`, `vote.count_too_high` for more than voted by hand.
    """
    vote = _countable(meeting, command.vote)
    if isinstance(vote, Refused):
        return vote
    if actor.person not in vote.rules.tellers:
        return Refused(Code.VOTE_NOT_TELLER)
    if actor.person in vote.counted:
        return Refused(Code.VOTE_COUNTED)
    if len(command.counts) != len(vote.options):
        return Refused(Code.VOTE_UNKNOWN_OPTION)
    if sum(command.counts) > vote.by_hand:
        return Refused(Code.VOTE_COUNT_TOO_HIGH, f"at most {vote.by_hand}")
    counted = HandsCounted(
        vote=command.vote, teller=actor.person, round=vote.round, counts=command.counts
    )
    return (counted,)


def recount(
    meeting: Meeting, command: RecountHands, actor: Actor
) -> tuple[HandsRecount, ...] | Refused:
    """
    Begin another round of counting, asked by a teller or at the desk.

    Refused with `vote.unknown`, `vote.closed`, `vote.not_teller`, `vote.not_counted`.
    """
    vote = _countable(meeting, command.vote)
    if isinstance(vote, Refused):
        return vote
    if actor.person not in vote.rules.tellers and actor.role not in DESK:
        return Refused(Code.VOTE_NOT_TELLER)
    if not vote.counted:
        return Refused(Code.VOTE_NOT_COUNTED)
    return (HandsRecount(vote=command.vote, round=vote.round + 1),)


def _countable(meeting: Meeting, vote_id: int) -> Vote | Refused:
    vote = meeting.votes.by_id.get(vote_id)
    if vote is None:
        return Refused(Code.VOTE_UNKNOWN)
    return vote if vote.open else Refused(Code.VOTE_CLOSED)


def _claimable(meeting: Meeting, vote: Vote, person: PersonId) -> Refused | None:
    """
    Refused with `vote.not_entitled`, `vote.by_proxy`, `vote.channel_claimed`, `vote.already_cast`,
    `vote.paper_taken`.
    """
    attendee = meeting.attendance.people.get(person)
    if attendee is None or not entitled(vote, person, attendee.role):
        return Refused(Code.VOTE_NOT_ENTITLED, person)
    if holder(vote, person) is not None:
        return Refused(Code.VOTE_BY_PROXY, person)
    if person in vote.claims:
        return Refused(Code.VOTE_CHANNEL_CLAIMED, person)
    if person in vote.ballots:
        return Refused(Code.VOTE_ALREADY_CAST, person)
    if (person, 1) in vote.papers:
        return Refused(Code.VOTE_PAPER_TAKEN, person)
    return None


def _raisable(meeting: Meeting, vote: Vote, person: PersonId) -> Refused | None:
    """
    Refused with `vote.no_tellers` (a secret vote's hands are papers that two count),
    `vote.not_in_room`, `vote.too_heavy`, `vote.counted`.
    """
    if vote.secret and not vote.rules.tellers:
        return Refused(Code.VOTE_NO_TELLERS)
    if meeting.attendance.place(person) is not Place.ROOM:
        return Refused(Code.VOTE_NOT_IN_ROOM, person)
    if vote.rules.tellers and vote.weight(person) > 1:
        return Refused(Code.VOTE_TOO_HEAVY, person)
    if vote.counted:
        return Refused(Code.VOTE_COUNTED)
    return None
