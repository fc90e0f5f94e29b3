"""Speeches: who gets the floor, for how long, and what ends, stops or lengthens it."""

from __future__ import annotations

from meetings import commands as cmd
from meetings import events as ev
from meetings.authority import Actor
from meetings.people import Place
from meetings.refusals import Code
from tests.each import each
from tests.unit.meetings.floor.given import ASKED, SPEAKS, ruled
from tests.unit.meetings.given import (
    CLERK,
    HOST,
    MEMBER,
    NEIGHBOUR,
    NOW,
    OPEN,
    RECESS,
    SCHEDULED,
    VIEWER,
    given,
)

INTERRUPTS = (ev.FloorPaused(left_ms=60_000), ev.FloorGranted(person="li", interrupts=True))
MEMBER_HAS_IT = ev.FloorGranted(person="li", place=Place.LINK, until_ms=NOW + 180_000, warning_s=30)


# --- the grant


def test_a_grant_answers_the_request_for_the_usual_time() -> None:
    given(*OPEN, ASKED).when(HOST, cmd.GrantFloor(person="wang")).then(
        ev.FloorGranted(
            person="wang",
            request=8,
            until_ms=NOW + 180_000,
            place=Place.ONLINE,
            warning_s=30,
        )
    )


def test_a_grant_carries_the_rules_of_the_moment() -> None:
    """What is set later is for later speeches."""
    rules = ruled(speech_s=90, warning_s=10, overtime="host")
    hand = ev.FloorRequested(person="wang", side="for", place=Place.ROOM)
    given(*OPEN, rules, hand).when(HOST, cmd.GrantFloor(person="wang")).then(
        ev.FloorGranted(
            person="wang",
            request=9,
            until_ms=NOW + 90_000,
            side="for",
            place=Place.ROOM,
            warning_s=10,
            overtime="host",
        )
    )


def test_a_grant_may_say_its_own_time() -> None:
    given(*OPEN).when(HOST, cmd.GrantFloor(person="li", seconds=60)).then(
        MEMBER_HAS_IT.model_copy(update={"until_ms": NOW + 60_000})
    )


@each("person, place", [("li", Place.LINK), ("chen", None), ("room", None)])
def test_the_host_calls_on_somebody_who_had_not_asked(person: str, place: Place | None) -> None:
    """A member, himself, or those who sit in the room; nobody was passed over by that."""
    given(*OPEN, ASKED).when(HOST, cmd.GrantFloor(person=person)).then(
        ev.FloorGranted(person=person, place=place, until_ms=NOW + 180_000, warning_s=30)
    )


def test_of_two_hands_the_foremost_is_answered() -> None:
    """The speech goes on waiting."""
    point = ev.FloorRequested(person="wang", kind="point_of_order", place=Place.ONLINE)
    both = given(*OPEN, ASKED, point)
    decision = both.when(HOST, cmd.GrantFloor(person="wang")).decision
    assert isinstance(decision, tuple)
    (granted,) = decision
    assert isinstance(granted, ev.FloorGranted)
    assert (granted.request, granted.kind) == (9, "point_of_order")
    after = given(*OPEN, ASKED, point, granted).meeting.floor
    assert [w.request for w in after.queue] == [8]


def test_the_hand_that_was_called_is_answered() -> None:
    """Though another one was raised in the green room."""
    called = ev.FloorCalled(person="wang", request=8)
    point = ev.FloorRequested(person="wang", kind="point_of_order")
    decision = given(*OPEN, ASKED, called, point).when(HOST, cmd.GrantFloor(person="wang")).decision
    assert isinstance(decision, tuple)
    (granted,) = decision
    assert isinstance(granted, ev.FloorGranted)
    assert granted.request == 8


def test_a_grant_passes_the_floor_on() -> None:
    """There is never a moment with two."""
    given(*OPEN, SPEAKS).when(HOST, cmd.GrantFloor(person="li")).then(
        ev.FloorEnded(person="wang", reason="passed"), MEMBER_HAS_IT
    )


def test_the_floor_is_not_granted_to_whoever_holds_it() -> None:
    """Nor to whoever waits to go on."""
    grants = cmd.GrantFloor(person="wang")
    given(*OPEN, SPEAKS).when(HOST, grants).refused(Code.FLOOR_ALREADY_HELD)
    given(*OPEN, SPEAKS, *INTERRUPTS).when(HOST, grants).refused(Code.FLOOR_ALREADY_HELD)


