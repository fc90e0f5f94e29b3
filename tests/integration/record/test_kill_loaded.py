"""
SIGKILL at random moments of a meeting under load: what the people remember is what the record says.

Ten kills by default; `--kills=100` in a long run.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
from pydantic import TypeAdapter

from meetings import commands as cmd
from meetings import events as ev
from meetings.ballots.keys import box_id
from meetings.fold import fold
from meetings.proof.export import export
from meetings.proof.faults import Report
from meetings.proof.verify import Verifier
from meetings.record.port import read_all
from meetings.record.sqlite import SqliteRecord
from meetings.service import Accepted
from tests.integration.record.loaded import KEY, MEETING
from tests.property.civic.recount import Asked, acknowledged_ballots_count, votes_are_recounted

LOADED = Path(__file__).with_name("loaded.py")
ROOT = Path(__file__).parents[3]
LIMIT_S: Final = 60.0
COMMAND: TypeAdapter[cmd.Command] = TypeAdapter(cmd.Command)


class Memory:
    """What the people of the meeting remember: what they asked, and what they were answered."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.cast: dict[int, dict[str, tuple[int, ...]]] = defaultdict(dict)
        self.tried: dict[int, dict[str, tuple[int, ...]]] = defaultdict(dict)
        self.open: dict[str, dict[str, Any]] = {}
        """What has no answer yet."""

    def hear(self, line: str) -> None:
        said = json.loads(line)
        match said["kind"]:
            case "ask":
                if said["command"]["type"] != "vote.take_paper":
                    self.open[said["id"]] = said
            case "answer":
                self.open.pop(said["id"], None)
                command = COMMAND.validate_python(said["command"])
                if said["offset"] is not None:
                    answer = Accepted(said["offset"])
                    self.asked.append(Asked(said["person"], said["id"], command, answer))
                if isinstance(command, cmd.TakePaper):
                    self.open.pop(command.blinded, None)
            case "take":
                self.open[said["blinded"]["message"]] = said
            case "cast":
                ballot = said["ballot"]
                self.open[ballot["serial"]] = said
                self.tried[said["vote"]][ballot["serial"]] = tuple(ballot["marks"])
            case "cast_answer":
                del self.open[said["ballot"]["serial"]]
                if said["taken"]:
                    ballot = said["ballot"]
                    self.cast[said["vote"]][ballot["serial"]] = tuple(ballot["marks"])
            case _:
                pass

    def repeat(self) -> str:
        """What is asked again, a line each; then it waits for its answer anew."""
        lines = [json.dumps(said) for said in self.open.values()]
        self.open.clear()
        return "".join(f"{line}\n" for line in lines)


class Process:
    """One life of the service."""

    def __init__(self, folder: Path, memory: Memory, *arguments: str) -> None:
        self._memory = memory
        self._process = subprocess.Popen(
            [sys.executable, str(LOADED), str(folder), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert self._process.stdin is not None
        self._process.stdin.write(memory.repeat())
        self._process.stdin.close()
        self._heard = 0
        self._ready = False
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                if not line.endswith("\n"):
                    break  # cut off: it was not said
                with self._changed:
                    self._memory.hear(line)
                    self._heard += 1
                    self._ready = self._ready or json.loads(line)["kind"] == "ready"
                    self._changed.notify()

    def kill_after(self, lines: int) -> None:
        """Kill the process once it has said so many lines under load."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._ready, LIMIT_S)
            until = self._heard + lines
            assert self._changed.wait_for(lambda: self._heard >= until, LIMIT_S)
        self._process.kill()
        self._process.wait()
        self._reader.join(LIMIT_S)

    def finish(self) -> None:
        assert self._process.wait(LIMIT_S) == 0
        self._reader.join(LIMIT_S)


async def _read(folder: Path) -> list[ev.Entry]:
    record = SqliteRecord(folder / "record.sqlite")
    try:
        entries = await read_all(record, MEETING)
    finally:
        await record.close()
    assert [entry.offset for entry in entries] == list(range(1, len(entries) + 1))
    return entries


async def _verified(folder: Path) -> Report:
    """Check the chain, and the checkpoints that were kept until the kill."""
    record = SqliteRecord(folder / "record.sqlite")
    verifier = Verifier(KEY.public)
    try:
        async for line in export(record, MEETING, KEY, at_ms=0):
            verifier.feed(line)
    finally:
        await record.close()
    return verifier.finish()


def _check(folder: Path, memory: Memory) -> None:
    """What was acknowledged is in the record, and happened once; chain and checkpoints hold."""
    with TemporaryDirectory() as elsewhere:
        # A copy: the export signs, and the next process shall find what was left unsigned.
        copy = Path(elsewhere) / "copy"
        shutil.copytree(folder, copy)
        report = asyncio.run(_verified(copy))
        entries = asyncio.run(_read(copy))
    assert report.sound, report.problems
    assert report.checkpoints > 1
    happened = Counter((entry.actor, entry.cause) for entry in entries if entry.cause)
    at = {(entry.actor, entry.cause): entry.offset for entry in entries}
    for one in memory.asked:
        assert isinstance(one.answer, Accepted)
        assert one.answer.offset <= len(entries)
        if isinstance(one.command, cmd.PostComment | cmd.OpenVote):
            assert happened[one.person, one.command_id] == 1
            assert at[one.person, one.command_id] == one.answer.offset


def test_killed_at_random_moments_a_meeting_loses_nothing(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """No acknowledged ballot is lost or counted twice, named or secret; every vote is recounted."""
    memory, chance = Memory(), random.Random(20261122)
    for _ in range(request.config.getoption("--kills")):
        process = Process(tmp_path, memory)
        process.kill_after(chance.randrange(300))
        _check(tmp_path, memory)
    Process(tmp_path, memory, "close").finish()
    _check(tmp_path, memory)

    entries = asyncio.run(_read(tmp_path))
    meeting = fold(MEETING, entries)
    assert meeting.state == "closed"
    assert not memory.open
    acknowledged_ballots_count(entries, memory.asked, memory.cast, memory.tried)
    votes_are_recounted(entries)
    assert any(vote.published for vote in meeting.votes.by_id.values())
    # Keys of a vote that was never put, the kill being faster, are cleared away an hour later.
    left = {path.stem for path in (tmp_path / "ballot-keys").iterdir()}
    voted = {f"{MEETING}-{box_id(vote.paper_key)}" for vote in meeting.votes.by_id.values()}
    assert not left & voted, "keys outlive their votes"
