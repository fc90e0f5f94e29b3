"""A small record and its export."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from meetings import events as ev
from meetings.people import Person, Role
from meetings.proof.checkpoint import sign_head
from meetings.proof.contents import FileLine
from meetings.proof.export import export
from meetings.proof.faults import Report
from meetings.proof.keys import SigningKey
from meetings.proof.verify import Verifier
from meetings.record.memory import MemoryRecord
from meetings.record.port import Record

KEY = SigningKey(b"k" * 32)
OTHER_KEY = SigningKey(b"o" * 32)
ENTRIES = 20
PEOPLE = (
    Person(id="chen", name="陈明", office="街道办", role=Role.HOST),
    Person(id="wang", name="王阿姨", role=Role.VIEWER),
    Person(id="zhao", name="赵敏", role=Role.VIEWER),
)
FILES = (
    FileLine(name="1.mp4", bytes=812, sha256="1" * 64),
    FileLine(name="1-1.m4s", bytes=90_112, sha256="2" * 64),
)
CREATED = ev.MeetingCreated(title="积水治理", room="A1B2", room_name="议事室", planned_ms=0)


def entry(offset: int, text: str = "这条路一下雨就积水") -> ev.Entry:
    event = ev.CommentPosted(person="wang", text=f"{text} {offset}")
    return ev.Entry(
        offset=offset, at_ms=1000 * offset, actor="wang", cause=f"command-{offset}", event=event
    )


async def written(record: Record, entries: int = ENTRIES, meeting: str = "m1") -> None:
    """Write a record with a checkpoint after every fourth entry."""
    await record.create(meeting, ev.Entry(offset=1, at_ms=1000, event=CREATED), PEOPLE)
    for offset in range(2, entries + 1):
        await record.append(meeting, offset - 1, [entry(offset)], ())
        if offset % 4 == 0:
            await sign_head(record, meeting, 1000 * offset, KEY)


async def exported(
    record: Record, meeting: str = "m1", *, key: SigningKey = KEY, names: bool = True
) -> list[bytes]:
    async def files() -> tuple[FileLine, ...]:
        return FILES

    lines = export(record, meeting, key, at_ms=10**6, files=files, names=names)
    return [line async for line in lines]


def sample(entries: int = ENTRIES) -> list[bytes]:
    """Return the lines of an export of a small record."""

    async def make() -> list[bytes]:
        record = MemoryRecord()
        await written(record, entries)
        return await exported(record)

    return asyncio.run(make())


def checked(lines: Sequence[bytes], key: bytes | None = None) -> Report:
    verifier = Verifier(key)
    for line in lines:
        verifier.feed(line)
    return verifier.finish()


def checked_file(data: bytes) -> Report:
    """Check a file, split as a program reads it: after each line feed."""
    parts = data.split(b"\n")
    return checked([part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else []))
