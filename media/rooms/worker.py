"""
The line to a programme worker (`media.programme.feed`), and how the worker is started.

The line never blocks the forwarder: what the worker doesn't read in time is dropped if it is a
packet and kept in order if it is a note.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from pydantic import ValidationError

from media.programme.feed import MESSAGE_MAX, NOTE, Note, decode_note, encode_note
from media.programme.timing import PART_MS

_log = logging.getLogger(__name__)

_READS_MAX: Final = 64  # messages read in one turn of the loop
_SEND_BUFFER: Final = 1 << 20  # bytes; the kernel grants what its wmem_max allows


class WorkerProcess(Protocol):
    """What is needed of `asyncio.subprocess.Process`."""

    @property
    def returncode(self) -> int | None: ...

    def kill(self) -> None: ...

    async def wait(self) -> int: ...


class Launch(Protocol):
    """Starts a worker."""

    async def __call__(self, room: str, folder: str, line: socket.socket) -> WorkerProcess:
        """
        Start it with its end of the line.

        Raises:
            OSError: it can't be started.
        """
        ...


async def launch_worker(
    room: str,
    folder: str,
    line: socket.socket,
    *,
    font: Path | None = None,
    part_ms: int = PART_MS,
) -> WorkerProcess:
    """
    Start `python -m media.programme`.

    Raises:
        OSError: it can't be started.
    """
    fd = line.fileno()
    arguments = ["--fd", str(fd), "--room", room, "--folder", folder, "--part-ms", str(part_ms)]
    if font is not None:
        arguments += ["--font", str(font)]
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "media.programme", *arguments, pass_fds=(fd,)
    )


class WorkerLine:
    """
    Our end of the line.

    Args:
        end: a connected SOCK_SEQPACKET socket; owned from now on.
        on_note: takes the worker's notes.
        notes_queued: notes that may wait; with more, the worker counts as dead.
    """

    def __init__(
        self, end: socket.socket, on_note: Callable[[Note], None], notes_queued: int
    ) -> None:
        end.setblocking(False)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        self.ended = asyncio.Event()
        """The worker is gone, or doesn't keep to the protocol."""
        self.dropped = 0
        """Packets that the worker did not read in time."""
        self._socket = end
        self._on_note = on_note
        self._notes: deque[bytes] = deque()
        self._notes_queued = notes_queued
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(end.fileno(), self._readable)

    def send_note(self, note: Note) -> None:
        """Send a note, or keep it until the worker reads."""
        if self.ended.is_set():
            return
        message = encode_note(note)
        if not self._notes and self._send(message):
            return
        if len(self._notes) >= self._notes_queued:
            _log.warning("the programme worker doesn't read its notes")
            self.end()
            return
        if not self._notes:
            self._loop.add_writer(self._socket.fileno(), self._writable)
        self._notes.append(message)

    def send_packet(self, message: bytes | memoryview) -> bool:
        """Send a packet or a report; False: dropped, since the worker is behind."""
        # Behind waiting notes it would arrive out of order.
        if self.ended.is_set() or self._notes or not self._send(message):
            self.dropped += 1
            return False
        return True

    def _send(self, message: bytes | memoryview) -> bool:
        try:
            self._socket.send(message)
        except BlockingIOError:
            return False
        except OSError:
            self.end()
            return False
        return True

    def _writable(self) -> None:
        while self._notes and self._send(self._notes[0]):
            self._notes.popleft()
        if not self._notes and not self.ended.is_set():
            self._loop.remove_writer(self._socket.fileno())

    def _readable(self) -> None:
        for _ in range(_READS_MAX):
            if self.ended.is_set():
                return
            try:
                message = self._socket.recv(MESSAGE_MAX)
            except BlockingIOError:
                return
            except OSError:
                message = b""
            if not message:
                self.end()
                return
            try:
                if message[:1] != NOTE:
                    raise ValueError("not a note")
                note = decode_note(message)
            except (ValidationError, ValueError):
                _log.warning("the programme worker sent no note: %r", message[:80])
                self.end()
                return
            self._on_note(note)

    def end(self) -> None:
        """Close the line; nothing is sent or read any more."""
        if self.ended.is_set():
            return
        self.ended.set()
        self._loop.remove_reader(self._socket.fileno())
        self._loop.remove_writer(self._socket.fileno())
        self._notes.clear()
        self._socket.close()
