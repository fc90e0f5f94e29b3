"""
Tables of the SQLite record, and what is done with them, inside a transaction of the caller's.

`entries` is the truth. `meetings` holds the heads and is for the rest derived from the entries.
`people` is the register; it is apart, so that a person can be forgotten.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from meetings import events as ev
from meetings.people import Person, PersonId, Role
from meetings.record.port import (
    Conflict,
    Head,
    Listing,
    MeetingExists,
    RecordError,
    StoredRegister,
    UnknownMeeting,
    relisted,
)

VERSION = 1
"""Of the tables, kept in the file; raised with each change of them."""

_TABLES = (
    """
    CREATE TABLE meetings (
        id TEXT PRIMARY KEY,
        epoch TEXT NOT NULL,
        head INTEGER NOT NULL,
        register_changed INTEGER NOT NULL DEFAULT 0,
        title TEXT NOT NULL,
        room TEXT NOT NULL,
        room_name TEXT NOT NULL,
        planned_ms INTEGER NOT NULL,
        state TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX meetings_of_room ON meetings (room)",
    """
    CREATE TABLE entries (
        meeting TEXT NOT NULL REFERENCES meetings (id),
        "offset" INTEGER NOT NULL,
        body TEXT NOT NULL,  -- JSON of the entry
        PRIMARY KEY (meeting, "offset")
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE people (
        meeting TEXT NOT NULL REFERENCES meetings (id),
        id TEXT NOT NULL,
        name TEXT NOT NULL,
        office TEXT NOT NULL,
        role TEXT NOT NULL,
        PRIMARY KEY (meeting, id)
    ) STRICT, WITHOUT ROWID
    """,
)

_LISTING = "id, title, room, room_name, planned_ms, state"


def prepare(db: sqlite3.Connection) -> None:
    """
    Make the tables in a new file.

    Raises: RecordError if the file is of another version.
    """
    db.execute("BEGIN IMMEDIATE")  # two processes may start at once
    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version == 0:
            for statement in _TABLES:
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {VERSION:d}")
        elif version != VERSION:
            raise RecordError(f"tables of version {version}, this program knows {VERSION}")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def create(
    db: sqlite3.Connection, line: Listing, epoch: str, entry: ev.Entry, people: Sequence[Person]
) -> Head:
    """See the port."""
    if db.execute("SELECT 1 FROM meetings WHERE id = ?", (line.id,)).fetchone() is not None:
        raise MeetingExists(line.id)
    db.execute(
        "INSERT INTO meetings (id, epoch, head, title, room, room_name, planned_ms, state)"
        " VALUES (?, ?, 1, ?, ?, ?, ?, ?)",
        (line.id, epoch, line.title, line.room, line.room_name, line.planned_ms, line.state),
    )
    _write(db, line.id, [entry])
    _put(db, line.id, people)
    return Head(epoch, 1)


def append(
    db: sqlite3.Connection,
    meeting: str,
    expected_offset: int,
    entries: Sequence[ev.Entry],
    people: Sequence[Person],
    forgotten: Sequence[PersonId],
) -> None:
    """See the port."""
    offset = head(db, meeting).offset
    if offset != expected_offset:
        raise Conflict(f"head is {offset}, not {expected_offset}")
    _write(db, meeting, entries)
    last = entries[-1].offset
    db.execute("UPDATE meetings SET head = ? WHERE id = ?", (last, meeting))
    changed = _put(db, meeting, people)
    if _forget(db, meeting, forgotten) or changed:
        db.execute("UPDATE meetings SET register_changed = ? WHERE id = ?", (last, meeting))
    before = _listing(db, meeting)
    after = relisted(before, entries)
    if after != before:
        db.execute("UPDATE meetings SET state = ? WHERE id = ?", (after.state, meeting))


def read(db: sqlite3.Connection, meeting: str, after: int, limit: int) -> tuple[ev.Entry, ...]:
    """See the port."""
    head(db, meeting)
    rows = db.execute(
        'SELECT body FROM entries WHERE meeting = ? AND "offset" > ? ORDER BY "offset" LIMIT ?',
        (meeting, after, limit),
    )
    return tuple(ev.Entry.model_validate_json(body) for (body,) in rows)


def head(db: sqlite3.Connection, meeting: str) -> Head:
    """See the port."""
    row = db.execute("SELECT epoch, head FROM meetings WHERE id = ?", (meeting,)).fetchone()
    if row is None:
        raise UnknownMeeting(meeting)
    return Head(*row)


def register(db: sqlite3.Connection, meeting: str) -> StoredRegister:
    """See the port."""
    row = db.execute("SELECT register_changed FROM meetings WHERE id = ?", (meeting,)).fetchone()
    if row is None:
        raise UnknownMeeting(meeting)
    rows = db.execute("SELECT id, name, office, role FROM people WHERE meeting = ?", (meeting,))
    people = {
        person: Person(id=person, name=name, office=office, role=Role(role))
        for person, name, office, role in rows
    }
    return StoredRegister(people, changed=row[0])


def meetings(db: sqlite3.Connection, limit: int) -> tuple[Listing, ...]:
    """See the port."""
    rows = db.execute(
        f"SELECT {_LISTING} FROM meetings ORDER BY planned_ms DESC, id LIMIT ?",  # noqa: S608
        (limit,),  # the columns are a constant
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
        """,  # noqa: S608, the columns are a constant
        (room,),
    ).fetchone()
    return None if row is None else Listing(*row)


def _listing(db: sqlite3.Connection, meeting: str) -> Listing:
    row = db.execute(
        f"SELECT {_LISTING} FROM meetings WHERE id = ?",  # noqa: S608, the columns are a constant
        (meeting,),
    ).fetchone()
    return Listing(*row)


def _write(db: sqlite3.Connection, meeting: str, entries: Sequence[ev.Entry]) -> None:
    db.executemany(
        'INSERT INTO entries (meeting, "offset", body) VALUES (?, ?, ?)',
        [(meeting, entry.offset, entry.model_dump_json()) for entry in entries],
    )


def _put(db: sqlite3.Connection, meeting: str, people: Sequence[Person]) -> bool:
    """Put *people* into the register; tell whether a line that was there became another."""
    changed = False
    for person in people:
        line = (person.name, person.office, person.role.value)
        found = db.execute(
            "SELECT name, office, role FROM people WHERE meeting = ? AND id = ?",
            (meeting, person.id),
        ).fetchone()
        changed = changed or (found is not None and found != line)
        db.execute(
            "INSERT INTO people (meeting, id, name, office, role) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE"
            " SET name = excluded.name, office = excluded.office, role = excluded.role",
            (meeting, person.id, *line),
        )
    return changed


def _forget(db: sqlite3.Connection, meeting: str, people: Sequence[PersonId]) -> bool:
    """Take *people* out of the register; tell whether any was in it."""
    gone = db.executemany(
        "DELETE FROM people WHERE meeting = ? AND id = ?", [(meeting, person) for person in people]
    )
    return gone.rowcount > 0
