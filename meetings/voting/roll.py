"""
Who may vote: the roll, frozen at the opening, and the open poll that has none.

A proxy that is in force at the opening stands on its giver's line: the holder votes for the giver,
who does not vote beside him if he comes later. Who stands aside at the current agenda item is not
on the roll, and does not vote for others.
"""

from __future__ import annotations

from collections.abc import Iterable

from meetings.attendance.proxies import holder_of
from meetings.attendance.quorum import electors
from meetings.people import DEVICES, ELECTORS, PersonId, Role
from meetings.refusals import Code, Refused
from meetings.state import Meeting
from meetings.streamtime import behind
from meetings.voting.commands import OpenVote
from meetings.voting.state import Vote
from meetings.voting.terms import Electors, RollLine


def freeze(meeting: Meeting, command: OpenVote) -> tuple[RollLine, ...] | Refused | None:
    """
    Return the roll of a vote that opens now; None for an open poll.

    Refused with `vote.unknown_elector`, `vote.nobody_entitled`.
    """
    if command.electors == "everyone":
        return None
    if command.electors == "listed":
        persons: Iterable[PersonId] = dict.fromkeys(command.listed)
        if not all(_may_be_listed(meeting, person) for person in persons):
            return Refused(Code.VOTE_UNKNOWN_ELECTOR)
    else:
        persons = electors(meeting)
    lines = tuple(_line(meeting, person) for person in persons if not _aside(meeting, person))
    if command.electors == "present":
        lines = tuple(line for line in lines if represented(meeting, line))
    return lines or Refused(Code.VOTE_NOBODY_ENTITLED)


def represented(meeting: Meeting, line: RollLine) -> bool:
    """Tell whether the elector is there, or whoever holds the proxy."""
    return meeting.attendance.present(line.holder or line.person)


def entitled(vote: Vote, person: PersonId, role: Role) -> bool:
    """Tell whether *person* may vote: is on the roll, or of a role that votes in an open poll."""
    if vote.roll is not None:
        return person in vote.roll
    return entitled_role(vote.electors, role)


def entitled_role(electors: Electors, role: Role) -> bool:
    """Tell whether *role* votes where nobody froze a roll; equipment never does."""
    return role not in DEVICES if electors == "everyone" else role in ELECTORS


def watched(meeting: Meeting, vote: Vote) -> bool:
    """Tell whether somebody may vote yet who is there, and sees the meeting by the livestream."""
    if vote.roll is None:
        people = meeting.attendance.people
        return vote.electors == "everyone" and any(_votes_yet(meeting, vote, p, p) for p in people)
    lines = vote.roll.values()
    return any(_votes_yet(meeting, vote, line.person, line.holder or line.person) for line in lines)


def _votes_yet(meeting: Meeting, vote: Vote, elector: PersonId, voter: PersonId) -> bool:
    """Tell whether a ballot of *elector* may come yet, by livestream. Of papers nobody knows."""
    final = elector in vote.ballots and not vote.rules.changeable
    return behind(meeting, voter) and not final and vote.claims.get(elector) != "hands"


def _may_be_listed(meeting: Meeting, person: PersonId) -> bool:
    attendee = meeting.attendance.people.get(person)
    if attendee is not None:
        return attendee.role not in DEVICES
    return person in meeting.attendance.roster.lines


def _line(meeting: Meeting, person: PersonId) -> RollLine:
    known = meeting.attendance.roster.lines.get(person)
    weight = 1 if known is None else known.weight
    holder = holder_of(meeting, person)
    if holder is not None and _aside(meeting, holder):
        holder = None
    return RollLine(person=person, weight=weight, holder=holder)


def _aside(meeting: Meeting, person: PersonId) -> bool:
    """Tell whether *person* stands aside at the current agenda item."""
    return meeting.attendance.roster.recused(person, meeting.agenda.current)
