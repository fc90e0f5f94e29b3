"""Platforms and their keys: what is read and kept, who may enter one, and that it never shows."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from meetings import events as ev
from meetings.live import LiveMeeting
from meetings.people import Person, Role
from meetings.service import MeetingService, UnknownMeeting
from tests.unit.meetings.given import CREATED
from web.app import build_app
from web.auth import Invitations
from web.metrics import Metrics
from web.platforms import (
    PLATFORMS_MAX,
    URL_MAX,
    Entered,
    Platform,
    TooManyPlatforms,
    read_platforms,
)
from web.routes import platforms
from web.settings import SettingsError

ONE = {"name": "市电视台", "url": "rtmp://live.example.com/app/geheim"}
HOST = Person(id="host", name="王秀兰", role=Role.HOST)
CLERK = Person(id="clerk", name="何书记员", role=Role.CLERK)


def platform(name: str = "市电视台") -> Platform:
    return Platform.model_validate({**ONE, "name": name})


def written(folder: Path, rooms: object, mode: int = 0o600) -> Path:
    path = folder / "platforms.json"
    path.write_text(json.dumps(rooms))
    path.chmod(mode)
    return path


def test_the_operator_s_are_read_by_room(tmp_path: Path) -> None:
    rooms = read_platforms(written(tmp_path, {"XFL ": [ONE] * PLATFORMS_MAX}))
    assert len(rooms["xfl"]) == PLATFORMS_MAX
    assert "geheim" not in repr(rooms)
    assert read_platforms(None) == {}


@pytest.mark.parametrize(
    ("rooms", "mode"),
    [
        ({"xfl": [ONE]}, 0o640),
        ({"xfl": [ONE] * (PLATFORMS_MAX + 1)}, 0o600),
        ({"xfl": [{**ONE, "url": "http://a/geheim"}]}, 0o600),
        ({"xfl": [{**ONE, "name": ""}]}, 0o600),
    ],
)
def test_a_wrong_file_is_refused_without_saying_its_keys(
    tmp_path: Path, rooms: object, mode: int
) -> None:
    with pytest.raises(SettingsError, match="YISHI_PLATFORMS") as refused:
        read_platforms(written(tmp_path, rooms, mode))
    assert "geheim" not in str(refused.value)


def test_what_a_host_enters_is_kept_for_the_service_alone(tmp_path: Path) -> None:
    """In a file with mode 600, until the meeting is over; the same name takes the place."""
    entered = Entered(tmp_path / "platforms")
    assert entered.of("m1") == ()
    entered.put("m1", platform())
    newer = platform().model_copy(update={"url": SecretStr("rtmp://b.example/app/neu")})
    entered.put("m1", newer)
    (file,) = (tmp_path / "platforms").iterdir()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert Entered(tmp_path / "platforms").of("m1") == (newer,)
    assert entered.of("m2") == ()
    entered.remove("m1", "市电视台")
    assert entered.of("m1") == ()
    entered.forget("m1")
    assert not file.exists()
    entered.forget("m1")


def test_a_meeting_has_so_many_and_no_more(tmp_path: Path) -> None:
    entered = Entered(tmp_path)
    for n in range(PLATFORMS_MAX):
        entered.put("m1", platform(f"平台{n}"))
    entered.put("m1", platform("平台0"))
    with pytest.raises(TooManyPlatforms):
        entered.put("m1", platform())


def test_an_address_has_a_longest() -> None:
    start = "rtmp://a.example/app/"
    longest = start + "k" * (URL_MAX - len(start))
    assert Platform(name="a", url=SecretStr(longest))
    with pytest.raises(ValueError, match="at most"):
        Platform(name="a", url=SecretStr(longest + "k"))


class _Meetings(MeetingService):
    """With one meeting, open or closed, and no writer."""

    def __init__(self, *, closed: bool) -> None:
        self._live = LiveMeeting("m1", "e", ev.Entry(offset=1, at_ms=0, event=CREATED))
        if closed:
            self._live.advance(
                [
                    ev.Entry(offset=2, at_ms=1, event=ev.MeetingOpened()),
                    ev.Entry(offset=3, at_ms=2, event=ev.MeetingClosed()),
                ]
            )

    async def live(self, meeting_id: str) -> LiveMeeting:
        if meeting_id != "m1":
            raise UnknownMeeting(meeting_id)
        return self._live


def ask(
    folder: Path,
    body: object,
    *,
    person: Person = HOST,
    meeting: str = "m1",
    to: str = "m1",
    closed: bool = False,
    method: str = "POST",
    path: str = "",
) -> httpx.Response:
    tokens = Invitations(b"0123456789abcdef0123456789abcdef", lambda: 1_800_000_000.0)
    app = build_app(platforms.routes(Entered(folder), _Meetings(closed=closed), tokens), Metrics())

    async def main() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(
                method,
                f"/api/meetings/{to}/platforms{path}",
                headers={"authorization": f"Bearer {tokens.issue(meeting, person)}"},
                content=body if isinstance(body, bytes) else json.dumps(body),
            )

    return asyncio.run(main())


def test_a_host_enters_one_and_removes_it(tmp_path: Path) -> None:
    assert ask(tmp_path, ONE).status_code == 204
    assert Entered(tmp_path).of("m1") == (platform(),)
    assert ask(tmp_path, None, method="DELETE", path="/市电视台").status_code == 204
    assert Entered(tmp_path).of("m1") == ()


def test_nobody_else_does_and_not_when_the_meeting_is_over(tmp_path: Path) -> None:
    refused = [
        ask(tmp_path, ONE, person=CLERK),
        ask(tmp_path, ONE, to="m2"),
        ask(tmp_path, ONE, closed=True),
        ask(tmp_path, None, person=CLERK, method="DELETE", path="/市电视台"),
    ]
    assert {(one.status_code, one.json()["code"]) for one in refused} == {
        (403, "authority.forbidden")
    }
    unknown = ask(tmp_path, ONE, meeting="m2", to="m2")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "meeting.unknown")
    assert Entered(tmp_path).of("m1") == ()


@pytest.mark.parametrize("body", [{**ONE, "url": "http://a/geheim"}, {"name": "a"}, b"{", b"\xff"])
def test_what_can_not_be_pushed_to_is_refused_without_repeating_it(
    tmp_path: Path, body: object
) -> None:
    response = ask(tmp_path, body)
    assert (response.status_code, response.json()["code"]) == (422, "platform.invalid")
    assert "geheim" not in response.text


def test_too_many_and_too_large_are_refused(tmp_path: Path) -> None:
    for n in range(PLATFORMS_MAX):
        Entered(tmp_path).put("m1", platform(f"平台{n}"))
    many = ask(tmp_path, ONE)
    assert (many.status_code, many.json()["code"]) == (409, "platform.too_many")
    large = ask(tmp_path, b"x" * 10_000)
    assert (large.status_code, large.json()["code"]) == (413, "body.too_large")
