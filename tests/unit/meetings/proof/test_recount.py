"""Votes of an export are counted again: a true count fits, and each way to cheat is named."""

from __future__ import annotations

from functools import cache

import pytest

from meetings import events as ev
from meetings.ballots.blind import blind_sign
from meetings.ballots.keys import BoxKeys
from meetings.ballots.voter import blind, new_serial
from meetings.proof.faults import Fault
from meetings.proof.recount import Recount
from meetings.voting.terms import Outcome, PublishedBallot, RollLine, VoteRules

VOTE = 1
ROLL = (RollLine(person="chen", weight=2), RollLine(person="wang"), RollLine(person="zhao"))


@cache
def keys() -> BoxKeys:
    return BoxKeys.generate()


def vote(secrecy: str = "named", tellers: tuple[str, ...] = ()) -> ev.VoteOpened:
    rules = VoteRules.model_validate({"secrecy": secrecy, "tellers": tellers})
    key = keys().paper_key if secrecy == "secret" else ""
    return ev.VoteOpened(
        question="同意吗",
        options=("同意", "反对"),
        electors="members",
        rules=rules,
        roll=ROLL,
        paper_key=key,
    )


def given(person: str, *marks: int) -> ev.BallotGiven:
    return ev.BallotGiven(vote=VOTE, person=person, marks=marks, channel="electronic")


def issued(person: str, number: int = 1) -> ev.BallotPaperIssued:
    return ev.BallotPaperIssued(vote=VOTE, person=person, number=number, blinded="0" * 64)


def counted(teller: str, *counts: int, turn: int = 1) -> ev.HandsCounted:
    return ev.HandsCounted(vote=VOTE, teller=teller, round=turn, counts=counts)


def ballot(*marks: int) -> PublishedBallot:
    paper = blind(keys().paper.modulus, new_serial())
    signature = paper.unblind(blind_sign(keys().paper, paper.message))
    return PublishedBallot(serial=paper.serial.hex(), signature=signature.hex(), marks=marks)


def closed(*tally: int, ballots: int) -> ev.VoteClosed:
    outcome = Outcome(result="passed", tally=tally, ballots=ballots, cast=sum(tally), abstained=0)
    return ev.VoteClosed(vote=VOTE, reason="closed", outcome=outcome)


def recounted(*events: ev.Event) -> tuple[int, list[Fault]]:
    """How many votes were counted to the end, and what is wrong."""
    recount = Recount()
    faults = []
    for offset, event in enumerate(events, VOTE):
        content = ev.Entry(offset=offset, at_ms=0, event=event).model_dump_json().encode()
        faults += [fault for fault, _ in recount.take(content)]
    return recount.votes, faults


def test_the_last_ballot_of_each_person_counts_with_its_weight() -> None:
    events = (vote(), given("chen", 0, 1), given("wang", 0, 1), given("chen", 1, 0))
    assert recounted(*events, closed(2, 1, ballots=2)) == (1, [])


def test_hands_count_if_both_tellers_came_to_the_same_in_the_last_round() -> None:
    tellers = vote(tellers=("chen", "wang"))
    again = ev.HandsRecount(vote=VOTE, round=2)
    first = (tellers, counted("chen", 3, 0), counted("wang", 2, 1), again)
    agreed = (counted("chen", 2, 1, turn=2), counted("wang", 2, 1, turn=2))
    assert recounted(*first, *agreed, closed(2, 1, ballots=3)) == (1, [])
    assert recounted(*first, agreed[0], closed(0, 0, ballots=0)) == (1, [])
    assert recounted(*first, agreed[0], closed(2, 1, ballots=3))[1] == [Fault.MISCOUNTED]


@pytest.mark.parametrize("announced", [closed(3, 1, ballots=2), closed(2, 1, ballots=3)])
def test_a_false_outcome_is_named(announced: ev.VoteClosed) -> None:
    events = (vote(), given("chen", 1, 0), given("wang", 0, 1))
    assert recounted(*events, announced)[1] == [Fault.MISCOUNTED]


def test_a_ballot_of_somebody_who_is_not_on_the_roll_is_named() -> None:
    events = (vote(), given("sun", 1, 0), closed(0, 0, ballots=1))
    assert recounted(*events)[1] == [Fault.BALLOT]


