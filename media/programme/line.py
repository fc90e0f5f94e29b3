"""
The worker's end of its line to the forwarder (`media.programme.feed`).

A thread does nothing but read, so that the kernel's buffer, which holds no more than a keyframe or
two, is empty again while a picture is being encoded.
"""

from __future__ import annotations

import logging
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator

from media.programme.feed import MESSAGE_MAX, NOTE, Note, encode_note

QUEUE_MAX = 8_192
"""Messages that wait for the worker; ten seconds of two sources. More, and packets are dropped."""

_log = logging.getLogger(__name__)


class Line:
    """A connected SOCK_SEQPACKET socket. Notes and packets in, notes out."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(True)
        self._socket = sock
        self._queue: deque[tuple[float, bytes]] = deque()
        self.closed = False
        """The forwarder is gone, and everything that it sent was taken."""
        self._ended = False
        self.dropped = 0
        self._reader = threading.Thread(target=self._read, name="line", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                message = self._socket.recv(MESSAGE_MAX)
            except OSError:  # reset by the forwarder's death, or closed by us
                message = b""
            if not message:
                self._ended = True
                return
            if len(self._queue) < QUEUE_MAX or message[:1] == NOTE:
                self._queue.append((time.monotonic(), message))
            else:
                self.dropped += 1

    def messages(self) -> Iterator[tuple[float, bytes]]:
        """What has arrived: monotonic time of arrival in seconds, and the message."""
        ended = self._ended  # asked first: what came before the end is in the queue by now
        while self._queue:
            yield self._queue.popleft()
        self.closed = ended

    def send(self, note: Note, timeout_s: float = 0.0) -> bool:
        """
        Send a note; False if the line is full or closed, then it is not sent.

        Args:
            timeout_s: how long to wait for room in a full line.
        """
        if timeout_s:
            poll = select.poll()
            poll.register(self._socket, select.POLLOUT)
            poll.poll(timeout_s * 1_000)
        try:
            self._socket.send(encode_note(note), socket.MSG_DONTWAIT)
        except OSError:  # full, or the forwarder is gone: `messages` will tell
            return False
        return True

    def close(self) -> None:
        """End the line and its thread."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            _log.debug("the line was closed already")
        self._reader.join()
        self._socket.close()
