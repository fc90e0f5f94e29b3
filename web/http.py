"""uvicorn's HTTP protocol, with bounds that it lacks: size and time of a request's head."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_MAX = 65_536  # bytes of request line and fields; a token of 2 kB is the largest that we use
HEAD_S = 20.0  # seconds from the connection, or a request's first byte, to the end of its head


class BoundedHttp(HttpToolsProtocol):
    """
    Closes a connection whose request head grows or takes too long.

    httptools gathers a field until it is whole and uvicorn waits for it for ever: without this, one
    connection could fill the memory, and many silent ones the table of open files.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_bytes = 0
        self._in_head = True
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """The clock of the first head starts."""
        super().connection_made(transport)
        self._start_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        """The clock stops."""
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what arrives before the head is whole."""
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_MAX:
                self._close()

    def on_message_begin(self) -> None:
        """A head starts: the first one, or the next of a kept connection."""
        super().on_message_begin()
        self._in_head = True
        self._head_bytes = 0
        self._start_clock()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._in_head = False
        self._stop_clock()
        super().on_headers_complete()

    def _start_clock(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_S, self._close)

    def _stop_clock(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _close(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing():
            self.transport.close()
