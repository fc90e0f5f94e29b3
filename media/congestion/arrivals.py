"""
When a publisher's packets arrived, by their transport-wide number, to tell it in feedback.

One feedback packet at a time, more seldom while little comes, so that a browser learns within
seconds how much it may send. Packets that come late are told of again with all that came after.
"""

from __future__ import annotations

from typing import Final

from media.rtp.packet import find_number
from media.rtp.sequence import extend
from media.rtp.transport_feedback import (
    DELTA_MAX,
    REFERENCE_TICKS,
    TICKS_PER_S,
    TransportFeedback,
)

_BACK: Final = 512
"""A number so far below the newest is not remembered any more: 0.5 s of 10 Mbit/s."""
_FEW: Final = 10
_FEW_S: Final = 0.25
"""Fewer packets than that may wait for so long (libwebrtc: 50 to 250 ms)."""


class Arrivals:
    """
    The packets of one publisher.

    Args:
        sender: our SSRC in feedback.
        ident: of the header extension, 1..14.
    """

    __slots__ = ("_begin", "_count", "_new", "_newest", "_sender", "_ticks", "_told_s", "ident")

    def __init__(self, sender: int, ident: int) -> None:
        self.ident = ident
        self._sender = sender
        self._ticks: dict[int, int] = {}  # when, by extended number
        self._newest: int | None = None
        self._begin = 0  # first number of the next feedback
        self._new = 0  # packets since the last
        self._count = 0
        self._told_s = float("-inf")

    def receive(self, packet: memoryview, now_s: float) -> None:
        """Take a packet, whatever is in it; hot path."""
        number = find_number(packet, self.ident)
        if number >= 0:
            self.add(number, now_s)

    def add(self, number: int, now_s: float) -> None:
        """A packet arrived. *number*: 0..65535."""
        newest = self._newest
        if newest is None:
            extended = number + 0x10000
            self._newest = self._begin = extended
        else:
            extended = extend(number, newest)
            if extended > newest:
                self._newest = extended
            elif extended < newest - _BACK:
                return
            if extended < self._begin:
                self._begin = extended
        if extended not in self._ticks:
            self._ticks[extended] = round(now_s * TICKS_PER_S)
            self._new += 1

    def due(self, now_s: float) -> bool:
        """Whether there is enough to tell."""
        return self._new >= _FEW or (self._new > 0 and now_s - self._told_s >= _FEW_S)

    def tell(self, ssrc: int, now_s: float) -> TransportFeedback | None:
        """
        The next feedback; None if nothing new arrived. What does not fit goes into the next.

        Args:
            ssrc: of some media of the publisher.
            now_s: monotonic clock.
        """
        newest, known = self._newest, self._ticks
        if newest is None or not self._new:
            return None
        # After a leap of the numbers nobody wants to know of all that lies between.
        begin = max(self._begin, newest - 2 * _BACK)
        first = next((known[n] for n in range(begin, newest + 1) if n in known), None)
        assert first is not None, "can't happen: the newest is remembered"
        reference = first // REFERENCE_TICKS
        start = last = reference * REFERENCE_TICKS
        arrivals: list[int | None] = []
        for extended in range(begin, newest + 1):
            ticks = known.get(extended)
            if ticks is not None:
                if abs(ticks - last) > DELTA_MAX:
                    break
                last = ticks
                ticks -= start
            arrivals.append(ticks)
        self._begin = end = begin + len(arrivals)
        if end > newest:
            self._new = 0
        self._told_s = now_s
        for extended in [n for n in known if n < end - _BACK]:
            del known[extended]
        count, self._count = self._count, self._count + 1 & 0xFF
        return TransportFeedback(
            self._sender, ssrc, begin & 0xFFFF, count, reference & 0xFFFFFF, tuple(arrivals)
        )
