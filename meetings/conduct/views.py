"""How the meeting as a whole is shown: to everybody alike."""

from __future__ import annotations

from meetings.conduct.sections import MeetingSection
from meetings.state import Meeting


def section(meeting: Meeting) -> MeetingSection:
    return MeetingSection(
        id=meeting.id,
        title=meeting.title,
        room=meeting.room,
        room_name=meeting.room_name,
        state=meeting.state,
        planned_ms=meeting.planned_ms,
        opened_ms=meeting.opened_ms,
        closed_ms=meeting.closed_ms,
        speech_s=meeting.speech_s,
        adjourned=meeting.adjourned,
        until_ms=meeting.until_ms,
    )
