"""How the agenda is shown: to everybody alike."""

from __future__ import annotations

from meetings.agenda.sections import AgendaItemView, AgendaSection, ItemState
from meetings.agenda.state import Item
from meetings.state import Meeting


def section(meeting: Meeting) -> AgendaSection:
    current = meeting.agenda.current
    items = []
    planned_ms: int | None = meeting.planned_ms
    for item in meeting.agenda.items:
        items.append(_item(item, planned_ms, is_current=item.plan.id == current))
        if planned_ms is not None:
            minutes = item.plan.minutes
            planned_ms = None if minutes is None else planned_ms + minutes * 60_000
    return AgendaSection(items=tuple(items), current=current)


def _item(item: Item, planned_ms: int | None, *, is_current: bool) -> AgendaItemView:
    return AgendaItemView(
        id=item.plan.id,
        title=item.plan.title,
        minutes=item.plan.minutes,
        state=_state(item, is_current=is_current),
        started_ms=item.started_ms,
        ended_ms=item.ended_ms,
        kind=item.plan.kind,
        documents=item.plan.documents,
        department=item.plan.department,
        planned_ms=planned_ms,
        spent_ms=item.spent_ms,
        running_ms=item.running_ms,
        reason=item.reason,
    )


def _state(item: Item, *, is_current: bool) -> ItemState:
    if is_current:
        return "current"
    if item.postponed:
        return "postponed"
    return "pending" if item.ended_ms is None else "done"
