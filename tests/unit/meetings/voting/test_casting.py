"""Votes: who may vote votes once, while the vote runs."""

from __future__ import annotations

from meetings import commands as cmd
from meetings import events as ev
from meetings.authority import Actor
from meetings.events import Electors
from meetings.people import ELECTORS, MEMBERS, Role
from meetings.refusals import Code
from meetings.voting.opening import OPEN_MAX
from meetings.voting.roll import entitled_role
from tests.each import each
from tests.unit.meetings.given import (
    HOST,
    MEMBER,
    NOW,
    OPEN,
    RECESS,
    SCHEDULED,
    VIEWER,
    given,
)

OPTIONS = ("同意", "反对", "弃权")
RUNS = ev.VoteOpened(question="同意方案吗", options=OPTIONS, electors="everyone")  # entry 8
MEMBERS_ONLY = RUNS.model_copy(update={"electors": "members"})
ENDED = ev.VoteClosed(vote=8, reason="closed")


def marks(option: int) -> tuple[int, ...]:
    return tuple(int(at == option) for at in range(len(OPTIONS)))


def given_by(person: str, option: int) -> ev.BallotGiven:
    return ev.BallotGiven(vote=8, person=person, marks=marks(option), channel="electronic")


def test_a_question_is_put_until_the_host_closes() -> None:
    asked = cmd.OpenVote(question="同意方案吗", options=OPTIONS)
    given(*OPEN).when(HOST, asked).then(RUNS)


def test_a_question_is_put_for_a_time() -> None:
    asked = cmd.OpenVote(question="同意方案吗", options=OPTIONS, electors="members", seconds=30)
    roll = (ev.RollLine(person="chen"), ev.RollLine(person="li"))
    frozen = {"until_ms": NOW + 30_000, "roll": roll, "present": 2}
    given(*OPEN).when(HOST, asked).then(MEMBERS_ONLY.model_copy(update=frozen))


@each("events", [SCHEDULED, RECESS])
def test_questions_are_put_in_the_open_meeting(events: tuple[ev.Event, ...]) -> None:
    asked = cmd.OpenVote(question="?", options=OPTIONS)
    given(*events).when(HOST, asked).refused(Code.MEETING_NOT_OPEN)


def test_only_so_many_votes_run_at_once() -> None:
    asked = cmd.OpenVote(question="同意方案吗", options=OPTIONS)
    full = [RUNS] * OPEN_MAX
    given(*OPEN, *full).when(HOST, asked).refused(Code.VOTE_TOO_MANY_OPEN)
    given(*OPEN, *full, ENDED).when(HOST, asked).then(RUNS)


@each("actor", [HOST, MEMBER, VIEWER])
def test_everyone_votes_where_everyone_may(actor: Actor) -> None:
    given(*OPEN, RUNS).when(actor, cmd.CastBallot(vote=8, marks=(0, 0, 1))).then(
        given_by(actor.person, 2)
    )


def test_ballots_are_cast_in_a_recess_too() -> None:
    given(*OPEN, RUNS, ev.MeetingRecessed()).when(
        VIEWER, cmd.CastBallot(vote=8, marks=(1, 0, 0))
    ).then(given_by("wang", 0))


def test_a_viewer_does_not_vote_where_members_vote() -> None:
    cast = cmd.CastBallot(vote=8, marks=(1, 0, 0))
    given(*OPEN, MEMBERS_ONLY).when(VIEWER, cast).refused(Code.VOTE_NOT_ENTITLED)
    given(*OPEN, MEMBERS_ONLY).when(MEMBER, cast).then(given_by("li", 0))


@each(
    "electors, roles",
    [
        ("members", set(ELECTORS)),
        ("everyone", {*MEMBERS, Role.VIEWER}),
    ],
)
def test_equipment_has_no_vote(electors: Electors, roles: set[Role]) -> None:
    assert {role for role in Role if entitled_role(electors, role)} == roles


@each("option", [0, 1])
def test_a_second_ballot_by_the_same_person_is_refused(option: int) -> None:
    """Whether for the same option or for another."""
    ballot = given_by("wang", 0)
    cast = cmd.CastBallot(vote=8, marks=marks(option))
    given(*OPEN, RUNS, ballot).when(VIEWER, cast).refused(Code.VOTE_ALREADY_CAST)


def test_there_has_to_be_such_an_option() -> None:
    cast = cmd.CastBallot(vote=8, marks=(0, 0, 0, 1))
    given(*OPEN, RUNS).when(VIEWER, cast).refused(Code.VOTE_UNKNOWN_OPTION)


def test_there_has_to_be_such_a_vote() -> None:
    """The offset of some other entry is none."""
    cast = cmd.CastBallot(vote=7, marks=(1, 0, 0))
    given(*OPEN, RUNS).when(VIEWER, cast).refused(Code.VOTE_UNKNOWN)
    given(*OPEN, RUNS).when(HOST, cmd.CloseVote(vote=7)).refused(Code.VOTE_UNKNOWN)


def test_a_vote_that_ended_takes_no_ballot() -> None:
    cast = cmd.CastBallot(vote=8, marks=(1, 0, 0))
    given(*OPEN, RUNS, ENDED).when(VIEWER, cast).refused(Code.VOTE_CLOSED)


def test_a_vote_takes_no_ballot_after_its_time() -> None:
    """Not from the very millisecond on, even if nobody has recorded the end yet."""
    timed = RUNS.model_copy(update={"until_ms": 50_000})
    cast = cmd.CastBallot(vote=8, marks=(1, 0, 0))
    ballot = given_by("wang", 0)
    given(*OPEN, timed).when(VIEWER, cast, at_ms=49_999).then(ballot)
    given(*OPEN, timed).when(VIEWER, cast, at_ms=50_000).refused(Code.VOTE_CLOSED)


def test_a_vote_that_ended_is_not_ended_again() -> None:
    given(*OPEN, RUNS, ENDED).when(HOST, cmd.CloseVote(vote=8)).refused(Code.VOTE_CLOSED)
