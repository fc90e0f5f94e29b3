"""
Sockets that bring feedback alone are read when the process is awake anyway.

Being woken costs about a tenth of a millisecond, whatever for: more than reading and understanding
a report. Sixty receivers report hundreds of times a second, so they wake nobody: they are looked at
whenever media came from somebody (with sound, every 20 ms), and every `PATIENCE_S` otherwise.
"""

from __future__ import annotations

import asyncio
import select
from collections.abc import Callable

PATIENCE_S = 0.04  # seconds; feedback waits at most twice as long
READS_MAX = 256  # sockets read in one go; the others are next
ROUNDS_MAX = 16  # datagrams of one socket read in one go


class Patience:
    """
    The patient sockets of a process.

    They stand in an epoll set of their own, which the loop doesn't watch. Needs a running loop.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._set = select.epoll()
        self._readable: dict[int, Callable[[], None]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._looked = False
        self._soon = False

    def add(self, fd: int, readable: Callable[[], None]) -> None:
        """
        Call it, some time after there is something to read.

        Args:
            readable: reads one datagram; called again if there are more.
        """
        self._readable[fd] = readable
        self._set.register(fd, select.EPOLLIN)
        if self._timer is None:
            self._timer = self._loop.call_later(PATIENCE_S, self._late)

    def remove(self, fd: int) -> None:
        """Look at it no more."""
        del self._readable[fd]
        self._set.unregister(fd)
        if not self._readable and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def awake(self) -> None:
        """Something came that could not wait: look around once that is dealt with."""
        if self._readable and not self._soon:
            self._soon = True
            self._loop.call_soon(self._look)

    def _look(self) -> None:
        self._soon = False
        self._looked = True
        # To ask once more for all is cheaper than to read in vain from each that had something.
        for _ in range(ROUNDS_MAX):
            ready = self._set.poll(0, READS_MAX)
            if not ready:
                return
            for fd, _ in ready:
                readable = self._readable.get(fd)
                if readable is not None:  # one read before it may have closed it
                    readable()

    def _late(self) -> None:
        """Nothing else came for long: look without a reason."""
        self._timer = self._loop.call_later(PATIENCE_S, self._late)
        if not self._looked:
            self._look()
        self._looked = False

    def close(self) -> None:
        """Let go of the set."""
        if self._timer is not None:
            self._timer.cancel()
        self._set.close()
