"""How the floor is shown: times as instants, the order with its reasons, and what is withheld."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from meetings import events as ev
from meetings import views
from meetings.events import QUEUE_MAX, FloorRules, FloorRulesSet
from meetings.floor.sections import QUEUE_SHOWN, FloorSection, HolderView
from meetings.fold import apply
from meetings.people import Place
from meetings.sections import Audience
from tests.each import each
from tests.unit.meetings.given import OPEN, REGISTER, meeting


def section(*events: ev.Event, audience: Audience = Audience.VIEWER) -> FloorSection:
    built = views.section("floor", meeting(*OPEN, *events), REGISTER, audience)
    assert isinstance(built, FloorSection)
    return built


def holder(*events: ev.Event) -> HolderView:
    shown = section(*events).holder
    assert shown is not None
    return shown


def granted(**more: Any) -> ev.FloorGranted:
    """Entry 8, at 8,000 ms."""
    return ev.FloorGranted(person="wang", until_ms=60_000, **more)


def test_a_running_speech_is_shown_by_its_instants() -> None:
    """A screen that comes in the middle counts as the others do."""
    shown = holder(granted(warning_s=15, limit="item", passed_over=2))
    assert (shown.since_ms, shown.running_ms, shown.spent_ms) == (8000, 8000, 0)
    assert (shown.until_ms, shown.warning_ms) == (60_000, 45_000)
    assert (shown.limit, shown.passed_over) == ("item", 2)


def test_a_paused_speech_is_shown_by_what_is_left() -> None:
    shown = holder(granted(warning_s=15), ev.FloorPaused(left_ms=51_000))
    assert (shown.paused, shown.muted, shown.left_ms) == (True, True, 51_000)
    assert (shown.until_ms, shown.warning_ms, shown.running_ms) == (None, None, None)
    assert shown.spent_ms == 1000


def test_without_a_warning_or_a_time_the_screens_do_not_warn() -> None:
    assert holder(granted(warning_s=0)).warning_ms is None
    assert holder(ev.FloorGranted(person="wang", warning_s=15)).warning_ms is None


@each("policy, muted", [("warn", False), ("host", True)])
def test_overtime_is_shown(policy: ev.Overtime, *, muted: bool) -> None:
    shown = holder(granted(overtime=policy), ev.FloorOvertime(person="wang"))
    assert (shown.over, shown.muted, shown.until_ms) == (True, muted, 60_000)


def test_who_is_interrupted_is_shown_besides() -> None:
    shown = section(granted(), ev.FloorPaused(), ev.FloorGranted(person="li", interrupts=True))
    assert shown.holder is not None
    assert shown.interrupted is not None
    assert (shown.holder.name, shown.interrupted.name) == ("李工", "王阿姨")


def test_the_order_is_shown_with_its_reasons() -> None:
    rules = FloorRulesSet(rules=FloorRules(order=("alternate_place",)))
    hands = (
        ev.FloorRequested(person="li", place=Place.LINK),
        ev.FloorRequested(person="wang", place=Place.ONLINE),
    )
    spoke = ev.FloorGranted(person="zhao", place=Place.LINK)
    shown = section(rules, *hands, spoke)
    assert [w.person for w in shown.queue] == ["wang", "li"]
    first, last = shown.queue
    assert [r.model_dump() for r in first.reasons] == [
        {"code": "place_turn", "group": "online", "value": 0}
    ]
    assert (first.behind, last.behind) == (None, "place_turn")


def test_the_own_place_is_told_with_its_reasons() -> None:
    hands = [ev.FloorRequested(person=p) for p in ("li", "wang", "zhao")]
    now = meeting(*OPEN, *hands, ev.FloorCalled(person="wang"))
    me = views.me(now, REGISTER, "wang")
    assert (me.request, me.position, me.behind, me.called) == (9, 2, "asked", True)
    assert [r.code for r in me.reasons] == ["asked"]
    assert views.me(now, REGISTER, "chen").position is None


def test_who_is_interrupted_still_has_the_floor() -> None:
    now = meeting(*OPEN, granted(), ev.FloorGranted(person="li", interrupts=True))
    assert views.me(now, REGISTER, "wang").holding
    assert views.me(now, REGISTER, "li").holding


@each("audience", list(Audience))
def test_the_note_is_for_the_desk(audience: Audience) -> None:
    (shown,) = section(ev.FloorRequested(person="wang", about="费用"), audience=audience).queue
    assert shown.about == ("费用" if audience is Audience.HOST else "")


@each("audience", list(Audience))
def test_a_text_is_for_the_desk_until_it_is_read_out(audience: Audience) -> None:
    events = (ev.FloorCalled(person="wang"), ev.FloorTextGiven(person="wang", text="请念"))
    (called,) = section(*events, audience=audience).called
    assert called.text == ("请念" if audience is Audience.HOST else "")
    read = section(*events, granted(), audience=audience).holder
    assert read is not None
    assert read.text == "请念"


LONG = [ev.FloorRequested(person=f"p{n}") for n in range(QUEUE_MAX)]


@each("audience", list(Audience))
def test_of_a_long_queue_thousands_of_screens_get_the_next_hands(audience: Audience) -> None:
    """And how many there are; members and the desk see all."""
    shown = section(*LONG, audience=audience)
    whole = audience in {Audience.HOST, Audience.PARTICIPANT}
    assert len(shown.queue) == (QUEUE_MAX if whole else QUEUE_SHOWN)
    assert shown.waiting == QUEUE_MAX
    assert [w.person for w in shown.queue[:2]] == ["p0", "p1"]


def test_the_rules_in_force_are_shown() -> None:
    own = FloorRules(mode="draw")
    events = (FloorRulesSet(rules=own, item=1), ev.AgendaMoved(item=1))
    assert section(*events).rules_of == 1
    assert section(*events).rules == own
    assert section(events[0]).rules_of is None


def test_the_time_of_item_and_groups_is_shown_without_running_speeches() -> None:
    ended = ev.FloorEnded(person="wang", reason="ended")
    spoke = (granted(place=Place.ONLINE, side="for"), ended)
    time = section(ev.AgendaMoved(item=1), *spoke, granted(place=Place.ROOM)).time
    assert (time.item, time.spent_ms, time.group_by) == (1, 1000, "place")
    assert [(g.group, g.spent_ms) for g in time.groups] == [
        ("room", 0),
        ("link", 0),
        ("online", 1000),
    ]
    by_side = FloorRulesSet(rules=FloorRules(group_by="side"))
    assert [(g.group, g.spent_ms) for g in section(by_side, *spoke).time.groups] == [
        ("for", 1000),
        ("against", 0),
    ]


def test_the_draw_is_shown_so_that_anybody_can_repeat_it() -> None:
    """While the order is drawn by lot."""
    hand = ev.FloorRequested(person="wang")
    drawn = ev.FloorDrawn(seed="5eed", order=("wang",))
    rules = FloorRulesSet(rules=FloorRules(mode="draw"))
    shown = section(rules, hand, drawn).draw
    assert shown is not None
    assert (shown.seed, shown.order) == ("5eed", ("wang",))
    assert section(rules, hand, drawn, FloorRulesSet(rules=None)).draw is None


def test_a_change_of_the_order_touches_whoever_stands_elsewhere_now() -> None:
    """Though no hand was raised or lowered; who stands as before is left in peace."""
    hands = [ev.FloorRequested(person=p) for p in ("wang", "li", "zhao")]
    spoke = (ev.FloorGranted(person="wang"), ev.FloorEnded(person="wang", reason="ended"))
    before = meeting(*OPEN, *spoke, *hands)
    rules = FloorRulesSet(rules=FloorRules(order=("first_time_first",)))
    entry = ev.Entry(offset=before.offset + 1, at_ms=before.at_ms, event=rules)
    after = apply(before, entry)
    assert views.touched(before, after, entry) == {"wang", "li", "zhao"}
    same = replace(before, offset=entry.offset)
    assert views.touched(before, same, entry) == frozenset()
