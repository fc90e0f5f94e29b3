"""How long recordings stay: a rule of the service, and rooms that have one of their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import Field, TypeAdapter

from meetings.recording.rules import DAY_MS
from meetings.state import Meeting
from web.roomfile import read_room_file

_FILE: Final = TypeAdapter(dict[str, Annotated[int, Field(ge=1)] | None])


@dataclass(frozen=True, slots=True)
class Retention:
    """Rules in days after the close; None: for ever."""

    days: int | None = None
    rooms: Mapping[str, int | None] = field(default_factory=dict)
    """Room code -> its own rule."""

    def days_of(self, meeting: Meeting) -> int | None:
        """The rule that a meeting's recording is kept by."""
        return self.rooms.get(meeting.room, self.days)


def read_retention(days: int | None, path: Path | None) -> Retention:
    """
    The service's rule, and those of a file: JSON, `{"room code": days or null}`.

    Raises:
        SettingsError: the file can't be read, or is none.
    """
    return Retention(days, read_room_file(path, _FILE, "YISHI_ROOM_DAYS", secret=False))


def retention_line(meeting: Meeting, retention: Retention, timezone: str) -> str:
    """How long a meeting's recording stays, for people."""
    recording, zone, days = meeting.recording, ZoneInfo(timezone), retention.days_of(meeting)

    def day(at_ms: int) -> str:
        return f"{dt.datetime.fromtimestamp(at_ms / 1_000, zone):%Y-%m-%d}"

    if recording.deleted_ms is not None:
        words = f"{day(recording.deleted_ms)} 已删除 deleted"
    elif recording.held is not None:
        words = f"要求保留 held: {recording.held}"
    elif meeting.closed_ms is None:
        words = "未闭会 not closed"
    elif days is None:
        words = "一直保留 kept"
    else:
        words = f"保留到 until {day(meeting.closed_ms + days * DAY_MS)}"
    return f"{meeting.id}  {recording.files:6}  {words}  {meeting.title}"
