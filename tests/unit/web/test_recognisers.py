"""What a machine hears gets into the record as that, from processes that do as the test says."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest

from meetings import events as ev
from meetings.captions.events import CAPTION_MAX
from meetings.fold import fold
from meetings.record.memory import MemoryRecord
from meetings.service import MeetingService
from meetings.state import Meeting
from signaling.hubs import Hubs
from web.helpers import RECOGNISERS
from web.recognisers import Recognisers

NOW = 1_800_000_000_000
CREATED = ev.MeetingCreated(title="积水", room="xfl", room_name="幸福里", planned_ms=0)
OPEN = (CREATED, ev.MeetingOpened())
ON = (*OPEN, ev.CaptionsSet(on=True))
WAIT_S = 20.0
STUB = """
import sys
with open({told!r}, "a") as file:
    file.write(sys.stdin.readline())
for line in {lines!r}:
    print(line, flush=True)
sys.stdin.read()
"""


@dataclass
class Hub:
    """Of the one meeting, and `Hubs` with it."""

    state: Meeting
    serving: tuple[str, ...] = ("m",)

    async def hub(self, _: str) -> Hub:
        return self


def said(text: str, ago_ms: int = 0) -> str:
    return json.dumps({"from_ms": NOW - 2_000 - ago_ms, "until_ms": NOW - ago_ms, "text": text})


def run(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    events: tuple[ev.Event, ...],
    until: Callable[[Meeting], bool],
    lines: list[str],
    model: Path | None = Path("/models/base"),
) -> Meeting:
    """The meeting, after what the process tells."""
    told = folder / "told"
    spawn = asyncio.create_subprocess_exec

    async def instead(*command: str, **options: Any) -> asyncio.subprocess.Process:
        assert command == (sys.executable, "-m", "media.recogniser")
        stub = STUB.format(told=str(told), lines=lines)
        return await spawn(sys.executable, "-c", stub, **options)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", instead)

    async def main() -> Meeting:
        record = MemoryRecord()
        meetings = MeetingService(record, lambda: NOW, lambda _meeting, _offset: None)
        await meetings.create("m", CREATED)
        entries = [ev.Entry(offset=n, at_ms=1, event=one) for n, one in enumerate(events, 1)]
        await record.append("m", 1, entries[1:], ())
        live = await meetings.live("m")
        hubs = cast("Hubs", Hub(fold("m", entries)))
        keeper = Recognisers(model, hubs, meetings, folder, replace(RECOGNISERS, look_s=0.02))
        task = asyncio.create_task(keeper.run())
        async with asyncio.timeout(WAIT_S):
            # Nobody tells when it looked.
            while not until(live.meeting) and not (task.done() and model is None):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait((task,))
        await meetings.close()
        return live.meeting

    return asyncio.run(main())


def test_what_is_heard_is_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too long a sentence is cut; one that comes too late is left out, and the next is not."""
    lines = [said("管网下月开工"), said("晚", 600_000), said("字" * (CAPTION_MAX + 1))]
    now = run(tmp_path, monkeypatch, ON, lambda m: len(m.captions.by_id) == 2, lines)
    texts = [one.text for _, one in sorted(now.captions.by_id.items())]
    assert texts == ["管网下月开工", "字" * CAPTION_MAX]
    assert all(one.recognised for one in now.captions.by_id.values())
    job = json.loads((tmp_path / "told").read_text())
    assert job == {"folder": str(tmp_path / "m"), "model": "/models/base"}


@pytest.mark.parametrize(
    ("events", "model"), [(ON, None), (OPEN, Path("/models/base"))], ids=["no model", "off"]
)
def test_nobody_listens_unless_it_is_wanted(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    events: tuple[ev.Event, ...],
    model: Path | None,
) -> None:
    """Without a model, or while captions are off."""
    looks = 0

    def looked(_: Meeting) -> bool:
        nonlocal looks
        looks += 1
        return looks > 20

    run(tmp_path, monkeypatch, events, looked, [], model)
    assert not (tmp_path / "told").exists()
