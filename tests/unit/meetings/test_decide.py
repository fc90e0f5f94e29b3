"""The meeting as a whole: opened, recessed, resumed, closed; and what holds for every command."""

from __future__ import annotations

from meetings import commands as cmd
from meetings import events as ev
from meetings.authority import Actor, may
from meetings.refusals import Code, Refused
from tests.each import each
from tests.unit.meetings.given import (
    CLOSED,
    HOST,
    MEMBER,
    NEIGHBOUR,
    NOW,
    OPEN,
    RECESS,
    ROOM,
    SCHEDULED,
    VIEWER,
    given,
    meeting,
)
from tests.unit.meetings.test_authority import COMMANDS

SPEAKS = ev.FloorGranted(person="li", until_ms=99_000)
ASKS = ev.VoteOpened(question="同意吗", options=("同意", "反对"), electors="everyone")


def test_a_scheduled_meeting_is_opened() -> None:
    given(*SCHEDULED).when(HOST, cmd.OpenMeeting()).then(ev.MeetingOpened())


@each("events", [OPEN, RECESS])
def test_a_meeting_is_opened_once(events: tuple[ev.Event, ...]) -> None:
    given(*events).when(HOST, cmd.OpenMeeting()).refused(Code.MEETING_NOT_SCHEDULED)


def test_an_open_meeting_is_recessed() -> None:
    given(*OPEN).when(HOST, cmd.RecessMeeting()).then(ev.MeetingRecessed())


def test_a_recess_ends_the_speech_and_no_vote() -> None:
    """The recess comes last: its offset is the answer."""
    given(*OPEN, SPEAKS, ASKS).when(HOST, cmd.RecessMeeting()).then(
        ev.FloorEnded(person="li", reason="recess"), ev.MeetingRecessed()
    )


@each("events", [SCHEDULED, RECESS])
def test_only_an_open_meeting_is_recessed(events: tuple[ev.Event, ...]) -> None:
    given(*events).when(HOST, cmd.RecessMeeting()).refused(Code.MEETING_NOT_OPEN)


@each("minutes", [None, 1])
def test_a_recess_may_say_until_when(minutes: int | None) -> None:
    """The screens count down; the host resumes."""
    until_ms = None if minutes is None else NOW + minutes * 60_000
    given(*OPEN).when(HOST, cmd.RecessMeeting(until_ms=until_ms)).then(
        ev.MeetingRecessed(until_ms=until_ms)
    )


@each("events", [OPEN, RECESS])
def test_a_meeting_is_adjourned_to_another_day(events: tuple[ev.Event, ...]) -> None:
    """Also out of a recess; whether the day is settled or not."""
    for until_ms in (None, NOW + 86_400_000):
        given(*events).when(HOST, cmd.AdjournMeeting(until_ms=until_ms)).then(
            ev.MeetingAdjourned(until_ms=until_ms)
        )


def test_adjourning_ends_the_speech_and_no_vote() -> None:
    given(*OPEN, SPEAKS, ASKS).when(HOST, cmd.AdjournMeeting()).then(
        ev.FloorEnded(person="li", reason="recess"), ev.MeetingAdjourned()
    )


@each("events", [SCHEDULED, (*OPEN, ev.MeetingAdjourned())])
def test_what_does_not_go_on_is_not_adjourned(events: tuple[ev.Event, ...]) -> None:
    given(*events).when(HOST, cmd.AdjournMeeting()).refused(Code.MEETING_NOT_OPEN)


@each("command", [cmd.RecessMeeting, cmd.AdjournMeeting])
def test_no_rest_ends_in_the_past(
    command: type[cmd.RecessMeeting | cmd.AdjournMeeting],
) -> None:
    given(*OPEN).when(HOST, command(until_ms=NOW)).refused(Code.MEETING_PAST_TIME)
    later = given(*OPEN).when(HOST, command(until_ms=NOW + 1)).decision
    assert isinstance(later, tuple)


