"""
When a publisher's packets arrived, by their transport-wide number, to tell it in feedback.

One feedback packet every `tuning.TELL_S` while packets come, so that a browser learns within
seconds how much it may send; packets that come late are told of again with all that came after.
"""

from __future__ import annotations

from typing import Final

from media.rtp.sequence import extend
from media.rtp.transport_feedback import (
    DELTA_MAX,
    REFERENCE_TICKS,
    STATUSES_MAX,
    TICKS_PER_S,
    TransportFeedback,
)

_BACK: Final = 512
"""A number so far below the newest is not remembered any more: 0.5 s of 10 Mbit/s."""


class Arrivals:
    """
    The packets of one publisher.

    Args:
        sender: our SSRC in feedback.
    """

    __slots__ = ("_begin", "_count", "_newest", "_sender", "_ticks")

    def __init__(self, sender: int) -> None:
        self._sender = sender
        self._ticks: dict[int, int] = {}  # by extended number
        self._newest: int | None = None
        self._begin = 0  # first number of the next feedback
        self._count = 0

    def add(self, number: int, now_s: float) -> None:
        """A packet arrived; hot path. *number*: 0..65535."""
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
        self._ticks.setdefault(extended, int(now_s * TICKS_PER_S))

    def tell(self, ssrc: int) -> TransportFeedback | None:
        """
        The next feedback; None if nothing new arrived. What does not fit goes into the next one.

        Args:
            ssrc: of some media of the publisher.
        """
        newest, begin, known = self._newest, self._begin, self._ticks
        if newest is None or begin > newest:
            return None
        end = min(newest + 1, begin + STATUSES_MAX)
        begin = next((n for n in range(begin, end) if n in known), end)
        if begin == end:
            self._begin = end
            return None
        reference = known[begin] // REFERENCE_TICKS
        start = last = reference * REFERENCE_TICKS
        arrivals: list[int | None] = []
        for extended in range(begin, end):
            ticks = known.get(extended)
            if ticks is not None:
                if abs(ticks - last) > DELTA_MAX:
                    end = extended
                    break
                last = ticks
                ticks -= start
            arrivals.append(ticks)
        self._begin = end
        for extended in [n for n in known if n < end - _BACK]:
            del known[extended]
        count, self._count = self._count, self._count + 1 & 0xFF
        return TransportFeedback(
            self._sender, ssrc, begin & 0xFFFF, count, reference & 0xFFFFFF, tuple(arrivals)
        )
