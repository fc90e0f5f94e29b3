"""The order of the queue: each rule, how they combine, and what is said of it."""

from __future__ import annotations

import hashlib

from immutables import Map

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
from meetings.floor.rulebook import FloorRules, OrderRule, Side
from meetings.people import Place
from tests.each import each

ROOM, LINK, ONLINE = Place.ROOM, Place.LINK, Place.ONLINE


def hand(person: str, request: int = 0, **more: object) -> Waiting:
    """A hand, named after its person; *request* matters to nobody here."""
    return Waiting(request or ord(person[0]), person, since_ms=0, **more)  # type: ignore[arg-type]


def spoke(**seconds: int) -> History:
    """These have spoken once, so long."""
    spoken = {person: Spoken(1, s * 1000) for person, s in seconds.items()}
    return History(spoken=Map(spoken))


def heard(*names: str) -> History:
    """These places or sides were heard, in this order."""
    return History(heard=Map({name: n for n, name in enumerate(names, 1)}))


def people(placed: tuple[Placed, ...]) -> str:
    return " ".join(p.waiting.person for p in placed)


def why(placed: tuple[Placed, ...]) -> list[str]:
    """Each place as `person: reasons < behind`."""
    return [
        f"{p.waiting.person}: {' '.join(r.code for r in p.reasons)} < {p.behind or 'nobody'}"
        for p in placed
    ]


def by(*rules: OrderRule, patience: int = 20) -> FloorRules:
    return FloorRules(order=rules, patience=patience)


def test_an_empty_queue_has_no_order() -> None:
    assert order((), History(), FloorRules()) == ()


def test_without_rules_the_first_hand_is_first() -> None:
    """Who asked first; the last one goes before nobody, so there is nothing to say."""
    placed = order((hand("a"), hand("b"), hand("c")), History(), FloorRules())
    assert why(placed) == ["a: asked < nobody", "b: asked < asked", "c:  < asked"]


# --- what goes before speeches


def test_points_of_order_go_before_replies_before_questions_before_speeches() -> None:
    """Whenever they were raised, and whatever the rules."""
    queue = (
        hand("s"),
        hand("q", kind="question"),
        hand("r", kind="reply"),
        hand("p", kind="point_of_order"),
        hand("o", kind="point_of_order"),
    )
    placed = order(queue, spoke(p=99, o=1), by("least_time_first"))
    assert why(placed) == [
        "p: point_of_order asked < nobody",
        "o: point_of_order < asked",
        "r: reply < point_of_order",
        "q: question < reply",
        "s:  < question",
    ]


@each("mode", ["open", "host", "list", "draw", "nominate"])
def test_they_do_so_in_every_mode(mode: str) -> None:
    queue = (hand("s", listed=0, drawn=0, nominated=True), hand("p", kind="point_of_order"))
    placed = order(queue, History(), FloorRules.model_validate({"mode": mode}))
    assert why(placed) == ["p: point_of_order < nobody", "s:  < point_of_order"]


# --- sorting


def test_who_has_not_spoken_goes_first() -> None:
    placed = order((hand("a"), hand("b"), hand("c")), spoke(a=1), by("first_time_first"))
    assert why(placed) == [
        "b: first_time asked < nobody",
        "c: first_time < asked",
        "a:  < first_time",
    ]


def test_where_all_or_none_have_spoken_that_is_no_reason() -> None:
    queue = (hand("a"), hand("b"))
    for history in (spoke(), spoke(a=5, b=1)):
        assert why(order(queue, history, by("first_time_first"))) == [
            "a: asked < nobody",
            "b:  < asked",
        ]


def test_who_spoke_least_goes_first() -> None:
    """With the time, for everybody to see."""
    placed = order((hand("a"), hand("b"), hand("c")), spoke(a=9, b=5), by("least_time_first"))
    assert people(placed) == "c b a"
    assert [(r.code, r.value) for p in placed for r in p.reasons] == [
        (ReasonCode.LEAST_TIME, 0),
        (ReasonCode.LEAST_TIME, 5000),
    ]


# --- alternating


def test_places_take_turns() -> None:
    """Five hands in the room don't keep the first one online waiting."""
    queue = (
        *(hand(p, place=ROOM) for p in "abc"),
        hand("x", place=ONLINE),
        hand("l", place=LINK),
        hand("y", place=ONLINE),
    )
    placed = order(queue, History(), by("alternate_place"))
    assert people(placed) == "a x l b y c"
    assert why(placed)[:3] == [
        "a: asked < nobody",
        "x: place_turn asked < asked",
        "l: place_turn < asked",
    ]


def test_the_turn_is_that_of_the_place_heard_longest_ago() -> None:
    queue = (hand("a", place=ROOM), hand("l", place=LINK), hand("x", place=ONLINE))
    history = heard("place:link", "place:online", "place:room")
    placed = order(queue, history, by("alternate_place"))
    assert people(placed) == "l x a"
    assert placed[0].reasons[0].group == "link"


def test_a_place_that_was_never_heard_comes_before_all_others() -> None:
    queue = (hand("a", place=ROOM), hand("x", place=ONLINE))
    assert people(order(queue, heard("place:room"), by("alternate_place"))) == "x a"


def test_of_several_places_whose_turn_it_is_the_reason_names_the_own() -> None:
    """Two were never heard; by the side the second of them is next."""
    queue = (
        hand("l", place=LINK, side="for"),
        hand("a", place=ROOM, side="for"),
        hand("x", place=ONLINE, side="against"),
    )
    history = heard("place:link", "side:for")
    first, *_ = order(queue, history, by("alternate_place", "alternate_side"))
    assert first.waiting.person == "x"
    assert [(r.code, r.group) for r in first.reasons] == [
        ("place_turn", "online"),
        ("side_turn", "against"),
    ]


