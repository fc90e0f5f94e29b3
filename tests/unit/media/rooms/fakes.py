"""Peers and programme workers without a network."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import wraps
from typing import Any, Literal, ParamSpec, TypeVar

from media.control import MediaCode, MediaRefused, Report
from media.peers.port import (
    Codec,
    Inbound,
    Kind,
    Outbound,
    PeerCounters,
    PeerEvents,
    Served,
    Slot,
    Stream,
)
from media.programme.feed import MESSAGE_MAX, Note, decode_note, encode_note
from tests.unit.media.wire import Wire

R = TypeVar("R", bound=Report)
P = ParamSpec("P")

PAYLOAD_TYPES = {
    "opus": Codec("opus", 109, 48_000),
    "VP8": Codec("VP8", 120, 90_000, rtx_payload_type=121),
    "H264": Codec("H264", 126, 90_000, rtx_payload_type=127),
}
"""As the fake client answers."""


class FakePeer:
    """
    A `PeerPort`. Offers and answers are words; the offer's slots can be looked at.

    A publisher's "offer" has been put into `inbound` before.
    """

    def __init__(self, events: PeerEvents, kind: Literal["publisher", "subscriber"]) -> None:
        self.counters = PeerCounters()
        self.events = events
        self.kind = kind
        self.wire = Wire()
        self.inbound: Sequence[Inbound] = ()
        self.offers: list[tuple[Slot, ...]] = []
        self.streams: dict[Kind, Stream] = {}
        self.restarts = 0
        self.closed = False
        self.refuse: MediaCode | None = None

    async def answer(self, offer_sdp: str) -> str:
        await asyncio.sleep(0)
        if self.refuse is not None:
            raise MediaRefused(self.refuse)
        asyncio.get_running_loop().call_soon(self.events.on_inbound, self.inbound)
        return f"answer to {offer_sdp}"

    async def serve(
        self, offer_sdp: str, streams: Mapping[Kind, Stream]
    ) -> tuple[str, tuple[Served, ...]]:
        await asyncio.sleep(0)
        if self.refuse is not None:
            raise MediaRefused(self.refuse)
        self.streams = dict(streams)
        taken = {"sound": ("opus",), "picture": ("VP8", "H264")}
        lines = tuple(
            Served(str(i), kind, tuple(PAYLOAD_TYPES[name] for name in taken[kind]))
            for i, kind in enumerate(streams)
        )
        return f"answer to {offer_sdp}", lines

    async def offer(self, slots: Sequence[Slot]) -> tuple[int, str]:
        await asyncio.sleep(0)
        if self.refuse is not None:
            raise MediaRefused(self.refuse)
        self.offers.append(tuple(slots))
        return len(self.offers), f"offer {len(self.offers)}"

    async def accept(self, offer: int, answer_sdp: str) -> tuple[Outbound, ...]:
        await asyncio.sleep(0)
        if offer != len(self.offers):
            raise MediaRefused(MediaCode.STALE_OFFER)
        if answer_sdp == "broken":
            raise MediaRefused(MediaCode.BAD_SDP)
        refused = answer_sdp.split()
        return tuple(
            Outbound(slot.mid, PAYLOAD_TYPES[slot.codec])
            for slot in self.offers[-1]
            if slot.person and slot.mid not in refused
        )

    async def restart(self) -> None:
        self.restarts += 1

    @property
    def overhead(self) -> int:
        return self.wire.overhead

    def send_rtp(self, buffer: bytearray, lengths: Sequence[int]) -> int:
        return self.wire.send_rtp(buffer, lengths)

    def send_rtcp(self, packet: bytes) -> bool:
        return self.wire.send_rtcp(packet)

    async def close(self) -> None:
        if not self.closed:
            self.closed = True
            asyncio.get_running_loop().call_soon(self.events.on_gone, "closed")

    @property
    def persons(self) -> list[str]:
        """Whose slots the newest offer has."""
        return [slot.person for slot in self.offers[-1]]


class FakeWorker:
    """A programme worker on the other end of a real line, driven by the test."""

    def __init__(self, room: str, folder: str, line: socket.socket) -> None:
        self.room = room
        self.folder = folder
        self.returncode: int | None = None
        self.killed = False
        self._line = line.dup()
        self._line.setblocking(False)
        self._exited = asyncio.Event()

    def receive(self) -> list[Note | bytes]:
        """What lies in the line: notes, and the bytes of packets and reports."""
        messages: list[Note | bytes] = []
        while True:
            try:
                message = self._line.recv(MESSAGE_MAX)
            except BlockingIOError:
                return messages
            if not message:
                return messages
            messages.append(decode_note(message) if message[:1] == b"N" else message)

    def notes(self) -> list[Note]:
        return [message for message in self.receive() if not isinstance(message, bytes)]

    def packets(self) -> list[bytes]:
        return [message for message in self.receive() if isinstance(message, bytes)]

    def left(self) -> bool:
        """The other end has closed the line, and nothing lies in it."""
        try:
            return not self._line.recv(MESSAGE_MAX)
        except BlockingIOError:
            return False

    def send(self, note: Note | bytes) -> None:
        self._line.send(note if isinstance(note, bytes) else encode_note(note))

    def exit(self, code: int = 0) -> None:
        """End as a process does: its line closes."""
        if self.returncode is None:
            self.returncode = code
            self._line.close()
            self._exited.set()

    def kill(self) -> None:
        self.killed = True
        self.exit(-9)

    async def wait(self) -> int:
        await self._exited.wait()
        assert self.returncode is not None
        return self.returncode


class Reports:
    """Takes reports; `next` waits for one of a kind."""

    def __init__(self) -> None:
        self.all: list[Report] = []
        self._came = asyncio.Event()

    def __call__(self, report: Report) -> None:
        self.all.append(report)
        self._came.set()

    async def next(self, kind: type[R], count: int = 1) -> R:
        """The *count*-th report of a kind, once it came."""
        async with asyncio.timeout(5):
            while len(found := self.of(kind)) < count:
                self._came.clear()
                await self._came.wait()
        return found[count - 1]

    def of(self, kind: type[R]) -> list[R]:
        return [report for report in self.all if isinstance(report, kind)]


class Tasks:
    """Starts tasks as a `RoomServer` does; all must have ended well or been cancelled."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        return task

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        for result in await asyncio.gather(*self._tasks, return_exceptions=True):
            if result is not None and not isinstance(result, asyncio.CancelledError):
                raise result


async def settle() -> None:
    """Let everything happen that waits for nothing from outside."""
    for _ in range(30):
        await asyncio.sleep(0)


def on_loop(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Run an asynchronous test on a loop of its own."""

    @wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(test(*args, **kwargs))

    return run
