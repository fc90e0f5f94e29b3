"""A running media process with its reports kept in order, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest

from media.child import ChildMediaPlane
from media.control import (
    Allow,
    Answer,
    MediaCode,
    MediaPlane,
    MediaRefused,
    Offered,
    OpenRoom,
    Publish,
    Report,
)
from media.settings import MediaSettings
from tests.media_clients import Client

WAIT_S = 20.0

R = TypeVar("R")


class Plane:
    """A plane under test, its reports kept in order."""

    def __init__(self, plane: ChildMediaPlane) -> None:
        self.room = ""
        self.port: MediaPlane = plane
        self.child = plane
        self.seen: list[Report] = []
        self._changed = asyncio.Condition()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for report in self.port.reports():
            async with self._changed:
                self.seen.append(report)
                self._changed.notify_all()

    async def report(
        self,
        kind: type[R],
        wanted: Callable[[R], bool] = lambda _: True,
        *,
        wait_s: float = WAIT_S,
    ) -> R:
        """The first report of this kind, however long ago; removed from what was seen."""

        def find() -> R | None:
            return next((r for r in self.seen if isinstance(r, kind) and wanted(r)), None)

        async with asyncio.timeout(wait_s), self._changed:
            await self._changed.wait_for(lambda: find() is not None)
        found = find()
        assert found is not None
        self.seen.remove(found)  # type: ignore[arg-type]  # it is one of them
        return found

    async def refused(self, request: Awaitable[object]) -> MediaCode:
        with pytest.raises(MediaRefused) as caught:
            await request
        return caught.value.code

    async def publish(self, person: str, peer: str | None = None) -> Client:
        client = Client()
        peer = peer or f"{person}/pub"
        offer = await client.offer()
        answer = await self.port.request(
            Publish(room=self.room, peer=peer, person=person, sdp=offer)
        )
        assert answer is not None
        await client.accepted(answer)
        return client

    async def allow(self, person: str, *, sound: bool = True, picture: bool = True) -> None:
        await self.port.request(Allow(room=self.room, person=person, sound=sound, picture=picture))

    async def answer(self, client: Client, peer: str) -> None:
        """Answer the next offer for a peer."""
        offered = await self.report(Offered, lambda o: o.peer == peer)
        answer = await client.answer(offered.sdp)
        await self.port.request(Answer(peer=peer, offer=offered.offer, sdp=answer))

    async def enter(self, room: str) -> None:
        """Work in a new room from now on, with nothing seen yet."""
        self.room = room
        self.seen.clear()
        await self.port.request(OpenRoom(room=room))

    async def end(self) -> None:
        await self.port.close()
        await self._reading


@asynccontextmanager
async def running() -> AsyncIterator[Plane]:
    """A process of one's own, to be killed."""
    plane = Plane(await ChildMediaPlane.start(MediaSettings(addresses=("127.0.0.1",))))
    try:
        await plane.enter("m1")
        yield plane
    finally:
        await plane.end()
