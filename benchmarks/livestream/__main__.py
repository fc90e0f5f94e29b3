"""
Glass to glass: from the moment a picture is made to the moment a browser shows it.

    python -m benchmarks.livestream [--seconds 60] [--service]

A clock is burnt into the picture before it is encoded, and read back in Chromium from the video
that the client's own player (`web/client/src/livestream`) shows. Without `--service` the pictures
go straight to a programme worker, as a speaker with strap and the room as inset; with it they pass
a whole `yishi serve`, from a WebRTC client as room camera. Everything runs on this machine.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import uvicorn
from playwright.async_api import Page, async_playwright
from playwright.async_api import Route as Request
from starlette.applications import Starlette

from benchmarks.livestream.service import cpu_s, running
from benchmarks.livestream.watch import Latency, watch
from benchmarks.livestream.worker import Feed, into_loop
from media.livestream import Livestream
from media.segments.disk import DiskStore
from web.npm import npm
from web.routes.livestream import routes

PAGE = Path(__file__).parent / "player.html"
PLAYER = "src/livestream/player.ts"
"""In web/client."""
AIM_MEDIAN_MS, AIM_P95_MS = 1_200, 1_500
SETTLE_S = 8.0


@contextlib.asynccontextmanager
async def worker_alone(folder: Path) -> AsyncIterator[tuple[str, int]]:
    """A worker with its web side; the playlist's address, and the worker's process id."""
    stream = Livestream(DiskStore(folder))
    app = Starlette(routes=routes(lambda _: stream))
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    feed = Feed(folder, into_loop(asyncio.get_running_loop(), stream.feed))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.serve(sockets=[sock]))
        feed.start()
        try:
            yield f"http://127.0.0.1:{sock.getsockname()[1]}/hls/m/live.m3u8", feed.process.pid
        finally:
            await asyncio.to_thread(feed.stop)
            server.should_exit = True
    if feed.dropped:
        print(f"{feed.dropped} packets found no room in the worker's line")


@contextlib.asynccontextmanager
async def whole_service(folder: Path) -> AsyncIterator[tuple[str, int]]:
    """A service with an open meeting; as `worker_alone`."""
    async with running(folder) as service:
        yield f"{service.url}/hls/{service.meeting}/live.m3u8", service.worker_pid()


def bundle(folder: Path) -> None:
    """
    The client's player as the page loads it: `player.js`, and hls.js in a file of its own.

    Raises:
        RuntimeError: it can't be made; `make setup` installs what it needs.
    """
    made = ["--format", "esm", "--dir", str(folder), "--chunk-file-names", "[name].js"]
    if npm(["exec", "--silent", "--", "rolldown", PLAYER, "--log-level", "silent", *made]):
        raise RuntimeError("the client's player could not be bundled")


async def serve_player(page: Page, origin: str, folder: Path) -> None:
    """Answer for /benchmark under the playlist's origin: the page, and the player in *folder*."""

    async def give(request: Request) -> None:
        name = request.request.url.partition("#")[0].removeprefix(f"{origin}/benchmark")
        await request.fulfill(path=folder / name.lstrip("/") if name else PAGE)

    await page.route(f"{origin}/benchmark**", give)
    await page.route(f"{origin}/benchmark/**", give)


async def measure(seconds: float, *, service: bool) -> tuple[Latency, float]:
    """Latency, and the worker's CPU in percent of a core."""
    with tempfile.TemporaryDirectory() as data, tempfile.TemporaryDirectory() as player:
        bundle(Path(player))
        start = whole_service if service else worker_alone
        async with start(Path(data)) as (playlist, pid), async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=shutil.which("chromium"),
                args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
            )
            page = await browser.new_page()
            origin = playlist.partition("/hls/")[0]
            await serve_player(page, origin, Path(player))
            await page.goto(f"{origin}/benchmark#{playlist}")
            begun_s, before_s = time.monotonic(), cpu_s(pid)
            latency = await watch(page, SETTLE_S, seconds)
            cpu = 100 * (cpu_s(pid) - before_s) / (time.monotonic() - begun_s)
            print("the player said:", ", ".join(await page.evaluate("() => window.states")))
            await browser.close()
    return latency, cpu


def main() -> int:
    """Measure and print; status 1 if the aim is missed."""
    parser = argparse.ArgumentParser(prog="benchmarks.livestream", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--service", action="store_true", help="through a whole yishi serve")
    options = parser.parse_args()
    latency, cpu = asyncio.run(measure(options.seconds, service=options.service))
    what = "the whole service" if options.service else "the worker alone"
    print(f"glass to glass through {what}, {options.seconds:.0f} s, {latency.pictures} pictures;")
    print(
        f"{latency.unread} without a clock; load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores"
    )
    print(f"  median {latency.median_ms:5.0f} ms   (aim {AIM_MEDIAN_MS})")
    print(f"  p95    {latency.p95_ms:5.0f} ms   (aim {AIM_P95_MS})")
    print(f"  worst  {latency.worst_ms:5.0f} ms   the player ran dry {latency.waits} times")
    print(f"worker: {cpu:.0f} % of one core")
    met = latency.median_ms <= AIM_MEDIAN_MS and latency.p95_ms <= AIM_P95_MS
    print("aim met" if met else "aim not met")
    return int(not met)


if __name__ == "__main__":
    sys.exit(main())
