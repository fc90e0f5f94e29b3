"""
Ballot boxes in the record's SQLite file, with their keys outside it: the embedded default.

Rows are written in the record's thread and in its commits: one flush to the disk serves ballots and
entries that wait together.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from meetings.ballots.blind import blind_sign, verify
from meetings.ballots.keys import BoxKeys, KeyFolder, box_id
from meetings.ballots.port import UnknownBox
from meetings.ballots.sealed import seal, slot, unseal
from meetings.record.sqlite import SqliteRecord
from meetings.refusals import Code, Refused
from meetings.voting.terms import PublishedBallot

KEYS_KEPT = 64  # boxes whose keys are in memory: more votes than run at once on one node

_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS ballot_boxes (
        id TEXT PRIMARY KEY,
        closed INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID
    """,
    # Without a row id: rows lie in the order of their names, which is none.
    """
    CREATE TABLE IF NOT EXISTS ballots (
        box TEXT NOT NULL,
        slot BLOB NOT NULL,
        sealed BLOB NOT NULL,
        PRIMARY KEY (box, slot)
    ) STRICT, WITHOUT ROWID
    """,
)


@dataclass(frozen=True, slots=True)
class _Cast:
    """A ballot on its way into a box."""

    box: str
    name: bytes
    row: bytes
    keys: BoxKeys
    ballot: PublishedBallot


class SqliteBox:
    """See the port."""

    def __init__(self, record: SqliteRecord, keys: KeyFolder) -> None:
        self._record = record
        self._folder = keys
        self._keys: OrderedDict[str, BoxKeys] = OrderedDict()
        self._signing = asyncio.Lock()  # one paper at a time: it holds the interpreter for 2 ms

    async def prepare(self, meeting: str) -> str:
        keys = await asyncio.to_thread(BoxKeys.generate)
        await asyncio.to_thread(self._folder.save, meeting, keys)
        await self._record.ask(lambda db: _add(db, box_id(keys.paper_key)))
        self._keep(keys)
        return keys.paper_key

    async def sign(self, meeting: str, paper_key: str, blinded: bytes) -> bytes:
        keys = await self._load(meeting, paper_key)
        async with self._signing:
            return await asyncio.to_thread(blind_sign, keys.paper, blinded)

    async def cast(
        self, meeting: str, paper_key: str, ballot: PublishedBallot, *, changeable: bool
    ) -> Refused | None:
        try:
            keys = await self._load(meeting, paper_key)
        except UnknownBox:
            return Refused(Code.VOTE_CLOSED)
        signature = bytes.fromhex(ballot.signature)
        if not verify(keys.paper.modulus, bytes.fromhex(ballot.serial), signature):
            return Refused(Code.VOTE_BAD_PAPER)
        name = slot(keys, ballot.serial)
        cast = _Cast(box_id(paper_key), name, seal(keys, name, ballot), keys, ballot)
        return await self._record.ask_together(_change if changeable else _add_once, cast)

    async def open(self, meeting: str, paper_key: str) -> tuple[PublishedBallot, ...]:
        keys = await self._load(meeting, paper_key)
        rows = await self._record.ask(lambda db: _close(db, box_id(paper_key)))
        ballots = await asyncio.to_thread(lambda: [unseal(keys, name, row) for name, row in rows])
        return tuple(sorted(ballots, key=lambda ballot: ballot.serial))

    async def destroy(self, meeting: str, paper_key: str) -> None:
        self._keys.pop(paper_key, None)
        await asyncio.to_thread(self._folder.destroy, meeting, paper_key)
        await self._record.ask(lambda db: _remove(db, box_id(paper_key)), erases=True)

    async def clear(self, meeting: str, keep: Collection[str]) -> None:
        await asyncio.to_thread(self._folder.clear, meeting, keep)

    async def prepare_tables(self) -> None:
        """Make the tables in a new file."""
        await self._record.ask(_make)

    async def _load(self, meeting: str, paper_key: str) -> BoxKeys:
        keys = self._keys.get(paper_key)
        if keys is None:
            keys = await asyncio.to_thread(self._folder.load, meeting, paper_key)
            self._keep(keys)
        return keys

    def _keep(self, keys: BoxKeys) -> None:
        self._keys[keys.paper_key] = keys
        while len(self._keys) > KEYS_KEPT:
            self._keys.popitem(last=False)


