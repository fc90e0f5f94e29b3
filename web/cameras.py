"""
The rooms' IP cameras: which there are, and that each is on the link while its meeting needs it.

A room's cameras stand in a file that only the service's user may read, since addresses hold
passwords: they are in no log, no record and no argument list. While a meeting in the room is under
way, or somebody is at its desk before it, each camera has a process of its own (`media.camera`),
which publishes by WHIP as a camera of the room; when it ends it is started again (`web.helpers`).
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from functools import partial
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
from web.helpers import CAMERAS, Helpers, Keeping, Try, talk
from web.roomfile import read_room_file

CAMERAS_MAX = 8  # of one room; more would crowd the console
TOKEN_S = 86_400.0  # a process lives no longer than a day's meeting

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

Key = tuple[str, str]
"""Meeting and person."""

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
        keeping: bounds.
    """

    def __init__(
        self,
        rooms: Rooms,
        hubs: Hubs,
        invitations: Invitations,
        url: str,
        clock_ms: Callable[[], int],
        keeping: Keeping = CAMERAS,
    ) -> None:
        self._rooms = rooms
        self._hubs = hubs
        self._invitations = invitations
        self._url = url
        self._clock_ms = clock_ms
        self._helpers = Helpers(keeping, self._wanted, self._gone)
        self._views: dict[str, dict[str, CameraView]] = {}
        self._shown: dict[str, Hub] = {}
        """Who shows a meeting's cameras."""

    async def run(self) -> None:
        """Start and end processes as meetings need them, until cancelled."""
        if self._rooms:
            await self._helpers.run()

    async def _wanted(self) -> dict[Key, Try]:
        found: dict[Key, Try] = {}
        for name in self._hubs.serving:
            try:
                hub = await self._hubs.hub(name)
            except (UnknownMeeting, RecordError, ServiceClosed, ShuttingDown):
                continue
            if not needed(hub.state):
                continue
            for camera in self._rooms.get(hub.state.room, ()):
                person = person_of(hub.state.room, camera)
                found[name, person.id] = partial(self._once, name, hub, person, camera)
        return found

    def _gone(self, key: Key) -> None:
        meeting, person = key
        views = self._views.get(meeting, {})
        views.pop(person, None)
        if hub := self._shown.get(meeting):
            hub.media.sections.show_cameras(tuple(views.values()))
        if not views:
            self._views.pop(meeting, None)
            self._shown.pop(meeting, None)

    async def _once(self, meeting: str, hub: Hub, person: Person, camera: CameraSetting) -> bool:
        """One try. Returns: whether it was live."""
        if person.id not in self._views.get(meeting, {}):
            self._show(meeting, hub, person, "connecting")
        job = Job(
            camera=camera.url,
            sound=camera.sound,
            whip=f"{self._url}/api/meetings/{meeting}/whip",
            token=SecretStr(self._invitations.issue(meeting, person, valid_s=TOKEN_S)),
        )
        live, fault = False, Fault.UNREACHABLE

        def tell(told: Told) -> None:
            nonlocal live, fault
            if told.state == "live":
                live = True
                self._show(meeting, hub, person, "live")
            elif told.fault is not None:
                fault = told.fault

        await talk("media.camera", job, Told, tell)
        address = shown_address(camera.url.get_secret_value())
        log.info("meeting %s: camera %s (%s) ended: %s", meeting, person.id, address, fault)
        self._show(meeting, hub, person, "reconnecting", fault)
        return live

    def _show(
        self, meeting: str, hub: Hub, person: Person, state: State, fault: Fault | None = None
    ) -> None:
        self._shown[meeting] = hub
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
        hub.media.sections.show_cameras(tuple(views.values()))
