"""Debian's Janus as the forwarder of a call."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.forwarding import servers
from tests.network.call import Answering


class Janus:
    """Its VideoRoom; make it with `janus`. A feed is a person of one call."""

    def __init__(self, server: servers.Janus) -> None:
        self._server = server
        self._numbers = itertools.count(1)
        self._feeds: dict[str, int] = {}
        self._answers: dict[str, Answering] = {}

    async def enter(self, room: str) -> None:  # noqa: ARG002  # one room, with other feeds
        self._feeds.clear()
        self._answers.clear()

    async def publish(self, person: str, offer: str) -> str:
        if person not in self._feeds:
            self._feeds[person] = next(self._numbers)
        return await self._server.publish(offer, self._feeds[person])

    async def subscribe(self, person: str, other: str, answer: Answering) -> None:
        number = self._feeds[person]
        self._answers[person] = answer
        offer = await self._server.subscribe(number, self._feeds[other])
        await self._server.answer(number, await answer(offer))

    async def restart(self, person: str) -> None:
        number = self._feeds[person]
        offer = await self._server.restart(number)
        await self._server.answer(number, await self._answers[person](offer))


@asynccontextmanager
async def janus() -> AsyncIterator[Janus]:
    """Janus at the service's place."""
    with tempfile.TemporaryDirectory() as folder:
        server = await servers.Janus.start(Path(folder), event_loops=1)
        try:
            yield Janus(server)
        finally:
            await server.close()
