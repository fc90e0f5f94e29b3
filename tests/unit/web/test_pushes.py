"""Programmes are passed on as the record says, by processes that do as the test says."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

from meetings import events as ev
from meetings.fold import fold
from meetings.state import Meeting
from signaling.hubs import Hubs
from signaling.wire.frames import PushView
from web.helpers import PUSHES
from web.platforms import Entered, Platform
from web.pushes import Pushes

CREATED = ev.MeetingCreated(title="积水", room="xfl", room_name="幸福里", planned_ms=0)
OPEN = (CREATED, ev.MeetingOpened())
PUSHED = (*OPEN, ev.PushStarted(platform="市电视台"))
ONE = Platform.model_validate({"name": "市电视台", "url": "rtmp://a.example/app/geheim"})
OTHER = Platform.model_validate({"name": "视频号", "url": "rtmp://b.example/app/anders"})
WAIT_S = 20.0
STUB = """
import json, sys
job = json.loads(sys.stdin.readline())
with open({told!r}, "a") as file:
    file.write(json.dumps(job) + "\\n")
for line in {lines!r}:
    print(line, flush=True)
if {stays!r}:
    sys.stdin.read()
    with open({told!r}, "a") as file:
        file.write("closed\\n")
"""


def meeting(*events: ev.Event) -> Meeting:
    return fold("m", (ev.Entry(offset=n, at_ms=n, event=one) for n, one in enumerate(events, 1)))


@dataclass
class Hub:
    """Of the one meeting, and `Hubs` with it."""

    state: Meeting
    seen: list[tuple[PushView, ...]] = field(default_factory=list)
    meeting: str = "m"
    serving: tuple[str, ...] = ("m",)

    async def hub(self, _: str) -> Hub:
        return self

    def show_pushes(self, views: tuple[PushView, ...]) -> None:
        if not self.seen or self.seen[-1] != views:
            self.seen.append(views)

    def states(self, place: int = 0) -> list[str]:
        return [views[place].state if len(views) > place else "" for views in self.seen]


async def run(
    folder: Path,
    hub: Hub,
    monkeypatch: pytest.MonkeyPatch,
    until: Callable[[], bool],
    lines: Sequence[object] = (),
    *,
    stays: bool = True,
    rooms: dict[str, tuple[Platform, ...]] | None = None,
) -> list[str]:
    """Until the test has seen enough. Returns: what the processes were told, and their ends."""
    told = folder / "told"
    stub = STUB.format(told=str(told), lines=[json.dumps(one) for one in lines], stays=stays)
    spawn = asyncio.create_subprocess_exec

    async def instead(*command: str, **options: Any) -> asyncio.subprocess.Process:
        assert command == (sys.executable, "-m", "media.push")
        return await spawn(sys.executable, "-c", stub, **options)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", instead)
    keeper = Pushes(
        {"xfl": (ONE,)} if rooms is None else rooms,
        Entered(folder / "platforms"),
        cast("Hubs", hub),
        folder / "programmes",
        lambda: 7,
        replace(PUSHES, look_s=0.02, waits_s=(0.02,)),
    )
    task = asyncio.create_task(keeper.run())
    try:
        async with asyncio.timeout(WAIT_S):
            while not until():
                assert not task.done(), task.exception()
                await asyncio.sleep(0.01)
    finally:
        task.cancel()
        await asyncio.wait((task,))
    return told.read_text().splitlines() if told.exists() else []


def test_it_goes_where_the_record_says_and_the_desk_sees_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key goes to the process over its line; the desk is shown the name alone."""
    hub = Hub(meeting(*PUSHED))
    lines = [
        {"state": "reconnecting", "fault": "push.unreachable"},
        {"state": "live"},
    ]

    def seen() -> bool:
        return "live" in hub.states()

    told = asyncio.run(run(tmp_path, hub, monkeypatch, seen, lines))
    job = json.loads(told[0])
    assert job == {
        "url": "rtmp://a.example/app/geheim",
        "folder": str(tmp_path / "programmes" / "m"),
    }
    assert told[1:] == ["closed"]
    assert hub.states()[0] == "connecting"
    (view,) = hub.seen[-1]
    assert (view.platform, view.fault, view.since_ms, view.entered) == ("市电视台", "", 7, False)
    assert "geheim" not in repr(hub.seen)


def test_a_process_that_ends_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = Hub(meeting(*PUSHED))
    told_file = tmp_path / "told"

    def thrice() -> bool:
        return told_file.exists() and len(told_file.read_text().splitlines()) >= 3

    asyncio.run(run(tmp_path, hub, monkeypatch, thrice, stays=False))
    assert hub.states()[-1] == "reconnecting"


@pytest.mark.parametrize(
    ("events", "shown"),
    [(OPEN, ["off"]), ((CREATED, PUSHED[-1]), ["off"]), ((*PUSHED, ev.MeetingClosed()), [""])],
    ids=["not started", "not open", "over"],
)
def test_nothing_is_sent_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, events: tuple[ev.Event, ...], shown: list[str]
) -> None:
    """Not before the meeting, nor after it; then what hosts entered is forgotten too."""
    entered = Entered(tmp_path / "platforms")
    entered.put("m", OTHER)
    hub = Hub(meeting(*events))
    assert asyncio.run(run(tmp_path, hub, monkeypatch, lambda: bool(hub.seen))) == []
    assert hub.states() == shown
    assert bool(entered.of("m")) is (shown != [""])


def test_what_is_stopped_ends_and_what_is_entered_meanwhile_is_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = Hub(meeting(*PUSHED))
    entered = Entered(tmp_path / "platforms")

    def stopped() -> bool:
        if "live" in hub.states() and "off" not in hub.states(0):
            entered.put("m", OTHER)
            hub.state = meeting(*PUSHED, ev.PushStopped(platform="市电视台"))
        return hub.seen[-1:] != [] and [v.state for v in hub.seen[-1]] == ["off", "off"]

    told = asyncio.run(run(tmp_path, hub, monkeypatch, stopped, [{"state": "live"}]))
    assert [one.entered for one in hub.seen[-1]] == [False, True]
    assert told[-1] == "closed"
