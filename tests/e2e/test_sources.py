"""
Sources that are no page of ours, on the real service: an encoder and a browser by WHIP, players by
WHEP, an IP camera by RTSP.
"""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiortc import RTCSessionDescription
from playwright.async_api import Browser, Page, async_playwright

from demo.client import MeetingClient
from meetings.commands import CloseMeeting, EndFloor, GrantFloor, OpenMeeting, RequestFloor
from signaling.wire.frames import Result
from tests.fixtures.browsers import launch, new_page
from tests.fixtures.desk import done
from tests.fixtures.encoder import encoding
from tests.fixtures.ip_camera import NAME, PASSWORD, film, ip_camera
from tests.fixtures.service import Meeting, Service, free_port
from tests.fixtures.waiting import running, until
from tests.media_clients import stock_connection

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

SCRIPT = (Path(__file__).parent / "sources.js").read_text()
HOST, MEMBER = "王秀兰", "陈建国"
CAMERA_ROOM = "camera-room"
ARRIVES_S = 20.0
"""For a connection and its first pictures, on a busy machine."""


@dataclass(frozen=True)
class Hall:
    """An open meeting, the host and a member as bare clients, and a browser."""

    service: Service
    meeting: Meeting
    host: MeetingClient
    member: MeetingClient
    browser: Browser
    resident: str
    """Token of somebody who came by the room's code."""

    def url(self, way: str) -> str:
        return f"{self.service.url}/api/meetings/{self.meeting.id}/{way}"

    def token(self, name: str) -> str:
        return self.meeting.people[name].token

    def person(self, name: str) -> str:
        return self.meeting.people[name].person

    async def page(self) -> Page:
        """One that speaks WHIP and WHEP."""
        page = await new_page(self.browser, width=640, height=400)
        await page.goto(f"{self.service.url}/healthz")
        await page.evaluate(f"{SCRIPT}\n0")
        return page

    async def arrives(self, person: str) -> None:
        """Wait until sound and pictures of somebody are let through, as the host sees it."""
        async with asyncio.timeout(ARRIVES_S):
            await self.host.until(
                lambda sections: any(
                    one.person == person and one.sound and one.picture
                    for one in (sections.links.sources if sections.links else ())
                )
            )

    async def gone(self, *persons: str) -> None:
        """Wait until none of them is on the link, as the host sees it."""
        async with asyncio.timeout(ARRIVES_S):
            await self.host.until(
                lambda sections: (
                    not any(
                        one.person in persons
                        for one in (sections.links.sources if sections.links else ())
                    )
                )
            )


@pytest.fixture(scope="module")
def camera_port() -> int:
    """Where the IP camera is, when it is on."""
    return free_port()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, camera_port: int) -> Iterator[Service]:
    """A service of its own: one room has an IP camera, with sound."""
    folder = tmp_path_factory.mktemp("sources")
    url = f"rtsp://{NAME}:{PASSWORD}@127.0.0.1:{camera_port}"
    settings = folder / "cameras.json"
    settings.write_text(
        json.dumps({CAMERA_ROOM: [{"name": "主席台", "url": f"{url}/live", "sound": True}]})
    )
    settings.chmod(0o600)
    made = Service(folder)
    made.environment["YISHI_CAMERAS"] = str(settings)
    made.start()
    try:
        yield made
    finally:
        made.stop()
    assert not made.unforeseen(), made.text()
    assert PASSWORD not in made.text()


@pytest.fixture(scope="module")
async def hall(service: Service) -> AsyncIterator[Hall]:
    """One for all tests here; each leaves the floor and the room free."""
    meeting = service.new_meeting(
        "设备接入议事会", host=HOST, participants=[MEMBER], agenda=["积水治理"]
    )
    entered = service.ask("POST", f"/api/rooms/{meeting.room}/enter", body={"name": "刘桂芳"})[1]
    host, member = (MeetingClient(service.url, meeting.people[p].token) for p in (HOST, MEMBER))
    async with async_playwright() as playwright, running(host, member):
        await host.until(lambda sections: sections.me is not None)
        await done(host, OpenMeeting())
        browser = await launch(playwright)
        yield Hall(service, meeting, host, member, browser, json.loads(entered)["token"])
        await browser.close()


async def received(page: Page) -> dict[str, dict[str, Any]]:
    """What the page's watcher got so far, by kind."""
    found: dict[str, dict[str, Any]] = await page.evaluate("received(window.watcher)")
    return found


async def sees(page: Page, codec: str, pictures: int = 20) -> None:
    """Wait until so many more pictures of this codec were decoded, and sound was played."""
    before = await received(page)

    async def more() -> bool:
        now = await received(page)
        video, audio = now.get("video"), now.get("audio")
        if video is None or audio is None or video["codec"] != f"video/{codec}":
            return False
        start = before.get("video", {}).get("decoded", 0)
        heard = before.get("audio", {}).get("energy", 0.0)
        return bool(video["decoded"] >= start + pictures and audio["energy"] > heard)

    try:
        await until(more, ARRIVES_S, f"{pictures} pictures of {codec}, and sound")
    except AssertionError as error:
        raise AssertionError(f"{error}; received: {await received(page)}") from error


