"""What the screens show of the agenda. Times are instants: the screens count by themselves."""

from __future__ import annotations

from typing import Literal

from meetings.agenda.events import Document, ItemKind
from meetings.models import SectionModel

__all__ = [
    "AgendaItemView",
    "AgendaSection",
    "ItemState",
]

ItemState = Literal["pending", "current", "done", "postponed"]


class AgendaItemView(SectionModel):
    id: int
    title: str
    minutes: int | None
    """Planned length."""
    state: ItemState
    started_ms: int | None
    ended_ms: int | None
    kind: ItemKind
    documents: tuple[Document, ...]
    department: str
    planned_ms: int | None
    """When it was to begin, by the plan; None: an item before it has no planned length."""
    spent_ms: int
    """Time that the meeting gave it, before `running_ms`; recesses don't count."""
    running_ms: int | None
    """Since when the meeting is at it without a break; None: it is not."""
    reason: str
    """Why it was postponed."""


class AgendaSection(SectionModel):
    items: tuple[AgendaItemView, ...]
    current: int | None
