"""
Tables of the SQLite record, and what is done with them, inside a transaction of the caller's.

`entries` is the truth. `meetings` holds the heads and is for the rest derived from the entries.
`people` is the register; it is apart, so that a person can be forgotten. `migrate` makes the tables
and brings those of older files up to date.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Sequence

from meetings import events as ev
from meetings.people import Person, PersonId
from meetings.record import chain
from meetings.record.port import (
    CHECKPOINTS_MAX,
    Checkpoint,
    Conflict,
    Head,
    Linked,
    Listing,
    MeetingExists,
    StoredRegister,
    UnknownMeeting,
    state_after,
)

ROWS_MAX = 500  # entries in one statement; SQLite takes 32,766 values
_LISTING = "id, title, room, room_name, planned_ms, state"


def create(
    db: sqlite3.Connection, line: Listing, epoch: str, entry: ev.Entry, people: Sequence[Person]
) -> Head:
    """See the port."""
    if db.execute("SELECT 1 FROM meetings WHERE id = ?", (line.id,)).fetchone() is not None:
        raise MeetingExists(line.id)
    db.execute(
        "INSERT INTO meetings (id, epoch, head, link, title, room, room_name, planned_ms, state)"
        " VALUES (?, ?, 0, x'', ?, ?, ?, ?, ?)",
        (line.id, epoch, line.title, line.room, line.room_name, line.planned_ms, line.state),
    )
    link = _write(db, line.id, chain.begin(line.id), [entry])
    _put(db, line.id, people)
    return Head(epoch, 1, link)


def append(
    db: sqlite3.Connection,
    meeting: str,
    expected_offset: int,
    entries: Sequence[ev.Entry],
    people: Sequence[Person],
    forgotten: Sequence[PersonId],
) -> None:
    """See the port."""
    now = head(db, meeting)
    if now.offset != expected_offset:
        raise Conflict(f"head is {now.offset}, not {expected_offset}")
    _write(db, meeting, now.link, entries)
    last = entries[-1].offset
    changed = _put(db, meeting, people)
    if _forget(db, meeting, forgotten) or changed:
        db.execute("UPDATE meetings SET register_changed = ? WHERE id = ?", (last, meeting))
    state = state_after(entries)
    if state is not None:
        db.execute("UPDATE meetings SET state = ? WHERE id = ?", (state, meeting))


def read(db: sqlite3.Connection, meeting: str, after: int, limit: int) -> tuple[ev.Entry, ...]:
    """See the port."""
    stored = linked(db, meeting, after, limit)
    return tuple(ev.Entry.model_validate_json(one.body) for one in stored)


def linked(db: sqlite3.Connection, meeting: str, after: int, limit: int) -> tuple[Linked, ...]:
    """See the port."""
    head(db, meeting)
    rows = db.execute(
        'SELECT "offset", body, link FROM entries WHERE meeting = ? AND "offset" > ?'
        ' ORDER BY "offset" LIMIT ?',
        (meeting, after, limit),
    )
    return tuple(Linked(offset, body.encode(), link) for offset, body, link in rows)


def head(db: sqlite3.Connection, meeting: str) -> Head:
    """See the port."""
    row = db.execute("SELECT epoch, head, link FROM meetings WHERE id = ?", (meeting,)).fetchone()
    if row is None:
        raise UnknownMeeting(meeting)
    return Head(*row)


def put_checkpoint(db: sqlite3.Connection, meeting: str, checkpoint: Checkpoint) -> None:
    """See the port."""
    head(db, meeting)
    db.execute(
        'INSERT INTO checkpoints (meeting, "offset", body, signature) VALUES (?, ?, ?, ?)'
        " ON CONFLICT DO NOTHING",
        (meeting, checkpoint.offset, checkpoint.body.decode(), checkpoint.signature),
    )


def checkpoints(db: sqlite3.Connection, meeting: str) -> tuple[Checkpoint, ...]:
    """See the port."""
    head(db, meeting)
    rows = db.execute(
        'SELECT "offset", body, signature FROM checkpoints WHERE meeting = ?'
        ' ORDER BY "offset" LIMIT ?',
        (meeting, CHECKPOINTS_MAX),
    )
    return tuple(Checkpoint(offset, body.encode(), signed) for offset, body, signed in rows)


def unsigned(db: sqlite3.Connection, limit: int) -> tuple[str, ...]:
    """See the port."""
    rows = db.execute(
        'SELECT id FROM meetings WHERE head > coalesce((SELECT max("offset") FROM checkpoints'
        " WHERE meeting = id), 0) LIMIT ?",
        (limit,),
    )
    return tuple(meeting for (meeting,) in rows)


def register(db: sqlite3.Connection, meeting: str) -> StoredRegister:
    """See the port."""
    row = db.execute("SELECT register_changed FROM meetings WHERE id = ?", (meeting,)).fetchone()
    if row is None:
        raise UnknownMeeting(meeting)
    rows = db.execute("SELECT id, body FROM people WHERE meeting = ?", (meeting,))
    people = {person: Person.model_validate_json(body) for person, body in rows}
    return StoredRegister(people, changed=row[0])


def meetings(db: sqlite3.Connection, limit: int) -> tuple[Listing, ...]:
    """See the port."""
    rows = db.execute(
        f"SELECT {_LISTING} FROM meetings ORDER BY planned_ms DESC, id LIMIT ?",  # noqa: S608 - a constant
        (limit,),
    )
    return tuple(Listing(*row) for row in rows)


def current_meeting(db: sqlite3.Connection, room: str) -> Listing | None:
    """See the port."""
    row = db.execute(
        f"""
        SELECT {_LISTING} FROM meetings WHERE room = ?
        ORDER BY
            CASE state WHEN 'scheduled' THEN 1 WHEN 'closed' THEN 2 ELSE 0 END,
            CASE state WHEN 'scheduled' THEN planned_ms ELSE -planned_ms END,
            id
        LIMIT 1
        """,  # noqa: S608 - the columns are a constant
        (room,),
    ).fetchone()
    return None if row is None else Listing(*row)


def _write(db: sqlite3.Connection, meeting: str, link: bytes, entries: Sequence[ev.Entry]) -> bytes:
    """Write *entries* behind the one with *link*, and the head; return the last one's link."""
    rows = []
    for entry in entries:
        body = entry.model_dump_json()
        link = chain.link(link, body.encode())
        rows.append((meeting, entry.offset, body, link))
    for at in range(0, len(rows), ROWS_MAX):
        _insert(db, rows[at : at + ROWS_MAX])
    db.execute(
        "UPDATE meetings SET head = ?, link = ? WHERE id = ?", (entries[-1].offset, link, meeting)
    )
    return link


