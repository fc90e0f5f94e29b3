"""Passing the programme on: the host says to which platforms it goes, and the record says so."""

from __future__ import annotations

from meetings.events import Event
from meetings.push.commands import StartPush, StopPush
from meetings.push.events import PushStarted, PushStopped
from meetings.refusals import Code, Refused
from meetings.state import Meeting

PLATFORMS_MAX = 4
"""At a time: each is a whole stream on the way out."""

Outcome = tuple[Event, ...] | Refused


def start(meeting: Meeting, command: StartPush) -> Outcome:
    """Refused with `push.too_many`; what goes there already is accepted."""
    if command.platform in meeting.pushed:
        return ()
    if len(meeting.pushed) >= PLATFORMS_MAX:
        return Refused(Code.PUSH_TOO_MANY)
    return (PushStarted(platform=command.platform),)


def stop(meeting: Meeting, command: StopPush) -> Outcome:
    """What does not go there is accepted."""
    there = command.platform in meeting.pushed
    return (PushStopped(platform=command.platform),) if there else ()
