"""
A process that appends to a record and tells each acknowledged offset; killed by `test_kill`.

Usage: writer.py FILE MEETING
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from meetings import events as ev
from meetings.people import Person, Role
from meetings.record.port import Conflict
from meetings.record.sqlite import SqliteRecord


async def write(path: Path, meeting: str, writers: int = 4) -> None:
    record = SqliteRecord(path)
    offset = (await record.head(meeting)).offset

    async def insist() -> None:
        nonlocal offset
        while True:
            mine = offset
            entries = [
                ev.Entry(
                    offset=mine + i,
                    at_ms=mine + i,
                    event=ev.PersonJoined(person=f"p{mine + i}", role=Role.VIEWER),
                )
                for i in (1, 2, 3)
            ]
            people = [Person(id=f"p{mine + 3}", name="居民", role=Role.VIEWER)]
            try:
                await record.append(meeting, mine, entries, people)
            except Conflict:
                offset = max(offset, (await record.head(meeting)).offset)
                continue
            offset = max(offset, mine + 3)
            sys.stdout.write(f"{mine + 3}\n")
            sys.stdout.flush()

    await asyncio.gather(*(insist() for _ in range(writers)))


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1]), sys.argv[2]))