def test_a_vote_from_before_there_were_rolls_and_outcomes_is_left_alone() -> None:
    old = vote().model_copy(update={"roll": None})
    cast = ev.BallotCast(vote=VOTE, person="sun", option=1)
    end = ev.VoteClosed(vote=VOTE, reason="closed")
    assert recounted(old, cast, end) == (0, [])
    assert recounted(old, cast, closed(0, 1, ballots=1)) == (1, [])


def test_a_cancelled_vote_is_not_counted() -> None:
    assert recounted(vote(), given("chen", 1, 0), ev.VoteCancelled(vote=VOTE)) == (0, [])


def test_published_ballots_are_counted_if_there_was_a_paper_for_each() -> None:
    papers = (vote("secret"), issued("chen"), issued("chen", 2), issued("wang"))
    published = ev.VotePublished(vote=VOTE, ballots=(ballot(1, 0), ballot(1, 0), ballot(0, 1)))
    assert recounted(*papers, published, closed(2, 1, ballots=3)) == (1, [])
    assert recounted(*papers[:3], published, closed(2, 1, ballots=3))[1] == [Fault.BALLOT]


def test_a_ballot_that_is_published_twice_is_named() -> None:
    one = ballot(1, 0)
    published = ev.VotePublished(vote=VOTE, ballots=(one, one))
    events = (vote("secret"), issued("chen"), issued("wang"), published)
    assert recounted(*events, closed(2, 0, ballots=2))[1] == [Fault.BALLOT]


def test_a_ballot_that_was_not_signed_for_this_vote_is_named() -> None:
    forged = ballot(1, 0).model_copy(update={"serial": "0" * 64})
    events = (
        vote("secret"),
        issued("chen"),
        ev.VotePublished(vote=VOTE, ballots=(forged,)),
        closed(1, 0, ballots=1),
    )
    assert recounted(*events)[1] == [Fault.BALLOT]


@pytest.mark.parametrize("key", ["", "0", "f" * 511, "x" * 512])
def test_a_key_that_is_none_signs_nothing(key: str) -> None:
    opened = vote("secret").model_copy(update={"paper_key": key})
    published = ev.VotePublished(vote=VOTE, ballots=(ballot(1, 0),))
    assert recounted(opened, issued("chen"), published)[1] == [Fault.BALLOT]


@pytest.mark.parametrize("more", [issued("chen", 3), issued("chen", 1), issued("sun")])
def test_a_paper_too_many_is_named(more: ev.BallotPaperIssued) -> None:
    events = (vote("secret"), issued("chen"), issued("chen", 2), more)
    assert recounted(*events)[1] == [Fault.BALLOT]


def test_an_entry_of_a_vote_that_says_nothing_is_unreadable() -> None:
    recount = Recount()
    broken = b'{"offset":1,"at_ms":0,"event":{"type":"vote.opened"}}'
    assert [fault for fault, _ in recount.take(broken)] == [Fault.UNREADABLE]


# --- after the time is up

CLOSE_MS, GRACE_MS = 1000, 4000
GRACE = vote().model_copy(update={"grace_ms": GRACE_MS})


def late(seen_ms: int | None, at_ms: int, until_ms: int = CLOSE_MS + GRACE_MS) -> list[Fault]:
    """What is wrong with a ballot of after the close."""
    time_up = ev.VoteTimeUp(vote=VOTE, close_ms=CLOSE_MS, until_ms=until_ms, reason="closed")
    ballot = given("chen", 1, 0).model_copy(update={"seen_ms": seen_ms})
    recount = Recount()
    entries = ((0, GRACE), (CLOSE_MS, time_up), (at_ms, ballot), (at_ms, closed(2, 0, ballots=1)))
    return [
        fault
        for offset, (written_ms, event) in enumerate(entries, VOTE)
        for fault, _ in recount.take(
            ev.Entry(offset=offset, at_ms=written_ms, event=event).model_dump_json().encode()
        )
    ]


def test_a_late_ballot_was_given_before_the_close_and_came_within_the_grace() -> None:
    end_ms = CLOSE_MS + GRACE_MS
    assert late(CLOSE_MS - 1, end_ms - 1) == []
    assert late(CLOSE_MS, end_ms - 1) == [Fault.BALLOT]
    assert late(CLOSE_MS - 1, end_ms) == [Fault.BALLOT]
    assert late(None, CLOSE_MS) == [Fault.BALLOT]


def test_a_grace_that_is_longer_than_was_said_at_the_opening_is_named() -> None:
    assert late(CLOSE_MS - 1, CLOSE_MS, CLOSE_MS + GRACE_MS + 1) == [Fault.BALLOT]
