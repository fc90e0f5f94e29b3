"""The process knows when its loop is held up, and what it holds."""

from __future__ import annotations

import asyncio
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
    assert len(said.late_ms) == 4
    assert max(said.late_ms) >= 90


def test_what_is_open_is_counted(tmp_path: Path) -> None:
    async def scenario() -> None:
        before = vitals.look(())
        waiting = asyncio.create_task(asyncio.sleep(60))
        with (tmp_path / "file").open("w"):
            after = vitals.look(())
        assert (after.tasks, after.files) == (before.tasks + 1, before.files + 1)
        assert after.memory > 10_000_000
        waiting.cancel()

    asyncio.run(scenario())
