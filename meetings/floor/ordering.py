"""
The order of the speaking queue, and why each hand stands where it stands.

Pure: it follows from the hands that wait, from what was said before and from the rules, so that
anybody gets the same order from the same record.

The next is found by asking one rule after the other: each keeps those whom it puts first, until
one is left. Then the one after that, as if the first had spoken, and so on. The rules that left
somebody out are the reasons for the one who remained.

1. Points of order, replies and questions go before speeches, in the order of asking.
2. *open*: who was overtaken by `patience` later hands; then the rules that the host has chosen;
   *list*, *draw*: the place on the list, or in the draw; *nominate*: who was named;
   *host*: nothing, for the host chooses.
3. The order of asking.

Alternation: of the groups (places, or sides) that wait, the turn is that of the one that was heard
longest ago; one that was never heard comes before all others.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right, insort
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, assert_never

from immutables import Map

from meetings.floor.rulebook import FloorRules, Kind, OrderRule, Side
from meetings.people import PersonId, Place


class ReasonCode(StrEnum):
    """Stable on the wire; never renamed. The client has the words."""

    POINT_OF_ORDER = "point_of_order"
    REPLY = "reply"
    QUESTION = "question"
    WAITED = "waited"
    LISTED = "listed"
    DRAWN = "drawn"
    NOMINATED = "nominated"
    FIRST_TIME = "first_time"
    PLACE_TURN = "place_turn"
    SIDE_TURN = "side_turn"
    LEAST_TIME = "least_time"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that put somebody before others."""

    code: ReasonCode
    group: str = ""
    """Of a turn: whose it is."""
    value: int = 0
    """Place on the list or in the draw, from 1; hands that overtook; time spoken, ms."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A hand that waits."""

    request: int
    person: PersonId
    since_ms: int
    about: str = ""
    kind: Kind = "speech"
    side: Side | None = None
    place: Place | None = None
    reply_to: int | None = None
    listed: int | None = None
    """Place on the list, from 0."""
    drawn: int | None = None
    """Place in the latest draw, from 0."""
    nominated: bool = False
    asked: bool = True
    """Raised a hand; False: was listed or nominated without one, and waits only by that."""
    overtaken: int = 0
    """Speeches of hands that were raised later."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What somebody has said so far."""

    times: int = 0
    """Speeches; points of order, replies and questions are none."""
    ms: int = 0
    """Time with the floor, for whatever."""


@dataclass(frozen=True, slots=True)
class History:
    """What was said before."""

    spoken: Map[PersonId, Spoken] = field(default_factory=Map)
    heard: Map[str, int] = field(default_factory=Map)
    """`place:room`, `side:for` ... -> the latest speech from there, by the offset of its grant."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A hand in its place."""

    waiting: Waiting
    reasons: tuple[Reason, ...]
    """By which rules it goes before those that come after; empty for the last."""
    behind: ReasonCode | None
    """The rule that puts it behind the one in front of it; None for the first."""


def order(queue: Sequence[Waiting], history: History, rules: FloorRules) -> tuple[Placed, ...]:
    """
    Order the hands that wait.

    Args:
        queue: in the order of asking; of one person at most one speech.

    Returns: all whom the mode knows, the next one first.
    """
    mode = rules.mode
    waiting = [
        (place, hand)
        for place, hand in enumerate(queue)
        if hand.asked
        or (mode == "list" and hand.listed is not None)
        or (mode == "nominate" and hand.nominated)
    ]
    speeches = [(place, hand) for place, hand in waiting if hand.kind == "speech"]
    first = [(place, hand) for place, hand in waiting if hand.kind != "speech"]
    ordered = _urgent(first, more=bool(speeches))
    behind = ordered[-1].waiting.kind if ordered else None
    match mode:
        case "open":
            placed = _open(speeches, history, rules)
        case "list":
            placed = _ranked(speeches, ReasonCode.LISTED, lambda hand: hand.listed)
        case "draw":
            placed = _ranked(speeches, ReasonCode.DRAWN, lambda hand: hand.drawn)
        case "nominate":
            placed = _ranked(
                speeches, ReasonCode.NOMINATED, lambda hand: 0 if hand.nominated else None
            )
        case "host":
            placed = _ranked(speeches, ReasonCode.ASKED, lambda _: None)
        case _:
            assert_never(mode)
    if placed and behind is not None:
        placed[0] = replace(placed[0], behind=ReasonCode(behind))
    return (*ordered, *placed)


