"""The floor, as the record tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from immutables import Map

from meetings.floor import ordering
from meetings.floor.events import Limit
from meetings.floor.ordering import History, Placed, Waiting
from meetings.floor.rulebook import FloorRules, Kind, Overtime, Side
from meetings.people import PersonId, Place

__all__ = ["SAID_KEPT", "Called", "Draw", "Floor", "Holder", "Said", "Waiting"]


SAID_KEPT: Final = 50
"""Newest speeches that a reply finds its speaker by."""


@dataclass(frozen=True, slots=True)
class Said:
    """Who spoke, and to whom."""

    speech: int
    """Offset of the grant."""
    person: PersonId
    kind: Kind
    item: int | None
    to: PersonId | None


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the floor, and the speech: a lease on the microphone."""

    person: PersonId
    speech: int
    """Offset of the grant."""
    since_ms: int
    until_ms: int | None
    """When the time is or was up; None: there is no time, or it stands still."""
    kind: Kind = "speech"
    side: Side | None = None
    place: Place | None = None
    item: int | None = None
    """The item whose time it takes."""
    limit: Limit = "speech"
    warning_s: int = 0
    overtime: Overtime = "mute"
    passed_over: int = 0
    text: str = ""
    """What the host reads out for the person."""
    spent_ms: int = 0
    """Spoken before `running_ms`."""
    running_ms: int | None = None
    """Since when the speech runs without a break; None: it stands still."""
    paused: bool = False
    left_ms: int | None = None
    """Of a paused speech with a time: what is left of it."""
    over: bool = False
    """The time is up, and the speech has not ended by that."""
    to: PersonId | None = None
    """Whom the speech interrupts, is about, or answers; None: nobody in particular."""
    after: PersonId | None = None
    """Who spoke before, on the same item."""

    @property
    def muted(self) -> bool:
        """The microphone is closed in spite of the floor."""
        return self.paused or (self.over and self.overtime == "host")

    def spoken_ms(self, now_ms: int) -> int:
        """Return for how long the person has spoken."""
        return self.spent_ms + (0 if self.running_ms is None else now_ms - self.running_ms)


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody in the green room."""

    person: PersonId
    request: int | None
    since_ms: int
    until_ms: int | None
    """Who is not ready by then is called off; None: is ready, or nobody waits for it."""
    ready: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Draw:
    """The latest draw."""

    seed: str
    order: tuple[PersonId, ...]


@dataclass(frozen=True)
class Floor:
    """
    Who speaks, and who waits for it.

    The order of the queue is computed when it is asked for, once for each state; hence no slots.
    """

    holder: Holder | None = None
    interrupted: Holder | None = None
    """Whose speech goes on, paused, when the holder's ends."""
    queue: tuple[Waiting, ...] = ()
    """In the order of asking; see `order`."""
    called: tuple[Called, ...] = ()
    base: FloorRules = field(default_factory=FloorRules)
    """The meeting's rules."""
    item_rules: Map[int, FloorRules] = field(default_factory=Map)
    item: int | None = None
    """The current item of the agenda."""
    history: History = field(default_factory=History)
    spent: Map[tuple[int | None, str], int] = field(default_factory=Map)
    """(Item, group) -> time of the speeches that ended, ms; group "" is the whole item."""
    speech: int | None = None
    """The latest speech, by the offset of its grant."""
    draw: Draw | None = None
    said: tuple[Said, ...] = ()
    """The newest SAID_KEPT speeches, questions, replies and points of order, newest last."""

    @property
    def rules_of(self) -> int | None:
        """The item whose own rules are in force; None: the meeting's are."""
        return self.item if self.item in self.item_rules else None

    @property
    def rules(self) -> FloorRules:
        """The rules in force."""
        return self.base if self.rules_of is None else self.item_rules[self.rules_of]

    @cached_property
    def order(self) -> tuple[Placed, ...]:
        """The hands in the order of the queue, each with the reasons."""
        return ordering.order(self.queue, self.history, self.rules)

    @cached_property
    def places(self) -> Mapping[PersonId, int]:
        """Person -> place of the foremost hand, from 1."""
        places: dict[PersonId, int] = {}
        for place, placed in enumerate(self.order, 1):
            places.setdefault(placed.waiting.person, place)
        return places

    @cached_property
    def standings(self) -> Mapping[PersonId, tuple[object, ...]]:
        """Person -> all that the person is told of the own hand, call and speech."""
        standings: dict[PersonId, tuple[object, ...]] = {}
        for person, place in self.places.items():
            placed = self.order[place - 1]
            standings[person] = (place, placed.waiting.request, placed.reasons, placed.behind)
        for called in self.called:
            standings[called.person] = (*standings.get(called.person, ()), "called")
        for holder in (self.holder, self.interrupted):
            if holder is not None:
                standings[holder.person] = (*standings.get(holder.person, ()), "holding")
        return standings

    def hands_of(self, person: PersonId) -> tuple[Waiting, ...]:
        """Return the person's hands in the order of the queue: at most one of them a speech."""
        return tuple(p.waiting for p in self.order if p.waiting.person == person)

    def call_of(self, person: PersonId) -> Called | None:
        return next((called for called in self.called if called.person == person), None)

    def holds(self, person: PersonId) -> bool:
        """The person speaks."""
        return self.holder is not None and self.holder.person == person

    def waits_to_go_on(self, person: PersonId) -> bool:
        """The person's speech is interrupted by the holder's."""
        return self.interrupted is not None and self.interrupted.person == person

    def expects(self, person: PersonId) -> bool:
        """The person has the floor, waits to go on, or is in the green room."""
        return self.holds(person) or self.waits_to_go_on(person) or self.call_of(person) is not None

    def spent_ms(self, group: str, now_ms: int) -> int:
        """Return the time spoken on the current item; *group* "" means by all."""
        running = sum(
            holder.spoken_ms(now_ms)
            for holder in (self.holder, self.interrupted)
            if holder is not None
            and holder.item == self.item
            and group in ("", holder.place, holder.side)
        )
        return self.spent.get((self.item, group), 0) + running
