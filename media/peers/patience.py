"""
The order of what is done in one turn: a socket with media is read to its end, what came goes on,
and then sockets that bring feedback alone are read, since the process is awake anyway.

Being woken costs about a tenth of a millisecond, whatever for: more than reading and understanding
a report. Sixty receivers report hundreds of times a second, so they wake nobody: they are looked at
when media came from somebody (with sound, every 20 ms), and every `PATIENCE_S` otherwise.
"""

from __future__ import annotations

import asyncio
import select
from collections import deque
from collections.abc import Callable

GATHER_S = 0.01  # seconds; looked at no more often, so that one look finds what several brought
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
        self._looked_s = 0.0
        self._reading = False
        self._later: deque[Callable[[], None]] = deque()

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

    def later(self, call: Callable[[], None]) -> None:
        """Call it once the socket that is read now was read to its end; if none is, at once."""
        if self._reading:
            self._later.append(call)
        else:
            call()

    def reading(self) -> None:
        """Something came that can't wait, and is read now."""
        self._reading = True

    def awake(self) -> None:
        """It was read: do what was left for later, then look around."""
        later = self._later
        while later:  # one by one: if one fails, the others are called the next time
            later.popleft()()
        self._reading = False
        if self._readable and self._loop.time() - self._looked_s >= GATHER_S:
            self._look()

    def _look(self) -> None:
        self._looked = True
        self._looked_s = self._loop.time()
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
