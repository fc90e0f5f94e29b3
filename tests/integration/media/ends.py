"""Both ends of one peer: ours, and a stock aiortc client."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from media.peers.peer import Peer, PeerMaker
from media.peers.port import Inbound, Slot
from media.settings import MediaSettings
from tests.media_clients import Client

WAIT_S = 10.0
LOOPBACK = MediaSettings(addresses=("127.0.0.1",))
SLOTS = (
    Slot("0", "sound", "p1", "opus", 1111, None),
    Slot("1", "picture", "p1", "VP8", 2222, 2223),
)


class Events:
    """A `PeerEvents` that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.inbound: Sequence[Inbound] = ()
        self.connected = asyncio.Event()
        self.gone = asyncio.Event()
        self.rtp = asyncio.Event()
        self.rtcp = asyncio.Event()
        self.packet = b""
        self.forward: Callable[[memoryview], None] | None = None

    def on_rtp(self, packet: memoryview, now_s: float) -> None:
        assert not self.gone.is_set()
        self.packet = bytes(packet)
        self.rtp.set()
        if self.forward is not None:
            self.forward(packet)

    def on_rtcp(self, packet: memoryview, now_s: float) -> None:
        self.packet = bytes(packet)
        self.rtcp.set()

    def on_inbound(self, inbound: Sequence[Inbound]) -> None:
        self.inbound = inbound
        self.told.append("inbound")

    def on_connected(self) -> None:
        self.told.append("connected")
        self.connected.set()

    def on_gone(self, reason: Literal["failed", "silent", "closed"]) -> None:
        self.told.append(reason)
        self.gone.set()


class Ends:
    """Both ends of one peer."""

    def __init__(self, maker: PeerMaker, kind: Literal["publisher", "subscriber"]) -> None:
        self.maker = maker
        self.events = Events()
        self.peer: Peer = maker(self.events, kind)
        self.client = Client()

    async def up(self) -> None:
        """Connect, as publisher or subscriber."""
        async with asyncio.timeout(WAIT_S):
            if self.peer._controlling:
                number, offer = await self.peer.offer(SLOTS)
                await self.peer.accept(number, await self.client.answer(offer))
            else:
                await self.client.accepted(await self.peer.answer(await self.client.offer()))
            await self.events.connected.wait()


def run(
    scenario: Callable[[Ends], Awaitable[None]],
    kind: Literal["publisher", "subscriber"] = "publisher",
    settings: MediaSettings = LOOPBACK,
) -> None:
    """Do the scenario, close everything, and see that no task is left."""

    async def whole() -> None:
        maker = PeerMaker(settings)
        ends = Ends(maker, kind)
        try:
            await scenario(ends)
        finally:
            await ends.client.close()
            await ends.peer.close()
            await maker.close()
        assert ends.peer._connections == set()
        for _ in range(2):  # cancelled tasks end in the turn after
            await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(whole())


async def within(event: asyncio.Event) -> None:
    async with asyncio.timeout(WAIT_S):
        await event.wait()
