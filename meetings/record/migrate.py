"""Makes the tables of the SQLite record, and brings those of older files up to date."""

from __future__ import annotations

import sqlite3

from meetings.people import Person, Role
from meetings.record import chain
from meetings.record.port import READ_MAX, RecordError

VERSION = 2
"""Of the tables, kept in the file; raised with each change of them."""

_TABLES = (
    """
    CREATE TABLE meetings (
        id TEXT PRIMARY KEY,
        epoch TEXT NOT NULL,
        head INTEGER NOT NULL,
        link BLOB NOT NULL,  -- of the head, in the chain
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
        body TEXT NOT NULL,  -- JSON of the entry, as it was hashed
        link BLOB NOT NULL,
        PRIMARY KEY (meeting, "offset")
    ) STRICT, WITHOUT ROWID
    """,
)

_PEOPLE = """
    CREATE TABLE people (
        meeting TEXT NOT NULL REFERENCES meetings (id),
        id TEXT NOT NULL,
        body TEXT NOT NULL,  -- JSON of the person
        PRIMARY KEY (meeting, id)
    ) STRICT, WITHOUT ROWID
    """

_CHECKPOINTS = """
    CREATE TABLE checkpoints (
        meeting TEXT NOT NULL REFERENCES meetings (id),
        "offset" INTEGER NOT NULL,
        body TEXT NOT NULL,  -- JSON of the checkpoint, as it was signed
        signature BLOB NOT NULL,
        PRIMARY KEY (meeting, "offset")
    ) STRICT, WITHOUT ROWID
    """


def prepare(db: sqlite3.Connection) -> None:
    """
    Make the tables in a new file, or bring an older file up to date, in one transaction.

    Raises: RecordError if the file is of a version that this program does not know.
    """
    db.execute("BEGIN IMMEDIATE")  # two processes may start at once
    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version == 0:
            for statement in (*_TABLES, _PEOPLE, _CHECKPOINTS):
                db.execute(statement)
        elif version == 1:
            _from_1(db)
        elif version != VERSION:
            raise RecordError(f"tables of version {version}, this program knows {VERSION}")
        if version != VERSION:
            db.execute(f"PRAGMA user_version = {VERSION:d}")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _from_1(db: sqlite3.Connection) -> None:
    """Version 1 had no chain, no checkpoints, and a column for each part of a person."""
    db.execute("ALTER TABLE meetings ADD COLUMN link BLOB NOT NULL DEFAULT x''")
    db.execute("ALTER TABLE entries ADD COLUMN link BLOB NOT NULL DEFAULT x''")
    for (meeting,) in db.execute("SELECT id FROM meetings").fetchall():
        _chain(db, meeting)
    lines = db.execute("SELECT meeting, id, name, office, role FROM people").fetchall()
    db.execute("DROP TABLE people")
    db.execute(_PEOPLE)
    db.execute(_CHECKPOINTS)
    for meeting, person, name, office, role in lines:
        line = Person(id=person, name=name, office=office, role=Role(role))
        db.execute(
            "INSERT INTO people (meeting, id, body) VALUES (?, ?, ?)",
            (meeting, person, line.model_dump_json()),
        )


def _chain(db: sqlite3.Connection, meeting: str) -> None:
    """Give the entries of one meeting their links."""
    link, offset = chain.begin(meeting), 0
    while rows := db.execute(
        'SELECT "offset", body FROM entries WHERE meeting = ? AND "offset" > ?'
        ' ORDER BY "offset" LIMIT ?',
        (meeting, offset, READ_MAX),
    ).fetchall():
        for offset, body in rows:
            link = chain.link(link, body.encode())
            db.execute(
                'UPDATE entries SET link = ? WHERE meeting = ? AND "offset" = ?',
                (link, meeting, offset),
            )
    db.execute("UPDATE meetings SET link = ? WHERE id = ?", (link, meeting))
