"""
The quorum: whether enough of the electors are there.

Counted are heads, not weights. Who stands aside at the current item is neither expected nor
present. This is the quorum of a meeting as it stands; `history` makes of it a function of time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from meetings.attendance.events import QuorumOfCount, QuorumOfRoster, QuorumRule
from meetings.attendance.proxies import holder_of
from meetings.people import ELECTORS, PersonId
from meetings.state import Meeting


@dataclass(frozen=True, slots=True)
class Quorum:
    """The quorum at one moment."""

    electors: int
    """Those who are expected (应到)."""
    present: int
    """Of them, those who count as present (实到)."""
    needed: int
    """0: no rule was set."""

    @property
    def met(self) -> bool:
        return self.present >= self.needed


def electors(meeting: Meeting) -> tuple[PersonId, ...]:
    """
    Who is entitled to vote among the members at this moment.

    With a roster: its electors, in its order. Without: whoever is present in a role that votes, in
    the order of coming. Without those who stand aside at the current item, either way.
    """
    attendance, item = meeting.attendance, meeting.agenda.current
    roster = attendance.roster
    entitled = (
        (person for person in roster.order if roster.lines[person].elector)
        if roster.lines
        else (
            person
            for person in attendance.members
            if attendance.people[person].role in ELECTORS and attendance.present(person)
        )
    )
    return tuple(person for person in entitled if not roster.recused(person, item))


def quorum(meeting: Meeting) -> Quorum:
    """Count the quorum as the meeting stands."""
    rule = meeting.attendance.roster.quorum
    expected = electors(meeting)
    present = sum(_counts(meeting, person, rule) for person in expected)
    return Quorum(len(expected), present, needed(rule, len(expected)))


def needed(rule: QuorumRule | None, expected: int) -> int:
    """How many of *expected* electors have to be present by *rule*."""
    match rule:
        case None:
            return 0
        case QuorumOfCount():
            return rule.n
        case QuorumOfRoster():
            if rule.strictly:
                return expected * rule.num // rule.den + 1
            return -(-expected * rule.num // rule.den)
        case _:
            assert_never(rule)


def _counts(meeting: Meeting, person: PersonId, rule: QuorumRule | None) -> bool:
    if meeting.attendance.present(person):
        return True
    return rule is not None and rule.proxies and holder_of(meeting, person) is not None
