"""
The livestream where a browser plays HLS by itself, as iPhones before iOS 17.1 do: in WebKit, with
Media Source taken away.
"""

from __future__ import annotations

import base64
import time
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from demo.client import MeetingClient
from meetings.commands import CloseMeeting, OpenMeeting
from tests.fixtures.browsers import READ_VIDEO
from tests.fixtures.clips import Picture, likeness
from tests.fixtures.desk import done
from tests.fixtures.service import Service
from tests.fixtures.stage import ALIKE, TITLE, room_camera, room_picture
from tests.fixtures.waiting import running, until
from tests.fixtures.webkit import WebKitPage, webkit

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

HOST, RESIDENT = "王秀兰", "刘桂芳"
SEEN_S = 45.0
"""For the first pictures, on a busy machine."""
PLAYED_S, AT_MOST_S = 6.0, 9.0
"""Of the livestream, and the time that it may take: it does not stand still."""
EARLY_S = 5.0
"""Before this it is at the beginning."""


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[WebKitPage]:
    async with webkit(tmp_path) as made:
        yield made


class Phone:
    """A resident's page."""

    def __init__(self, page: WebKitPage) -> None:
        self.page = page

    async def enter(self, url: str) -> None:
        await self.page.goto(url)
        await self.page.evaluate("() => delete MediaSource && delete ManagedMediaSource")
        await self.page.fill("entry-name", RESIDENT)
        await self.page.click("entry-submit")
        await self.page.shows("livestream", "data-playing", "playing")

    async def picture(self) -> Picture:
        text = await self.page.evaluate(f"() => ({READ_VIDEO})(document.querySelector('video'))")
        return np.frombuffer(base64.b64decode(text), dtype=np.uint8).reshape(180, 320, 3)

    async def sees_room(self) -> None:
        async def room() -> bool:
            return likeness(await self.picture(), room_picture()) > ALIKE

        await until(room, SEEN_S, "the room")

    async def position(self) -> float:
        """Where the player is, seconds."""
        return float(await self.page.evaluate("() => document.querySelector('video').currentTime"))

    async def moves(self, seconds: float) -> float:
        """Wait until so much more was played; how long it took, seconds."""
        began_s, before = time.monotonic(), await self.position()

        async def moved() -> bool:
            return await self.position() >= before + seconds

        await until(moved, SEEN_S, f"{seconds} s more")
        return time.monotonic() - began_s

    async def plays_after(self, seconds: float) -> None:
        """Wait until it is farther than that."""

        async def late() -> bool:
            return await self.position() > seconds

        await until(late, SEEN_S, f"more than {seconds} s")

    async def is_at_the_beginning(self) -> None:
        """Wait until it plays from there."""

        async def early() -> bool:
            return 0 < await self.position() < EARLY_S

        await until(early, SEEN_S, "the beginning")
        await self.moves(1.0)

    async def comment(self, text: str) -> None:
        await self.page.fill("comment-input", text)
        await self.page.click("comment-send")
        await self.page.part("comment-item")


async def test_the_livestream_and_then_the_recording_play(
    service: Service, page: WebKitPage
) -> None:
    """
    From the meeting's first second, without a standstill; back at its start and again at what
    happens now; and from the beginning when the meeting is over.
    """
    meeting = service.new_meeting(TITLE, host=HOST, participants=[], agenda=["积水治理"])
    host = MeetingClient(service.url, meeting.people[HOST].token)
    phone = Phone(page)
    async with running(host):
        with room_camera(service, meeting):
            await done(host, OpenMeeting())
            await phone.enter(meeting.viewers_link)
            await phone.sees_room()
            assert await phone.moves(PLAYED_S) < AT_MOST_S
            await phone.comment("看得清楚")
            await page.click("livestream-from-start")
            await phone.is_at_the_beginning()
            await page.click("livestream-to-edge")
            await page.shows("livestream", "data-behind", "false")
            await phone.plays_after(EARLY_S)
        await done(host, CloseMeeting())
        await phone.is_at_the_beginning()
