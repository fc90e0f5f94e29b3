"""Where the livestream comes from, what stands before it, and the page that plays it."""

from __future__ import annotations

import asyncio
import contextlib
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
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from benchmarks.livestream.service import cpu_s, running
from benchmarks.livestream.worker import Feed, into_loop
from media.livestream import Livestream
from media.segments.disk import DiskStore
from tests.fixtures.edge import Edge, varnish
from web.npm import npm
from web.routes.livestream import routes

PAGE = Path(__file__).parent / "player.html"
PLAYER = "src/livestream/player.ts"
"""In web/client."""
PLAYERS = ("player", "hls")
"""The client's own, and hls.js as it comes."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a livestream is."""

    folder: str
    """Address of its playlists' folder."""
    worker: int
    """Process id."""

    @property
    def port(self) -> int:
        """Where it is served."""
        port = urlsplit(self.folder).port
        assert port is not None
        return port


@contextlib.asynccontextmanager
async def _served(app: ASGIApp) -> AsyncIterator[str]:
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    config = uvicorn.Config(app, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True


@contextlib.asynccontextmanager
async def worker_alone(folder: Path) -> AsyncIterator[Place]:
    """A worker with its web side, in this process."""
    stream = Livestream(DiskStore(folder))
    well = Route("/healthz", lambda _: PlainTextResponse("well"))
    feed = Feed(folder, into_loop(asyncio.get_running_loop(), stream.feed))
    async with _served(Starlette(routes=[*routes(lambda _: stream), well])) as url:
        feed.start()
        try:
            yield Place(f"{url}/hls/m", feed.process.pid)
        finally:
            await asyncio.to_thread(feed.stop)
    if feed.dropped:
        print(f"{feed.dropped} packets found no room in the worker's line")


@contextlib.asynccontextmanager
async def whole_service(folder: Path) -> AsyncIterator[Place]:
    """A service with an open meeting."""
    async with running(folder) as service:
        yield Place(f"{service.url}/hls/{service.meeting}", service.worker_pid())


@contextlib.asynccontextmanager
async def folder_served(folder: Path) -> AsyncIterator[str]:
    """The files of a folder; its address."""
    async with _served(Starlette(routes=[Mount("/files", StaticFiles(directory=folder))])) as url:
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
            *("nice", sys.executable, "-m", "benchmarks.livestream.crowd"),
            *(f"{seen.folder}/live.m3u8", "--viewers", str(viewers)),
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            yield Beside(seen, edge, crowd)
        finally:
            if crowd.returncode is None:
                crowd.kill()
                await crowd.wait()


def bundle(folder: Path) -> None:
    """
    The client's player as the page loads it: `player.js`, and hls.js in a file of its own.

    Raises:
        RuntimeError: it can't be made; `make setup` installs what it needs.
    """
    made = ["--format", "esm", "--minify", "--dir", str(folder), "--chunk-file-names", "[name].js"]
    if npm(["exec", "--silent", "--", "rolldown", PLAYER, "--log-level", "silent", *made]):
        raise RuntimeError("the client's player could not be bundled")


async def open_player(page: Page, url: str, player: Path, way: str) -> None:
    """
    Open the page that plays *url*, under its origin.

    Args:
        player: the folder in which `bundle` put the player.
        way: one of PLAYERS.
    """
    origin = url.partition("/hls/")[0].partition("/files/")[0]

    async def give(request: Request) -> None:
        name = request.request.url.partition("#")[0].removeprefix(f"{origin}/benchmark")
        await request.fulfill(path=player / name.lstrip("/") if name else PAGE)

    await page.route(f"{origin}/benchmark**", give)
    await page.route(f"{origin}/benchmark/**", give)
    await page.goto(f"{origin}/benchmark#{way},{quote(url, safe='')}")
