"""
The rooms' IP cameras: which there are, and that each is on the link while its meeting needs it.

A room's cameras stand in a file that only the service's user may read, since addresses hold
passwords: they are in no log, no record and no argument list. While a meeting in the room is under
way, or somebody is at its desk before it, each camera has a process of its own (`media.camera`),
which publishes by WHIP as a camera of the room; when it ends it is started again, with backoff.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    TypeAdapter,
    ValidationError,
)

from media.camera.job import Fault, Job, Told, shown_address
from meetings.people import DESK, IP_CAMERA, Name, Person, Role
from meetings.record.port import RecordError, UnknownMeeting
from meetings.service import ServiceClosed
from meetings.state import Meeting
from signaling.hub import Hub
from signaling.hubs import Hubs, ShuttingDown
from signaling.wire.frames import CameraView
from web.auth import Invitations
from web.roomfile import read_room_file

CAMERAS_MAX = 8  # of one room; more would crowd the console
TOKEN_S = 86_400.0  # a process lives no longer than a day's meeting
LOOK_S = 1.0  # between two looks at which cameras are needed
AGAIN_S = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Pauses between tries; the last one again and again. A camera that was live begins anew."""
END_S = 5.0  # for a process to let go of its link

log = logging.getLogger(__name__)


def _rtsp(value: SecretStr) -> SecretStr:
    parts = urlsplit(value.get_secret_value())
    if parts.scheme not in {"rtsp", "rtsps"} or not parts.hostname:
        raise ValueError("must be like rtsp://name:password@192.168.1.64/path")
    return value


class CameraSetting(BaseModel):
    """One camera."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Name
    """As the host chooses it: 主席台, 观众席."""
    url: Annotated[SecretStr, AfterValidator(_rtsp)]
    sound: bool = False
    """Send the camera's own sound too; else it is a picture alone."""


State = Literal["connecting", "live", "reconnecting"]

Rooms = Mapping[str, tuple[CameraSetting, ...]]
"""Room code -> its cameras."""

_FILE: Final = TypeAdapter(
    dict[str, Annotated[tuple[CameraSetting, ...], Field(max_length=CAMERAS_MAX)]],
    config=ConfigDict(hide_input_in_errors=True),
)


def read_rooms(path: Path | None) -> Rooms:
    """
    The cameras of a file: JSON, `{"room code": [{"name", "url", "sound"}]}`.

    Raises:
        SettingsError: it can't be read, is none, or others may read it too.
    """
    return read_room_file(path, _FILE, "YISHI_CAMERAS")


def person_of(room: str, camera: CameraSetting) -> Person:
    """Whom a camera stands for: the same in every meeting of the room."""
    digest = hashlib.sha256(f"{room}\n{camera.name}".encode()).hexdigest()
    return Person(id=f"{IP_CAMERA}{digest[:12]}", name=camera.name, role=Role.ROOM)


def needed(meeting: Meeting) -> bool:
    """Whether a meeting's cameras should be on: under way, or somebody is at its desk."""
    if meeting.state in {"open", "recess"}:
        return True
    attendance = meeting.attendance
    return meeting.state == "scheduled" and any(
        attendance.people[person].role in DESK and attendance.people[person].connected
        for person in attendance.members
    )


