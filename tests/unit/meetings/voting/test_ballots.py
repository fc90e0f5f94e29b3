"""Named ballots: who gives which, once, and changed only where the vote allows it."""

from __future__ import annotations

import pytest

from meetings import commands as cmd
from meetings import events as ev
from meetings.authority import Actor
from meetings.refusals import Code
from meetings.voting.terms import SCORE_MAX
from tests.each import each
from tests.unit.meetings.given import HOST, MEMBER, VIEWER, given
from tests.unit.meetings.voting.sample import (
    ABSTAIN,
    BODY,
    CLERK,
    NO,
    VOTE,
    WU,
    YES,
    ZHOU,
    gave,
    opened,
)

CHANGEABLE = ev.VoteRules(kind="motion", majority=ev.SIMPLE, changeable=True)
HERE = ev.PersonJoined(person="zhou", role=ZHOU.role)


def cast(marks: tuple[int, ...] = YES) -> cmd.CastBallot:
    return cmd.CastBallot(vote=VOTE, marks=marks)


def cast_for(person: str, marks: tuple[int, ...] = YES) -> cmd.CastBallotFor:
    return cmd.CastBallotFor(vote=VOTE, person=person, marks=marks)


@each("marks", [YES, NO, ABSTAIN])
def test_an_elector_votes_for_against_or_abstains(marks: tuple[int, ...]) -> None:
    given(*BODY, opened()).when(WU, cast(marks)).then(gave("wu", marks))


@each("actor", [VIEWER, CLERK])
def test_who_is_not_on_the_roll_does_not_vote(actor: Actor) -> None:
    given(*BODY, opened()).when(actor, cast()).refused(Code.VOTE_NOT_ENTITLED)


def test_the_roll_stands_fast_from_the_opening() -> None:
    """Whoever is put on the roster meanwhile votes in the next vote, and nobody is taken off."""
    new = ev.RosterSet(person="wang", role=VIEWER.role)
    given(*BODY, opened(), new).when(VIEWER, cast()).refused(Code.VOTE_NOT_ENTITLED)
    gone = ev.RosterRemoved(person="wu")
    given(*BODY, opened(), gone).when(WU, cast()).then(gave("wu", YES))


def test_the_holder_votes_for_the_giver() -> None:
    given(*BODY, opened()).when(MEMBER, cast_for("zhou", NO)).then(gave("zhou", NO, "proxy"))


def test_the_giver_who_comes_later_does_not_vote_beside_the_holder() -> None:
    given(*BODY, opened(), HERE).when(ZHOU, cast()).refused(Code.VOTE_BY_PROXY)


def test_nobody_votes_for_others_without_their_proxy() -> None:
    """A proxy is for the giver's vote alone."""
    given(*BODY, opened()).when(WU, cast_for("zhou")).refused(Code.VOTE_NOT_ENTITLED)
    given(*BODY, opened()).when(MEMBER, cast_for("wu")).refused(Code.VOTE_NOT_ENTITLED)


def test_the_desk_enters_a_raised_hand_by_name() -> None:
    given(*BODY, opened()).when(CLERK, cast_for("wu")).then(gave("wu", YES, "hands"))
    given(*BODY, opened()).when(CLERK, cast_for("wang")).refused(Code.VOTE_NOT_ENTITLED)
    given(*BODY, opened()).when(CLERK, cast_for("nobody")).refused(Code.VOTE_NOT_ENTITLED)


def test_in_an_open_poll_the_desk_enters_hands_of_those_who_came() -> None:
    poll = opened(roll=None)
    given(*BODY, poll).when(CLERK, cast_for("wang")).then(gave("wang", YES, "hands"))
    given(*BODY, poll).when(CLERK, cast_for("room")).refused(Code.VOTE_NOT_ENTITLED)
    given(*BODY, poll).when(CLERK, cast_for("nobody")).refused(Code.VOTE_NOT_ENTITLED)


def test_a_claimed_device_excludes_the_hand_and_the_other_way_round() -> None:
    device = ev.VoteChannelClaimed(vote=VOTE, person="wu", channel="electronic")
    hand = ev.VoteChannelClaimed(vote=VOTE, person="wu", channel="hands")
    given(*BODY, opened(), device).when(CLERK, cast_for("wu")).refused(Code.VOTE_CHANNEL_CLAIMED)
    given(*BODY, opened(), device).when(WU, cast()).then(gave("wu", YES))
    given(*BODY, opened(), hand).when(WU, cast()).refused(Code.VOTE_CHANNEL_CLAIMED)
    given(*BODY, opened(), hand).when(CLERK, cast_for("wu")).then(gave("wu", YES, "hands"))


