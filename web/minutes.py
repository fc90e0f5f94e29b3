"""Minutes of a meeting, as a file."""

from __future__ import annotations

import asyncio
from typing import Literal
from zoneinfo import ZoneInfo

from meetings.minutes import build, render_docx, render_html
from meetings.record.port import Record, read_all

Kind = Literal["html", "docx"]


async def write_minutes(record: Record, meeting: str, timezone: str, kind: Kind) -> bytes:
    """
    The minutes up to the record's head; written in a thread, since that may take a second.

    Raises:
        UnknownMeeting: there is no such record.
        RecordError: it can't be read.
    """
    entries = await read_all(record, meeting)
    register = (await record.register(meeting)).people

    def write() -> bytes:
        written = build(entries, register, ZoneInfo(timezone))
        if kind == "docx":
            return render_docx(written)
        return render_html(written).encode()

    return await asyncio.to_thread(write)
