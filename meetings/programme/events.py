"""What happens to the programme."""

from __future__ import annotations

from typing import ClassVar, Literal

from meetings.models import EventModel

__all__ = ["Layout", "ProgrammeShown"]

Layout = Literal["auto", "room", "speaker", "two", "screen", "agenda", "vote", "card"]
"""
自动, 会场, 发言人, 两人并排, 共享屏幕, 议程, 表决, 标题卡. auto: the programme follows the meeting.
"""


class ProgrammeShown(EventModel):
    """The host chose what the programme shows."""

    type: Literal["programme.shown"] = "programme.shown"
    changes: ClassVar = frozenset()  # of the record's sections; `livestream` follows the media
    layout: Layout
