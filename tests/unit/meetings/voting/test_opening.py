"""Putting a question: its rules make sense together, and its electors are frozen."""

from __future__ import annotations

import pytest

from meetings import commands as cmd
from meetings import events as ev
from meetings.moment import Moment
from meetings.refusals import Code
from meetings.voting.opening import PAPERS_MAX
from meetings.voting.terms import LISTED_MAX, TWO_THIRDS
from tests.each import each
from tests.unit.meetings.given import HOST, NOW, Outcome, given
from tests.unit.meetings.voting.sample import BODY, MOTION, ROLL, opened

MEMBERS = cmd.OpenVote(question="加装电梯", options=MOTION, electors="members")
KEY = "c" * 512


def ask(rules: ev.VoteRules, **more: object) -> Outcome:
    """The host asks the body by these rules."""
    command = MEMBERS.model_copy(update={"rules": rules, **more})
    return given(*BODY).when(HOST, command, moment=Moment(NOW, paper_key=KEY))


def vote_of(outcome: Outcome) -> ev.VoteOpened:
    assert isinstance(outcome.decision, tuple), outcome.decision
    (event,) = outcome.decision
    assert isinstance(event, ev.VoteOpened)
    return event


def test_the_electors_are_frozen_with_weights_and_proxies() -> None:
    """The clerk is on the roster without a vote; the one who is away is represented."""
    vote = vote_of(ask(ev.VoteRules(kind="motion")))
    assert (vote.roll, vote.present) == (ROLL, 7)


def test_a_motion_is_carried_by_the_simple_majority_if_nothing_is_said() -> None:
    ask(ev.VoteRules(kind="motion")).then(opened())


def test_who_is_present_is_the_electorate_where_the_host_says_so() -> None:
    """With those who are represented; who is away without a proxy is not."""
    present = MEMBERS.model_copy(update={"electors": "present"})
    revoked = ev.ProxyRevoked(giver="zhou", holder="li")
    everybody = vote_of(given(*BODY).when(HOST, present))
    assert everybody.roll == ROLL
    without = vote_of(given(*BODY, revoked).when(HOST, present))
    assert [line.person for line in without.roll or ()] == ["chen", "li", "wu"]


def test_an_elector_who_is_away_without_a_proxy_is_entitled_but_not_present() -> None:
    revoked = ev.ProxyRevoked(giver="zhou", holder="li")
    vote = vote_of(given(*BODY, revoked).when(HOST, MEMBERS))
    assert [(line.person, line.holder) for line in vote.roll or ()][2] == ("zhou", None)
    assert vote.present == 4


def test_a_proxy_rests_while_its_giver_is_there() -> None:
    there = ev.PersonJoined(person="zhou", role="participant")
    vote = vote_of(given(*BODY, there).when(HOST, MEMBERS))
    assert all(line.holder is None for line in vote.roll or ())


def test_who_stands_aside_is_not_on_the_roll() -> None:
    """Nor votes for others: the line of whose proxy he holds has no holder."""
    aside = (ev.AgendaMoved(item=1), ev.RecusalDeclared(person="li", item=1))
    vote = vote_of(given(*BODY, *aside).when(HOST, MEMBERS))
    lines = [(line.person, line.holder) for line in vote.roll or ()]
    assert lines == [("chen", None), ("zhou", None), ("wu", None)]
    assert (vote.item, vote.present) == (1, 2)


def test_the_quorum_is_frozen_with_the_roll() -> None:
    rule = ev.QuorumSet(rule=ev.QuorumOfRoster(num=3, den=4, proxies=True))
    vote = vote_of(given(*BODY, rule).when(HOST, MEMBERS))
    assert vote.quorum == ev.QuorumTaken(needed=3, present=4)


def test_an_open_poll_has_neither_roll_nor_quorum() -> None:
    rule = ev.QuorumSet(rule=ev.QuorumOfCount(n=2))
    poll = MEMBERS.model_copy(update={"electors": "everyone"})
    vote = vote_of(given(*BODY, rule).when(HOST, poll))
    assert (vote.roll, vote.present, vote.quorum) == (None, None, None)


def test_electors_can_be_listed_one_by_one() -> None:
    """Somebody who came, or is on the roster; once each, in the order of the list."""
    listed = MEMBERS.model_copy(update={"electors": "listed", "listed": ("wang", "zhou", "wang")})
    vote = vote_of(given(*BODY).when(HOST, listed))
    assert [line.person for line in vote.roll or ()] == ["wang", "zhou"]