def _make(db: sqlite3.Connection) -> None:
    for statement in _TABLES:
        db.execute(statement)


def _add(db: sqlite3.Connection, box: str) -> None:
    db.execute("INSERT INTO ballot_boxes (id) VALUES (?)", (box,))


def _change(db: sqlite3.Connection, casts: Sequence[_Cast]) -> list[Refused | None]:
    """Put ballots, of any boxes, in place of what the same papers said before."""
    return _put_all(db, casts, changeable=True)


def _add_once(db: sqlite3.Connection, casts: Sequence[_Cast]) -> list[Refused | None]:
    """Put ballots, of any boxes; what a paper said first stays."""
    return _put_all(db, casts, changeable=False)


def _put_all(
    db: sqlite3.Connection, casts: Sequence[_Cast], *, changeable: bool
) -> list[Refused | None]:
    """In three statements a box, however many there are: see `record.schema._insert`."""
    boxes = {cast.box for cast in casts}
    open_ = {box for box in boxes if _takes(db, box)}
    before = {
        (box, name): row
        for box in open_
        for name, row in _read(db, box, {cast.name for cast in casts if cast.box == box})
    }
    put: dict[tuple[str, bytes], bytes] = {}
    answers: list[Refused | None] = []
    for cast in casts:
        place = (cast.box, cast.name)
        row = put.get(place) or before.get(place)
        answer = None
        if cast.box not in open_:
            answer = Refused(Code.VOTE_CLOSED)
        elif row is None:
            put[place] = cast.row
        elif unseal(cast.keys, cast.name, row).marks != cast.ballot.marks:
            if changeable:
                put[place] = cast.row
            else:
                answer = Refused(Code.VOTE_ALREADY_CAST)
        answers.append(answer)
    _put(db, put)
    return answers


def _takes(db: sqlite3.Connection, box: str) -> bool:
    row: tuple[int] | None = db.execute(
        "SELECT closed FROM ballot_boxes WHERE id = ?", (box,)
    ).fetchone()
    return row == (0,)


def _read(db: sqlite3.Connection, box: str, names: Collection[bytes]) -> list[tuple[bytes, bytes]]:
    marks = ", ".join("?" * len(names))
    return db.execute(
        f"SELECT slot, sealed FROM ballots WHERE box = ? AND slot IN ({marks})",  # noqa: S608 - only marks
        (box, *names),
    ).fetchall()


def _put(db: sqlite3.Connection, rows: Mapping[tuple[str, bytes], bytes]) -> None:
    if not rows:
        return
    marks = ", ".join(["(?, ?, ?)"] * len(rows))
    db.execute(
        f"INSERT INTO ballots (box, slot, sealed) VALUES {marks}"  # noqa: S608 - only marks
        " ON CONFLICT DO UPDATE SET sealed = excluded.sealed",
        [value for (box, name), row in rows.items() for value in (box, name, row)],
    )


def _close(db: sqlite3.Connection, box: str) -> list[tuple[bytes, bytes]]:
    db.execute("UPDATE ballot_boxes SET closed = 1 WHERE id = ?", (box,))
    return db.execute("SELECT slot, sealed FROM ballots WHERE box = ?", (box,)).fetchall()


def _remove(db: sqlite3.Connection, box: str) -> None:
    db.execute("DELETE FROM ballots WHERE box = ?", (box,))
    db.execute("DELETE FROM ballot_boxes WHERE id = ?", (box,))
