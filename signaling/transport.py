"""
The socket below a connection: uvicorn's WebSocket protocol with bounds of its own.

Pass `MeetingSocket` as `uvicorn.Config(ws=...)`. It builds on uvicorn's `websockets_sansio_impl`,
which is no documented extension point; what is used of it stands here and is tested in
`tests/integration/signaling`. Four things are added:

- Text that isn't UTF-8 is handed on as bytes, so that it is answered like every other bad frame
  (uvicorn logs a traceback and closes).
- A peer that takes nothing can't keep the socket: the kernel holds little for it (`SEND_BUFFER`)
  and gives up after `UNSENT_MS`; and a connection can be aborted without waiting for it.
- The application finds the abort in the scope, under `ABORT`.
- Who doesn't answer our close frame is dropped after `CLOSING_S`, not after ten seconds.
"""

from __future__ import annotations

import socket
from asyncio.transports import BaseTransport
from collections.abc import Callable, MutableMapping
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

ABORT = "yishi.abort"
SEND_BUFFER = 131_072  # bytes; the kernel's own default grows to 4 MB for each stalled reader
CLOSING_S = 2.0  # for the peer's answer to our close frame; then the connection is dropped
UNSENT_MS = 20_000  # twice the time after which the writer gives up


def abort(scope: MutableMapping[str, Any]) -> None:
    """Drop the connection behind *scope* at once, with what was not sent. No effect elsewhere."""
    drop: Callable[[], None] | None = scope.get("extensions", {}).get(ABORT)
    if drop is not None:
        drop()


class MeetingSocket(WebSocketsSansIOProtocol):
    """One WebSocket of uvicorn's."""

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
        """Give the application the means to abort."""
        super().handle_connect(event)
        if not self.close_sent:  # the application was started, and runs after this
            extensions: dict[str, Any] = dict(self.scope.get("extensions") or {})
            extensions[ABORT] = self.transport.abort
            self.scope["extensions"] = extensions

    def send_receive_event_to_app(self) -> None:
        """Hand text that isn't UTF-8 on as bytes."""
        if self.curr_msg_data_type == "text":
            self.frames = [b"".join(self.frames)]
            try:
                self.frames[0].decode()
            except UnicodeDecodeError:
                self.curr_msg_data_type = "bytes"
        super().send_receive_event_to_app()
