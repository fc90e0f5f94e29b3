"""IP cameras are started, shown and started again, by processes that do as the test says."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest

from meetings import events as ev
from meetings.fold import fold
from meetings.people import Role
from meetings.state import Meeting
from signaling.hubs import Hubs
from signaling.wire.frames import CameraView
from web.auth import Invitations
from web.cameras import Cameras, CameraSetting
from web.helpers import CAMERAS

CREATED = ev.MeetingCreated(title="积水", room="xfl", room_name="幸福里", planned_ms=0)
SETTING = CameraSetting.model_validate({"name": "主席台", "url": "rtsp://a:geheim@127.0.0.1/"})
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
"""


def meeting(*events: ev.Event) -> Meeting:
    """After these events."""
    return fold(
        "m",
        (ev.Entry(offset=n, at_ms=n, event=one) for n, one in enumerate((CREATED, *events), 1)),
    )


@dataclass
class Hub:
    """Of the one meeting."""

    state: Meeting
    seen: list[tuple[CameraView, ...]] = field(default_factory=list)

    @property
    def media(self) -> Hub:
        return self

    @property
    def sections(self) -> Hub:
        return self

    def show_cameras(self, views: tuple[CameraView, ...]) -> None:
        self.seen.append(views)

    def states(self) -> list[str]:
        """What was shown of the camera, in order."""
        return [views[0].state if views else "" for views in self.seen]


@dataclass
class OneHub:
    """`Hubs` with one."""

    one: Hub
    serving: Sequence[str] = ("m",)

    async def hub(self, name: str) -> Hub:
        assert name == "m"
        return self.one


def kept(hub: Hub) -> Cameras:
    """The room's one camera."""
    return Cameras(
        {"xfl": (SETTING,)},
        cast("Hubs", OneHub(hub)),
        Invitations(b"0" * 32, lambda: 1_800_000_000.0),
        "http://127.0.0.1:1",
        lambda: 1_800_000_000_000,
        replace(CAMERAS, look_s=0.01, waits_s=(0.01,)),
    )


def stub(folder: Path, monkeypatch: pytest.MonkeyPatch, *lines: str, stays: bool) -> Path:
    """Have cameras' processes say these lines; returns where they write what they were told."""
    told = folder / "told"
    script = folder / "python"
    body = STUB.format(told=str(told), lines=lines, stays=stays)
    script.write_text(f"#!{sys.executable}\n{body}")
    script.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(script))
    return told


async def run_until(kept: Cameras, condition: Callable[[], object]) -> None:
    """Run until something is true, then to the end of it."""
    task = asyncio.create_task(kept.run())
    try:
        async with asyncio.timeout(WAIT_S):
            while not condition():  # noqa: ASYNC110  # processes tell it in no other way
                await asyncio.sleep(0.01)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def test_a_camera_is_live_until_the_end_and_gets_its_secrets_on_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of them is in an argument; when the meetings end its process does, and its line."""
    told = stub(tmp_path, monkeypatch, '{"state": "live"}', stays=True)
    hub = Hub(meeting(ev.MeetingOpened()))
    asyncio.run(run_until(kept(hub), lambda: "live" in hub.states()))
    (job,) = map(json.loads, told.read_text().splitlines())
    assert job["camera"] == "rtsp://a:geheim@127.0.0.1/"
    assert job["whip"] == "http://127.0.0.1:1/api/meetings/m/whip"
    claims = Invitations(b"0" * 32, lambda: 1_800_000_000.0).verify(job["token"])
    assert (claims.meeting, claims.role, claims.name) == ("m", Role.ROOM, "主席台")
    assert hub.states()[0] == "connecting"
    assert hub.states()[-1] == ""


def test_a_camera_that_ends_is_tried_again_and_the_desk_is_told_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As often as it takes."""
    line = '{"state": "ended", "fault": "camera.forbidden"}'
    told = stub(tmp_path, monkeypatch, line, stays=False)
    hub = Hub(meeting(ev.MeetingOpened()))
    tries = 3
    asyncio.run(
        run_until(kept(hub), lambda: told.exists() and len(told.read_text().splitlines()) >= tries)
    )
    reconnecting = [views[0] for views in hub.seen if views and views[0].state == "reconnecting"]
    assert {view.fault for view in reconnecting} == {"camera.forbidden"}
    assert len({view.since_ms for view in reconnecting}) == 1


@pytest.mark.parametrize("line", ["nonsense", '{"state": "dancing"}'])
def test_a_process_that_speaks_nonsense_is_started_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """It ends no other camera, and not the service."""
    stub(tmp_path, monkeypatch, line, stays=False)
    hub = Hub(meeting(ev.MeetingOpened()))
    asyncio.run(run_until(kept(hub), lambda: hub.states().count("reconnecting") >= 2))


def test_when_the_meeting_is_closed_its_cameras_are_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their processes end, and the desk sees none."""
    stub(tmp_path, monkeypatch, '{"state": "live"}', stays=True)
    hub = Hub(meeting(ev.MeetingOpened()))

    def closed() -> bool:
        if "live" in hub.states():
            hub.state = meeting(ev.MeetingOpened(), ev.MeetingClosed())
        return hub.states()[-1:] == [""]

    asyncio.run(run_until(kept(hub), closed))
