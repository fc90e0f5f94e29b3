"""
The record in one SQLite file: the embedded default.

One thread of its own owns the connection. It takes everything that waits and carries it out in one
transaction, so that one flush to the disk serves all meetings that have something to write: about
100,000 entries a second against 3,700 with a commit each (256 waiting, 2 cores, November 2026).

WAL, so that other processes can read meanwhile, with `synchronous=FULL`: a commit returns when the
log is on the disk, not merely with the system. Several processes may use the file; one that finds
it locked waits BUSY_MS.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from meetings import events as ev
from meetings.people import Person, PersonId
from meetings.record import migrate, schema
from meetings.record.port import (
    READ_MAX,
    Checkpoint,
    Head,
    Linked,
    Listing,
    RecordError,
    StoredRegister,
    check_follow,
    listed,
)

log = logging.getLogger(__name__)

BUSY_MS = 10_000  # longer than any transaction here takes, by far
GROUP_MAX = 256  # operations in one transaction: bounds how long the first one waits
PACE_S = 0.004
"""
Between the beginnings of two transactions. Who comes after a pause is served at once; while many
come, a few milliseconds make ten of them one flush, which costs as much time as deciding ten.
"""

I = TypeVar("I")  # noqa: E741 - an item
T = TypeVar("T")


Together = Callable[[sqlite3.Connection, Sequence[I]], Sequence[T]]
"""Carries out several operations of one kind at once; one result for each, in their order."""


@dataclass(frozen=True, slots=True)
class _Ask(Generic[I, T]):
    """One operation that waits for the thread, and where its result goes."""

    work: Together[I, T]
    item: I
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[T]
    erases: bool = False
    """What it deletes may not stay behind in the log either."""


@dataclass(slots=True)
class _Done:
    """What came of an operation; told once the transaction is durable."""

    ask: _Ask[Any, Any]
    result: Any = None
    error: Exception | None = None


class SqliteRecord:
    """
    Records in the file at *path*, which is made if it is missing.

    Callers wait for their answer, so what is queued is bounded by how many callers there are: the
    service has one append of each meeting under way at a time.

    Raises: RecordError if the file is no database, or of a newer version than this one.
    """

    def __init__(self, path: Path) -> None:
        self._waiting: SimpleQueue[_Ask[Any, Any] | None] = SimpleQueue()
        self._closed = False
        self._connection = _connect(path)
        self._thread = threading.Thread(target=self._work, name="record", daemon=True)
        self._thread.start()

    async def create(self, meeting: str, entry: ev.Entry, people: Sequence[Person]) -> Head:
        listing = listed(meeting, entry)
        epoch = secrets.token_urlsafe(12)
        return await self.ask(lambda db: schema.create(db, listing, epoch, entry, people))

    async def append(
        self,
        meeting: str,
        expected_offset: int,
        entries: Sequence[ev.Entry],
        people: Sequence[Person],
        forgotten: Sequence[PersonId] = (),
    ) -> None:
        check_follow(expected_offset, entries)
        await self.ask(
            lambda db: schema.append(db, meeting, expected_offset, entries, people, forgotten),
            erases=bool(forgotten),
        )

    async def read(self, meeting: str, after: int, limit: int = READ_MAX) -> Sequence[ev.Entry]:
        return await self.ask(lambda db: schema.read(db, meeting, after, min(limit, READ_MAX)))

    async def linked(self, meeting: str, after: int, limit: int = READ_MAX) -> Sequence[Linked]:
        return await self.ask(lambda db: schema.linked(db, meeting, after, min(limit, READ_MAX)))

    async def head(self, meeting: str) -> Head:
        return await self.ask(lambda db: schema.head(db, meeting))

    async def put_checkpoint(self, meeting: str, checkpoint: Checkpoint) -> None:
        await self.ask(lambda db: schema.put_checkpoint(db, meeting, checkpoint))

    async def checkpoints(self, meeting: str) -> Sequence[Checkpoint]:
        return await self.ask(lambda db: schema.checkpoints(db, meeting))

    async def unsigned(self, limit: int = READ_MAX) -> Sequence[str]:
        return await self.ask(lambda db: schema.unsigned(db, limit))

    async def register(self, meeting: str) -> StoredRegister:
        return await self.ask(lambda db: schema.register(db, meeting))

    async def meetings(self, limit: int = READ_MAX) -> Sequence[Listing]:
        return await self.ask(lambda db: schema.meetings(db, limit))

    async def current_meeting(self, room: str) -> Listing | None:
        return await self.ask(lambda db: schema.current_meeting(db, room))

    async def close(self) -> None:
        """Finish what waits, then close the file. Asking afterwards raises RecordError."""
        if not self._closed:
            self._closed = True
            self._waiting.put(None)
        await asyncio.to_thread(self._thread.join)

    async def ask(self, work: Callable[[sqlite3.Connection], T], *, erases: bool = False) -> T:
        """
        Carry out *work* in the record's thread, in a transaction with whatever else waits; return
        once it is durable.

        Args:
            work: writes nothing if it raises a RecordError, which is its own affair.
            erases: what it deletes is to leave no trace in the log either.

        Raises: RecordError.
        """
        return await self._ask(lambda db, _: [work(db)], None, erases=erases)

    async def ask_together(self, work: Together[I, T], item: I) -> T:
        """
        As `ask`, but all that waits for the same *work* is done in one call of it: a statement for
        many costs hardly more than one (see `schema._insert`).

        Raises: RecordError.
        """
        return await self._ask(work, item)

    async def _ask(self, work: Together[I, T], item: I, *, erases: bool = False) -> T:
        if self._closed:
            raise RecordError("the record is closed")
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        self._waiting.put(_Ask(work, item, loop, answer, erases))
        return await answer

    def _work(self) -> None:
        """Carry out groups until the end: all that the thread does."""
        ended = False
        next_s = 0.0
        while not ended:
            first = self._waiting.get()
            if first is None:
                break
            time.sleep(max(0.0, next_s - time.monotonic()))
            next_s = time.monotonic() + PACE_S
            group = [first]
            while len(group) < GROUP_MAX and not self._waiting.empty():
                ask = self._waiting.get()
                if ask is None:
                    ended = True
                    break
                group.append(ask)
            settled = _carry_out(self._connection, group)
            if any(ask.erases for ask in group):
                _empty_log(self._connection)
            _tell(settled)
        self._connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path,
        timeout=BUSY_MS / 1000,
        isolation_level=None,  # transactions are begun and ended here, by name
        check_same_thread=False,  # opened here, so that errors come at once; used by the thread
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")  # who is forgotten leaves zeros behind
        migrate.prepare(connection)
    except (sqlite3.Error, RecordError) as error:
        connection.close()
        raise RecordError(f"{path}: {error}") from error
    return connection


def _carry_out(connection: sqlite3.Connection, group: list[_Ask[Any, Any]]) -> list[_Done]:
    """Carry out *group* in one transaction; nothing of it is told before the commit."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        done = [done for asks in _alike(group) for done in _attempt(connection, asks)]
        connection.execute("COMMIT")
    except Exception as error:  # noqa: BLE001 - the edge of the thread: whoever asked has to be told
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if len(group) > 1 and not isinstance(error, sqlite3.OperationalError):
            # One of them is at fault, not the store (a full disk, a lock): the others go on.
            return [done for ask in group for done in _carry_out(connection, [ask])]
        failed = RecordError(f"nothing was written: {error}")
        failed.__cause__ = error
        return [_Done(ask, error=failed) for ask in group]
    return done


