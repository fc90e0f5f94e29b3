"""Hands: raised, lowered, listed, drawn, nominated; by whom, how many, and when."""

from __future__ import annotations

import pytest

from meetings import commands as cmd
from meetings import events as ev
from meetings.authority import Actor
from meetings.events import QUEUE_MAX, FloorRules, FloorRulesSet
from meetings.floor.ordering import draw
from meetings.floor.rules import URGENT_MAX
from meetings.people import Place, Role
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

MEMBER_SPOKE = (
    ev.FloorGranted(person="li", until_ms=NOW),
    ev.FloorEnded(person="li", reason="ended"),
)
CLERK_CAME = ev.PersonJoined(person=CLERK.person, role=CLERK.role)
URGENT: list[ev.Kind] = ["question", "reply", "point_of_order"]


# --- raising and lowering


@each("events", [OPEN, RECESS])
def test_a_hand_is_raised_with_a_note(events: tuple[ev.Event, ...]) -> None:
    """In the meeting, and in its recess."""
    given(*events).when(VIEWER, cmd.RequestFloor(about="费用")).then(ASKED)


def test_before_the_meeting_there_is_nothing_to_ask_for() -> None:
    given(*SCHEDULED).when(VIEWER, cmd.RequestFloor()).refused(Code.MEETING_NOT_OPEN)


def test_a_hand_says_for_or_against_and_from_where() -> None:
    """The desk belongs to no place: its speeches turn no order."""
    given(*OPEN).when(MEMBER, cmd.RequestFloor(side="against")).then(
        ev.FloorRequested(person="li", side="against", place=Place.LINK)
    )
    given(*OPEN).when(HOST, cmd.RequestFloor()).then(ev.FloorRequested(person="chen"))


def test_a_person_has_one_hand_for_a_speech() -> None:
    given(*OPEN, ASKED).when(VIEWER, cmd.RequestFloor()).refused(Code.FLOOR_ALREADY_REQUESTED)


def test_who_waits_for_a_speech_may_raise_a_point_of_order_besides() -> None:
    """And keeps the place in the queue; a third hand there is not."""
    point = ev.FloorRequested(person="wang", kind="point_of_order", place=Place.ONLINE)
    asks = cmd.RequestFloor(kind="point_of_order")
    given(*OPEN, ASKED).when(VIEWER, asks).then(point)
    reply = cmd.RequestFloor(kind="reply")
    given(*OPEN, *MEMBER_SPOKE, ASKED, point).when(VIEWER, reply).refused(
        Code.FLOOR_ALREADY_REQUESTED
    )


def test_who_speaks_asks_for_nothing() -> None:
    """Nor who was interrupted."""
    given(*OPEN, SPEAKS).when(VIEWER, cmd.RequestFloor()).refused(Code.FLOOR_ALREADY_HELD)
    interrupts = (ev.FloorPaused(left_ms=1), ev.FloorGranted(person="li", interrupts=True))
    asks = cmd.RequestFloor(kind="point_of_order")
    given(*OPEN, SPEAKS, *interrupts).when(VIEWER, asks).refused(Code.FLOOR_ALREADY_HELD)


@each("kind", ["reply", "question"])
def test_a_reply_or_a_question_is_about_the_latest_speech(kind: ev.Kind) -> None:
    """Also while it runs; before the first one there is nothing to ask about."""
    asks = cmd.RequestFloor(kind=kind)
    about = ev.FloorRequested(person="wang", kind=kind, reply_to=8, place=Place.ONLINE)
    given(*OPEN, MEMBER_SPOKE[0]).when(VIEWER, asks).then(about)
    given(*OPEN, *MEMBER_SPOKE).when(VIEWER, asks).then(about)
    given(*OPEN).when(VIEWER, asks).refused(Code.FLOOR_NO_SPEECH)
    point = ev.FloorGranted(person="li", kind="point_of_order")
    given(*OPEN, point).when(VIEWER, asks).refused(Code.FLOOR_NO_SPEECH)


