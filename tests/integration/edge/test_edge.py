"""
The caches before the service, with the real daemons and the real routes: what reaches the origin,
what is kept, and what passes.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect

from media import livestream as module
from media.livestream import Livestream
from media.segments import names
from media.segments.memory import MemoryStore
from tests.fixtures import parts
from tests.fixtures.edge import Edge, Start, nginx, varnish
from tests.fixtures.service import free_port
from tests.fixtures.waiting import until
from web.assets import Assets
from web.routes import pages
from web.routes.livestream import routes

pytestmark = pytest.mark.anyio

CROWD = 100
SEEN_S = 15.0
LIVE = "/hls/m1/live.m3u8"
SCRIPT = "// a client\n" * 200
SCRIPT_FILE = "assets/index-C0ffee.js"


def part_path(segment: int, index: int) -> str:
    """Where a part of the first run is."""
    return "/hls/m1/" + names.part_address(names.segment_file(1, segment), index)


def client_of(files: Mapping[str, str]) -> Assets:
    """A built client, by path in its folder."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        return Assets.load(Path(folder))


class Origin:
    """The service's routes over a store in memory, and a count of what was asked of them."""

    def __init__(self, client: Assets) -> None:
        self.client = client
        self.store = MemoryStore()
        self.store.put("1.mp4", b"init")
        self.store.note(parts.started(1))
        for entry in parts.run_of(1, segments=2):
            self._append(entry.file, entry.length)
            self.store.note(entry)
        self.livestream = Livestream(self.store)
        self.port = free_port()
        self.asked: Counter[str] = Counter()
        """By path and query."""
        self.cookies: list[str | None] = []
        self.answering = True
        self.upcoming = (2, 0)
        """The next part's segment and number."""

    @property
    def hinted(self) -> str:
        """Where the next part will be."""
        return part_path(*self.upcoming)

    def after(self, count: int) -> tuple[int, int]:
        """What comes so many parts after the next one."""
        segment, index = self.upcoming
        return segment + (index + count) // parts.PARTS, (index + count) % parts.PARTS

    def _append(self, file: str, length: int) -> None:
        self.store.append(file, b"x" * length)

    def grow(self) -> None:
        """The next part is there."""
        entry = parts.part(1, *self.upcoming)
        self.upcoming = self.after(1)
        self._append(entry.file, entry.length)
        self.store.note(entry)
        self.livestream.feed(entry)

    async def page(self, request: Request) -> Response:
        """Something that is not the livestream, and would be kept if anybody looked at its word."""
        self.cookies.append(request.headers.get("cookie"))
        return PlainTextResponse("page", headers={"Cache-Control": "public, max-age=60"})

    async def odd(self, request: Request) -> Response:
        """Below /hls/, without a word on how long it lasts."""
        return PlainTextResponse("odd")

    async def echo(self, socket: WebSocket) -> None:
        """Says everything back."""
        await socket.accept()
        async for text in socket.iter_text():
            await socket.send_text(text)

    def app(self) -> ASGIApp:
        """The routes, counted."""
        inner = Starlette(
            routes=[
                Route("/hls/odd", self.odd),
                *routes(lambda name: self.livestream if name == "m1" else None),
                Route("/healthz", lambda _: PlainTextResponse("well")),
                Route("/page", self.page),
                *pages.routes(self.client),
                WebSocketRoute("/ws", self.echo),
            ]
        )

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                query = scope["query_string"].decode()
                self.asked[scope["path"] + (f"?{query}" if query else "")] += 1
                if not self.answering:
                    await PlainTextResponse("away", 503)(scope, receive, send)
                    return
            await inner(scope, receive, send)

        return counted

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Answer on the port."""
        config = uvicorn.Config(
            self.app(), port=self.port, log_level="warning", ws="websockets-sansio"
        )
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve())

        async def started() -> bool:
            return server.started

        try:
            await until(started, SEEN_S, "the origin answers")
            yield
        finally:
            server.should_exit = True
            await task


@dataclass(frozen=True)
class Place:
    """An origin, a cache before it, and somebody who asks there."""

    origin: Origin
    edge: Edge
    client: httpx.AsyncClient

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask the cache."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.get(self.edge.url + path, headers=named)

    async def crowd(self, path: str) -> list[asyncio.Task[httpx.Response]]:
        """Many ask at once; returns when the first of them has reached the origin."""
        before = sum(self.origin.asked.values())
        tasks = [asyncio.create_task(self.get(path)) for _ in range(CROWD)]

        async def reached() -> bool:
            return sum(self.origin.asked.values()) > before

        await until(reached, SEEN_S, f"{path} at the origin")
        return tasks


@pytest.fixture(scope="module", params=[varnish, nginx], ids=["varnish", "nginx"])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    """A cache before an origin with two segments."""
    start: Start = request.param
    origin = Origin(client_of({"index.html": "<p>", "logo.svg": "<svg/>", SCRIPT_FILE: SCRIPT}))
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    # Short: Varnish's socket lies in it.
    with tempfile.TemporaryDirectory(prefix="edge") as folder:
        client = httpx.AsyncClient(limits=limits, timeout=SEEN_S, trust_env=False)
        async with origin.serving(), client:
            with start(Path(folder), origin.port) as edge:
                yield Place(origin, edge, client)


async def test_a_crowd_is_one_request_for_a_part(place: Place) -> None:
    """All wait for the part that the playlist hints at; one request goes on; all get it."""
    path = place.origin.hinted
    asking = await place.crowd(path)
    place.origin.grow()
    answers = await asyncio.gather(*asking)
    assert Counter(answer.status_code for answer in answers) == {200: CROWD}
    assert {answer.content for answer in answers} == {b"x" * 100}
    assert place.origin.asked[path] == 1


async def test_a_crowd_is_one_request_for_a_playlist(place: Place) -> None:
    """However the query is written, and whatever else is in it; and it is the same for all."""
    segment, index = place.origin.upcoming
    path = f"{LIVE}?_HLS_msn={segment}&_HLS_part={index}"
    asking = await place.crowd(path)
    others = [
        f"viewer=7&_HLS_part={index}&_HLS_msn={segment}",
        f"_HLS_msn=0{segment}&_HLS_part=00{index}",
        f"_HLS_msn={segment}&_HLS_part={index}&viewer=8",
    ]
    asking += [asyncio.create_task(place.get(f"{LIVE}?{other}")) for other in others]
    place.origin.grow()
    answers = await asyncio.gather(*asking)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert place.origin.asked[path] == 1
    assert not [asked for asked in place.origin.asked if "viewer" in asked]


async def test_a_first_playlist_is_shared(place: Place) -> None:
    """Whoever comes in within a second of another does not reach the origin, even with a cookie."""
    await place.get(LIVE)
    before = place.origin.asked[LIVE]
    for number in range(10):
        assert (await place.get(LIVE, cookie=f"who={number}")).status_code == 200
    assert place.origin.asked[LIVE] - before <= 1


async def test_the_pages_files_are_kept_and_the_page_is_not(place: Place) -> None:
    """Those whose names change with what is in them: small or plain, whoever asks."""
    script = f"/static/{SCRIPT_FILE}"
    for number in range(3):
        for coding in ("gzip, br", "identity"):
            answer = await place.get(script, cookie=f"who={number}", accept_encoding=coding)
            assert (answer.status_code, answer.text) == (200, SCRIPT)
            assert answer.headers.get("content-encoding", "identity") in coding
            assert "immutable" in answer.headers["cache-control"]
        assert (await place.get("/static/logo.svg")).status_code == 200
        assert (await place.get("/join")).status_code == 200
    assert place.origin.asked[script] <= 2
    assert place.origin.asked["/static/logo.svg"] == 3
    assert place.origin.asked["/join"] == 3


async def test_a_playlist_is_sent_small(place: Place) -> None:
    """Compressed for whom takes it, plain for others, from one copy."""
    small = await place.get("/hls/m1/recording.m3u8", accept_encoding="gzip")
    plain = await place.get("/hls/m1/recording.m3u8", accept_encoding="identity")
    assert small.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert plain.text.startswith("#EXTM3U")


async def test_what_comes_too_early_is_answered_once_it_exists(place: Place) -> None:
    """A part beyond the next is unknown, and that is not kept."""
    place.origin.grow()
    segment, index = place.origin.after(1)
    path = part_path(segment, index)
    assert (await place.get(path)).status_code == 404
    assert (await place.get(path)).status_code == 404
    assert place.origin.asked[path] == 2
    place.origin.grow()
    place.origin.grow()
    assert (await place.get(path)).content == b"x" * 100


async def test_an_error_is_not_everybodys(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The stream stands still, longer than the origin waits: who asked first hears so. The others are
    served when it goes on, and the origin saw a few of them, not all.
    """
    monkeypatch.setattr(module, "WAIT_S", 0.3)
    path = place.origin.hinted
    asking = await place.crowd(path)
    done, rest = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
    assert {answer.result().status_code for answer in done} == {404}
    monkeypatch.undo()
    place.origin.grow()
    found = Counter(answer.status_code for answer in await asyncio.gather(*rest))
    assert found[200] > CROWD / 2
    assert place.origin.asked[path] < CROWD / 10


