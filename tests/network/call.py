"""
A call of two over a forwarder: somebody far away behind a bad line, somebody near.

Both send and receive; what the near one gets tells of the far one as a publisher, what the far one
gets tells of it as a subscriber. The pages are `page.js` in Chromium; the forwarder is spoken to
directly, so that nothing but the media takes the bad line.
"""

from __future__ import annotations

import asyncio
import functools
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from playwright.async_api import Browser, Page, Playwright, Route

from media.child import ChildMediaPlane
from media.control import Answer, CloseRoom, Offered, Publish, Subscribe
from media.settings import MediaSettings
from tests.fixtures.browsers import FLAGS, chromium_path
from tests.media_plane import Plane
from tests.network.network import SERVICE, Network
from tests.network.readings import Sample
from web.npm import npm

PAGE_JS = Path(__file__).with_name("page.js")
PARTS_TS = PAGE_JS.with_name("parts.ts")
FAR: Final = "far"
NEAR: Final = "near"
Encodings = Sequence[Mapping[str, str | float]]
ONE_LAYER: Encodings = ({"maxBitrate": 1_500_000},)
LAYERS: Encodings = (
    {"rid": "q", "scaleResolutionDownBy": 4, "maxBitrate": 150_000},
    {"rid": "h", "scaleResolutionDownBy": 2, "maxBitrate": 500_000},
    {"rid": "f", "scaleResolutionDownBy": 1, "maxBitrate": 1_500_000},
)
"""As the service's own client sends (web/client/src/link/publisher.ts)."""
START_S = 20.0
LOOK_S = 0.05


Answering = Callable[[str], Awaitable[str]]
"""An offer in, the page's answer out."""


class Forwarder(Protocol):
    """What a call needs of a forwarder: one room."""

    async def enter(self, room: str) -> None:
        """Nobody of before is there."""
        ...

    async def publish(self, person: str, offer: str) -> str:
        """The answer to a person's offer; to one that restarts ICE as well."""
        ...

    async def subscribe(self, person: str, other: str, answer: Answering) -> None:
        """Send a person what another sends; every offer is answered from now on."""
        ...

    async def restart(self, person: str) -> None:
        """Restart ICE for what is sent to a person."""
        ...


class Yishi:
    """Our media process; make it with `yishi`."""

    def __init__(self, plane: Plane) -> None:
        self.plane = plane
        self._answering: list[asyncio.Task[None]] = []

    async def enter(self, room: str) -> None:
        await self.leave()
        await self.plane.enter(room)

    async def leave(self) -> None:
        """Leave the room of before, if there was one."""
        for task in self._answering:
            task.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)
        self._answering.clear()
        if self.plane.room:
            await self.plane.port.request(CloseRoom(room=self.plane.room))

    async def publish(self, person: str, offer: str) -> str:
        room, peer = self.plane.room, f"{person}/pub"
        await self.plane.allow(person)
        answer = await self.plane.port.request(
            Publish(room=room, peer=peer, person=person, sdp=offer)
        )
        assert answer is not None
        return answer

    async def subscribe(self, person: str, other: str, answer: Answering) -> None:
        await self.restart(person)
        self._answering.append(asyncio.create_task(self._answer(f"{person}/sub", answer)))

    async def restart(self, person: str) -> None:
        peer = f"{person}/sub"
        await self.plane.port.request(Subscribe(room=self.plane.room, peer=peer, hide=(person,)))

    async def _answer(self, peer: str, answer: Answering) -> None:
        while True:
            offered = await self.plane.report(Offered, lambda o: o.peer == peer, wait_s=300)
            request = Answer(peer=peer, offer=offered.offer, sdp=await answer(offered.sdp))
            await self.plane.port.request(request)


@asynccontextmanager
async def yishi() -> AsyncIterator[Yishi]:
    """The media process at the service's place."""
    made = Yishi(Plane(await ChildMediaPlane.start(MediaSettings(addresses=(SERVICE,)))))
    try:
        yield made
    finally:
        await made.leave()
        await made.plane.end()


class Evaluates(Protocol):
    """What a call needs of a page with page.js in it, in whichever browser."""

    async def evaluate(self, expression: str, arg: Any = None) -> Any:
        """The value of an expression, or of a function of *arg*; promises are awaited."""
        ...