def test_the_queue_is_bounded() -> None:
    hands = [ev.FloorRequested(person=f"p{i}") for i in range(QUEUE_MAX)]
    given(*OPEN, *hands[1:]).when(VIEWER, cmd.RequestFloor(about="费用")).then(ASKED)
    given(*OPEN, *hands).when(VIEWER, cmd.RequestFloor()).refused(Code.FLOOR_QUEUE_FULL)


@each("kind", URGENT)
def test_what_goes_before_speeches_is_bounded_more_narrowly(kind: ev.Kind) -> None:
    """Or else a few people could keep all others waiting."""
    hands = [ev.FloorRequested(person=f"p{i}", kind=kind) for i in range(URGENT_MAX)]
    asks = cmd.RequestFloor(kind=kind)
    few = given(*OPEN, *MEMBER_SPOKE, *hands[1:]).when(VIEWER, asks).decision
    assert isinstance(few, tuple)
    given(*OPEN, *MEMBER_SPOKE, *hands).when(VIEWER, asks).refused(Code.FLOOR_QUEUE_FULL)


def test_a_hand_is_lowered() -> None:
    given(*OPEN, ASKED).when(VIEWER, cmd.WithdrawFloor()).then(
        ev.FloorWithdrawn(request=8, person="wang")
    )


def test_all_own_hands_are_lowered_or_one() -> None:
    """The point of order stands before the speech."""
    point = ev.FloorRequested(person="wang", kind="point_of_order")
    both = given(*OPEN, ASKED, point)
    lowered = [ev.FloorWithdrawn(request=n, person="wang") for n in (9, 8)]
    both.when(VIEWER, cmd.WithdrawFloor()).then(*lowered)
    both.when(VIEWER, cmd.WithdrawFloor(request=8)).then(lowered[1])
    both.when(VIEWER, cmd.WithdrawFloor(request=7)).refused(Code.FLOOR_NOT_REQUESTED)


def test_only_the_own_hand_is_lowered() -> None:
    given(*OPEN, ASKED).when(NEIGHBOUR, cmd.WithdrawFloor()).refused(Code.FLOOR_NOT_REQUESTED)
    others = cmd.WithdrawFloor(person="wang")
    given(*OPEN, ASKED).when(NEIGHBOUR, others).refused(Code.FLOOR_NOT_YOURS)


def test_with_the_hand_goes_the_call_to_it() -> None:
    """By the person it is declined; the desk takes it back."""
    called = given(*OPEN, CLERK_CAME, ASKED, ev.FloorCalled(person="wang", request=9))
    lowered = ev.FloorWithdrawn(request=9, person="wang")
    called.when(VIEWER, cmd.WithdrawFloor()).then(
        ev.FloorCalledOff(person="wang", reason="declined"), lowered
    )
    called.when(CLERK, cmd.WithdrawFloor(person="wang")).then(
        ev.FloorCalledOff(person="wang", reason="host"), lowered
    )


# --- the clerk raises hands for people in the room


def test_the_clerk_raises_and_lowers_the_hand_of_somebody_in_the_room() -> None:
    """Who sits in the room waits as being there, though without a device."""
    in_room = ev.PersonSignedIn(person="qin", role=Role.VIEWER)
    there = given(*OPEN, CLERK_CAME, in_room)
    hand = ev.FloorRequested(person="qin", place=Place.ROOM)
    there.when(CLERK, cmd.RequestFloor(person="qin")).then(hand)
    given(*OPEN, CLERK_CAME, in_room, hand).when(CLERK, cmd.WithdrawFloor(person="qin")).then(
        ev.FloorWithdrawn(request=10, person="qin")
    )


@each("person", ["nobody", "room"])
def test_there_has_to_be_such_a_person(person: str) -> None:
    """A camera raises no hand."""
    asks = cmd.RequestFloor(person=person)
    given(*OPEN, CLERK_CAME).when(CLERK, asks).refused(Code.FLOOR_UNKNOWN_PERSON)


@each("actor", [MEMBER, VIEWER])
def test_nobody_else_raises_the_hands_of_others(actor: Actor) -> None:
    asks = cmd.RequestFloor(person="zhao")
    given(*OPEN).when(actor, asks).refused(Code.FLOOR_NOT_YOURS)


# --- the rules


