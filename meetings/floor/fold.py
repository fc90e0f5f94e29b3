"""What entries make of the floor."""

from __future__ import annotations

from typing import assert_never

from meetings.events import Entry
from meetings.evolve import evolve
from meetings.floor import ordering
from meetings.floor.events import (
    FloorCalled,
    FloorCalledOff,
    FloorDrawn,
    FloorEnded,
    FloorEvent,
    FloorExtended,
    FloorGranted,
    FloorListed,
    FloorNominated,
    FloorOvertime,
    FloorPaused,
    FloorReady,
    FloorRequested,
    FloorRulesSet,
    FloorTextGiven,
    FloorUnpaused,
    FloorWithdrawn,
)
from meetings.floor.ordering import History, Spoken
from meetings.floor.state import SAID_KEPT, Called, Draw, Floor, Holder, Said, Waiting
from meetings.people import PersonId, Place


def apply(floor: Floor, event: FloorEvent, entry: Entry) -> Floor:
    """Return the floor after *entry*."""
    match event:
        case FloorRequested():
            return _requested(floor, event, entry)
        case FloorWithdrawn():
            return evolve(floor, queue=_without(floor, event.person, event.request))
        case FloorRulesSet() | FloorDrawn() | FloorListed() | FloorNominated():
            return _arranged(floor, event, entry)
        case FloorCalled() | FloorReady() | FloorCalledOff() | FloorTextGiven():
            return _prepared(floor, event, entry)
        case FloorGranted():
            return _granted(floor, event, entry)
        case FloorEnded():
            return _ended(floor, event.person, entry.at_ms)
        case FloorPaused() | FloorUnpaused() | FloorExtended() | FloorOvertime():
            if floor.holder is None:
                return floor
            return evolve(floor, holder=_timed(floor.holder, event, entry.at_ms))
        case _:
            assert_never(event)


def at_item(floor: Floor, item: int | None) -> Floor:
    """The meeting turned to *item*: its rules are in force, and its time runs."""
    return floor if floor.item == item else evolve(floor, item=item)


def closed(floor: Floor) -> Floor:
    """The meeting is over: hands that still wait have nothing to wait for."""
    return evolve(floor, queue=(), called=(), item=None)


# --- hands


def _requested(floor: Floor, event: FloorRequested, entry: Entry) -> Floor:
    """A hand goes up; who was only listed or nominated until now has a hand besides."""
    waiting = Waiting(
        request=entry.offset,
        person=event.person,
        since_ms=entry.at_ms,
        about=event.about,
        kind=event.kind,
        side=event.side,
        place=event.place,
        reply_to=event.reply_to,
    )
    queue = floor.queue
    if event.kind == "speech":
        before = _speech_of(floor, event.person)
        if before is not None:
            waiting = evolve(waiting, listed=before.listed, nominated=before.nominated)
            queue = tuple(w for w in queue if w is not before)
    return evolve(floor, queue=(*queue, waiting))


def _speech_of(floor: Floor, person: PersonId) -> Waiting | None:
    return next((w for w in floor.queue if w.person == person and w.kind == "speech"), None)


def _without(floor: Floor, person: PersonId | None, request: int) -> tuple[Waiting, ...]:
    """Lower one hand; without a person (in old records) the request alone tells which."""
    return tuple(w for w in floor.queue if w.request != request or person not in (None, w.person))


def _arranged(
    floor: Floor, event: FloorRulesSet | FloorDrawn | FloorListed | FloorNominated, entry: Entry
) -> Floor:
    match event:
        case FloorRulesSet():
            return _ruled(floor, event)
        case FloorDrawn():
            drawn = {person: n for n, person in enumerate(event.order)}
            queue = tuple(
                evolve(w, drawn=drawn.get(w.person)) if w.kind == "speech" else w
                for w in floor.queue
            )
            return evolve(floor, queue=queue, draw=Draw(event.seed, event.order))
        case FloorListed():
            return _listed(floor, event, entry)
        case FloorNominated():
            kept = tuple(evolve(w, nominated=False) for w in floor.queue if _stays(w, "nominated"))
            floor = _with_speech(evolve(floor, queue=kept), event.person, event.place, entry)
            return evolve(
                floor,
                queue=tuple(
                    evolve(w, nominated=True)
                    if w.person == event.person and w.kind == "speech"
                    else w
                    for w in floor.queue
                ),
            )
        case _:
            assert_never(event)