def test_the_floor_is_granted_to_people_who_are_there() -> None:
    """Not to somebody unknown, nor to somebody who has left, though the hand still waits."""
    granted = cmd.GrantFloor(person="nobody")
    given(*OPEN).when(HOST, granted).refused(Code.FLOOR_UNKNOWN_PERSON)
    left = (ASKED, ev.PersonLeft(person="wang"))
    granted = cmd.GrantFloor(person="wang")
    given(*OPEN, *left).when(HOST, granted).refused(Code.FLOOR_UNKNOWN_PERSON)


@each("events", [SCHEDULED, RECESS])
def test_nobody_gets_the_floor_unless_the_meeting_is_open(events: tuple[ev.Event, ...]) -> None:
    given(*events).when(HOST, cmd.GrantFloor(person="li")).refused(Code.MEETING_NOT_OPEN)


# --- whom it passes over


def granted_over(*events: ev.Event) -> int:
    """Grant the floor to wang; return how many were passed over."""
    decision = given(*OPEN, *events).when(HOST, cmd.GrantFloor(person="wang")).decision
    assert isinstance(decision, tuple)
    assert isinstance(decision[-1], ev.FloorGranted)
    return decision[-1].passed_over


FIRST = (ev.FloorRequested(person="li"), ev.FloorRequested(person="zhao"), ASKED)


@each("mode", ["open", "draw", "nominate"])
def test_where_the_order_binds_the_grant_says_how_many_it_passed_over(mode: str) -> None:
    assert granted_over(ruled(mode=mode), *FIRST) == 2


def test_the_list_binds_too() -> None:
    listed = ev.FloorListed(persons=("li", "zhao", "wang"))
    assert granted_over(ruled(mode="list"), listed) == 2


def test_where_the_host_chooses_nobody_is_passed_over() -> None:
    assert granted_over(ruled(mode="host"), *FIRST) == 0


def test_only_people_who_could_have_come_are_passed_over() -> None:
    """Who has left can't, and who is in the green room is getting ready; a person counts once."""
    assert granted_over(*FIRST, ev.PersonLeft(person="zhao")) == 1
    assert granted_over(*FIRST, ev.FloorCalled(person="zhao")) == 1
    twice = ev.FloorRequested(person="li", kind="point_of_order")
    assert granted_over(*FIRST, twice) == 2


def test_the_own_foremost_hand_passes_over_nobody() -> None:
    """The call to the speech is answered while a point of order of the same person waits."""
    called = ev.FloorCalled(person="wang", request=8)
    point = ev.FloorRequested(person="wang", kind="point_of_order")
    assert granted_over(ASKED, called, point) == 0


# --- times of items and groups


ENDED = ev.FloorEnded(person="zhao", reason="ended")
ZHAO_SPOKE = (ev.FloorGranted(person="zhao", place=Place.ONLINE, side="for"), ENDED)  # a second


def granted_to(person: str, *events: ev.Event, at_ms: int = NOW) -> ev.FloorGranted:
    decision = given(*OPEN, *events).when(HOST, cmd.GrantFloor(person=person), at_ms).decision
    assert isinstance(decision, tuple)
    assert isinstance(decision[-1], ev.FloorGranted)
    return decision[-1]


def test_a_speech_is_not_longer_than_the_items_time_allows() -> None:
    """A second is spent; what was spoken on another item does not count."""
    rules = ruled(speech_s=30, item_s=20)
    granted = granted_to("li", rules, *ZHAO_SPOKE)
    assert (granted.until_ms, granted.limit) == (NOW + 19_000, "item")
    moved = granted_to("li", rules, *ZHAO_SPOKE, ev.AgendaMoved(item=1))
    assert (moved.until_ms, moved.limit) == (NOW + 20_000, "item")


def test_a_speech_is_not_longer_than_the_groups_time_allows() -> None:
    """By place or by side; others have theirs."""
    by_place = ruled(speech_s=30, group_s=20)
    granted = granted_to("wang", by_place, *ZHAO_SPOKE)
    assert (granted.until_ms, granted.limit) == (NOW + 19_000, "group")
    assert granted_to("li", by_place, *ZHAO_SPOKE).until_ms == NOW + 20_000
    by_side = ruled(speech_s=30, group_s=20, group_by="side")
    hand = ev.FloorRequested(person="wang", side="for")
    granted = granted_to("wang", by_side, *ZHAO_SPOKE, hand)
    assert (granted.until_ms, granted.limit) == (NOW + 19_000, "group")
    assert granted_to("wang", by_side, *ZHAO_SPOKE).limit == "speech"


def test_the_desk_has_no_group_whose_time_could_run_out() -> None:
    assert granted_to("chen", ruled(speech_s=30, group_s=5)).until_ms == NOW + 30_000


