"""The agenda: which matter the meeting is at."""

from __future__ import annotations

from meetings.agenda.commands import MoveAgenda
from meetings.agenda.events import AgendaMoved
from meetings.refusals import Code, Refused
from meetings.state import Meeting


def move(meeting: Meeting, command: MoveAgenda) -> tuple[AgendaMoved, ...] | Refused:
    """
    Turn to an item, in whatever order; one that is done can be taken up again.

    Refused with `meeting.not_open`, `agenda.unknown_item`, `agenda.already_current`.
    """
    if meeting.state != "open":
        return Refused(Code.MEETING_NOT_OPEN)
    if all(item.plan.id != command.item for item in meeting.agenda.items):
        return Refused(Code.AGENDA_UNKNOWN)
    if meeting.agenda.current == command.item:
        return Refused(Code.AGENDA_CURRENT)
    return (AgendaMoved(item=command.item),)