def _ruled(floor: Floor, event: FloorRulesSet) -> Floor:
    if event.item is None:
        return evolve(floor, base=event.rules or type(floor.base)())
    if event.rules is not None:
        return evolve(floor, item_rules=floor.item_rules.set(event.item, event.rules))
    if event.item in floor.item_rules:
        return evolve(floor, item_rules=floor.item_rules.delete(event.item))
    return floor


def _listed(floor: Floor, event: FloorListed, entry: Entry) -> Floor:
    kept = tuple(evolve(w, listed=None) for w in floor.queue if _stays(w, "listed"))
    floor = evolve(floor, queue=kept)
    places = event.places or (None,) * len(event.persons)
    for person, place in zip(event.persons, places, strict=False):
        floor = _with_speech(floor, person, place, entry)
    listed = {person: n for n, person in enumerate(event.persons)}
    queue = tuple(
        evolve(w, listed=listed.get(w.person)) if w.kind == "speech" else w for w in floor.queue
    )
    return evolve(floor, queue=queue)


def _stays(waiting: Waiting, lapses: str) -> bool:
    """What was not asked for stays only as long as the other of list and nomination holds it."""
    if waiting.asked:
        return True
    return waiting.listed is not None if lapses == "nominated" else waiting.nominated


def _with_speech(floor: Floor, person: PersonId, place: Place | None, entry: Entry) -> Floor:
    """Somebody who has not asked waits all the same."""
    if _speech_of(floor, person) is not None:
        return floor
    waiting = Waiting(entry.offset, person, entry.at_ms, place=place, asked=False)
    return evolve(floor, queue=(*floor.queue, waiting))


# --- the green room


def _prepared(
    floor: Floor, event: FloorCalled | FloorReady | FloorCalledOff | FloorTextGiven, entry: Entry
) -> Floor:
    if isinstance(event, FloorCalled):
        called = Called(event.person, event.request, entry.at_ms, event.until_ms)
        return evolve(floor, called=(*floor.called, called))
    call = floor.call_of(event.person)
    if isinstance(event, FloorTextGiven) and floor.holder is not None and call is None:
        return evolve(floor, holder=evolve(floor.holder, text=event.text))
    if call is None:
        return floor
    match event:
        case FloorReady():
            return _with_call(floor, evolve(call, ready=True, until_ms=None))
        case FloorTextGiven():
            return _with_call(floor, evolve(call, ready=True, until_ms=None, text=event.text))
        case FloorCalledOff():
            others = tuple(c for c in floor.called if c is not call)
            queue = floor.queue
            if event.reason == "declined" and call.request is not None:
                queue = _without(floor, call.person, call.request)
            return evolve(floor, called=others, queue=queue)
        case _:
            assert_never(event)


def _with_call(floor: Floor, call: Called) -> Floor:
    return evolve(floor, called=tuple(call if c.person == call.person else c for c in floor.called))


# --- speeches


def _granted(floor: Floor, event: FloorGranted, entry: Entry) -> Floor:
    call = floor.call_of(event.person)
    holder = Holder(
        person=event.person,
        speech=entry.offset,
        since_ms=entry.at_ms,
        until_ms=event.until_ms,
        kind=event.kind,
        side=event.side,
        place=event.place,
        item=floor.item,
        limit=event.limit,
        warning_s=event.warning_s,
        overtime=event.overtime,
        passed_over=event.passed_over,
        text="" if call is None else call.text,
        running_ms=entry.at_ms,
        to=_to(floor, event),
        after=next((s.person for s in floor.said[-1:] if s.item == floor.item), None),
    )
    said = Said(entry.offset, event.person, event.kind, floor.item, holder.to)
    speech = event.kind == "speech"
    return evolve(
        floor,
        holder=holder,
        interrupted=floor.holder if event.interrupts else None,
        queue=_answered(floor, event),
        called=tuple(c for c in floor.called if c is not call),
        history=_heard(floor.history, event, entry) if speech else floor.history,
        speech=entry.offset if speech else floor.speech,
        said=(*floor.said, said)[-SAID_KEPT:],
    )


