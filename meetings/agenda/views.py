"""How the agenda is shown: to everybody alike."""

from __future__ import annotations

from meetings.agenda.sections import AgendaItemView, AgendaSection
from meetings.agenda.state import Item
from meetings.state import Meeting


def section(meeting: Meeting) -> AgendaSection:
    current = meeting.agenda.current
    items = tuple(_item(item, is_current=item.plan.id == current) for item in meeting.agenda.items)
    return AgendaSection(items=items, current=current)


def _item(item: Item, *, is_current: bool) -> AgendaItemView:
    return AgendaItemView(
        id=item.plan.id,
        title=item.plan.title,
        minutes=item.plan.minutes,
        state="current" if is_current else "pending" if item.ended_ms is None else "done",
        started_ms=item.started_ms,
        ended_ms=item.ended_ms,
    )
