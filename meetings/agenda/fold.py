"""What entries make of the agenda."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from meetings.agenda.events import (
    AgendaEdited,
    AgendaEvent,
    AgendaInserted,
    AgendaMoved,
    AgendaPostponed,
    AgendaReopened,
    AgendaReordered,
)
from meetings.agenda.state import Agenda, Item
from meetings.events import Entry
from meetings.evolve import evolve


def apply(agenda: Agenda, event: AgendaEvent, entry: Entry) -> Agenda:
    """Return the agenda after *entry*."""
    match event:
        case AgendaMoved():
            return turned(agenda, event.item, entry.at_ms)
        case AgendaInserted():
            return _inserted(agenda, event)
        case AgendaEdited():
            return _with(agenda, event.item.id, lambda item: evolve(item, plan=event.item))
        case AgendaReordered():
            by_id = {item.plan.id: item for item in agenda.items}
            return evolve(agenda, items=tuple(by_id[item] for item in event.order))
        case AgendaPostponed():
            if agenda.current == event.item:
                agenda = turned(agenda, None, entry.at_ms)
            return _with(
                agenda,
                event.item,
                lambda item: evolve(item, postponed=True, reason=event.reason),
            )
        case AgendaReopened():
            return _with(
                agenda,
                event.item,
                lambda item: evolve(item, ended_ms=None, postponed=False, reason=""),
            )
        case _:
            assert_never(event)


def turned(agenda: Agenda, to: int | None, at_ms: int) -> Agenda:
    """Turn away from the current item and to *to*; an item that is taken up again is not done."""

    def after(item: Item) -> Item:
        if item.plan.id == to:
            started_ms = at_ms if item.started_ms is None else item.started_ms
            return evolve(item, started_ms=started_ms, ended_ms=None, running_ms=at_ms)
        if item.plan.id == agenda.current:
            return evolve(_still(item, at_ms), ended_ms=at_ms)
        return item

    return Agenda(tuple(after(item) for item in agenda.items), to)


def rested(agenda: Agenda, at_ms: int) -> Agenda:
    """The meeting is in recess: the current item's time stands still."""
    return _with(agenda, agenda.current, lambda item: _still(item, at_ms))


def resumed(agenda: Agenda, at_ms: int) -> Agenda:
    """The meeting goes on where it was."""
    return _with(agenda, agenda.current, lambda item: evolve(item, running_ms=at_ms))


def _inserted(agenda: Agenda, event: AgendaInserted) -> Agenda:
    new = Item(event.item)
    if event.before is None:
        return evolve(agenda, items=(*agenda.items, new))
    items: list[Item] = []
    for item in agenda.items:
        if item.plan.id == event.before:
            items.append(new)
        items.append(item)
    return evolve(agenda, items=tuple(items))


def _with(agenda: Agenda, item_id: int | None, change: Callable[[Item], Item]) -> Agenda:
    items = tuple(change(item) if item.plan.id == item_id else item for item in agenda.items)
    return evolve(agenda, items=items)


def _still(item: Item, at_ms: int) -> Item:
    ran_ms = 0 if item.running_ms is None else at_ms - item.running_ms
    return evolve(item, spent_ms=item.spent_ms + ran_ms, running_ms=None)