def test_the_host_sets_the_rules_of_the_meeting_or_of_an_item() -> None:
    """An item's own are in force while it is current."""
    rules, own = FloorRules(mode="host"), FloorRules(order=("first_time_first",))
    given(*OPEN).when(HOST, cmd.SetFloorRules(rules=rules)).then(FloorRulesSet(rules=rules))
    given(*OPEN).when(HOST, cmd.SetFloorRules(rules=own, item=2)).then(
        FloorRulesSet(rules=own, item=2)
    )
    both = (*OPEN, FloorRulesSet(rules=rules), FloorRulesSet(rules=own, item=2))
    assert given(*both).meeting.floor.rules == rules
    at_item = given(*both, ev.AgendaMoved(item=2)).meeting.floor
    assert (at_item.rules, at_item.rules_of) == (own, 2)
    assert given(*both, ev.AgendaMoved(item=1)).meeting.floor.rules == rules


def test_an_item_gives_up_its_own_rules() -> None:
    own = FloorRulesSet(rules=FloorRules(mode="draw"), item=1)
    none = FloorRulesSet(rules=None, item=1)
    moved = (ev.AgendaMoved(item=1), own)
    given(*OPEN, *moved).when(HOST, cmd.SetFloorRules(rules=None, item=1)).then(none)
    assert given(*OPEN, *moved).meeting.floor.rules.mode == "draw"
    assert given(*OPEN, *moved, none).meeting.floor.rules == FloorRules()
    assert given(*OPEN, *moved, none, none).meeting.floor.rules == FloorRules()


def test_the_meeting_goes_back_to_the_usual_rules() -> None:
    none = FloorRulesSet(rules=None)
    assert given(*OPEN, ruled(mode="host"), none).meeting.floor.rules == FloorRules()


def test_rules_are_set_for_an_item_that_there_is() -> None:
    sets = cmd.SetFloorRules(rules=FloorRules(), item=3)
    given(*OPEN).when(HOST, sets).refused(Code.AGENDA_UNKNOWN)


def test_an_order_rule_is_named_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        FloorRules(order=("first_time_first", "first_time_first"))


def test_a_meeting_is_created_with_rules() -> None:
    created = OPEN[0].model_copy(update={"rules": FloorRules(mode="draw")})
    assert given(created, *OPEN[1:]).meeting.floor.rules.mode == "draw"


# --- by lot


def test_the_order_is_drawn_by_lot_from_the_recorded_seed() -> None:
    """Of the speeches alone; anybody can draw again."""
    hands = [ev.FloorRequested(person=p) for p in ("wang", "zhao", "li")]
    point = ev.FloorRequested(person="zhao", kind="point_of_order")
    seed = "0" * 32
    given(*OPEN, ruled(mode="draw"), *hands, point).when(HOST, cmd.DrawFloor()).then(
        ev.FloorDrawn(seed=seed, order=draw(seed, ["li", "wang", "zhao"]))
    )


def test_nothing_is_drawn_in_another_mode_or_of_nobody() -> None:
    given(*OPEN, ASKED).when(HOST, cmd.DrawFloor()).refused(Code.FLOOR_WRONG_MODE)
    point = ev.FloorRequested(person="zhao", kind="point_of_order")
    nobody = given(*OPEN, ruled(mode="draw"), point)
    nobody.when(HOST, cmd.DrawFloor()).refused(Code.FLOOR_NOBODY_WAITS)


# --- by a list


def test_the_list_of_speakers_is_fixed() -> None:
    """Also of people who have left: they may come back in time."""
    left = ev.PersonLeft(person="zhao")
    lists = cmd.ListFloor(persons=("zhao", "li"))
    given(*OPEN, left, ruled(mode="list")).when(HOST, lists).then(
        ev.FloorListed(persons=("zhao", "li"), places=(Place.ONLINE, Place.LINK))
    )


def test_a_list_may_name_people_on_the_roster_before_they_come() -> None:
    invited = ev.RosterSet(person="sun", role=Role.PARTICIPANT)
    by_list = given(*OPEN, invited, ruled(mode="list"))
    by_list.when(HOST, cmd.ListFloor(persons=("sun", "li"))).then(
        ev.FloorListed(persons=("sun", "li"), places=(None, Place.LINK))
    )
    listed = ev.FloorListed(persons=("sun", "li"), places=(None, Place.LINK))
    granted = given(*OPEN, invited, ruled(mode="list"), listed).when(
        HOST, cmd.GrantFloor(person="sun")
    )
    granted.refused(Code.FLOOR_UNKNOWN_PERSON)


