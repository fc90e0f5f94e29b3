"""Minutes of a meeting, as a file."""

from __future__ import annotations

import asyncio
from typing import Literal
from zoneinfo import ZoneInfo

from meetings import minutes
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
        written = minutes.build(entries, register, ZoneInfo(timezone))
        if kind == "docx":
            return minutes.render_docx(written)
        return minutes.render_html(written).encode()

    return await asyncio.to_thread(write)
