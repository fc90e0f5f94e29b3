"""What the screens show of the agenda."""

from __future__ import annotations

from typing import Literal

from meetings.models import SectionModel

__all__ = [
    "AgendaItemView",
    "AgendaSection",
]


class AgendaItemView(SectionModel):
    id: int
    title: str
    minutes: int | None
    state: Literal["pending", "current", "done"]
    started_ms: int | None
    ended_ms: int | None


class AgendaSection(SectionModel):
    items: tuple[AgendaItemView, ...]
    current: int | None