def _to(floor: Floor, event: FloorGranted) -> PersonId | None:
    """Whom a speech interrupts or is about; else who asked the speaker a question just now."""
    if event.interrupts and floor.holder is not None:
        return floor.holder.person
    hands = (w for w in floor.queue if (w.request, w.person) == (event.request, event.person))
    about = next((hand.reply_to for hand in hands), None)
    if about is not None:
        return next((said.person for said in floor.said if said.speech == about), None)
    asked = (s for s in floor.said[-1:] if s.kind == "question" and s.to == event.person)
    return next((said.person for said in asked), None)


def _answered(floor: Floor, event: FloorGranted) -> tuple[Waiting, ...]:
    """
    Lower the hand. After a speech those who asked before the speaker were overtaken once more, and
    a nomination is used up.
    """
    queue = floor.queue
    at = next(
        (
            place
            for place, w in enumerate(queue)
            if w.request == event.request and w.person == event.person
        ),
        None,
    )
    if event.kind != "speech":
        return queue if at is None else (*queue[:at], *queue[at + 1 :])
    after = []
    for place, w in enumerate(queue):
        if place == at or not _stays(w, "nominated"):
            continue
        overtaken = at is not None and place < at and w.kind == "speech" and w.asked
        after.append(evolve(w, nominated=False, overtaken=w.overtaken + int(overtaken)))
    return tuple(after)


def _heard(history: History, event: FloorGranted, entry: Entry) -> History:
    spoken = history.spoken.get(event.person, Spoken())
    history = evolve(
        history,
        spoken=history.spoken.set(event.person, evolve(spoken, times=spoken.times + 1)),
    )
    if event.request is None and event.place is None:
        return history  # the desk, or a device: nobody's turn
    heard = history.heard
    for group in ordering.groups(event.place, event.side):
        heard = heard.set(group, entry.offset)
    return evolve(history, heard=heard)


def _ended(floor: Floor, person: PersonId, at_ms: int) -> Floor:
    if floor.holder is not None and floor.holder.person == person:
        after = _accounted(floor, floor.holder, at_ms)
        return evolve(after, holder=floor.interrupted, interrupted=None)
    if floor.interrupted is not None and floor.interrupted.person == person:
        return evolve(_accounted(floor, floor.interrupted, at_ms), interrupted=None)
    return floor


def _accounted(floor: Floor, holder: Holder, at_ms: int) -> Floor:
    """Add the time of a speech that ends to its person's, its item's and its groups'."""
    ms = holder.spoken_ms(at_ms)
    spoken = floor.history.spoken.get(holder.person, Spoken())
    spent = floor.spent
    for group in ("", holder.place, holder.side):
        if group is not None:
            spent = spent.set((holder.item, group), spent.get((holder.item, group), 0) + ms)
    by_person = floor.history.spoken.set(holder.person, evolve(spoken, ms=spoken.ms + ms))
    return evolve(floor, history=evolve(floor.history, spoken=by_person), spent=spent)


def _timed(
    holder: Holder,
    event: FloorPaused | FloorUnpaused | FloorExtended | FloorOvertime,
    at_ms: int,
) -> Holder:
    match event:
        case FloorPaused():
            return evolve(_still(holder, at_ms), paused=True, until_ms=None, left_ms=event.left_ms)
        case FloorUnpaused():
            after = evolve(holder, paused=False, left_ms=None, until_ms=event.until_ms)
            return after if after.muted else evolve(after, running_ms=at_ms)
        case FloorExtended():
            if holder.paused:
                return evolve(holder, left_ms=event.left_ms, over=False)
            running_ms = at_ms if holder.running_ms is None else holder.running_ms
            return evolve(holder, until_ms=event.until_ms, over=False, running_ms=running_ms)
        case FloorOvertime():
            over = evolve(holder, over=True)
            return _still(over, at_ms) if over.muted else over
        case _:
            assert_never(event)


def _still(holder: Holder, at_ms: int) -> Holder:
    """The speech's time stands still from now on."""
    return evolve(holder, spent_ms=holder.spoken_ms(at_ms), running_ms=None)
