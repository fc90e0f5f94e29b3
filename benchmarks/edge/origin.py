"""The service's livestream routes over a programme that is made of noise: nothing is encoded."""

from __future__ import annotations

import asyncio
import os
import time

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from media.control import Part
from media.livestream import Livestream
from media.programme.renditions import HIGH
from media.programme.timing import Timing
from media.segments import names
from media.segments.memory import MemoryStore
from media.segments.port import RunStarted
from web.routes.livestream import routes

RUN = 1


class NoiseOrigin:
    """A programme that goes on in parts as large as the large rendition's, and counts requests."""

    def __init__(self, part_ms: int) -> None:
        self.timing = Timing.of_parts(part_ms)
        self.requests = 0
        self._store = MemoryStore()
        self._store.put(names.init_file(RUN), b"init")
        self._store.note(
            RunStarted(
                run=RUN,
                init=names.init_file(RUN),
                at_ms=_now_ms(),
                part_ms=self.timing.part_ms,
                segment_ms=self.timing.segment_ms,
            )
        )
        self._livestream = Livestream(self._store)
        self._bytes = os.urandom(HIGH.average_bitrate * part_ms // 8_000)
        self._number, self._index = 0, 0

    def app(self) -> ASGIApp:
        """The routes, counted."""
        inner = Starlette(
            routes=[
                *routes(lambda _: self._livestream),
                Route("/healthz", lambda _: PlainTextResponse("well")),
            ]
        )

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            self.requests += scope["type"] == "http"
            await inner(scope, receive, send)

        return counted

    async def run(self) -> None:
        """Grow in time, for ever; the first segments are there at once."""
        for _ in range(2 * self.timing.parts_per_segment):
            self._grow()
        due = time.monotonic()
        while True:
            due += self.timing.part_s
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            self._grow()

    def _grow(self) -> None:
        file = names.segment_file(RUN, self._number)
        last = self._index == self.timing.parts_per_segment - 1
        part = Part(
            room="m",
            init=names.init_file(RUN),
            segment=self._number,
            part=self._index,
            file=file,
            start=self._store.append(file, self._bytes),
            length=len(self._bytes),
            duration_s=self.timing.part_s,
            independent=self._index == 0,
            last=last,
            at_ms=_now_ms(),
        )
        self._store.note(part)
        self._livestream.feed(part)
        self._number += last
        self._index = 0 if last else self._index + 1


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