def test_the_speech_that_is_passed_on_counts_up_to_now() -> None:
    """So does one that is interrupted."""
    began = ev.FloorGranted(person="zhao", place=Place.ONLINE)  # entry 9, at 9,000 ms
    granted = granted_to("li", ruled(item_s=20), began, at_ms=16_000)
    assert granted.until_ms == 16_000 + 13_000
    paused = ev.FloorPaused(left_ms=None)  # at 10,000 ms: a second was spoken
    other = ev.FloorGranted(person="wang", interrupts=True)  # at 11,000 ms
    granted = granted_to("li", ruled(item_s=20), began, paused, other, at_ms=16_000)
    assert granted.until_ms == 16_000 + 14_000


def test_when_the_time_is_used_up_only_the_host_can_give_some() -> None:
    rules = ruled(item_s=5)
    events = (*OPEN, rules, ev.FloorGranted(person="zhao"))
    at_ms = 9000 + 5000
    given(*events).when(HOST, cmd.GrantFloor(person="li"), at_ms).refused(Code.FLOOR_NO_TIME_LEFT)
    just = given(*events).when(HOST, cmd.GrantFloor(person="li"), at_ms - 1).decision
    assert isinstance(just, tuple)
    given(*events).when(HOST, cmd.GrantFloor(person="li", seconds=10), at_ms).then(
        ev.FloorEnded(person="zhao", reason="passed"),
        MEMBER_HAS_IT.model_copy(update={"until_ms": at_ms + 10_000}),
    )


# --- the end


def test_the_host_ends_a_speech() -> None:
    given(*OPEN, SPEAKS).when(HOST, cmd.EndFloor()).then(
        ev.FloorEnded(person="wang", reason="ended")
    )


def test_a_speaker_yields() -> None:
    given(*OPEN, SPEAKS).when(VIEWER, cmd.EndFloor()).then(
        ev.FloorEnded(person="wang", reason="yielded")
    )


def test_the_host_yields_the_own_speech() -> None:
    given(*OPEN, ev.FloorGranted(person="chen")).when(HOST, cmd.EndFloor()).then(
        ev.FloorEnded(person="chen", reason="yielded")
    )


@each("actor", [MEMBER, NEIGHBOUR, CLERK])
def test_nobody_else_ends_a_speech(actor: Actor) -> None:
    came = ev.PersonJoined(person=CLERK.person, role=CLERK.role)
    given(*OPEN, came, SPEAKS).when(actor, cmd.EndFloor()).refused(Code.FLOOR_NOT_YOURS)


def test_where_nobody_speaks_nothing_ends() -> None:
    given(*OPEN).when(HOST, cmd.EndFloor()).refused(Code.FLOOR_NOT_HELD)


# --- interrupting


def test_a_speech_is_interrupted_and_waits() -> None:
    """Its time stands still, its microphone is closed, and nobody ends."""
    events = (*OPEN, SPEAKS)
    given(*events).when(HOST, cmd.GrantFloor(person="li", interrupt=True)).then(
        ev.FloorPaused(left_ms=60_000), MEMBER_HAS_IT.model_copy(update={"interrupts": True})
    )
    floor = given(*events, *INTERRUPTS).meeting.floor
    assert floor.holds("li")
    assert floor.waits_to_go_on("wang")


def test_a_paused_speech_is_not_paused_again_by_an_interruption() -> None:
    paused = ev.FloorPaused(left_ms=50_000)
    given(*OPEN, SPEAKS, paused).when(HOST, cmd.GrantFloor(person="li", interrupt=True)).then(
        MEMBER_HAS_IT.model_copy(update={"interrupts": True})
    )


def test_after_the_interruption_the_speech_stands_paused_until_the_host_lets_it_go_on() -> None:
    ended = ev.FloorEnded(person="li", reason="ended")
    after = given(*OPEN, SPEAKS, *INTERRUPTS, ended)
    floor = after.meeting.floor
    assert floor.holds("wang")
    assert floor.holder is not None
    assert floor.holder.muted
    assert floor.interrupted is None
    after.when(HOST, cmd.UnpauseFloor()).then(ev.FloorUnpaused(until_ms=NOW + 60_000))


def test_an_interruption_is_not_interrupted() -> None:
    """Or else nobody would know any more who goes on."""
    grants = cmd.GrantFloor(person="zhao", interrupt=True)
    given(*OPEN, SPEAKS, *INTERRUPTS).when(HOST, grants).refused(Code.FLOOR_ALREADY_INTERRUPTED)


def test_there_has_to_be_a_speech_to_interrupt() -> None:
    grants = cmd.GrantFloor(person="li", interrupt=True)
    given(*OPEN).when(HOST, grants).refused(Code.FLOOR_NOT_HELD)