def test_an_adjourned_meeting_is_in_recess_and_says_so() -> None:
    """Until it is resumed, or closed for good."""
    adjourned = ev.MeetingAdjourned(until_ms=NOW)
    rests = meeting(*OPEN, adjourned)
    assert (rests.state, rests.adjourned, rests.until_ms) == ("recess", True, NOW)
    given(*OPEN, adjourned).when(HOST, cmd.ResumeMeeting()).then(ev.MeetingResumed())
    for end in (ev.MeetingResumed(), ev.MeetingClosed()):
        over = meeting(*OPEN, adjourned, end)
        assert (over.adjourned, over.until_ms) == (False, None)
    given(*OPEN, adjourned).when(HOST, cmd.CloseMeeting()).then(ev.MeetingClosed())


def test_a_recess_ends_with_resuming() -> None:
    given(*RECESS).when(HOST, cmd.ResumeMeeting()).then(ev.MeetingResumed())


@each("events", [SCHEDULED, OPEN])
def test_only_a_recess_is_resumed(events: tuple[ev.Event, ...]) -> None:
    given(*events).when(HOST, cmd.ResumeMeeting()).refused(Code.MEETING_NOT_RECESSED)


@each("events", [OPEN, RECESS])
def test_a_meeting_is_closed(events: tuple[ev.Event, ...]) -> None:
    given(*events).when(HOST, cmd.CloseMeeting()).then(ev.MeetingClosed())


def test_the_close_ends_the_speech_and_every_vote() -> None:
    nobody_voted = ev.Outcome(
        result="rejected",
        tally=(0,) * len(ASKS.options),
        ballots=0,
        cast=0,
        abstained=0,
        reasons=("nobody_voted",),
    )
    given(*OPEN, SPEAKS, ASKS, ASKS).when(HOST, cmd.CloseMeeting()).then(
        ev.FloorEnded(person="li", reason="closed"),
        ev.VoteClosed(vote=9, reason="meeting_closed", outcome=nobody_voted),
        ev.VoteClosed(vote=10, reason="meeting_closed", outcome=nobody_voted),
        ev.MeetingClosed(),
    )


def test_a_meeting_that_was_never_opened_is_not_closed() -> None:
    given(*SCHEDULED).when(HOST, cmd.CloseMeeting()).refused(Code.MEETING_NOT_OPEN)


LATER = sorted(set(COMMANDS) - {"person.join", "person.leave"})


AFTERWARDS = {
    "recording.hold",
    "recording.release",
    "recording.delete",
    "captions.correct",
    "comment.approve",
    "comment.hide",
    "comment.appeal",
    "comment.decline_appeal",
    "comment.restore",
    "minutes.sign",
    "minutes.publish",
    "minutes.amend",
    "person.unmask",
    "person.forget",
}


def test_after_the_close_nothing_happens_any_more() -> None:
    closed = given(*CLOSED)
    for command in sorted(set(LATER) - AFTERWARDS):
        closed.when(HOST, COMMANDS[command]).refused(Code.MEETING_CLOSED)


@each("command", sorted(AFTERWARDS))
def test_after_the_close_what_was_said_is_still_answered_for(command: str) -> None:
    """Comments stay on show, minutes are written, and names can be asked for and forgotten."""
    decision = given(*CLOSED).when(HOST, COMMANDS[command]).decision
    assert not (isinstance(decision, Refused) and decision.code is Code.MEETING_CLOSED)


@each("actor", [HOST, MEMBER, VIEWER])
def test_who_is_not_there_does_nothing(actor: Actor) -> None:
    """Neither who never came nor who has left."""
    never = given(*(e for e in OPEN if getattr(e, "person", "") != actor.person))
    left = given(*OPEN, ev.PersonLeft(person=actor.person))
    for command in LATER:
        if may(actor.role, command):
            never.when(actor, COMMANDS[command]).refused(Code.NOT_PRESENT)
            left.when(actor, COMMANDS[command]).refused(Code.NOT_PRESENT)


def test_authority_comes_first() -> None:
    """Who may not ask learns nothing of the meeting."""
    given(*CLOSED).when(NEIGHBOUR, cmd.OpenMeeting()).refused(Code.FORBIDDEN)
    given(*OPEN).when(ROOM, cmd.PostComment(text="喂")).refused(Code.FORBIDDEN)