def draw(seed: str, persons: Iterable[PersonId]) -> tuple[PersonId, ...]:
    """
    Draw the order of *persons* by lot.

    Sorted by the SHA-256 of the UTF-8 text `seed:person`, in hexadecimal: nothing else is needed to
    repeat it. Who makes the seed must not know the persons' ids before; the service takes it fresh
    from the system's source of randomness.
    """
    return tuple(
        sorted(persons, key=lambda person: hashlib.sha256(f"{seed}:{person}".encode()).hexdigest())
    )


def groups(place: Place | None, side: Side | None) -> tuple[str, str]:
    """Return the names under which `History.heard` knows a place and a side."""
    return f"place:{place or ''}", f"side:{side or ''}"


# --- orders that stand still: each hand has a rank


_URGENCY: Final[Mapping[Kind, int]] = {"point_of_order": 0, "reply": 1, "question": 2, "speech": 3}

_LAST: Final = 1_000_000  # behind every rank that there is

_Arrived = tuple[int, Waiting]
"""Place in the order of asking, and the hand."""


def _urgent(hands: list[_Arrived], *, more: bool) -> list[Placed]:
    """Order what goes before speeches. *more*: speeches wait, too."""
    hands.sort(key=lambda arrived: (_URGENCY[arrived[1].kind], arrived[0]))
    placed: list[Placed] = []
    for at, (_, hand) in enumerate(hands):
        reasons = []
        if more or hands[-1][1].kind != hand.kind:
            reasons.append(Reason(ReasonCode(hand.kind)))
        if at + 1 < len(hands) and hands[at + 1][1].kind == hand.kind:
            reasons.append(Reason(ReasonCode.ASKED))
        placed.append(Placed(hand, tuple(reasons), _behind(placed, hand)))
    return placed


def _behind(placed: list[Placed], hand: Waiting) -> ReasonCode | None:
    if not placed:
        return None
    before = placed[-1].waiting.kind
    return ReasonCode.ASKED if before == hand.kind else ReasonCode(before)


def _ranked(
    hands: list[_Arrived], code: ReasonCode, rank: Callable[[Waiting], int | None]
) -> list[Placed]:
    """Order by rank, those without one last, then by asking."""
    ranks = {at: _LAST if (n := rank(hand)) is None else n for at, hand in hands}
    hands.sort(key=lambda arrived: (ranks[arrived[0]], arrived[0]))
    placed: list[Placed] = []
    for n, (at, hand) in enumerate(hands):
        reasons = []
        if ranks[hands[-1][0]] != ranks[at]:
            value = 0 if code is ReasonCode.NOMINATED else ranks[at] + 1
            reasons.append(Reason(code, value=value))
        if n + 1 < len(hands) and ranks[hands[n + 1][0]] == ranks[at]:
            reasons.append(Reason(ReasonCode.ASKED))
        behind = None
        if n > 0:
            behind = ReasonCode.ASKED if ranks[hands[n - 1][0]] == ranks[at] else code
        placed.append(Placed(hand, tuple(reasons), behind))
    return placed


# --- the open queue: each speech turns the order of those after it


@dataclass(eq=False, slots=True)
class _Line:
    """Hands that all rules but the asking treat alike."""

    spoken: Spoken
    place: str
    side: str
    hands: deque[_Arrived] = field(default_factory=deque)


@dataclass(slots=True)
class _Course:
    """How it will have gone by the time that the next one is looked for."""

    heard: dict[str, int]
    taken: list[int] = field(default_factory=list)

    def overtaken(self, line: _Line) -> int:
        at, hand = line.hands[0]
        return hand.overtaken + len(self.taken) - bisect_right(self.taken, at)

    def take(self, line: _Line) -> Waiting:
        at, hand = line.hands.popleft()
        insort(self.taken, at)
        turn = max(self.heard.values(), default=0) + 1
        self.heard.update(dict.fromkeys(groups(hand.place, hand.side), turn))
        return hand


