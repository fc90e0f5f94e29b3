"""What comes of a command about the programme."""

from __future__ import annotations

from meetings.programme.commands import ShowProgramme
from meetings.programme.events import ProgrammeShown
from meetings.refusals import Code, Refused
from meetings.state import Meeting


def show(meeting: Meeting, command: ShowProgramme) -> tuple[ProgrammeShown, ...] | Refused:
    """
    Choose what is shown; what is chosen already is accepted.

    Refused with `meeting.not_open` before the opening: there is no programme yet.
    """
    if meeting.state == "scheduled":
        return Refused(Code.MEETING_NOT_OPEN)
    same = command.layout == meeting.layout
    return () if same else (ProgrammeShown(layout=command.layout),)
