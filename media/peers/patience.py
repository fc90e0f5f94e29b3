"""
The order of what is done in one turn: a socket with media is read to its end, what came goes on,
and then, since the process is awake anyway, sockets that bring feedback alone are read and chores
that are due are done (`media.peers.pulse`).

Being woken costs about a tenth of a millisecond, whatever for: more than reading and understanding
a report. Sixty receivers report hundreds of times a second, so they wake nobody: they are looked at
when media came from somebody (with sound, every 20 ms), and `PATIENCE_S` after that otherwise. So
the one timer of it all goes off only when no media comes.
"""

from __future__ import annotations

import asyncio
import select
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from media.peers.pulse import Chore, Pulse

GATHER_S: Final = 0.015  # seconds; looked at no more often, so that a look finds several
PATIENCE_S: Final = 0.1  # seconds; what is patient, or due, waits at most so long for media to come
READS_MAX: Final = 256  # sockets read in one go; the others are next
ROUNDS_MAX: Final = 16  # datagrams of one socket read in one go

_clock: Final = time.monotonic


class Patience:
    """
    The patient sockets of a process, and its chores.

    The sockets stand in an epoll set of their own, which the loop doesn't watch. Needs a running
    loop.

    Args:
        gather_s, patience_s, rounds_max: as above.
    """

    def __init__(
        self,
        gather_s: float = GATHER_S,
        patience_s: float = PATIENCE_S,
        rounds_max: int = ROUNDS_MAX,
    ) -> None:
        self._gather_s = gather_s
        self._patience_s = patience_s
        self._rounds_max = rounds_max
        self._loop = asyncio.get_running_loop()
        self._epoll = select.epoll()
        self._readable: dict[int, Callable[[], None]] = {}
        self._pulse = Pulse()
        self._timer: asyncio.TimerHandle | None = None
        self._wound_s = 0.0
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
        self._epoll.register(fd, select.EPOLLIN)
        self._wait()

    def remove(self, fd: int) -> None:
        """Look at it no more."""
        del self._readable[fd]
        self._epoll.unregister(fd)
        self._rest()

    def every(self, period_s: float, chore: Chore) -> None:
        """
        Do it once in *period_s*, as soon as the process is awake then, and `PATIENCE_S` later at
        most; again: no change.
        """
        self._pulse.add(chore, period_s, _clock())
        self._wait()

    def cease(self, chore: Chore) -> None:
        """Do it no more; unknown ones are fine."""
        self._pulse.remove(chore)
        self._rest()

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
        now_s = _clock()
        if now_s - self._looked_s >= self._gather_s:
            self._look(now_s)
            # now and then, since it takes longer than to look
            if self._timer is not None and now_s - self._wound_s >= self._patience_s / 2:
                self._timer.cancel()
                self._wind(now_s)

    def _look(self, now_s: float) -> None:
        self._looked_s = now_s
        soon_s = now_s + self._gather_s  # rather than to be too early by a hair, and wait once more
        if self._pulse.due_s <= soon_s:
            self._pulse.beat(soon_s)
        if self._readable:
            self._read()

    def _read(self) -> None:
        # To ask once more for all is cheaper than to read in vain from each that had something.
        for _ in range(self._rounds_max):
            ready = self._epoll.poll(0, READS_MAX)
            if not ready:
                return
            for fd, _ in ready:
                readable = self._readable.get(fd)
                if readable is not None:  # one read before it may have closed it
                    readable()

    # --- the timer: there is one while there is something to do

    def _wait(self) -> None:
        if self._timer is None:
            self._wind(_clock())

    def _wind(self, now_s: float) -> None:
        self._wound_s = now_s
        self._timer = self._loop.call_later(self._patience_s, self._late)

    def _rest(self) -> None:
        if self._timer is not None and not self._readable and not self._pulse:
            self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        """Nothing else came for long: look without a reason."""
        now_s = _clock()
        self._wind(now_s)
        self._look(now_s)

    def close(self) -> None:
        """Let go of the set."""
        if self._timer is not None:
            self._timer.cancel()
        self._epoll.close()
