"""How the floor is shown. Withheld: the note of a request, from everybody but the host."""

from __future__ import annotations

from meetings.floor.sections import FloorSection, HolderView, WaitingView
from meetings.naming import named, role_of
from meetings.people import Register
from meetings.sections import Audience
from meetings.state import Meeting


def section(meeting: Meeting, register: Register, audience: Audience) -> FloorSection:
    holder = meeting.floor.holder
    shown = None
    if holder is not None:
        name, office = named(register, holder.person)
        shown = HolderView(
            person=holder.person,
            name=name,
            office=office,
            role=role_of(meeting, register, holder.person),
            since_ms=holder.since_ms,
            until_ms=holder.until_ms,
        )
    queue = []
    for waiting in meeting.floor.queue:
        name, office = named(register, waiting.person)
        view = WaitingView(
            request=waiting.request,
            person=waiting.person,
            name=name,
            office=office,
            role=role_of(meeting, register, waiting.person),
            since_ms=waiting.since_ms,
            about=waiting.about if audience is Audience.HOST else "",
        )
        queue.append(view)
    return FloorSection(holder=shown, queue=tuple(queue))
