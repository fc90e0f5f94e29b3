"""
The media process: reads calls from its line, has the rooms carry them out, reports.

It lives as long as its line: when the service closes it, or dies, the process ends. Programmes of
meetings that were closed are finished first; the others go on in the next process. Nothing that a
client sends ends it.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
from collections.abc import Callable
from functools import partial

import uvloop
from pydantic import ValidationError

from media import line, logs, priority, vitals
from media.control import MediaCode, MediaRefused, Reply
from media.peers.peer import PeerMaker
from media.rooms.server import RoomServer
from media.rooms.worker import launch_worker
from media.settings import MediaSettings

OUTBOX_MAX = 16 << 20  # bytes that wait for the service; with that many it reads no more
CALLS_MAX = 512  # under way at once; the service waits with more
FLUSH_S = 2.0  # for the last lines, when the process ends

_log = logging.getLogger(__name__)


class Outbox:
    """
    What waits to be said: one writer, so that lines never mix, and a bound.

    Reports must not be lost, so when the bound is reached there is no use in going on:
    *on_overflow* is called, once, and everything is dropped.
    """

    def __init__(self, writer: asyncio.StreamWriter, on_overflow: Callable[[], None]) -> None:
        self._writer = writer
        self._on_overflow = on_overflow
        self._lines: list[bytes] = []
        self._size = 0
        self._overflown = False
        self._filled = asyncio.Event()
        self._written = asyncio.Event()
        self._written.set()

    def put(self, said: line.Said) -> None:
        """Say something; never blocks."""
        if self._overflown:
            return
        encoded = line.encode(said)
        self._size += len(encoded)
        if self._size > OUTBOX_MAX:
            self._overflown = True
            self._on_overflow()
            return
        self._lines.append(encoded)
        self._written.clear()
        self._filled.set()

    async def run(self) -> None:
        """Write until the service is gone."""
        try:
            while True:
                await self._filled.wait()
                self._filled.clear()
                lines, self._lines = self._lines, []
                if self._writer.is_closing():  # uvloop refuses a write with a RuntimeError
                    raise ConnectionResetError("the service is gone")
                self._writer.write(b"".join(lines))
                await self._writer.drain()
                self._size -= sum(map(len, lines))
                if not self._lines:
                    self._written.set()
        except ConnectionError:
            self._overflown = True  # nobody is there to hear; the reader sees the end too
            self._written.set()

    async def flush(self) -> None:
        """Wait until everything that was put is written."""
        await self._written.wait()


async def serve(sock: socket.socket, settings: MediaSettings) -> None:
    """
    Be the media process until the line ends.

    Args:
        sock: our end of a connected stream pair.
    """
    reader, writer = await asyncio.open_unix_connection(sock=sock, limit=line.LINE_MAX)
    ended = asyncio.Event()

    def overflow() -> None:
        _log.error("the service does not read its line")
        ended.set()

    outbox = Outbox(writer, overflow)
    peers = PeerMaker(settings)
    loop = asyncio.get_running_loop()
    rooms = RoomServer(
        peers,
        outbox.put,
        peers.patience,
        launch=partial(launch_worker, font=settings.font, part_ms=settings.part_ms),
        later=peers.patience.later,
    )
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    async with asyncio.TaskGroup() as group:
        writing = group.create_task(outbox.run())
        watching = group.create_task(vitals.watch(outbox.put))
        reading = group.create_task(_read(reader, rooms, outbox, ended))
        await ended.wait()
        reading.cancel()
        await rooms.close()
        await peers.close()
        try:
            async with asyncio.timeout(FLUSH_S):
                await outbox.flush()
        except TimeoutError:
            _log.warning("the service did not take the last lines")
        writing.cancel()
        watching.cancel()
    writer.close()


async def _read(
    reader: asyncio.StreamReader, rooms: RoomServer, outbox: Outbox, ended: asyncio.Event
) -> None:
    """
    Start the calls in the order in which they come; each is a task, so that finishing one room's
    recording holds up no other room. Rooms and peers keep the order of what touches the same thing.
    """
    free = asyncio.Semaphore(CALLS_MAX)
    try:
        async with asyncio.TaskGroup() as calls:
            while text := await reader.readline():
                call = line.decode_call(text)
                await free.acquire()
                task = calls.create_task(_carry_out(call, rooms, outbox))
                task.add_done_callback(lambda _: free.release())
    except* ConnectionError as gone:
        _log.warning("the service is gone", extra={"why": str(gone.exceptions[0])})
    except* (ValidationError, ValueError) as broken:
        _log.error("the line is broken", extra={"why": str(broken.exceptions[0])})
    finally:
        ended.set()


async def _carry_out(call: line.Call, rooms: RoomServer, outbox: Outbox) -> None:
    try:
        sdp = await rooms.handle(call.request)
    except MediaRefused as refused:
        outbox.put(Reply(n=call.n, code=refused.code, detail=refused.detail))
    except Exception:  # noqa: BLE001 - the edge of a call: a fault in one must not end the others
        _log.exception("a request failed", extra={"request": call.request.type})
        outbox.put(Reply(n=call.n, code=MediaCode.UNAVAILABLE, detail="internal error"))
    else:
        outbox.put(Reply(n=call.n, sdp=sdp))


def main(descriptor: int, settings: MediaSettings) -> None:
    """Run the process; returns when the line has ended."""
    logs.configure()
    # Ctrl-C reaches the whole group of a terminal; the service decides when we end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not priority.take(priority.FORWARDER):
        _log.info("packets have no priority over other work: CAP_SYS_NICE is missing")
    # What was imported stays; collecting it again and again would hold up packets (about 30 ms).
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    sock = socket.socket(fileno=descriptor)
    sock.setblocking(False)
    uvloop.run(serve(sock, settings))