@each("stranger", ["nobody", "room"])
def test_strangers_and_equipment_cannot_be_listed(stranger: str) -> None:
    listed = MEMBERS.model_copy(update={"electors": "listed", "listed": ("wang", stranger)})
    given(*BODY).when(HOST, listed).refused(Code.VOTE_UNKNOWN_ELECTOR)


def test_a_vote_of_nobody_is_not_put() -> None:
    aside = (ev.AgendaMoved(item=1), ev.RecusalDeclared(person="wu", item=1))
    listed = MEMBERS.model_copy(update={"electors": "listed", "listed": ("wu",)})
    given(*BODY, *aside).when(HOST, listed).refused(Code.VOTE_NOBODY_ENTITLED)


def test_a_list_is_bounded() -> None:
    many = tuple(f"p{n}" for n in range(LISTED_MAX + 1))
    assert cmd.OpenVote(question="?", options=MOTION, listed=many[:-1])
    with pytest.raises(ValueError, match="listed"):
        cmd.OpenVote(question="?", options=MOTION, listed=many)


@each(
    "rules, more",
    [
        (ev.VoteRules(kind="motion"), {"options": ("一", "二", "三", "四")}),
        (ev.VoteRules(kind="multiple", min_choices=2, max_choices=1), {}),
        (ev.VoteRules(kind="multiple", max_choices=4), {}),
        (ev.VoteRules(kind="score", majority=ev.SIMPLE), {}),
        (ev.VoteRules(kind="motion", majority=ev.Majority(num=3, den=2)), {}),
        (ev.VoteRules(kind="motion", majority=ev.Majority(num=1, den=1)), {}),
        (ev.VoteRules(kind="motion", majority=TWO_THIRDS), {"electors": "everyone"}),
        (ev.VoteRules(secrecy="secret", results="live"), {}),
        (ev.VoteRules(), {"electors": "listed"}),
        (ev.VoteRules(), {"listed": ("wu",)}),
        (ev.VoteRules(tellers=("sun",)), {}),
        (ev.VoteRules(tellers=("sun", "sun")), {}),
        (ev.VoteRules(tellers=("sun", "nobody")), {}),
        (ev.VoteRules(kind="score", tellers=("sun", "wang")), {}),
    ],
)
def test_rules_that_do_not_go_together_are_refused(
    rules: ev.VoteRules, more: dict[str, object]
) -> None:
    ask(rules, **more).refused(Code.VOTE_BAD_RULES)


@each(
    "rules, more",
    [
        (ev.VoteRules(kind="motion"), {"options": ("同意", "反对")}),
        (ev.VoteRules(kind="multiple", min_choices=0, max_choices=3), {}),
        (ev.VoteRules(kind="motion", majority=ev.Majority(num=1, den=1, strictly=False)), {}),
        (ev.VoteRules(kind="motion", majority=TWO_THIRDS), {}),
        (ev.VoteRules(tellers=("sun", "wang")), {}),
    ],
)
def test_rules_at_the_edge_are_taken(rules: ev.VoteRules, more: dict[str, object]) -> None:
    assert vote_of(ask(rules, **more))


def test_a_secret_vote_has_its_key_in_the_record() -> None:
    vote = vote_of(ask(ev.VoteRules(secrecy="secret")))
    assert vote.paper_key == KEY
    assert vote_of(ask(ev.VoteRules())).paper_key == ""


def test_without_a_ballot_box_nothing_is_secret() -> None:
    secret = MEMBERS.model_copy(update={"rules": ev.VoteRules(secrecy="secret")})
    given(*BODY).when(HOST, secret).refused(Code.VOTE_SECRET_UNAVAILABLE)


@each("weight, fits", [(PAPERS_MAX, True), (PAPERS_MAX + 1, False)])
def test_a_secret_vote_is_one_paper_a_vote(weight: int, *, fits: bool) -> None:
    heavy = ev.RosterSet(person="wu", role="participant", weight=weight)
    secret = MEMBERS.model_copy(update={"rules": ev.VoteRules(secrecy="secret")})
    outcome = given(*BODY, heavy).when(HOST, secret, moment=Moment(NOW, paper_key=KEY))
    if fits:
        assert vote_of(outcome)
    else:
        outcome.refused(Code.VOTE_TOO_HEAVY)


def test_a_vote_lasts_as_long_as_was_said_and_keeps_the_livestreams_delay_beside_it() -> None:
    timed = MEMBERS.model_copy(update={"electors": "everyone", "seconds": 30})
    vote = vote_of(given(*BODY).when(HOST, timed, moment=Moment(NOW, stream_delay_ms=6000)))
    assert (vote.until_ms, vote.grace_ms) == (NOW + 30_000, 6000)
