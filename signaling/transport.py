"""
The socket below a connection: uvicorn's WebSocket protocol with bounds of its own.

Pass `MeetingSocket` as `uvicorn.Config(ws=...)`. It builds on uvicorn's `websockets_sansio_impl`,
which is no documented extension point; what is used of it stands here and is tested in
`tests/integration/signaling`. Five things are added:

- Frames are written at once, without a task that waits for its turn: the application finds the
  socket in the scope, under `WIRE`. Writing stays the business of whoever has something to say, as
  long as the socket takes it; what it doesn't take waits in the connection's outbox.
- Reading goes on while up to `AHEAD_MAX` messages wait (uvicorn stops and starts it again around
  every single one, with two system calls).
- Text that isn't UTF-8 is handed on as bytes, so that it is answered like every other bad frame
  (uvicorn logs a traceback and closes).
- A peer that takes nothing can't keep the socket: the kernel holds little for it (`SEND_BUFFER`)
  and gives up after `UNSENT_MS`; and a connection can be aborted without waiting for it.
- Who doesn't answer our close frame is dropped after `CLOSING_S`, not after ten seconds.
"""

from __future__ import annotations

import asyncio
import socket
from asyncio.transports import BaseTransport
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Request

WIRE = "yishi.wire"
SEND_BUFFER = 131_072  # bytes; the kernel's own default grows to 4 MB for each stalled reader
AHEAD_MAX = 16  # messages of one connection that wait to be taken; then nothing more is read
CLOSING_S = 2.0  # for the peer's answer to our close frame; then the connection is dropped
UNSENT_MS = 20_000  # twice the time after which the writer gives up


class Wire(Protocol):
    """What a connection needs of the socket below it, besides what ASGI offers."""

    writable: asyncio.Event
    """Set while the socket takes more without keeping much in memory."""
    drained: Callable[[], None]
    """Called when it is writable again; the connection puts its own in here."""

    def write(self, payloads: Iterable[bytes]) -> None:
        """Send each as a text frame, all in one go; nothing is sent once the socket is closing."""
        ...

    def abort(self) -> None:
        """Drop the connection at once, with what was not sent."""
        ...


class MeetingSocket(WebSocketsSansIOProtocol):
    """One WebSocket of uvicorn's. Is a `Wire`."""

    drained: Callable[[], None] = staticmethod(lambda: None)

    def connection_made(self, transport: BaseTransport) -> None:
        """Bound what the kernel keeps for this peer."""
        super().connection_made(transport)
        self.close_timeout = CLOSING_S
        sock: socket.socket | None = transport.get_extra_info("socket")
        if sock is not None and sock.family in {socket.AF_INET, socket.AF_INET6}:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
            # tcp(7): also closes a connection whose peer announces a zero window for so long.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNSENT_MS)

    def handle_connect(self, event: Request) -> None:
        """Show the application its wire."""
        super().handle_connect(event)
        if not self.close_sent:  # the application was started, and runs after this
            extensions: dict[str, Any] = dict(self.scope.get("extensions") or {})
            extensions[WIRE] = self
            self.scope["extensions"] = extensions

    def write(self, payloads: Iterable[bytes]) -> None:
        """See `Wire`."""
        if self.close_sent or self.disconnected or self.transport.is_closing():
            return
        frames = (Frame(Opcode.TEXT, payload).serialize(mask=False) for payload in payloads)
        self.transport.write(b"".join(frames))

    def abort(self) -> None:
        """See `Wire`."""
        self.transport.abort()

    def resume_writing(self) -> None:
        """Tell whoever waits."""
        super().resume_writing()
        self.drained()

    def send_receive_event_to_app(self) -> None:
        """Hand text that isn't UTF-8 on as bytes, and read on for a while."""
        if self.curr_msg_data_type == "text":
            self.frames = [b"".join(self.frames)]
            try:
                self.frames[0].decode()
            except UnicodeDecodeError:
                self.curr_msg_data_type = "bytes"
        paused, self.read_paused = self.read_paused, True  # uvicorn shall not stop reading yet
        super().send_receive_event_to_app()
        self.read_paused = paused
        if not paused and self.queue.qsize() >= AHEAD_MAX:
            self.read_paused = True
            self.transport.pause_reading()
