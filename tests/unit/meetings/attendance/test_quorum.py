"""The quorum counts heads of the roster, by the rule that was set."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from meetings import commands as cmd
from meetings import events as ev
from meetings.attendance.history import Change, series
from meetings.attendance.quorum import Quorum, electors, needed, quorum
from meetings.people import Role
from tests.each import each
from tests.unit.meetings.given import CLERK, HOST, OPEN, given, joined, meeting, record

HALF = ev.QuorumOfRoster(num=1, den=2, strictly=True)
TWO_THIRDS = ev.QuorumOfRoster(num=2, den=3)
LINES = tuple(
    ev.RosterSet(person=person, role=Role.PARTICIPANT) for person in ("li", "wang", "qian", "sun")
)
ROSTER: tuple[ev.Event, ...] = (*OPEN, *LINES)


@each(
    "rule, expected, enough",
    [
        (None, 10, 0),
        (ev.QuorumOfCount(n=7), 10, 7),
        (HALF, 10, 6),  # 过半数: more than half
        (HALF, 11, 6),
        (HALF, 0, 1),
        (TWO_THIRDS, 9, 6),  # 三分之二以上: two thirds are enough
        (TWO_THIRDS, 10, 7),
        (TWO_THIRDS, 11, 8),
        (ev.QuorumOfRoster(num=1, den=1), 10, 10),
    ],
)
def test_how_many_are_needed(rule: ev.QuorumRule | None, expected: int, enough: int) -> None:
    assert needed(rule, expected) == enough


def test_present_electors_are_counted_whatever_they_weigh() -> None:
    heavy = ev.RosterSet(person="li", role=Role.PARTICIPANT, weight=100)
    now = quorum(meeting(*ROSTER, heavy, ev.QuorumSet(rule=TWO_THIRDS)))
    assert now == Quorum(electors=4, present=2, needed=3)
    assert not now.met


def test_who_is_on_the_roster_without_a_vote_is_not_counted() -> None:
    secretary = ev.RosterSet(person="li", role=Role.PARTICIPANT, elector=False)
    assert quorum(meeting(*ROSTER, secretary)) == Quorum(electors=3, present=1, needed=0)


def test_who_is_signed_in_without_a_device_counts() -> None:
    seated = ev.PersonSignedIn(person="qian", role=Role.PARTICIPANT)
    assert quorum(meeting(*ROSTER, seated, ev.QuorumSet(rule=TWO_THIRDS))).met


@each("counted, present", [(False, 2), (True, 3)])
def test_proxies_count_where_the_rule_says_so(counted: bool, present: int) -> None:
    rule = ev.QuorumOfCount(n=3, proxies=counted)
    given_away = ev.ProxyGiven(giver="qian", holder="li", until="close")
    events = (*ROSTER, given_away, ev.QuorumSet(rule=rule))
    assert quorum(meeting(*events)).present == present
    # Not while the holder is away.
    assert quorum(meeting(*events, ev.PersonLeft(person="li"))).present == 1


def test_who_stands_aside_is_neither_expected_nor_present() -> None:
    aside = ev.RecusalDeclared(person="li", item=1)
    events = (*ROSTER, aside, ev.QuorumSet(rule=HALF))
    assert quorum(meeting(*events)) == Quorum(electors=4, present=2, needed=3)
    assert quorum(meeting(*events, ev.AgendaMoved(item=1))) == Quorum(3, 1, 2)


def test_without_a_roster_the_members_present_are_the_electors() -> None:
    """The clerk is a member, but has no vote; a resident is none."""
    assert electors(meeting(*OPEN, *joined(CLERK))) == ("chen", "li")
    assert electors(meeting(*OPEN, ev.PersonLeft(person="li"))) == ("chen",)


def test_a_host_sets_the_quorum_and_takes_it_away() -> None:
    given(*OPEN).when(HOST, cmd.SetQuorum(rule=HALF)).then(ev.QuorumSet(rule=HALF))
    events = (*OPEN, ev.QuorumSet(rule=HALF))
    given(*events).when(HOST, cmd.SetQuorum(rule=HALF)).then()
    given(*events).when(HOST, cmd.SetQuorum(rule=None)).then(ev.QuorumSet(rule=None))


def test_impossible_quorums_cannot_be_asked() -> None:
    for wrong in ({"of": "count", "n": 0}, {"of": "roster", "num": 3, "den": 2}):
        with pytest.raises(ValidationError):
            cmd.SetQuorum.model_validate({"rule": wrong})


def test_the_quorum_is_a_function_of_time() -> None:
    """Eleven events with the roster; the quorum is told where it becomes another one."""
    events = (
        *ROSTER,  # 11 entries
        ev.QuorumSet(rule=TWO_THIRDS),
        ev.PersonJoined(person="qian", role=Role.PARTICIPANT),
        ev.CommentPosted(person="wang", text="好"),
        ev.PersonLeft(person="li"),
    )
    assert tuple(series(record(events)))[-4:] == (
        Change(11_000, Quorum(4, 2, 0)),
        Change(12_000, Quorum(4, 2, 3)),
        Change(13_000, Quorum(4, 3, 3)),
        Change(15_000, Quorum(4, 2, 3)),
    )


def test_no_record_has_no_quorum() -> None:
    with pytest.raises(ValueError, match="begins with its creation"):
        list(series(record([ev.MeetingOpened()])))