def _insert(db: sqlite3.Connection, rows: Sequence[tuple[str, int, str, bytes]]) -> None:
    """
    Write entries in one statement: the interpreter's lock changes hands with each, and while the
    event loop is busy it takes its time to come back (256 statements: over a second).
    """
    marks = ", ".join(["(?, ?, ?, ?)"] * len(rows))
    db.execute(
        f'INSERT INTO entries (meeting, "offset", body, link) VALUES {marks}',  # noqa: S608 - only marks
        list(itertools.chain.from_iterable(rows)),
    )


def _put(db: sqlite3.Connection, meeting: str, people: Sequence[Person]) -> bool:
    """Put *people* into the register; tell whether a line that was there became another."""
    changed = False
    for person in people:
        found = db.execute(
            "SELECT body FROM people WHERE meeting = ? AND id = ?", (meeting, person.id)
        ).fetchone()
        if found is not None and Person.model_validate_json(found[0]) != person:
            changed = True
        db.execute(
            "INSERT INTO people (meeting, id, body) VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET body = excluded.body",
            (meeting, person.id, person.model_dump_json()),
        )
    return changed


def _forget(db: sqlite3.Connection, meeting: str, people: Sequence[PersonId]) -> bool:
    """Take *people* out of the register; tell whether any was in it."""
    gone = db.executemany(
        "DELETE FROM people WHERE meeting = ? AND id = ?", [(meeting, person) for person in people]
    )
    return gone.rowcount > 0
