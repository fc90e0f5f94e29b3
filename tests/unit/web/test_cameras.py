"""The rooms' IP cameras: their file, whom they stand for, and when they are needed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from meetings import events as ev
from meetings.fold import fold
from meetings.people import IP_CAMERA, Role
from meetings.state import Meeting
from web.cameras import CAMERAS_MAX, CameraSetting, needed, person_of, read_rooms
from web.settings import SettingsError

CAMERA = {"name": "主席台", "url": "rtsp://admin:geheim@192.168.1.64/live"}
CREATED = ev.MeetingCreated(title="积水", room="xfl", room_name="幸福里", planned_ms=0)
HOST = ev.PersonJoined(person="host", role=Role.HOST)


def written(folder: Path, rooms: object, mode: int = 0o600) -> Path:
    """A file of cameras."""
    path = folder / "cameras.json"
    path.write_text(json.dumps(rooms))
    path.chmod(mode)
    return path


def meeting(*events: ev.Event) -> Meeting:
    """After these events."""
    return fold(
        "m",
        (ev.Entry(offset=n, at_ms=n, event=one) for n, one in enumerate((CREATED, *events), 1)),
    )


def test_cameras_are_read_by_room(tmp_path: Path) -> None:
    """By the code as people write it; their sound is left unless said."""
    rooms = read_rooms(written(tmp_path, {"XFL ": [CAMERA]}))
    (camera,) = rooms["xfl"]
    assert (camera.name, camera.sound) == ("主席台", False)
    assert read_rooms(None) == {}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    """It holds passwords."""
    with pytest.raises(SettingsError, match="chmod 600"):
        read_rooms(written(tmp_path, {"xfl": [CAMERA]}, mode))


@pytest.mark.parametrize(
    "rooms",
    [
        {"xfl": [{**CAMERA, "url": "http://admin:geheim@192.168.1.64/"}]},
        {"xfl": [{**CAMERA, "url": "rtsp:///live?geheim"}]},
        {"xfl": [{**CAMERA, "geheim": True}]},
        {"xfl": [CAMERA] * (CAMERAS_MAX + 1)},
        {"x": [CAMERA]},
        ["geheim"],
    ],
)
def test_a_wrong_file_is_refused_without_saying_its_passwords(
    tmp_path: Path, rooms: object
) -> None:
    """Addresses, names of fields, counts, codes; the message names the setting."""
    with pytest.raises(SettingsError, match="YISHI_CAMERAS") as refused:
        read_rooms(written(tmp_path, rooms))
    assert "admin:" not in str(refused.value)


def test_as_many_cameras_as_the_bound_are_taken(tmp_path: Path) -> None:
    """And no name shows in a setting that is printed."""
    cameras = read_rooms(written(tmp_path, {"xfl": [CAMERA] * CAMERAS_MAX}))["xfl"]
    assert len(cameras) == CAMERAS_MAX
    assert "geheim" not in repr(cameras)


def test_a_camera_is_the_same_device_in_every_meeting_of_its_room() -> None:
    """By room and name: another address, after a repair, is no other camera."""
    first = CameraSetting.model_validate(CAMERA)
    moved = CameraSetting.model_validate({**CAMERA, "url": "rtsp://192.168.1.99/"})
    person = person_of("xfl", first)
    assert person == person_of("xfl", moved)
    assert person.id.startswith(IP_CAMERA)
    assert (person.role, person.name) == (Role.ROOM, "主席台")
    assert person_of("other", first).id != person.id


def test_cameras_are_on_while_a_meeting_runs_or_is_prepared() -> None:
    """Not for an appointment that nobody looks at, nor after the close."""
    assert not needed(meeting())
    assert not needed(meeting(ev.PersonJoined(person="li", role=Role.PARTICIPANT)))
    assert needed(meeting(HOST))
    assert not needed(meeting(HOST, ev.PersonLeft(person="host")))
    opened = (HOST, ev.MeetingOpened(), ev.PersonLeft(person="host"))
    assert needed(meeting(*opened))
    assert needed(meeting(*opened, ev.MeetingRecessed()))
    assert not needed(meeting(*opened, ev.MeetingClosed()))
