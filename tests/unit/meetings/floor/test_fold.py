"""What entries make of the floor: hands, turns, times."""

from __future__ import annotations

from meetings import events as ev
from meetings.events import FloorRules, FloorRulesSet
from meetings.floor.ordering import Spoken
from meetings.floor.state import Floor, Holder
from meetings.people import Place
from tests.unit.meetings.given import OPEN, meeting

SPEAKS = ev.FloorGranted(
    person="wang", place=Place.ONLINE, side="for", until_ms=60_000, warning_s=30
)  # entry 8 at 8,000 ms
ENDED = ev.FloorEnded(person="wang", reason="ended")


def floor(*events: ev.Event) -> Floor:
    """Each entry comes a second after the one before; the first of *events* at 8,000 ms."""
    return meeting(*OPEN, *events).floor


def holder(*events: ev.Event) -> Holder:
    held = floor(*events).holder
    assert held is not None
    return held


def order(state: Floor) -> list[str]:
    return [placed.waiting.person for placed in state.order]


# --- times


def test_a_speech_counts_for_the_person_the_item_and_the_groups() -> None:
    """A second here; on another item the time of that one runs."""
    after = floor(SPEAKS, ENDED)
    assert after.history.spoken["wang"] == Spoken(times=1, ms=1000)
    assert dict(after.spent) == {(None, ""): 1000, (None, "online"): 1000, (None, "for"): 1000}
    on_item = floor(ev.AgendaMoved(item=2), SPEAKS, ENDED)
    assert on_item.spent[2, ""] == 1000
    assert on_item.spent_ms("", 10**9) == 1000
    assert floor(SPEAKS, ENDED, ev.AgendaMoved(item=2)).spent_ms("", 10**9) == 0


def test_a_speech_belongs_to_the_item_at_which_it_began() -> None:
    after = floor(ev.AgendaMoved(item=1), SPEAKS, ev.AgendaMoved(item=2), ENDED)
    assert dict(after.spent) == {(1, ""): 2000, (1, "online"): 2000, (1, "for"): 2000}


def test_a_point_of_order_takes_time_but_no_turn() -> None:
    """Who raised one has still not spoken, and the next place is the one that it was."""
    point = SPEAKS.model_copy(update={"kind": "point_of_order"})
    after = floor(point, ENDED)
    assert after.history.spoken["wang"] == Spoken(times=0, ms=1000)
    assert not after.history.heard
    assert after.speech is None
    assert after.spent[None, ""] == 1000


def test_the_desk_turns_no_order() -> None:
    """It chairs, and belongs to no place."""
    assert not floor(ev.FloorGranted(person="chen")).history.heard
    from_old_records = ev.FloorGranted(person="wang", request=8)
    assert set(floor(ev.FloorRequested(person="wang"), from_old_records).history.heard) == {
        "place:",
        "side:",
    }


def test_a_speech_turns_the_order_as_soon_as_it_begins() -> None:
    assert dict(floor(SPEAKS).history.heard) == {"place:online": 8, "side:for": 8}
    assert floor(SPEAKS).speech == 8


def test_while_paused_no_time_runs() -> None:
    """A second before the pause, two seconds after it."""
    paused = ev.FloorPaused(left_ms=51_000)
    held = holder(SPEAKS, paused)
    assert (held.paused, held.muted, held.until_ms, held.left_ms) == (True, True, None, 51_000)
    assert (held.spent_ms, held.running_ms) == (1000, None)
    goes_on = ev.FloorUnpaused(until_ms=70_000)
    held = holder(SPEAKS, paused, goes_on)
    assert (held.paused, held.muted, held.until_ms, held.left_ms) == (False, False, 70_000, None)
    assert (held.spent_ms, held.running_ms) == (1000, 10_000)
    after = floor(SPEAKS, paused, goes_on, ev.AgendaMoved(item=1), ENDED)
    assert after.history.spoken["wang"].ms == 3000


def test_a_paused_speech_gets_more_time() -> None:
    held = holder(SPEAKS, ev.FloorPaused(left_ms=0), ev.FloorExtended(left_ms=30_000))
    assert (held.left_ms, held.until_ms, held.paused) == (30_000, None, True)


def test_a_warning_of_overtime_lets_the_speech_run_on() -> None:
    warned = SPEAKS.model_copy(update={"overtime": "warn"})
    held = holder(warned, ev.FloorOvertime(person="wang"))
    assert (held.over, held.muted, held.running_ms) == (True, False, 8000)


def test_overtime_that_the_host_decides_closes_the_microphone() -> None:
    """Until there is more time; a pause in between opens nothing."""
    decides = SPEAKS.model_copy(update={"overtime": "host"})
    over = (decides, ev.FloorOvertime(person="wang"))
    held = holder(*over)
    assert (held.over, held.muted, held.spent_ms, held.running_ms) == (True, True, 1000, None)
    held = holder(*over, ev.FloorPaused(left_ms=0), ev.FloorUnpaused(until_ms=11_000))
    assert (held.paused, held.muted, held.running_ms) == (False, True, None)
    held = holder(*over, ev.FloorExtended(until_ms=90_000))
    assert (held.over, held.muted, held.until_ms) == (False, False, 90_000)
    assert (held.spent_ms, held.running_ms) == (1000, 10_000)


def test_a_speech_that_gets_more_time_runs_without_a_break() -> None:
    held = holder(SPEAKS, ev.FloorExtended(until_ms=90_000))
    assert (held.running_ms, held.until_ms) == (8000, 90_000)


