"""The agenda: which matters there are, and which one the meeting is at."""

from __future__ import annotations

from meetings.agenda.commands import (
    EditAgenda,
    InsertAgenda,
    MoveAgenda,
    PostponeAgenda,
    ReopenAgenda,
    ReorderAgenda,
)
from meetings.agenda.events import (
    AGENDA_MAX,
    AgendaEdited,
    AgendaEvent,
    AgendaInserted,
    AgendaItem,
    AgendaMoved,
    AgendaPostponed,
    AgendaReopened,
    AgendaReordered,
)
from meetings.refusals import Code, Refused
from meetings.state import Meeting

Decided = tuple[AgendaEvent, ...] | Refused


def move(meeting: Meeting, command: MoveAgenda) -> Decided:
    """
    Turn to an item, in whatever order; one that is done can be taken up again.

    Refused with `meeting.not_open`, `agenda.unknown_item`, `agenda.already_current`,
    `agenda.postponed` (it is to be reopened first).
    """
    if meeting.state != "open":
        return Refused(Code.MEETING_NOT_OPEN)
    item = meeting.agenda.item(command.item)
    if item is None:
        return Refused(Code.AGENDA_UNKNOWN)
    if meeting.agenda.current == command.item:
        return Refused(Code.AGENDA_CURRENT)
    if item.postponed:
        return Refused(Code.AGENDA_POSTPONED)
    return (AgendaMoved(item=command.item),)


def insert(meeting: Meeting, command: InsertAgenda) -> Decided:
    """
    Add an item, before another one or at the end. Its id is the next that was never used.

    Refused with `agenda.full`, `agenda.unknown_item`.
    """
    agenda = meeting.agenda
    if len(agenda.items) >= AGENDA_MAX:
        return Refused(Code.AGENDA_FULL)
    if command.before is not None and agenda.item(command.before) is None:
        return Refused(Code.AGENDA_UNKNOWN)
    item_id = max((item.plan.id for item in agenda.items), default=0) + 1
    return (AgendaInserted(item=_plan(command, item_id), before=command.before),)


def edit(meeting: Meeting, command: EditAgenda) -> Decided:
    """Change the plan of an item, whatever its state. Refused with `agenda.unknown_item`."""
    item = meeting.agenda.item(command.item)
    if item is None:
        return Refused(Code.AGENDA_UNKNOWN)
    plan = _plan(command, command.item)
    return () if plan == item.plan else (AgendaEdited(item=plan),)


def reorder(meeting: Meeting, command: ReorderAgenda) -> Decided:
    """Put all items into another order. Refused with `agenda.wrong_order`: each is named once."""
    ids = tuple(item.plan.id for item in meeting.agenda.items)
    if sorted(ids) != sorted(command.order):
        return Refused(Code.AGENDA_WRONG_ORDER)
    return () if ids == command.order else (AgendaReordered(order=command.order),)


def postpone(meeting: Meeting, command: PostponeAgenda) -> Decided:
    """
    Put an item off; from the current one the meeting turns away.

    Refused with `agenda.unknown_item`, `agenda.postponed`.
    """
    item = meeting.agenda.item(command.item)
    if item is None:
        return Refused(Code.AGENDA_UNKNOWN)
    if item.postponed:
        return Refused(Code.AGENDA_POSTPONED)
    return (AgendaPostponed(item=command.item, reason=command.reason),)


def reopen(meeting: Meeting, command: ReopenAgenda) -> Decided:
    """
    Let an item that is done or postponed wait for its turn again.

    Refused with `agenda.unknown_item`, `agenda.not_over`.
    """
    item = meeting.agenda.item(command.item)
    if item is None:
        return Refused(Code.AGENDA_UNKNOWN)
    if item.ended_ms is None and not item.postponed:
        return Refused(Code.AGENDA_NOT_OVER)
    return (AgendaReopened(item=command.item),)


def _plan(command: InsertAgenda | EditAgenda, item_id: int) -> AgendaItem:
    return AgendaItem(
        id=item_id,
        title=command.title,
        minutes=command.minutes,
        kind=command.kind,
        documents=command.documents,
        department=command.department,
    )