def test_for_and_against_take_turns_and_so_do_those_who_say_neither() -> None:
    sides: list[tuple[str, Side | None]] = [
        ("a", "for"),
        ("b", "for"),
        ("c", "against"),
        ("d", None),
        ("e", None),
    ]
    queue = tuple(hand(person, side=side) for person, side in sides)
    placed = order(queue, heard("side:for"), by("alternate_side"))
    assert people(placed) == "c d a e b"
    assert [r.group for p in placed for r in p.reasons if r.code == "side_turn"] == [
        "against",
        "",
        "for",
        "",
    ]


def test_when_one_group_is_left_there_is_nothing_to_alternate() -> None:
    queue = (hand("a", place=ROOM), hand("b", place=ROOM))
    assert why(order(queue, heard("place:room"), by("alternate_place"))) == [
        "a: asked < nobody",
        "b:  < asked",
    ]


# --- combining


def test_the_first_rule_weighs_more() -> None:
    """First-time speakers first and, among these, the places in turns; or the other way round."""
    queue = (
        hand("a", place=ROOM),
        hand("b", place=ROOM),
        hand("c", place=ROOM),
        hand("x", place=ONLINE),
    )
    history = spoke(a=1, x=1)
    placed = order(queue, history, by("first_time_first", "alternate_place"))
    assert people(placed) == "b c x a"
    assert why(placed)[2] == "x: place_turn < first_time"
    placed = order(queue, history, by("alternate_place", "first_time_first"))
    assert people(placed) == "b x c a"
    assert why(placed) == [
        "b: first_time asked < nobody",
        "x: place_turn < first_time",
        "c: first_time < place_turn",
        "a:  < first_time",
    ]


def test_places_and_sides_alternate_together() -> None:
    """The place decides; of the place whose turn it is, the side whose turn it is."""
    queue = (
        hand("a", place=ROOM, side="for"),
        hand("b", place=ROOM, side="against"),
        hand("x", place=ONLINE, side="for"),
        hand("y", place=ONLINE, side="against"),
    )
    placed = order(queue, History(), by("alternate_place", "alternate_side"))
    assert people(placed) == "a y b x"


# --- patience


def test_nobody_is_overtaken_more_often_than_the_rules_allow() -> None:
    """Whatever the order says; the reason tells how often it was."""
    queue = (hand("a", overtaken=2), hand("b"), hand("c"))
    placed = order(queue, spoke(a=9), by("first_time_first", patience=3))
    assert people(placed) == "b a c"
    assert why(placed)[1] == "a: waited < first_time"
    assert placed[1].reasons[0].value == 3
    assert people(order(queue, spoke(a=9), by("first_time_first", patience=4))) == "b c a"


def test_of_two_who_were_overtaken_too_often_the_earlier_is_next() -> None:
    queue = (hand("a", overtaken=3), hand("b", overtaken=3), hand("c"))
    placed = order(queue, spoke(a=9, b=5), by("least_time_first", patience=3))
    assert people(placed) == "a b c"


# --- other modes


def test_in_the_hosts_choice_hands_stand_as_they_were_raised() -> None:
    queue = (hand("a"), hand("b"))
    rules = FloorRules(mode="host", order=("first_time_first",))
    assert why(order(queue, spoke(a=1), rules)) == ["a: asked < nobody", "b:  < asked"]


def test_a_list_goes_before_hands_that_were_up() -> None:
    """It knows also who has no hand up; other modes don't."""
    queue = (hand("a"), hand("b", listed=1), hand("c", listed=0, asked=False), hand("d"))
    placed = order(queue, History(), FloorRules(mode="list"))
    assert why(placed) == [
        "c: listed < nobody",
        "b: listed < listed",
        "a: asked < listed",
        "d:  < asked",
    ]
    assert [r.value for p in placed for r in p.reasons if r.code == "listed"] == [1, 2]
    assert people(order(queue, History(), FloorRules())) == "a b d"


def test_hands_raised_after_the_draw_stand_behind_it() -> None:
    queue = (hand("a", drawn=1), hand("b", drawn=0), hand("c"))
    placed = order(queue, History(), FloorRules(mode="draw"))
    assert why(placed) == ["b: drawn < nobody", "a: drawn < drawn", "c:  < drawn"]


def test_who_is_nominated_is_next() -> None:
    """Also without a hand; in another mode nothing is left of it."""
    queue = (hand("a"), hand("b", nominated=True, asked=False))
    placed = order(queue, History(), FloorRules(mode="nominate"))
    assert why(placed) == ["b: nominated < nobody", "a:  < nominated"]
    assert people(order(queue, History(), FloorRules())) == "a"


# --- the draw


def test_a_draw_is_repeated_with_nothing_but_a_hash() -> None:
    """As the docstring says it."""
    persons = ["wang", "li", "zhao"]
    hashes = {hashlib.sha256(f"seed:{p}".encode()).hexdigest(): p for p in persons}
    assert draw("seed", persons) == tuple(hashes[h] for h in sorted(hashes))


def test_a_draw_follows_from_the_seed_alone() -> None:
    """Not from the order of asking; another seed gives another order."""
    persons = [f"p{n}" for n in range(30)]
    assert draw("seed", persons) == draw("seed", reversed(persons))
    assert draw("seed", persons) != draw("sees", persons)


def test_a_group_has_a_name_also_when_nothing_is_known() -> None:
    assert groups(ROOM, "for") == ("place:room", "side:for")
    assert groups(None, None) == ("place:", "side:")