def test_a_list_names_people_who_came_each_once() -> None:
    by_list = given(*OPEN, ruled(mode="list"))
    by_list.when(HOST, cmd.ListFloor(persons=("li", "nobody"))).refused(Code.FLOOR_UNKNOWN_PERSON)
    by_list.when(HOST, cmd.ListFloor(persons=("room",))).refused(Code.FLOOR_UNKNOWN_PERSON)
    by_list.when(HOST, cmd.ListFloor(persons=("li", "li"))).refused(Code.FLOOR_LISTED_TWICE)


def test_there_is_a_list_in_its_mode_only() -> None:
    given(*OPEN).when(HOST, cmd.ListFloor(persons=("li",))).refused(Code.FLOOR_WRONG_MODE)


def test_a_list_and_the_hands_behind_it_keep_the_bound() -> None:
    """A listed person's own hand is not counted twice."""
    hands = [ev.FloorRequested(person=f"p{i}") for i in range(QUEUE_MAX - 2)]
    two = cmd.ListFloor(persons=("li", "wang"))
    fits = given(*OPEN, *hands, ASKED, ruled(mode="list")).when(HOST, two).decision
    assert isinstance(fits, tuple)
    full = given(*OPEN, *hands, ev.FloorRequested(person="zhao"), ruled(mode="list"))
    full.when(HOST, two).refused(Code.FLOOR_QUEUE_FULL)


def test_in_the_mode_of_a_list_nobody_asks_to_speak() -> None:
    """But on a point of order."""
    by_list = given(*OPEN, ruled(mode="list"))
    by_list.when(VIEWER, cmd.RequestFloor()).refused(Code.FLOOR_BY_LIST)
    by_list.when(VIEWER, cmd.RequestFloor(kind="point_of_order")).then(
        ev.FloorRequested(person="wang", kind="point_of_order", place=Place.ONLINE)
    )


# --- by nomination


def test_the_speaker_or_the_host_nominates_the_next() -> None:
    nominated = ev.FloorNominated(person="li", place=Place.LINK)
    speaks = given(*OPEN, ruled(mode="nominate"), SPEAKS)
    speaks.when(VIEWER, cmd.NominateFloor(person="li")).then(nominated)
    speaks.when(HOST, cmd.NominateFloor(person="li")).then(nominated)


def test_nobody_else_nominates() -> None:
    """Not even who spoke before."""
    after = given(*OPEN, ruled(mode="nominate"), *MEMBER_SPOKE, SPEAKS)
    after.when(MEMBER, cmd.NominateFloor(person="zhao")).refused(Code.FLOOR_NOT_YOURS)


def test_nobody_is_nominated_in_another_mode() -> None:
    given(*OPEN, SPEAKS).when(VIEWER, cmd.NominateFloor(person="li")).refused(Code.FLOOR_WRONG_MODE)


def test_who_is_nominated_is_there_and_does_not_speak() -> None:
    speaks = given(*OPEN, ruled(mode="nominate"), SPEAKS)
    speaks.when(VIEWER, cmd.NominateFloor(person="nobody")).refused(Code.FLOOR_UNKNOWN_PERSON)
    speaks.when(VIEWER, cmd.NominateFloor(person="wang")).refused(Code.FLOOR_ALREADY_HELD)


def test_a_nomination_keeps_the_bound_of_the_queue() -> None:
    """Who has a hand up already takes no new place."""
    others = [ev.FloorRequested(person=f"p{i}") for i in range(QUEUE_MAX - 1)]
    zhao = ev.FloorRequested(person="zhao")
    full = given(*OPEN, *others, zhao, ruled(mode="nominate"))
    full.when(HOST, cmd.NominateFloor(person="li")).refused(Code.FLOOR_QUEUE_FULL)
    full.when(HOST, cmd.NominateFloor(person="zhao")).then(
        ev.FloorNominated(person="zhao", place=Place.ONLINE)
    )
