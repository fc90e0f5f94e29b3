"""People in Chromium, each on a page, who send to the media process and receive from it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Error, Page, Route

from media.control import Answer, CloseRoom, Offered, Publish, Subscribe
from tests.media_plane import WAIT_S, Plane

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",  # no address but 127.0.0.1 is used
)
PAGE_JS = Path(__file__).with_name("page.js")


@dataclass
class Received:
    """`received` of page.js."""

    frames: int
    freezes: int
    lost: int
    packets: dict[str, int]
    energy: float
    persons: list[str]
    state: str


class Person:
    """A page of somebody who sends, receives, or both."""

    def __init__(self, stage: Stage, name: str, page: Page) -> None:
        self.stage = stage
        self.name = name
        self.page = page
        self._answering: asyncio.Task[None] | None = None

    async def call(self, function: str, link: str, *more: str) -> Any:
        return await self.page.evaluate(f"args => window.{function}(...args)", [link, *more])

    async def send(self, sdp: str) -> None:
        """Carry an offer of the sending link to the service, and its answer back."""
        request = Publish(
            room=self.stage.plane.room, peer=f"{self.name}/pub", person=self.name, sdp=sdp
        )
        answer = await self.stage.plane.port.request(request)
        assert answer is not None
        await self.call("accept", "pub", answer)

    async def publish(self, codec: Literal["VP8", "H264"] = "VP8", *, layers: bool = False) -> None:
        more = ("layers",) if layers else ()
        await self.send(await self.call("publish", "pub", codec, *more))
        await self.stage.plane.allow(self.name)

    async def subscribe(self) -> None:
        """Receive everybody else from now on; again: restart ICE."""
        plane = self.stage.plane
        await plane.port.request(
            Subscribe(room=plane.room, peer=f"{self.name}/sub", hide=(self.name,))
        )
        if self._answering is None:
            self._answering = asyncio.create_task(self._answer())

    async def _answer(self) -> None:
        peer = f"{self.name}/sub"
        while True:
            offered = await self.stage.plane.report(Offered, lambda o: o.peer == peer, wait_s=300)
            answer = await self.call("answer", "sub", offered.sdp)
            request = Answer(peer=peer, offer=offered.offer, sdp=answer)
            await self.stage.plane.port.request(request)

    async def received(self) -> Received:
        return Received(**await self.call("received", "sub"))

    async def until(
        self, condition: Callable[[Received], bool], within_s: float = WAIT_S
    ) -> Received:
        """Wait until what was received is so."""
        got: Received | None = None
        try:
            async with asyncio.timeout(within_s):
                while True:
                    # the link is made by the first offer
                    if await self.page.evaluate("'sub' in window.links"):
                        got = await self.received()
                        if condition(got):
                            return got
                    await asyncio.sleep(0.05)
        except TimeoutError:
            pytest.fail(f"{self.name} got {got}")

    async def sees(self, pictures: int = 10) -> Received:
        """Wait until so many more pictures were decoded."""
        try:
            before = (await self.received()).frames
        except Error:
            before = 0
        return await self.until(lambda got: got.frames >= before + pictures)

    async def hears(self) -> Received:
        """Wait until more sound with energy in it was heard."""
        before = (await self.received()).energy
        return await self.until(lambda got: got.energy > before)

    async def leave(self) -> None:
        if self._answering is not None:
            self._answering.cancel()
            await asyncio.gather(self._answering, return_exceptions=True)
        await self.page.context.close()


class Stage:
    """One room and the people in it."""

    def __init__(self, plane: Plane, browser: Browser) -> None:
        self.plane = plane
        self._browser = browser
        self._persons: list[Person] = []

    async def person(self, name: str) -> Person:
        context = await self._browser.new_context(permissions=["camera", "microphone"])
        page = await context.new_page()

        async def blank(route: Route) -> None:
            await route.fulfill(body="<!doctype html>", content_type="text/html")

        await page.route("**/*", blank)
        await page.goto("http://localhost/")  # a secure context; nothing is asked of it
        await page.add_script_tag(path=PAGE_JS)
        person = Person(self, name, page)
        self._persons.append(person)
        return person

    async def clear(self) -> None:
        await asyncio.gather(*(person.leave() for person in self._persons))
        await self.plane.port.request(CloseRoom(room=self.plane.room))


Scenario = Callable[[Stage], Awaitable[None]]
Play = Callable[[Scenario], None]
