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
    spent_ms: int = 0
    """Time that the meeting gave it, before `running_ms`; recesses don't count."""
    running_ms: int | None = None
    """Since when the meeting is at it without a break; None: it is not."""
    postponed: bool = False
    reason: str = ""
    """Why it was postponed."""


@dataclass(frozen=True, slots=True)
class Agenda:
    items: tuple[Item, ...] = ()
    current: int | None = None
    """Id of the item that the meeting is at."""

    def item(self, item_id: int) -> Item | None:
        return next((item for item in self.items if item.plan.id == item_id), None)
