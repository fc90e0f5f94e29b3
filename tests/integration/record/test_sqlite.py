"""What is particular to the record in SQLite: its file."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path

import pytest

from meetings import events as ev
from meetings.people import Person, Role
from meetings.record import chain
from meetings.record.migrate import VERSION
from meetings.record.port import READ_MAX, Head, RecordError, StoredRegister
from meetings.record.sqlite import PACE_S, SqliteRecord

CREATED = ev.Entry(
    offset=1,
    at_ms=0,
    event=ev.MeetingCreated(title="积水", room="A1B2", room_name="议事室", planned_ms=0),
)


def test_a_record_is_found_again_after_closing(tmp_path: Path) -> None:
    """With its epoch: to a client it is the same record."""

    async def scenario() -> None:
        record = SqliteRecord(tmp_path / "r.db")
        made = await record.create("m1", CREATED, ())
        await record.close()
        again = SqliteRecord(tmp_path / "r.db")
        assert await again.head("m1") == made
        assert list(await again.read("m1", 0)) == [CREATED]
        await again.close()

    asyncio.run(scenario())


def test_a_commit_is_on_the_disk_when_it_returns(tmp_path: Path) -> None:
    """The log is written ahead, and flushed at each commit."""
    record = SqliteRecord(tmp_path / "r.db")
    assert record._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert record._connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    asyncio.run(record.close())


def test_transactions_begin_no_closer_together_than_their_pace(tmp_path: Path) -> None:
    """So that what comes meanwhile goes into one."""

    async def scenario() -> None:
        record = SqliteRecord(tmp_path / "r.db")
        await record.create("m1", CREATED, ())
        before_s = time.monotonic()
        for _ in range(6):  # one after the other: each a transaction of its own
            await record.head("m1")
        assert time.monotonic() - before_s >= 5 * PACE_S
        await record.close()

    asyncio.run(scenario())


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "r.db") as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    db.close()
    with pytest.raises(RecordError, match=f"version {VERSION + 1}"):
        SqliteRecord(tmp_path / "r.db")


VERSION_1 = """
    CREATE TABLE meetings (
        id TEXT PRIMARY KEY, epoch TEXT NOT NULL, head INTEGER NOT NULL,
        register_changed INTEGER NOT NULL DEFAULT 0, title TEXT NOT NULL, room TEXT NOT NULL,
        room_name TEXT NOT NULL, planned_ms INTEGER NOT NULL, state TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX meetings_of_room ON meetings (room);
    CREATE TABLE entries (
        meeting TEXT NOT NULL REFERENCES meetings (id), "offset" INTEGER NOT NULL,
        body TEXT NOT NULL, PRIMARY KEY (meeting, "offset")
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE people (
        meeting TEXT NOT NULL REFERENCES meetings (id), id TEXT NOT NULL, name TEXT NOT NULL,
        office TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (meeting, id)
    ) STRICT, WITHOUT ROWID;
    PRAGMA user_version = 1;
"""
"""The tables as they were until November 2026."""


def test_a_file_of_version_1_is_brought_up_to_date(tmp_path: Path) -> None:
    """Its entries get the links that they would have today; bytes, people and heads stay."""
    bodies = [
        CREATED.model_dump_json(),
        *(
            f'{{"offset":{offset},"at_ms":{offset},"actor":"wang","cause":"c-{offset:08}",'
            f'"event":{{"type":"comment.posted","person":"wang","text":"好"}}}}'
            for offset in range(2, READ_MAX + 5)
        ),
    ]
    head = len(bodies)
    db = sqlite3.connect(tmp_path / "r.db")
    db.executescript(VERSION_1)
    for meeting in ("m1", "m2"):
        db.execute(
            "INSERT INTO meetings VALUES (?, 'e', ?, 7, '积水', 'A1B2', '议事室', 0, 'open')",
            (meeting, head),
        )
        db.executemany(
            "INSERT INTO entries VALUES (?, ?, ?)",
            [(meeting, offset, body) for offset, body in enumerate(bodies, 1)],
        )
    db.execute("INSERT INTO people VALUES ('m1', 'li', '李工', '住建局', 'participant')")
    db.commit()
    db.close()

    async def scenario() -> None:
        record = SqliteRecord(tmp_path / "r.db")
        link = chain.begin("m2")
        for body, one in zip(bodies[:READ_MAX], await record.linked("m2", 0), strict=True):
            link = chain.link(link, body.encode())
            assert (one.body, one.link) == (body.encode(), link)
        for body in bodies[READ_MAX:]:
            link = chain.link(link, body.encode())
        assert await record.head("m2") == Head("e", head, link)
        li = Person(id="li", name="李工", office="住建局", role=Role.PARTICIPANT)
        assert await record.register("m1") == StoredRegister({"li": li}, changed=7)
        await record.append("m2", head, [CREATED.model_copy(update={"offset": head + 1})], ())
        assert await record.unsigned() == ("m1", "m2")
        await record.close()

    asyncio.run(scenario())


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "r.db").write_text("会议记录" * 500)
    with pytest.raises(RecordError, match="not a database"):
        SqliteRecord(tmp_path / "r.db")
    assert (tmp_path / "r.db").read_text() == "会议记录" * 500


def test_who_is_forgotten_leaves_no_byte_in_the_files(tmp_path: Path) -> None:
    """Neither in the database nor in its log, whatever was written in between."""
    name = "欧阳秀英"

    def files() -> bytes:
        return b"".join(path.read_bytes() for path in tmp_path.iterdir())

    async def scenario() -> None:
        record = SqliteRecord(tmp_path / "r.db")
        people = [Person(id=f"p{i}", name=f"居民{i}", role=Role.VIEWER) for i in range(50)]
        await record.create("m1", CREATED, [*people, Person(id="o", name=name, role=Role.VIEWER)])
        assert name.encode() in files()
        event = ev.PersonLeft(person="o")
        await record.append("m1", 1, [ev.Entry(offset=2, at_ms=0, event=event)], (), ["o"])
        assert name.encode() not in files()
        await record.close()
        assert name.encode() not in files()

    asyncio.run(scenario())


def test_a_closed_record_answers_no_more(tmp_path: Path) -> None:
    """Closing twice is closing once."""

    async def scenario() -> None:
        record = SqliteRecord(tmp_path / "r.db")
        await record.close()
        await record.close()
        with pytest.raises(RecordError, match="closed"):
            await record.head("m1")

    asyncio.run(scenario())


def test_what_waits_at_the_close_is_carried_out(tmp_path: Path) -> None:
    async def scenario() -> None:
        record = SqliteRecord(tmp_path / "r.db")
        asked = [asyncio.create_task(record.create(f"m{i}", CREATED, ())) for i in range(20)]
        await asyncio.sleep(0)  # they have asked
        await record.close()
        assert len({head.epoch for head in await asyncio.gather(*asked)}) == 20

    asyncio.run(scenario())


def test_one_bad_operation_does_not_spoil_the_others_of_its_group(tmp_path: Path) -> None:
    """A number beyond SQLite's is told to whoever sent it; the rest is written."""
    far = CREATED.model_copy(
        update={"event": CREATED.event.model_copy(update={"planned_ms": 2**70})}
    )

    async def scenario() -> None:
        record = SqliteRecord(tmp_path / "r.db")
        outcomes = await asyncio.gather(
            record.create("m1", CREATED, ()),
            record.create("m2", far, ()),
            record.create("m3", CREATED, ()),
            return_exceptions=True,
        )
        assert [isinstance(outcome, RecordError) for outcome in outcomes] == [False, True, False]
        assert len(await record.meetings()) == 2
        await record.close()

    asyncio.run(scenario())


def test_whoever_asks_may_go_away(tmp_path: Path) -> None:
    """A cancelled question disturbs nobody."""

    async def scenario() -> None:
        record = SqliteRecord(tmp_path / "r.db")
        gone = asyncio.create_task(record.create("m1", CREATED, ()))
        await asyncio.sleep(0)
        gone.cancel()
        assert (await record.create("m2", CREATED, ())).offset == 1
        await record.close()

    asyncio.run(scenario())