_Question = tuple[ReasonCode, Callable[[_Line], int], Callable[[_Line], Reason]]
"""A rule: its name, whom it puts first (the lowest), and what it says of that one."""


def _questions(course: _Course, rules: Sequence[OrderRule]) -> list[_Question]:
    known: dict[OrderRule, _Question] = {
        "first_time_first": (
            ReasonCode.FIRST_TIME,
            lambda line: min(line.spoken.times, 1),
            lambda _: Reason(ReasonCode.FIRST_TIME),
        ),
        "least_time_first": (
            ReasonCode.LEAST_TIME,
            lambda line: line.spoken.ms,
            lambda line: Reason(ReasonCode.LEAST_TIME, value=line.spoken.ms),
        ),
        "alternate_place": (
            ReasonCode.PLACE_TURN,
            lambda line: course.heard.get(line.place, 0),
            lambda line: Reason(ReasonCode.PLACE_TURN, line.place.partition(":")[2]),
        ),
        "alternate_side": (
            ReasonCode.SIDE_TURN,
            lambda line: course.heard.get(line.side, 0),
            lambda line: Reason(ReasonCode.SIDE_TURN, line.side.partition(":")[2]),
        ),
    }
    return [known[rule] for rule in rules]


def _open(hands: list[_Arrived], history: History, rules: FloorRules) -> list[Placed]:
    lines = _lines(hands, history, rules.order)
    course = _Course(dict(history.heard))
    questions = _questions(course, rules.order)
    placed: list[Placed] = []
    left_out: dict[_Line, ReasonCode] = {}
    reasons: tuple[Reason, ...]
    while lines:
        # Nobody was overtaken by more hands than who asked first of all that are left.
        first = min(lines, key=_asked_at)
        overtaken = course.overtaken(first)
        if overtaken >= rules.patience and len(lines) > 1:
            reason = Reason(ReasonCode.WAITED, value=overtaken)
            chosen, reasons, out = first, (reason,), dict.fromkeys(lines, reason.code)
        else:
            chosen, reasons, out = _next(lines, questions)
        behind = left_out[chosen] if placed else None
        placed.append(Placed(course.take(chosen), reasons, behind))
        left_out = out
        if not chosen.hands:
            lines.remove(chosen)
    return placed


def _lines(hands: list[_Arrived], history: History, rules: tuple[OrderRule, ...]) -> list[_Line]:
    """Put hands that the rules treat alike into one line: there are few lines of many hands."""
    lines: dict[tuple[int, int, str, str], _Line] = {}
    for at, hand in hands:
        spoken = history.spoken.get(hand.person, Spoken())
        place, side = groups(hand.place, hand.side)
        key = (
            min(spoken.times, 1) if "first_time_first" in rules else 0,
            spoken.ms if "least_time_first" in rules else 0,
            place if "alternate_place" in rules else "",
            side if "alternate_side" in rules else "",
        )
        lines.setdefault(key, _Line(spoken, place, side)).hands.append((at, hand))
    return list(lines.values())


def _asked_at(line: _Line) -> int:
    return line.hands[0][0]


def _next(
    lines: list[_Line], questions: list[_Question]
) -> tuple[_Line, tuple[Reason, ...], dict[_Line, ReasonCode]]:
    """
    Ask one rule after the other; return who is next, why, and which rule left out the others,
    among them those who stand in the same line.
    """
    told: list[Callable[[_Line], Reason]] = []
    out: dict[_Line, ReasonCode] = {}
    kept = lines
    for code, score, reason in questions:
        if len(kept) == 1:
            break
        scores = [score(line) for line in kept]
        best = min(scores)
        if max(scores) != best:
            left = [line for line, n in zip(kept, scores, strict=True) if n != best]
            kept = [line for line, n in zip(kept, scores, strict=True) if n == best]
            out.update(dict.fromkeys(left, code))
            told.append(reason)
    chosen = min(kept, key=_asked_at)
    reasons = [reason(chosen) for reason in told]
    if len(kept) > 1 or len(chosen.hands) > 1:
        reasons.append(Reason(ReasonCode.ASKED))
    out.update(dict.fromkeys(kept, ReasonCode.ASKED))
    return chosen, tuple(reasons), out
