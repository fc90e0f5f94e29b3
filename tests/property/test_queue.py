"""
Properties of the speaking queue, whatever the rules and whoever asks.

Histories come from random meetings, not from random states, so that only what can happen is tried.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meetings import commands as cmd
from meetings import events as ev
from meetings.authority import Actor
from meetings.deadlines import due
from meetings.decide import decide
from meetings.events import FloorRules
from meetings.floor.ordering import (
    History,
    Placed,
    ReasonCode,
    Spoken,
    Waiting,
    draw,
    groups,
    order,
)
from meetings.floor.rulebook import OrderRule
from meetings.floor.state import Floor
from meetings.fold import apply, fold
from meetings.moment import Moment
from meetings.people import Role
from meetings.refusals import Refused
from meetings.state import Meeting

SPEAKERS: Final = tuple(f"p{n}" for n in range(12))
HOST: Final = Actor("chen", Role.HOST)
ROLES: Final = {p: Role.PARTICIPANT if n % 3 else Role.VIEWER for n, p in enumerate(SPEAKERS)}
URGENCY: Final = {"point_of_order": 0, "reply": 1, "question": 2, "speech": 3}
ORDER_RULES: Final[tuple[OrderRule, ...]] = (
    "first_time_first",
    "alternate_place",
    "alternate_side",
    "least_time_first",
)
CALM = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

RULES = st.builds(
    FloorRules,
    mode=st.sampled_from(["open", "open", "open", "host", "list", "draw", "nominate"]),
    order=st.permutations(ORDER_RULES).flatmap(
        lambda rules: st.integers(0, 4).map(lambda n: tuple(rules[:n]))
    ),
    patience=st.sampled_from([1, 2, 3, 20]),
    overtime=st.sampled_from(["warn", "mute", "host"]),
    item_s=st.sampled_from([None, 60, 3600]),
    group_s=st.sampled_from([None, 60, 3600]),
    group_by=st.sampled_from(["place", "side"]),
)


@dataclass(frozen=True, repr=False)
class Held:
    """A meeting: its record, and the meeting after each entry."""

    entries: list[ev.Entry]
    live: list[Meeting]

    @property
    def floors(self) -> list[Floor]:
        return [meeting.floor for meeting in self.live]

    def steps(self) -> list[tuple[Floor, ev.Entry]]:
        """Each entry, with the floor before it."""
        return list(zip(self.floors, self.entries[1:], strict=False))


def begin(rules: FloorRules) -> list[ev.Entry]:
    items = tuple(ev.AgendaItem(id=n, title="?") for n in (1, 2))
    events: list[ev.Event] = [
        ev.MeetingCreated(
            title="?", room="A", room_name="?", planned_ms=0, agenda=items, rules=rules
        ),
        ev.PersonJoined(person=HOST.person, role=HOST.role),
        *(ev.PersonJoined(person=person, role=role) for person, role in ROLES.items()),
        *(ev.PersonSignedIn(person=person, role=ROLES[person]) for person in SPEAKERS[:4]),
        ev.MeetingOpened(),
    ]
    return [ev.Entry(offset=n, at_ms=n, event=event) for n, event in enumerate(events, 1)]


def ask(chance: random.Random, floor: Floor, other: FloorRules) -> tuple[str, cmd.Command]:
    """Draw who asks what."""
    person = chance.choice(SPEAKERS)
    kind: ev.Kind = chance.choice(["speech"] * 8 + ["question", "reply", "point_of_order"])  # type: ignore[arg-type]
    side: ev.Side | None = chance.choice(["for", "against", None])
    some = tuple(chance.sample(SPEAKERS, chance.randrange(5)))
    first = floor.order[0].waiting.person if floor.order else person
    speaks = HOST.person if floor.holder is None else floor.holder.person
    host = HOST.person
    choices: list[tuple[int, tuple[str, cmd.Command]]] = [
        (30, (person, cmd.RequestFloor(kind=kind, side=side))),
        (3, (person, cmd.WithdrawFloor())),
        (9, (host, cmd.GrantFloor(person=first, seconds=chance.choice([None, 5, 90])))),
        (3, (host, cmd.GrantFloor(person=person, interrupt=chance.random() < 0.5))),
        (8, (speaks, cmd.EndFloor())),
        (2, (host, cmd.PauseFloor())),
        (3, (host, cmd.UnpauseFloor())),
        (2, (host, cmd.ExtendFloor(seconds=5))),
        (3, (host, cmd.CallFloor(person=first))),
        (2, (person, cmd.ReadyFloor())),
        (1, (person, cmd.CallOffFloor())),
        (1, (person, cmd.GiveFloorText(text="?"))),
        (3, (host, cmd.DrawFloor())),
        (3, (host, cmd.ListFloor(persons=some))),
        (3, (speaks, cmd.NominateFloor(person=person))),
        (2, (host, cmd.MoveAgenda(item=chance.choice([1, 2])))),
        (1, (host, cmd.SetFloorRules(rules=other, item=chance.choice([None, 1])))),
        (1, (person, cmd.Leave())),
        (3, (person, cmd.Join())),
        (1, (host, cmd.RecessMeeting())),
        (4, (host, cmd.ResumeMeeting())),
    ]
    weights = [weight for weight, _ in choices]
    return chance.choices([choice for _, choice in choices], weights)[0]


def hold(seed: int, steps: int, rules: FloorRules, other: FloorRules) -> Held:
    """Hold a meeting: what is due happens before what is asked."""
    chance = random.Random(seed)
    entries = begin(rules)
    live = list(accumulate(entries[1:], apply, initial=apply(None, entries[0])))

    def write(event: ev.Event, now_ms: int) -> None:
        entries.append(ev.Entry(offset=live[-1].offset + 1, at_ms=now_ms, event=event))
        live.append(apply(live[-1], entries[-1]))

    now_ms = 1000
    for step in range(steps):
        now_ms += chance.choice([0, 1, 1000, 8000, 40_000])
        moment = Moment(now_ms, seed=f"{seed:x}-{step}")
        for event in due(live[-1], moment):
            write(event, now_ms)
        person, command = ask(chance, live[-1].floor, other)
        actor = Actor(person, ROLES.get(person, HOST.role))
        decision = decide(live[-1], command, actor, moment)
        for event in () if isinstance(decision, Refused) else decision:
            write(event, now_ms)
    return Held(entries, live)


MEETINGS = st.builds(
    hold,
    seed=st.integers(0, 2**32),
    steps=st.sampled_from([30, 60, 100]),
    rules=RULES,
    other=RULES,
)


def speeches(floor: Floor) -> list[Placed]:
    return [placed for placed in floor.order if placed.waiting.kind == "speech"]


@CALM
@given(MEETINGS)
def test_the_same_record_gives_the_same_order(held: Held) -> None:
    """With every reason; nothing but the record counts, written down and read again too."""
    written = [entry.model_dump_json() for entry in held.entries]
    again = fold("", [ev.Entry.model_validate_json(line) for line in written])
    assert again.floor.order == held.live[-1].floor.order
    assert again.floor == held.live[-1].floor


@CALM
@given(MEETINGS)
def test_every_hand_has_one_place(held: Held) -> None:
    """Nobody is lost, nobody stands twice, and of speeches each person has one."""
    for floor in held.floors:
        placed = [p.waiting for p in floor.order]
        assert Counter(map(id, placed)).total() == len(set(map(id, placed)))
        asked = [w for w in floor.queue if w.asked]
        assert {id(w) for w in asked} <= {id(w) for w in placed} <= {id(w) for w in floor.queue}
        persons = [w.person for w in floor.queue if w.kind == "speech"]
        assert len(persons) == len(set(persons))


@CALM
@given(MEETINGS)
def test_what_goes_first_is_never_overtaken(held: Held) -> None:
    """Points of order, then replies, then questions, then speeches; each in the order of asking."""
    for floor in held.floors:
        keys = [(URGENCY[p.waiting.kind], p.waiting) for p in floor.order]
        for (urgency, one), (next_urgency, other) in pairwise(keys):
            assert urgency <= next_urgency
            if urgency == next_urgency < URGENCY["speech"]:
                assert one.request < other.request


@CALM
@given(MEETINGS)
def test_groups_alternate_where_that_is_possible(held: Held) -> None:
    """
    If alternation is the first rule, two of one group follow each other only where no other group
    waits, or where somebody has waited too long.
    """
    for floor in held.floors:
        if floor.rules.mode != "open" or not floor.rules.order:
            continue
        rule = floor.rules.order[0]
        if rule not in {"alternate_place", "alternate_side"}:
            continue
        at = 0 if rule == "alternate_place" else 1
        names = [groups(p.waiting.place, p.waiting.side)[at] for p in speeches(floor)]
        waited = [any(r.code is ReasonCode.WAITED for r in p.reasons) for p in speeches(floor)]
        for n, (name, other) in enumerate(pairwise(names)):
            assert name != other or waited[n + 1] or set(names[n:]) == {name}


@CALM
@given(MEETINGS)
def test_the_next_group_is_not_the_one_heard_last(held: Held) -> None:
    """As long as another one waits."""
    for floor in held.floors:
        placed = speeches(floor)
        by_place = floor.rules.mode == "open" and floor.rules.order[:1] == ("alternate_place",)
        if not by_place or not placed:
            continue
        heard = {n: at for n, at in floor.history.heard.items() if n.startswith("place:")}
        waiting = {groups(p.waiting.place, None)[0] for p in placed}
        if any(r.code is ReasonCode.WAITED for r in placed[0].reasons):
            continue
        first = groups(placed[0].waiting.place, None)[0]
        assert heard.get(first, 0) == min(heard.get(name, 0) for name in waiting)


# --- why


def left_out(floor: Floor, code: ReasonCode, one: Waiting, other: Waiting) -> bool:
    """Tell whether rule *code* can put *one* before *other*, as far as the two alone tell."""
    spoken = floor.history.spoken
    mine, others = spoken.get(one.person, Spoken()), spoken.get(other.person, Spoken())
    match code:
        case ReasonCode.POINT_OF_ORDER | ReasonCode.REPLY | ReasonCode.QUESTION:
            return one.kind == code.value and URGENCY[one.kind] < URGENCY[other.kind]
        case ReasonCode.LISTED:
            return one.listed is not None and (other.listed is None or one.listed < other.listed)
        case ReasonCode.DRAWN:
            return one.drawn is not None and (other.drawn is None or one.drawn < other.drawn)
        case ReasonCode.NOMINATED:
            return one.nominated and not other.nominated
        case ReasonCode.FIRST_TIME:
            return mine.times == 0 and others.times > 0
        case ReasonCode.LEAST_TIME:
            return mine.ms < others.ms
        case ReasonCode.PLACE_TURN:
            return one.place != other.place
        case ReasonCode.SIDE_TURN:
            return one.side != other.side
        case ReasonCode.ASKED:
            return floor.queue.index(one) < floor.queue.index(other)
        case ReasonCode.WAITED:
            return True  # see the property of patience


@CALM
@given(MEETINGS)
def test_every_reason_is_true(held: Held) -> None:
    """
    A reason holds against at least one of those behind, and only reasons of the rules in force are
    given; the reason for standing behind holds between the two.
    """
    for floor in held.floors:
        line = floor.order
        known = {
            "open": {rule_code(rule) for rule in floor.rules.order} | {ReasonCode.WAITED},
            "list": {ReasonCode.LISTED},
            "draw": {ReasonCode.DRAWN},
            "nominate": {ReasonCode.NOMINATED},
            "host": set(),
        }[floor.rules.mode]
        urgent = {ReasonCode.POINT_OF_ORDER, ReasonCode.REPLY, ReasonCode.QUESTION}
        for n, placed in enumerate(line):
            after = [p.waiting for p in line[n + 1 :]]
            assert bool(placed.reasons) == bool(after)
            for reason in placed.reasons:
                assert reason.code in known | urgent | {ReasonCode.ASKED}
                assert any(left_out(floor, reason.code, placed.waiting, w) for w in after)
            assert (placed.behind is None) == (n == 0)
            if placed.behind is not None:
                assert left_out(floor, placed.behind, line[n - 1].waiting, placed.waiting)


def rule_code(rule: OrderRule) -> ReasonCode:
    return {
        "first_time_first": ReasonCode.FIRST_TIME,
        "least_time_first": ReasonCode.LEAST_TIME,
        "alternate_place": ReasonCode.PLACE_TURN,
        "alternate_side": ReasonCode.SIDE_TURN,
    }[rule]


@CALM
@given(MEETINGS)
def test_what_a_reason_says_of_a_person_stands_in_the_record(held: Held) -> None:
    """The time spoken, the place on the list, whose turn it is."""
    for floor in held.floors:
        for placed in floor.order:
            waiting = placed.waiting
            spoken = floor.history.spoken.get(waiting.person, Spoken())
            for reason in placed.reasons:
                match reason.code:
                    case ReasonCode.LEAST_TIME:
                        assert reason.value == spoken.ms
                    case ReasonCode.LISTED:
                        assert reason.value - 1 == waiting.listed
                    case ReasonCode.DRAWN:
                        assert reason.value - 1 == waiting.drawn
                    case ReasonCode.PLACE_TURN:
                        assert reason.group == (waiting.place or "")
                    case ReasonCode.SIDE_TURN:
                        assert reason.group == (waiting.side or "")
                    case ReasonCode.WAITED:
                        assert reason.value >= floor.rules.patience
                    case _:
                        assert (reason.value, reason.group) == (0, "")


# --- nobody starves


@CALM
@given(
    rules=RULES.filter(lambda rules: rules.mode == "open"),
    hands=st.lists(
        st.tuples(
            st.sampled_from(["room", "link", "online", None]),
            st.sampled_from(["for", "against", None]),
            st.sampled_from([0, 1, 5]),
        ),
        min_size=1,
        max_size=40,
    ),
)
def test_within_the_order_nobody_is_overtaken_too_often(
    rules: FloorRules, hands: list[tuple[str | None, str | None, int]]
) -> None:
    """By later hands, more often than the rules allow: the order as shown keeps the promise."""
    queue, history = [], History()
    for n, (place, side, spoken) in enumerate(hands):
        queue.append(
            Waiting(n, f"p{n}", 0, place=place, side=side)  # type: ignore[arg-type]
        )
        if spoken:
            told = history.spoken.set(f"p{n}", Spoken(1, spoken * 1000))
            history = History(told, history.heard)
    placed = [p.waiting.request for p in order(queue, history, rules)]
    for at, request in enumerate(placed):
        assert sum(other > request for other in placed[:at]) <= rules.patience


@CALM
@given(
    seed=st.integers(0, 2**32),
    rules=RULES.filter(lambda rules: rules.mode == "open").map(
        lambda rules: rules.model_copy(update={"item_s": None, "group_s": None})
    ),
)
def test_nobody_starves_however_often_the_others_ask_again(seed: int, rules: FloorRules) -> None:
    """
    Everybody who has spoken raises the hand again at once, some for no time at all. Who waits
    speaks before more than `patience` later hands, and those that were up before, have spoken.
    """
    chance = random.Random(seed)
    entries = begin(rules)
    meeting = fold("", entries)

    def does(person: str, command: cmd.Command, now_ms: int) -> None:
        nonlocal meeting
        role = ROLES.get(person, HOST.role)
        decision = decide(meeting, command, Actor(person, role), Moment(now_ms))
        assert isinstance(decision, tuple), decision
        for event in decision:
            entry = ev.Entry(offset=meeting.offset + 1, at_ms=now_ms, event=event)
            meeting = apply(meeting, entry)

    for person in SPEAKERS:
        does(person, cmd.RequestFloor(side=chance.choice(["for", None])), 1000)
    now_ms = 1000
    for _ in range(60):
        person = meeting.floor.order[0].waiting.person
        does(HOST.person, cmd.GrantFloor(person=person), now_ms)
        now_ms += chance.choice([0, 0, 1, 60_000])
        does(person, cmd.EndFloor(), now_ms)
        does(person, cmd.RequestFloor(side=chance.choice(["for", None])), now_ms)
        for waiting in meeting.floor.queue:
            assert waiting.overtaken <= rules.patience


@CALM
@given(st.text(max_size=32), st.sets(st.sampled_from(SPEAKERS), min_size=1))
def test_a_draw_draws_everybody_once(seed: str, persons: set[str]) -> None:
    """And whatever the order in which they are named."""
    assert sorted(draw(seed, sorted(persons))) == sorted(persons)
    assert draw(seed, sorted(persons)) == draw(seed, sorted(persons, reverse=True))


# --- speeches


@CALM
@given(MEETINGS)
def test_time_is_counted_once(held: Held) -> None:
    """Each person's time is that of the person's speeches; the items' times add up to all."""
    for meeting in held.live:
        floor = meeting.floor
        by_person = sum(spoken.ms for spoken in floor.history.spoken.values())
        by_item = sum(ms for (_, group), ms in floor.spent.items() if group == "")
        assert by_person == by_item >= 0
        assert all(spoken.ms >= 0 for spoken in floor.history.spoken.values())


@CALM
@given(MEETINGS)
def test_whose_speech_rests_has_a_closed_microphone_and_no_deadline(held: Held) -> None:
    """And an interrupted one rests."""
    for floor in held.floors:
        if floor.interrupted is not None:
            assert floor.interrupted.paused
            assert floor.holder is not None
            assert floor.holder.person != floor.interrupted.person
        for holder in (floor.holder, floor.interrupted):
            if holder is not None:
                assert holder.muted == (holder.running_ms is None)


@CALM
@given(MEETINGS)
def test_a_hand_is_lowered_after_speaking(held: Held) -> None:
    """The one that was answered, and no other."""
    for floor, entry in held.steps():
        if isinstance(entry.event, ev.FloorGranted) and entry.event.request is not None:
            after = next(m.floor for m in held.live if m.offset == entry.offset)
            mine = {w.request for w in floor.queue if w.person == entry.event.person}
            left = {w.request for w in after.queue if w.person == entry.event.person}
            assert entry.event.request in mine
            assert entry.event.request not in left
