"""A process that is killed at any moment loses nothing that it acknowledged."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from meetings import events as ev
from meetings.record.port import Record, read_all
from meetings.record.sqlite import SqliteRecord

WRITER = Path(__file__).with_name("writer.py")
ROOT = Path(__file__).parents[3]


def _start(path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(WRITER), str(path), "m1"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def _acknowledged(process: subprocess.Popen[str], count: int) -> int:
    """Wait for so many acknowledgements; return the highest offset among them."""
    assert process.stdout is not None
    return max(int(process.stdout.readline()) for _ in range(count))


def _kill(process: subprocess.Popen[str]) -> int:
    """Kill the process; return the highest offset that it acknowledged until then, or 0."""
    process.kill()
    rest, _ = process.communicate()
    # A last line without its end was not said.
    said = [int(line) for line in rest.splitlines(keepends=True) if line.endswith("\n")]
    return max(said, default=0)


async def _prepare(path: Path) -> None:
    record = SqliteRecord(path)
    event = ev.MeetingCreated(title="积水治理", room="A1B2", room_name="议事室", planned_ms=0)
    await record.create("m1", ev.Entry(offset=1, at_ms=0, event=event), ())
    await record.close()


async def _check(path: Path, acknowledged: int) -> int:
    """Check the record after a kill; return its head."""
    record: Record = SqliteRecord(path)
    entries = await read_all(record, "m1")
    head = await record.head("m1")
    register = await record.register("m1")
    await record.close()
    assert head.offset >= acknowledged
    assert [entry.offset for entry in entries] == list(range(1, head.offset + 1))
    # Groups of three and their line of the register came whole or not at all.
    assert head.offset % 3 == 1
    assert set(register.people) == {f"p{offset}" for offset in range(4, head.offset + 1, 3)}
    return head.offset


def test_every_acknowledged_entry_survives_sigkill(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Offsets have no gap, transactions are whole, and the next process goes on from there."""
    path = tmp_path / "record.db"
    asyncio.run(_prepare(path))
    chance = random.Random(20261122)
    head = 1
    for _ in range(request.config.getoption("--kills")):
        process = _start(path)
        before = _acknowledged(process, chance.randrange(1, 60))
        assert before > head
        head = asyncio.run(_check(path, max(before, _kill(process))))


def test_one_of_two_processes_is_killed_and_the_other_goes_on(tmp_path: Path) -> None:
    """Both append to one file; what either acknowledged is there."""
    path = tmp_path / "record.db"
    asyncio.run(_prepare(path))
    one, other = _start(path), _start(path)
    said = [_acknowledged(one, 20), _acknowledged(other, 20)]
    said.append(_kill(one))
    said.append(_acknowledged(other, 20))
    said.append(_kill(other))
    asyncio.run(_check(path, max(said)))