def test_a_hand_that_tellers_count_is_not_entered_by_name_besides() -> None:
    counted = opened(ev.VoteRules(kind="motion", majority=ev.SIMPLE, tellers=("sun", "wang")))
    hand = ev.VoteChannelClaimed(vote=VOTE, person="wu", channel="hands")
    given(*BODY, counted, hand).when(CLERK, cast_for("wu")).refused(Code.VOTE_CHANNEL_CLAIMED)


def test_a_ballot_is_final_unless_the_vote_says_otherwise() -> None:
    given(*BODY, opened(), gave("wu", YES)).when(WU, cast(NO)).refused(Code.VOTE_ALREADY_CAST)
    changeable = (*BODY, opened(CHANGEABLE), gave("wu", YES))
    given(*changeable).when(WU, cast(NO)).then(gave("wu", NO))
    given(*changeable).when(WU, cast(YES)).then()


def test_a_ballot_is_changed_only_the_way_it_came() -> None:
    """Nobody at the desk overwrites what a person cast, nor the other way round."""
    own = (*BODY, opened(CHANGEABLE), gave("wu", YES))
    given(*own).when(CLERK, cast_for("wu", NO)).refused(Code.VOTE_ALREADY_CAST)
    entered = (*BODY, opened(CHANGEABLE), gave("wu", YES, "hands"))
    given(*entered).when(WU, cast(NO)).refused(Code.VOTE_ALREADY_CAST)
    given(*entered).when(CLERK, cast_for("wu", NO)).then(gave("wu", NO, "hands"))


@each(
    "rules, right, wrong",
    [
        (ev.VoteRules(kind="single"), [(0, 1, 0)], [(0, 0, 0), (1, 1, 0), (2, 0, 0)]),
        (
            ev.VoteRules(kind="multiple", min_choices=1, max_choices=2),
            [(1, 0, 0), (1, 0, 1)],
            [(0, 0, 0), (1, 1, 1), (2, 0, 0)],
        ),
        (ev.VoteRules(kind="multiple", min_choices=0), [(0, 0, 0), (1, 0, 0)], [(1, 1, 0)]),
        (
            ev.VoteRules(kind="score", score_max=5),
            [(0, 0, 0), (5, 5, 5), (1, 2, 3)],
            [(6, 0, 0)],
        ),
    ],
)
def test_marks_are_as_the_rules_ask(
    rules: ev.VoteRules, right: list[tuple[int, ...]], wrong: list[tuple[int, ...]]
) -> None:
    for marks in right:
        given(*BODY, opened(rules)).when(WU, cast(marks)).then(gave("wu", marks))
    for marks in wrong:
        given(*BODY, opened(rules)).when(WU, cast(marks)).refused(Code.VOTE_BAD_MARKS)


@each("marks", [(), (1,), (1, 0), (1, 0, 0, 0)])
def test_every_option_has_a_mark(marks: tuple[int, ...]) -> None:
    given(*BODY, opened()).when(WU, cast(marks)).refused(Code.VOTE_UNKNOWN_OPTION)


def test_marks_are_bounded() -> None:
    assert cast((SCORE_MAX,))
    with pytest.raises(ValueError, match="marks"):
        cast((SCORE_MAX + 1,))


def test_a_secret_vote_takes_no_named_ballot() -> None:
    secret = opened(ev.VoteRules(secrecy="secret"), paper_key="c" * 512)
    given(*BODY, secret).when(WU, cast()).refused(Code.VOTE_SECRET)
    given(*BODY, secret).when(MEMBER, cast_for("zhou")).refused(Code.VOTE_SECRET)


def test_nobody_votes_for_others_where_nothing_runs() -> None:
    given(*BODY).when(MEMBER, cast_for("zhou")).refused(Code.VOTE_UNKNOWN)
    ended = (*BODY, opened(), ev.VoteClosed(vote=VOTE, reason="closed"))
    given(*ended).when(MEMBER, cast_for("zhou")).refused(Code.VOTE_CLOSED)


def test_the_host_is_an_elector_like_others() -> None:
    given(*BODY, opened()).when(HOST, cast()).then(gave("chen", YES))