def test_passing_the_floor_on_ends_both_speeches() -> None:
    given(*OPEN, SPEAKS, *INTERRUPTS).when(HOST, cmd.GrantFloor(person="chen")).then(
        ev.FloorEnded(person="li", reason="passed"),
        ev.FloorEnded(person="wang", reason="passed"),
        ev.FloorGranted(person="chen", until_ms=NOW + 180_000, warning_s=30),
    )


def test_who_was_interrupted_may_yield_or_leave_meanwhile() -> None:
    """The one who interrupts goes on speaking."""
    events = (*OPEN, SPEAKS, *INTERRUPTS)
    yielded = ev.FloorEnded(person="wang", reason="yielded")
    given(*events).when(VIEWER, cmd.EndFloor()).then(yielded)
    given(*events).when(VIEWER, cmd.Leave()).then(
        ev.FloorEnded(person="wang", reason="left"), ev.PersonLeft(person="wang")
    )
    after = given(*events, yielded).meeting.floor
    assert after.holds("li")
    assert after.interrupted is None


@each("command", [cmd.RecessMeeting(), cmd.CloseMeeting()])
def test_recess_and_close_end_both_speeches(command: cmd.Command) -> None:
    decision = given(*OPEN, SPEAKS, *INTERRUPTS).when(HOST, command).decision
    assert isinstance(decision, tuple)
    assert [e.person for e in decision if isinstance(e, ev.FloorEnded)] == ["li", "wang"]


# --- pause, more time


def test_a_pause_keeps_the_time_that_is_left() -> None:
    """Also of nothing; and a speech without a time stays one."""
    given(*OPEN, SPEAKS).when(HOST, cmd.PauseFloor(), NOW + 1).then(ev.FloorPaused(left_ms=59_999))
    late = given(*OPEN, SPEAKS, ev.FloorOvertime(person="wang"))
    late.when(HOST, cmd.PauseFloor(), NOW + 70_000).then(ev.FloorPaused(left_ms=0))
    endless = given(*OPEN, ev.FloorGranted(person="wang"))
    endless.when(HOST, cmd.PauseFloor()).then(ev.FloorPaused(left_ms=None))


def test_a_paused_speech_goes_on_with_the_time_that_was_left() -> None:
    paused = given(*OPEN, SPEAKS, ev.FloorPaused(left_ms=7000))
    paused.when(HOST, cmd.UnpauseFloor()).then(ev.FloorUnpaused(until_ms=NOW + 7000))
    endless = given(*OPEN, ev.FloorGranted(person="wang"), ev.FloorPaused())
    endless.when(HOST, cmd.UnpauseFloor()).then(ev.FloorUnpaused(until_ms=None))


def test_a_pause_begins_and_ends_once() -> None:
    given(*OPEN, SPEAKS, ev.FloorPaused(left_ms=7000)).when(HOST, cmd.PauseFloor()).refused(
        Code.FLOOR_ALREADY_PAUSED
    )
    given(*OPEN, SPEAKS).when(HOST, cmd.UnpauseFloor()).refused(Code.FLOOR_NOT_PAUSED)


@each("command", [cmd.PauseFloor(), cmd.UnpauseFloor(), cmd.ExtendFloor(seconds=30)])
def test_where_nobody_speaks_there_is_no_time(command: cmd.Command) -> None:
    given(*OPEN).when(HOST, command).refused(Code.FLOOR_NOT_HELD)


def test_a_speech_gets_more_time() -> None:
    more = cmd.ExtendFloor(seconds=30)
    given(*OPEN, SPEAKS).when(HOST, more).then(ev.FloorExtended(until_ms=NOW + 90_000))
    given(*OPEN, SPEAKS, ev.FloorPaused(left_ms=7000)).when(HOST, more).then(
        ev.FloorExtended(left_ms=37_000)
    )


def test_in_overtime_more_time_begins_now() -> None:
    over = given(*OPEN, SPEAKS, ev.FloorOvertime(person="wang"))
    over.when(HOST, cmd.ExtendFloor(seconds=30), NOW + 100_000).then(
        ev.FloorExtended(until_ms=NOW + 130_000)
    )


def test_more_time_is_bounded() -> None:
    """No speech has more before it than the longest one."""
    most = cmd.SPEECH_MAX_S
    for seconds, left in [(most - 60, most), (most - 59, most), (most - 61, most - 1)]:
        given(*OPEN, SPEAKS).when(HOST, cmd.ExtendFloor(seconds=seconds)).then(
            ev.FloorExtended(until_ms=NOW + left * 1000)
        )