class Cameras:
    """
    Keeps the cameras of all rooms; `run` is its task.

    Args:
        rooms: which there are.
        url: of this service, for programs on this machine.
        clock_ms: wall clock.
    """

    def __init__(
        self,
        rooms: Rooms,
        hubs: Hubs,
        invitations: Invitations,
        url: str,
        clock_ms: Callable[[], int],
    ) -> None:
        self._rooms = rooms
        self._hubs = hubs
        self._invitations = invitations
        self._url = url
        self._clock_ms = clock_ms
        self._kept: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._views: dict[str, dict[str, CameraView]] = {}

    async def run(self) -> None:
        """Start and end processes as meetings need them, until cancelled."""
        if not self._rooms:
            return
        async with asyncio.TaskGroup() as tasks:
            while True:
                wanted = await self._wanted()
                for key in self._kept.keys() - wanted.keys():
                    self._kept.pop(key).cancel()
                for key in wanted.keys() - self._kept.keys():
                    self._kept[key] = tasks.create_task(self._keep(key[0], *wanted[key]))
                await asyncio.sleep(LOOK_S)

    async def _wanted(self) -> dict[tuple[str, str], tuple[Hub, Person, CameraSetting]]:
        found: dict[tuple[str, str], tuple[Hub, Person, CameraSetting]] = {}
        for name in self._hubs.serving:
            try:
                hub = await self._hubs.hub(name)
            except (UnknownMeeting, RecordError, ServiceClosed, ShuttingDown):
                continue
            if not needed(hub.state):
                continue
            for camera in self._rooms.get(hub.state.room, ()):
                person = person_of(hub.state.room, camera)
                found[name, person.id] = (hub, person, camera)
        return found

    async def _keep(self, meeting: str, hub: Hub, person: Person, camera: CameraSetting) -> None:
        """
        One camera in one meeting, started again whenever it ends.

        An edge: whatever happens to a camera ends that camera alone, and it is tried anew.
        """
        tries = 0
        self._show(meeting, hub, person, "connecting")
        try:
            while True:
                told = await self._once(meeting, hub, person, camera)
                tries = 0 if told.state == "live" else tries
                self._show(meeting, hub, person, "reconnecting", told.fault)
                await asyncio.sleep(AGAIN_S[min(tries, len(AGAIN_S) - 1)])
                tries += 1
        except Exception:
            log.exception("meeting %s: camera %s failed", meeting, person.id)
            self._kept.pop((meeting, person.id), None)
        finally:
            views = self._views.get(meeting, {})
            views.pop(person.id, None)
            hub.media.show_cameras(tuple(views.values()))
            if not views:
                self._views.pop(meeting, None)

    async def _once(self, meeting: str, hub: Hub, person: Person, camera: CameraSetting) -> Told:
        """One try. Returns: "live" if it ever was, and why it ended."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "media.camera",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        job = Job(
            camera=camera.url,
            sound=camera.sound,
            whip=f"{self._url}/api/meetings/{meeting}/whip",
            token=SecretStr(self._invitations.issue(meeting, person, valid_s=TOKEN_S)),
        )
        live, fault = False, Fault.UNREACHABLE
        try:
            process.stdin.write(job.model_dump_json().encode() + b"\n")
            await process.stdin.drain()
            while line := await process.stdout.readline():
                told = Told.model_validate_json(line)
                if told.state == "live":
                    live = True
                    self._show(meeting, hub, person, "live")
                elif told.fault is not None:
                    fault = told.fault
        except (ConnectionError, ValidationError):
            log.warning("meeting %s: a camera's process broke", meeting)
        finally:
            process.stdin.close()
            await asyncio.shield(_ended(process))
        log.info(
            "meeting %s: camera %s (%s) ended: %s",
            meeting,
            person.id,
            shown_address(camera.url.get_secret_value()),
            fault,
        )
        return Told(state="live" if live else "ended", fault=fault)

    def _show(
        self, meeting: str, hub: Hub, person: Person, state: State, fault: Fault | None = None
    ) -> None:
        views = self._views.setdefault(meeting, {})
        before = views.get(person.id)
        same = before is not None and before.state == state
        views[person.id] = CameraView(
            person=person.id,
            name=person.name,
            state=state,
            since_ms=before.since_ms if same and before is not None else self._clock_ms(),
            fault=fault or "",
        )
        hub.media.show_cameras(tuple(views.values()))


async def _ended(process: asyncio.subprocess.Process) -> None:
    """It ends by itself when its line is closed; if not, it is ended."""
    try:
        async with asyncio.timeout(END_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
