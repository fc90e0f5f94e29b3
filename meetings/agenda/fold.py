"""What entries make of the agenda."""

from __future__ import annotations

from dataclasses import replace

from meetings.agenda.events import AgendaEvent
from meetings.agenda.state import Agenda, Item
from meetings.events import Entry


def apply(agenda: Agenda, event: AgendaEvent, entry: Entry) -> Agenda:
    """Return the agenda after *entry*."""
    return turned(agenda, event.item, entry.at_ms)


def turned(agenda: Agenda, to: int | None, at_ms: int) -> Agenda:
    """Turn away from the current item and to *to*; an item that is taken up again is not done."""

    def after(item: Item) -> Item:
        if item.plan.id == to:
            started_ms = at_ms if item.started_ms is None else item.started_ms
            return replace(item, started_ms=started_ms, ended_ms=None)
        if item.plan.id == agenda.current:
            return replace(item, ended_ms=at_ms)
        return item

    return Agenda(tuple(after(item) for item in agenda.items), to)