async def test_what_says_nothing_of_its_time_is_not_kept(place: Place) -> None:
    """Also below /hls/."""
    for _ in range(2):
        assert (await place.get("/hls/odd")).text == "odd"
    assert place.origin.asked["/hls/odd"] == 2


async def test_the_rest_passes(place: Place) -> None:
    """Pages and the API reach the service each time, with who asks."""
    for number in range(2):
        answer = await place.get("/page", cookie=f"who={number}")
        assert answer.text == "page"
    assert place.origin.cookies == ["who=0", "who=1"]


async def test_a_meetings_connection_passes(place: Place) -> None:
    """A websocket, to and fro."""
    url = place.edge.url.replace("http", "ws") + "/ws"
    async with connect(url, proxy=None) as socket:
        for text in ("一", "二"):
            await socket.send(text)
            assert await socket.recv() == text


async def test_an_origin_that_is_away_is_said_and_not_kept(place: Place) -> None:
    """502 or 503 at once; what was kept is still given."""
    kept = part_path(0, 0)
    assert (await place.get(kept)).status_code == 200
    place.origin.answering = False
    try:
        assert (await place.get("/hls/m1/1.mp4")).status_code in {502, 503}
        assert (await place.get(kept)).status_code == 200
    finally:
        place.origin.answering = True
    assert (await place.get("/hls/m1/1.mp4")).status_code == 200
