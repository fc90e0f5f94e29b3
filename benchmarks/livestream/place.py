"""Where the livestream comes from, what stands before it, and the page that plays it."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, urlsplit

import uvicorn
from playwright.async_api import Page
from playwright.async_api import Route as Request
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from benchmarks.livestream.service import cpu_s, running
from benchmarks.livestream.worker import Feed, into_loop
from media.livestream import Livestream
from media.segments.disk import DiskStore
from tests.fixtures.edge import Edge, varnish
from web.assets import Assets
from web.npm import npm
from web.routes import pages
from web.routes.livestream import routes

PAGE = Path(__file__).parent / "player.html"
PLAYER = "src/livestream/player.ts"
"""In web/client."""
PLAYERS = ("player", "hls")
"""The client's own, and hls.js as it comes."""


FILES = "/static/"
"""Where the page's files are, as the service has them; the page is at the origin's root."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a livestream is."""

    folder: str
    """Address of its playlists' folder."""
    worker: int
    """Process id."""
    given: Path | None = None
    """The player's files, where the origin does not serve them."""

    @property
    def port(self) -> int:
        """Where it is served."""
        port = urlsplit(self.folder).port
        assert port is not None
        return port


@contextlib.asynccontextmanager
async def _served(player: Path, *routes: BaseRoute) -> AsyncIterator[str]:
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    app = Starlette(routes=[*routes, *pages.routes(Assets.load(player))])
    config = uvicorn.Config(app, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True


@contextlib.asynccontextmanager
async def worker_alone(folder: Path, player: Path) -> AsyncIterator[Place]:
    """A worker with its web side and the player's page, in this process."""
    stream = Livestream(DiskStore(folder))
    well = Route("/healthz", lambda _: PlainTextResponse("well"))
    feed = Feed(folder, into_loop(asyncio.get_running_loop(), stream.feed))
    async with _served(player, *routes(lambda _: stream), well) as url:
        feed.start()
        try:
            yield Place(f"{url}/hls/m", feed.process.pid)
        finally:
            await asyncio.to_thread(feed.stop)
    if feed.dropped:
        print(f"{feed.dropped} packets found no room in the worker's line")


@contextlib.asynccontextmanager
async def whole_service(folder: Path, player: Path) -> AsyncIterator[Place]:
    """A service with an open meeting. It has other pages: the browser is given the player's."""
    async with running(folder) as service:
        folder_url = f"{service.url}/hls/{service.meeting}"
        yield Place(folder_url, service.worker_pid(), given=player)


@contextlib.asynccontextmanager
async def folder_served(folder: Path, player: Path) -> AsyncIterator[str]:
    """The files of a folder, and the player's page; the folder's address."""
    async with _served(player, Mount("/files", StaticFiles(directory=folder))) as url:
        yield f"{url}/files"


class Beside:
    """Varnish before a place, and simulated viewers behind it."""

    def __init__(self, place: Place, edge: Edge, crowd: asyncio.subprocess.Process) -> None:
        self.place = place
        """As seen through Varnish."""
        self._edge = edge
        self._crowd = crowd
        self._begun_s = asyncio.get_running_loop().time()
        self._before_s = self._cpu_s()

    def _cpu_s(self) -> float:
        return sum(map(cpu_s, self._edge.pids()))

    async def end(self) -> str:
        """The viewers leave; what they had, and what it cost."""
        passed = asyncio.get_running_loop().time() - self._begun_s
        cores = (self._cpu_s() - self._before_s) / passed
        self._crowd.send_signal(signal.SIGTERM)
        told, _ = await self._crowd.communicate()
        return f"{told.decode().strip()}; Varnish {cores:.2f} cores"


@contextlib.asynccontextmanager
async def beside_a_crowd(place: Place, viewers: int) -> AsyncIterator[Beside]:
    """Put both before it."""
    # Varnish's socket lies in it, and has 108 letters.
    with contextlib.ExitStack() as ends:
        folder = ends.enter_context(tempfile.TemporaryDirectory(prefix="edge"))
        edge = await asyncio.to_thread(ends.enter_context, varnish(Path(folder), place.port))
        seen = replace(place, folder=place.folder.replace(f":{place.port}", f":{edge.port}"))
        crowd = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.livestream.crowd"),
            *(f"{seen.folder}/live.m3u8", "--viewers", str(viewers)),
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            yield Beside(seen, edge, crowd)
        finally:
            if crowd.returncode is None:
                crowd.kill()
                await crowd.wait()


def bundle(folder: Path) -> None:
    """
    The player's page, and the client's player as it loads it: `assets/player.js`, hls.js in a file
    of its own.

    Raises:
        RuntimeError: it can't be made; `make setup` installs what it needs.
    """
    made = ["--format", "esm", "--minify", "--dir", str(folder / "assets")]
    made += ["--chunk-file-names", "[name].js"]
    if npm(["exec", "--silent", "--", "rolldown", PLAYER, "--log-level", "silent", *made]):
        raise RuntimeError("the client's player could not be bundled")
    shutil.copy(PAGE, folder / "index.html")


async def open_player(page: Page, url: str, way: str, given: Path | None = None) -> None:
    """
    Open the page that plays *url*, under its origin.

    Args:
        way: one of PLAYERS.
        given: see `Place.given`.
    """
    origin = url.partition("/hls/")[0].partition("/files/")[0]
    if given is not None:
        files = given

        async def give(request: Request) -> None:
            name = urlsplit(request.request.url).path.removeprefix(FILES).removeprefix("/")
            await request.fulfill(path=files / (name or "index.html"))

        await page.route(re.compile(rf"{re.escape(origin)}/(static/assets/.*)?(#.*)?$"), give)
    await page.goto(f"{origin}/#{way},{quote(url, safe='')}")
