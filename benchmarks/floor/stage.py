"""A meeting to measure in: the service, a room camera, two remote speakers, a browser."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from benchmarks.floor.speakers import Colour, Coloured
from demo.client import MeetingClient
from demo.link import PublishLink, gather_loopback
from meetings.commands import OpenMeeting
from signaling.wire.frames import Result
from tests.fixtures.service import Meeting, Service
from tests.fixtures.waiting import running

HOST, LISTENER = "主持人", "听众"
SPEAKERS: dict[Colour, str] = {"red": "红先生", "blue": "蓝女士"}
FLAGS = ("--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--disable-gpu")


@dataclass(frozen=True, slots=True)
class Stage:
    """What is running."""

    service: Service
    meeting: Meeting
    host: MeetingClient
    browser: Browser

    async def page(self, who: str) -> Page:
        """Somebody's page, in a browser profile of its own, before anything is pressed."""
        context = await self.browser.new_context(viewport={"width": 1280, "height": 800})
        page = await context.new_page()
        await page.goto(f"{self.service.url}/join#t={self.meeting.people[who].token}")
        return page

    async def joined(self, who: str) -> Page:
        """Somebody's page, joined without devices."""
        page = await self.page(who)
        begin = "display-start" if who == "display" else "device-join-without"
        await page.get_by_test_id(begin).click()
        return page


@asynccontextmanager
async def set_stage(folder: Path) -> AsyncIterator[Stage]:
    """Open a meeting; the service ends afterwards, the meeting stays as it is."""
    gather_loopback()
    service = Service(folder)
    await asyncio.to_thread(service.start)
    try:
        meeting = await asyncio.to_thread(
            lambda: service.new_meeting(
                "发言权", host=HOST, participants=[LISTENER, *SPEAKERS.values()], agenda=["测量"]
            )
        )
        host = MeetingClient(service.url, meeting.people[HOST].token)
        colours: dict[Colour, str] = {"grey": "room", **SPEAKERS}
        links = [
            PublishLink(service.url, meeting.people[name].token, Coloured(colour).tracks)
            for colour, name in colours.items()
        ]
        async with async_playwright() as playwright, running(host, *links):
            assert isinstance(await host.ask(OpenMeeting()), Result)
            browser = await playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=FLAGS
            )
            yield Stage(service, meeting, host, browser)
            await browser.close()
    finally:
        await asyncio.to_thread(service.stop)