def test_what_happens_to_a_speech_needs_one() -> None:
    """A fold never fails, whatever stands there."""
    strays = (
        ev.FloorPaused(),
        ev.FloorUnpaused(),
        ev.FloorExtended(until_ms=1),
        ev.FloorOvertime(person="wang"),
        ENDED,
        ev.FloorReady(person="wang"),
        ev.FloorTextGiven(person="wang", text="?"),
        ev.FloorCalledOff(person="wang", reason="host"),
    )
    assert floor(*strays) == floor()


# --- hands


def test_a_hand_is_lowered_by_the_speech() -> None:
    hand = ev.FloorRequested(person="wang")
    assert floor(hand, ev.FloorGranted(person="wang", request=8)).queue == ()


def test_a_hand_raised_earlier_is_overtaken_by_a_speech() -> None:
    """Not by a point of order, and later hands are not."""
    hands = [ev.FloorRequested(person=p) for p in ("li", "wang", "zhao")]
    after = floor(*hands, ev.FloorGranted(person="wang", request=9))
    assert [(w.person, w.overtaken) for w in after.queue] == [("li", 1), ("zhao", 0)]
    point = ev.FloorRequested(person="wang", kind="point_of_order")
    grant = ev.FloorGranted(person="wang", request=11, kind="point_of_order")
    assert [w.overtaken for w in floor(*hands, point, grant).queue] == [0, 0, 0]


def test_an_old_records_withdrawal_names_the_request_alone() -> None:
    hands = [ev.FloorRequested(person=p) for p in ("li", "wang")]
    assert order(floor(*hands, ev.FloorWithdrawn(request=8))) == ["wang"]


def test_of_a_list_one_person_is_taken_off() -> None:
    """All of a list have the same request."""
    rules = FloorRulesSet(rules=FloorRules(mode="list"))
    listed = ev.FloorListed(persons=("li", "wang"))
    after = floor(rules, listed, ev.FloorWithdrawn(request=9, person="li"))
    assert order(after) == ["wang"]
    granted = ev.FloorGranted(person="wang", request=9)
    assert order(floor(rules, listed, granted)) == ["li"]


def test_a_second_list_takes_the_place_of_the_first() -> None:
    """A hand that was up stays up."""
    rules = FloorRulesSet(rules=FloorRules(mode="list"))
    events = (
        ev.FloorRequested(person="zhao"),
        rules,
        ev.FloorListed(persons=("li", "zhao")),
        ev.FloorListed(persons=("wang",)),
    )
    assert order(floor(*events)) == ["wang", "zhao"]
    assert len(floor(*events).queue) == 2


def test_who_is_listed_and_asks_in_another_mode_has_one_hand() -> None:
    """With both the place on the list and the own time of asking."""
    by_list, openly = (
        FloorRulesSet(rules=FloorRules(mode="list")),
        FloorRulesSet(rules=FloorRules()),
    )
    listed = ev.FloorListed(persons=("li", "wang"))
    events = (by_list, listed, openly, ev.FloorRequested(person="wang", about="!"))
    assert order(floor(*events)) == ["wang"]
    assert order(floor(*events, by_list)) == ["li", "wang"]
    assert len(floor(*events).queue) == 2


def test_a_nomination_lapses_with_the_next_one_and_with_the_next_speech() -> None:
    """Who had asked goes on waiting; who had not, waits no more."""
    rules = FloorRulesSet(rules=FloorRules(mode="nominate"))
    asked = ev.FloorRequested(person="zhao")
    first, second = ev.FloorNominated(person="zhao"), ev.FloorNominated(person="li")
    after = floor(rules, asked, first, second)
    assert order(after) == ["li", "zhao"]
    assert order(floor(rules, asked, second, first)) == ["zhao"]
    assert order(floor(rules, asked, second, ev.FloorGranted(person="wang"))) == ["zhao"]
    point = ev.FloorGranted(person="wang", kind="point_of_order")
    assert order(floor(rules, asked, second, point)) == ["li", "zhao"]


def test_a_draw_ranks_the_hands_that_were_up() -> None:
    rules = FloorRulesSet(rules=FloorRules(mode="draw"))
    hands = [ev.FloorRequested(person=p) for p in ("li", "wang")]
    drawn = ev.FloorDrawn(seed="s", order=("wang", "li"))
    late = ev.FloorRequested(person="zhao")
    after = floor(rules, *hands, drawn, late)
    assert order(after) == ["wang", "li", "zhao"]
    again = ev.FloorDrawn(seed="t", order=("zhao", "li", "wang"))
    assert order(floor(rules, *hands, drawn, late, again)) == ["zhao", "li", "wang"]


def test_after_the_close_nobody_waits() -> None:
    hand, called = ev.FloorRequested(person="wang"), ev.FloorCalled(person="wang")
    after = floor(hand, called, ev.MeetingClosed())
    assert (after.queue, after.called) == ((), ())


def test_who_waits_is_told_of_every_change_of_the_own_standing() -> None:
    """The place, the reasons, the call, the floor."""
    hand = ev.FloorRequested(person="wang")
    assert floor(hand).standings.keys() == {"wang"}
    assert floor(hand).standings != floor(hand, ev.FloorCalled(person="wang")).standings
    assert floor().standings != floor(SPEAKS).standings
    interrupts = ev.FloorGranted(person="li", interrupts=True)
    assert floor(SPEAKS, interrupts).standings.keys() == {"li", "wang"}
