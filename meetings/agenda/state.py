"""The agenda, as the record tells it."""

from __future__ import annotations

from dataclasses import dataclass

from meetings.agenda.events import AgendaItem


@dataclass(frozen=True, slots=True)
class Item:
    """An agenda item and when the meeting dealt with it."""

    plan: AgendaItem
    started_ms: int | None = None
    """When the meeting first turned to it."""
    ended_ms: int | None = None
    """When the meeting last turned away from it; None before, and while it is current."""


@dataclass(frozen=True, slots=True)
class Agenda:
    items: tuple[Item, ...] = ()
    current: int | None = None
    """Id of the item that the meeting is at."""
