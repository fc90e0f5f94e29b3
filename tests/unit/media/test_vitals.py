"""The process knows when its loop is held up, and what it holds."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import pytest

from media import vitals
from media.vitals import Vitals


def test_a_loop_that_was_held_up_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vitals, "LOOK_S", 0.001)
    monkeypatch.setattr(vitals, "LOOKS", 4)

    async def scenario() -> Vitals:
        told: asyncio.Future[Vitals] = asyncio.get_running_loop().create_future()
        watching = asyncio.create_task(vitals.watch(told.set_result))
        await asyncio.sleep(0)
        time.sleep(0.1)  # noqa: ASYNC251 - holding it up is what is tested
        said = await told
        watching.cancel()
        return said

    said = asyncio.run(scenario())
    assert len(said.late_ms) == len(said.starved_ms) == 4
    assert max(said.late_ms) >= 90


SHARED = """
import asyncio, os, time
from media import vitals

os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
parent = os.getpid()
other = os.fork()
while not other and os.getppid() == parent:
    pass
vitals.LOOK_S, vitals.LOOKS = 0.001, 4

async def scenario():
    told = asyncio.get_running_loop().create_future()
    watching = asyncio.create_task(vitals.watch(told.set_result))
    await asyncio.sleep(0)
    end = time.process_time() + 0.1
    while time.process_time() < end:
        pass
    print(max((await told).starved_ms))
    watching.cancel()

if other:
    asyncio.run(scenario())
"""


def test_a_loop_that_had_no_processor_says_so() -> None:
    """Two that compute on one processor: each waits about as long as it computes."""
    done = subprocess.run(
        [sys.executable, "-c", SHARED], capture_output=True, text=True, check=True
    )
    assert (float(done.stdout) > 20) == Path("/proc/self/schedstat").exists()


def test_what_is_open_is_counted(tmp_path: Path) -> None:
    async def scenario() -> None:
        before = vitals.look((), ())
        waiting = asyncio.create_task(asyncio.sleep(60))
        with (tmp_path / "file").open("w"):
            after = vitals.look((), ())
        assert (after.tasks, after.files) == (before.tasks + 1, before.files + 1)
        assert after.memory > 10_000_000
        waiting.cancel()

    asyncio.run(scenario())