def _alike(group: list[_Ask[Any, Any]]) -> Iterable[list[_Ask[Any, Any]]]:
    """Bring those together that wait for the same work, in the place of the first of them."""
    bundles: dict[Together[Any, Any], list[_Ask[Any, Any]]] = {}
    for ask in group:
        bundles.setdefault(ask.work, []).append(ask)
    return bundles.values()


def _attempt(connection: sqlite3.Connection, asks: list[_Ask[Any, Any]]) -> list[_Done]:
    """Carry out operations of one kind; a refusal is their own affair, and wrote nothing."""
    try:
        results = asks[0].work(connection, [ask.item for ask in asks])
    except RecordError as refusal:
        return [_Done(ask, error=refusal) for ask in asks]
    return [_Done(ask, result) for ask, result in zip(asks, results, strict=True)]


def _empty_log(connection: sqlite3.Connection) -> None:
    """Bring the log into the file and cut it to nothing, so that no older page is left in it."""
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:  # somebody reads an older state; the next one to finish the log cuts it
        log.warning("deleted lines stay in the log until other readers are done")


def _tell(settled: list[_Done]) -> None:
    """Bring the results to the loops of whoever asked."""
    for loop in {done.ask.loop for done in settled}:
        with suppress(RuntimeError):  # that loop is closed: nobody listens
            loop.call_soon_threadsafe(_settle, [done for done in settled if done.ask.loop is loop])


def _settle(settled: list[_Done]) -> None:
    for done in settled:
        answer = done.ask.answer
        if answer.done():
            continue  # whoever asked has gone away
        if done.error is not None:
            answer.set_exception(done.error)
        else:
            answer.set_result(done.result)
