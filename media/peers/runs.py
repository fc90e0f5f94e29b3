"""
What of a burst one system call can send (Linux's UDP_SEGMENT): packets of one size, and a shorter
one behind them. Pure.

A call costs more than all the rest of forwarding a packet. A burst goes to many subscribers, so
this is worked out once for all of them.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

UDP_SEGMENT: Final = 103  # linux/udp.h; the socket module has no name for it
SOL_UDP: Final = 17
_SIZE: Final = struct.Struct("=H")


class Run:
    """Datagrams that lie one behind the other."""

    __slots__ = ("ancillary", "count", "part", "parts", "size")

    def __init__(self, part: memoryview, size: int, count: int) -> None:
        self.part = part
        """All of them."""
        self.size = size
        """Bytes of each; the last may have fewer."""
        self.count = count
        self.parts = (part,)
        """As `sendmsg` takes it, and what goes with it."""
        self.ancillary = [(SOL_UDP, UDP_SEGMENT, _SIZE.pack(size))]


def runs(data: memoryview, lengths: Sequence[int], overhead: int) -> list[Run]:
    """
    Divide a burst, in order.

    Args:
        data: the packets, one behind the other.
        lengths: their lengths, each without *overhead*, bytes.
    """
    found: list[Run] = []
    at, first, count = 0, 0, len(lengths)
    while first < count:
        length, end = lengths[first], first + 1
        size = length + overhead
        stop = at + size
        while end < count and lengths[end] == length:
            end += 1
            stop += size
        if end < count and lengths[end] < length:
            stop += lengths[end] + overhead
            end += 1
        found.append(Run(data[at:stop], size, end - first))
        at, first = stop, end
    return found
