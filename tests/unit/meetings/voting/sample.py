"""A body of electors with weights, a proxy and a recusal, and votes among them."""

from __future__ import annotations

from meetings import events as ev
from meetings.authority import Actor
from meetings.people import Role
from tests.unit.meetings.given import OPEN, RECESS

__all__ = ["OPEN", "RECESS"]

CLERK = Actor("sun", Role.CLERK)
ZHOU = Actor("zhou", Role.PARTICIPANT)
WU = Actor("wu", Role.PARTICIPANT)

BODY: tuple[ev.Event, ...] = (
    *OPEN,
    *(ev.PersonJoined(person=who.person, role=who.role) for who in (CLERK, WU)),
    ev.RosterSet(person="chen", role=Role.HOST),
    ev.RosterSet(person="li", role=Role.PARTICIPANT, weight=2),
    ev.RosterSet(person="zhou", role=Role.PARTICIPANT, weight=3),
    ev.RosterSet(person="wu", role=Role.PARTICIPANT),
    ev.RosterSet(person="sun", role=Role.CLERK, elector=False),
    ev.ProxyGiven(giver="zhou", holder="li", until="close"),
)
"""
15 entries; what comes next has offset 16. Electors: chen 1, li 2, zhou 3 (away, by proxy of li),
wu 1.
"""

ROLL = (
    ev.RollLine(person="chen"),
    ev.RollLine(person="li", weight=2),
    ev.RollLine(person="zhou", weight=3, holder="li"),
    ev.RollLine(person="wu"),
)
VOTE = 16

MOTION = ("同意", "反对", "弃权")
YES, NO, ABSTAIN = (1, 0, 0), (0, 1, 0), (0, 0, 1)


def opened(
    rules: ev.VoteRules | None = None,
    *,
    options: tuple[str, ...] = MOTION,
    roll: tuple[ev.RollLine, ...] | None = ROLL,
    present: int | None = 7,
    quorum: ev.QuorumTaken | None = None,
    until_ms: int | None = None,
    paper_key: str = "",
    grace_ms: int = 0,
) -> ev.VoteOpened:
    """A vote of the body, by name and by simple majority if nothing else is said."""
    return ev.VoteOpened(
        question="加装电梯",
        options=options,
        electors="everyone" if roll is None else "members",
        rules=rules or ev.VoteRules(kind="motion", majority=ev.SIMPLE),
        roll=roll,
        present=None if roll is None else present,
        quorum=quorum,
        until_ms=until_ms,
        paper_key=paper_key,
        grace_ms=grace_ms,
    )


def gave(
    person: str, marks: tuple[int, ...], channel: ev.Channel = "electronic", vote: int = VOTE
) -> ev.BallotGiven:
    return ev.BallotGiven(vote=vote, person=person, marks=marks, channel=channel)


def in_room(*persons: str) -> tuple[ev.PersonSignedIn, ...]:
    return tuple(ev.PersonSignedIn(person=who, role=Role.PARTICIPANT) for who in persons)
