"""
A shared screen, and several cameras in the room, in real browsers: a member shares while holding
the floor, everybody sees it large with the member's face beside it; the host chooses the camera.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Page, async_playwright, expect

from demo.client import MeetingClient
from meetings.commands import RequestFloor
from tests.fixtures.browsers import launch, new_page
from tests.fixtures.people import SHOWN_MS, Host, Person, shows
from tests.fixtures.service import Meeting, Service
from tests.fixtures.waiting import until

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

HOST, MEMBER = "王秀兰", "陈建国"
ARRIVES_S = 20.0


@dataclass(frozen=True)
class Hall:
    """An open meeting: the host's console, a member's page and the room's, on the link."""

    service: Service
    meeting: Meeting
    host: Host
    member: Person
    room: Person

    def person(self, name: str) -> str:
        return self.meeting.people[name].person


@pytest.fixture(scope="module")
async def hall(service: Service) -> AsyncIterator[Hall]:
    """One for the tests here."""
    meeting = service.new_meeting("屏幕议事会", host=HOST, participants=[MEMBER], agenda=["积水"])

    async with async_playwright() as playwright:
        browser = await launch(playwright)
        host = Host(await new_page(browser, width=1280, height=800))
        member = Person(await new_page(browser, width=1280, height=800))
        room = Person(await new_page(browser, width=1280, height=800))
        await host.page.goto(meeting.link(HOST))
        await host.press("meeting-open")
        await host.state("open")
        await room.page.goto(meeting.link("room"))
        await room.part("room-start").click()
        await shows(room.part("room-picture"), "data-ok", "true")
        await member.page.goto(meeting.link(MEMBER))
        await member.join_link()
        await member.sees(meeting.people["room"].person)
        yield Hall(service, meeting, host, member, room)
        for one in (host, member, room):
            assert one.faults == []
        await browser.close()


async def _large(page: Page, person: str, *, screen: bool) -> None:
    """Wait until this person's picture, or screen, is large, and a picture of it is drawn."""
    tile = page.locator(
        f"[data-testid=video-tile][data-large=true][data-screen={str(screen).lower()}]"
    )
    await shows(tile.first, "data-person", person)

    async def drawn() -> bool:
        width: int = await tile.first.locator("video").first.evaluate("video => video.videoWidth")
        return width > 0

    await until(drawn, ARRIVES_S, f"a picture of {person}")


async def test_a_member_shares_the_screen_while_speaking(hall: Hall) -> None:
    """
    Without the floor there is no button. With it the room's page shows the screen large, the face
    in its corner; when the speech ends nothing of it is shared any more.
    """
    member = hall.person(MEMBER)
    await expect(hall.member.part("screen-toggle")).to_have_count(0)
    client = MeetingClient(hall.service.url, hall.meeting.people[MEMBER].token)
    asking = asyncio.create_task(client.run())
    await client.ask(RequestFloor(about="看图"))
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await hall.host.grant(member)
    await hall.member.part("screen-toggle").click()
    await shows(hall.member.part("screen-toggle"), "data-on", "true")
    await _large(hall.room.page, member, screen=True)
    inset = hall.room.page.locator("[data-screen=true] .inset[data-testid=video-tile]")
    await shows(inset, "data-person", member)
    await hall.host.part("floor-end").click()
    await hall.host.sees_holder("")
    await expect(hall.member.part("screen-toggle")).to_have_count(0, timeout=SHOWN_MS)
    await expect(hall.room.page.locator("[data-screen=true]")).to_have_count(0, timeout=SHOWN_MS)


async def test_the_room_shares_its_screen_without_the_floor(hall: Hall) -> None:
    """A laptop beside the room's camera: its slides are large for members."""
    room = hall.person("room")
    await hall.room.part("screen-toggle").click()
    await _large(hall.member.page, room, screen=True)
    await hall.room.part("screen-toggle").click()
    await _large(hall.member.page, room, screen=False)


async def test_the_host_chooses_which_camera_is_the_room(hall: Hall) -> None:
    """
    A second device with its own link: the last that came is the room. The host chooses the first
    one, and everybody sees that; its microphone stays where it was.
    """
    made = json.loads(
        hall.service.command(
            "link", hall.meeting.id, "--role", "room", "--name", "观众席摄像头", "--json"
        )
    )
    token, second = made["link"].partition("#t=")[2], made["person"]
    first = hall.person("room")
    page = Person(await new_page(hall.room.page.context.browser, width=1280, height=800))  # type: ignore[arg-type]
    await page.page.goto(f"{hall.service.url}/join#t={token}")
    await page.part("room-start").click()
    device = hall.host.page.locator(f"[data-testid=room-device][data-person='{second}']")
    await shows(device, "data-shown", "true")
    await shows(device, "data-heard", "false")
    await _large(hall.member.page, second, screen=False)
    await hall.host.part(f"show-{first}").click()
    await shows(device, "data-shown", "false")
    await _large(hall.member.page, first, screen=False)
    other = hall.member.page.locator(f"[data-testid=video-tile][data-person='{second}']")
    await expect(other).to_have_count(0)
    await hall.host.part(f"hear-{second}").click()
    await shows(device, "data-heard", "true")
    await shows(page.part("room-sound"), "data-ok", "true")
    await shows(hall.room.part("room-sound"), "data-ok", "false")
    assert page.faults == []
    await page.page.context.close()
    await _large(hall.member.page, first, screen=False)