@dataclass(slots=True)
class Caller:
    """One of the two."""

    name: str
    page: Evaluates

    async def samples(self) -> list[Sample]:
        """All that was read so far."""
        return [Sample(**one) for one in await self.page.evaluate("window.samples")]

    async def publish(self, forwarder: Forwarder, layers: Encodings) -> None:
        offer = await self.page.evaluate("layers => window.publish(layers)", layers)
        answer = await forwarder.publish(self.name, offer)
        await self.page.evaluate("sdp => window.accept(sdp)", answer)

    async def subscribe(self, forwarder: Forwarder, other: str) -> None:
        async def answer(offer: str) -> str:
            made: str = await self.page.evaluate("sdp => window.answer(sdp)", offer)
            return made

        await forwarder.subscribe(self.name, other, answer)

    async def restart(self, forwarder: Forwarder) -> None:
        """Restart ICE of both links."""
        offer = await self.page.evaluate("window.restart()")
        await self.page.evaluate(
            "sdp => window.accept(sdp)", await forwarder.publish(self.name, offer)
        )
        await forwarder.restart(self.name)

    async def plays(self) -> None:
        """
        Wait until picture and sound arrive.

        Raises:
            TimeoutError: they don't.
        """
        await self.until("window.samples.some(one => one.frames > 5 && one.samples > 0)", START_S)

    async def until(self, expression: str, within_s: float) -> None:
        """
        Wait until an expression is true on the page.

        Raises:
            TimeoutError: it is not.
        """
        async with asyncio.timeout(within_s):
            while not await self.page.evaluate(expression):  # noqa: ASYNC110  # it is in a browser
                await asyncio.sleep(LOOK_S)


@dataclass(slots=True)
class Call:
    """Made by `call`."""

    far: Caller
    near: Caller


@asynccontextmanager
async def browsers(
    playwright: Playwright, network: Network, folder: Path, flags: Sequence[str] = ()
) -> AsyncIterator[tuple[Browser, Browser]]:
    """Two Chromiums: one at the person's place, with these flags besides, one at the service's."""
    program = network.person.script(folder / "chromium-far", [chromium_path()])
    far = await playwright.chromium.launch(executable_path=program, args=[*FLAGS, *flags])
    near = await playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    try:
        yield far, near
    finally:
        await far.close()
        await near.close()


@functools.cache
def page_script() -> str:
    """
    page.js, with what it takes from the client.

    Raises:
        RuntimeError: that can't be bundled; `make setup` installs what it needs.
    """
    with tempfile.TemporaryDirectory() as folder:
        made = ["--format", "iife", "--dir", folder, "--log-level", "silent"]
        if npm(["exec", "--silent", "--", "rolldown", str(PARTS_TS), *made]):
            raise RuntimeError("what the pages take from the client could not be bundled")
        return (Path(folder) / "parts.js").read_text() + PAGE_JS.read_text()


async def _page(browser: Browser) -> Page:
    context = await browser.new_context(permissions=["camera", "microphone"])
    page = await context.new_page()

    async def blank(route: Route) -> None:
        await route.fulfill(body="<!doctype html>", content_type="text/html")

    await page.route("**/*", blank)
    await page.goto("http://localhost/")  # a secure context; nothing is asked of it
    await page.add_script_tag(content=page_script())
    return page


@asynccontextmanager
async def call(
    forwarder: Forwarder,
    far: Browser | Evaluates,
    near: Browser,
    layers: Encodings = ONE_LAYER,
    configuration: Mapping[str, object] | None = None,
) -> AsyncIterator[Call]:
    """
    Both are connected, and see and hear each other.

    Args:
        far: a page of its own is opened in a browser; a page is used as it is.
        configuration: of the far one's connections (RTCConfiguration); by default no ICE servers.
    """
    near_page = await _page(near)
    far_page = await _page(far) if isinstance(far, Browser) else far
    made = Call(Caller(FAR, far_page), Caller(NEAR, near_page))
    try:
        if configuration is not None:
            await made.far.page.evaluate("made => { window.configuration = made }", configuration)
        for one in (made.far, made.near):
            await one.publish(forwarder, layers)
        await made.far.subscribe(forwarder, NEAR)
        await made.near.subscribe(forwarder, FAR)
        await made.far.plays()
        await made.near.plays()
        yield made
    finally:
        for page in (far_page, near_page):
            if isinstance(page, Page):
                await page.context.close()