async def test_an_encoder_is_the_room_and_a_resident_watches_without_delay(hall: Hall) -> None:
    """
    FFmpeg's whip muxer publishes H264 and Opus as the room's camera; a browser receives both by
    WHEP. When a member who sends VP8 from a browser is given the floor, the same two tracks go on
    with the member, and with the room when the speech ends.
    """
    room, member = hall.person("room"), hall.person(MEMBER)
    with encoding(hall.url("whip"), hall.token("room")):
        await hall.arrives(room)
        watching = await hall.page()
        await watching.evaluate("([u, t]) => watched(u, t)", [hall.url("whep"), hall.resident])
        await sees(watching, "H264")
        camera = await hall.page()
        link = await camera.evaluate(
            "([u, t]) => published(u, t)", [hall.url("whip"), hall.token(MEMBER)]
        )
        await done(hall.member, RequestFloor(about="积水"))
        await done(hall.host, GrantFloor(person=member))
        await hall.arrives(member)
        await sees(watching, "VP8")
        assert not {"error"} & set(await received(watching))
        await camera.evaluate(
            "async ([link, t]) => restarted(publisher, link, t)", [link, hall.token(MEMBER)]
        )
        await sees(watching, "VP8")
        await done(hall.host, EndFloor())
        await sees(watching, "H264")
        _delete(link["url"], hall.token(MEMBER))
        await watching.context.close()
        await camera.context.close()
    await hall.gone(room, member)


async def test_a_stock_client_watches_a_browser_that_is_the_room(hall: Hall) -> None:
    """aiortc, which knows nothing of the service but WHEP, decodes pictures and sound."""
    camera = await hall.page()
    link = await camera.evaluate(
        "([u, t]) => published(u, t)", [hall.url("whip"), hall.token("room")]
    )
    await hall.arrives(hall.person("room"))
    client = stock_connection()
    decoded = {"audio": 0, "video": 0}

    async def pull(track: Any) -> None:
        while True:
            await track.recv()
            decoded[track.kind] += 1

    pulling = []
    client.on("track", lambda track: pulling.append(asyncio.ensure_future(pull(track))))
    client.addTransceiver("audio", direction="recvonly")
    client.addTransceiver("video", direction="recvonly")
    await client.setLocalDescription(await client.createOffer())
    url, answer = await asyncio.to_thread(
        _post, hall.url("whep"), hall.resident, client.localDescription.sdp
    )
    await client.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def both() -> bool:
        return decoded["video"] >= 10 and decoded["audio"] >= 10

    await until(both, ARRIVES_S, "pictures and sound")
    for task in pulling:
        task.cancel()
    await asyncio.gather(*pulling, return_exceptions=True)
    await client.close()
    _delete(f"{hall.service.url}{url}", hall.resident)
    _delete(link["url"], hall.token("room"))
    await camera.context.close()


@pytest.mark.nightly
async def test_an_ip_camera_is_passed_on_and_comes_back(
    hall: Hall, camera_port: int, tmp_path: Path
) -> None:
    """
    Pictures (H264, main profile) and sound (AAC) of a real RTSP server that wants a password arrive
    in a browser. While it is off the host is told since when and why; when it is on again, they
    arrive again. The password is in no log (see `service`).
    """
    file = film(tmp_path / "film.mp4", seconds=25)
    meeting = hall.service.new_meeting(
        "摄像机议事会",
        host=HOST,
        participants=[],
        agenda=["积水治理"],
        flags=["--room", CAMERA_ROOM],
    )
    entered = hall.service.ask("POST", f"/api/rooms/{CAMERA_ROOM}/enter", body={"name": "张阿姨"})
    resident = json.loads(entered[1])["token"]
    host = MeetingClient(hall.service.url, meeting.people[HOST].token)

    async def camera(state: str) -> None:
        async with asyncio.timeout(2 * ARRIVES_S):
            await host.until(
                lambda sections: any(
                    one.state == state and (state == "live" or one.fault)
                    for one in (sections.links.cameras if sections.links else ())
                )
            )

    whep = f"{hall.service.url}/api/meetings/{meeting.id}/whep"
    page = await hall.page()
    async with running(host):
        await host.until(lambda sections: sections.me is not None)
        with ip_camera(file, camera_port):
            assert isinstance(await host.ask(OpenMeeting()), Result)
            await camera("live")
            await page.evaluate("([u, t]) => watched(u, t)", [whep, resident])
            await sees(page, "H264")
        await camera("reconnecting")
        with ip_camera(file, camera_port):
            await camera("live")
            await sees(page, "H264")
        await page.context.close()
        assert isinstance(await host.ask(CloseMeeting()), Result)


def _post(url: str, token: str, sdp: str) -> tuple[str, str]:
    """Location and answer."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/sdp"}
    request = urllib.request.Request(url, sdp.encode(), headers, method="POST")
    with urllib.request.urlopen(request, timeout=20) as made:
        assert made.status == 201
        return made.headers["Location"], made.read().decode()


def _delete(url: str, token: str) -> None:
    request = urllib.request.Request(
        url, headers={"Authorization": f"Bearer {token}"}, method="DELETE"
    )
    with urllib.request.urlopen(request, timeout=20) as gone:
        assert gone.status == 200
