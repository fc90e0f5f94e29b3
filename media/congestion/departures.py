"""
When packets left, by their transport-wide number, until feedback tells when they arrived.

A row a burst, not an object a packet: a burst is sent at one moment and is one group to the
estimate anyway (`tuning.GROUP_S`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final, NamedTuple

from media.congestion.tuning import HISTORY_BURSTS
from media.rtp.sequence import extend
from media.rtp.transport_feedback import REFERENCE_TICKS, TICKS_PER_S, TransportFeedback

_REFERENCE_CYCLE: Final = 1 << 24
_OVERLAP_S: Final = 1.0
"""libwebrtc tells again of what arrived in the last 0.5 s, when a late packet came."""


class Group(NamedTuple):
    """Packets that left together, as far as one feedback told of them for the first time."""

    sent_s: float
    first_s: float
    """When the first arrived, on the receiver's clock."""
    last_s: float
    octets: int


class Told(NamedTuple):
    """What one feedback told."""

    groups: list[Group]
    """In the order of sending."""
    received: int
    lost: int
    """May be negative: packets that were told lost came late."""


class _Burst:
    __slots__ = ("end", "first", "lengths", "missing", "seen", "sent_s", "whole")

    def __init__(self, first: int, end: int, lengths: Sequence[int], sent_s: float) -> None:
        self.first = first
        self.end = end
        self.lengths = lengths
        self.sent_s = sent_s
        self.seen = 0  # bit by packet: arrived
        self.missing = 0  # bit by packet: told not to have arrived
        self.whole = (1 << end - first) - 1  # `seen` when all arrived


class Departures:
    """The packets sent to one peer."""

    __slots__ = ("_bursts", "_reference", "next")

    def __init__(self) -> None:
        self.next = 1 << 16
        """Number of the next packet, extended; a cycle up, so that none is negative."""
        self._bursts: deque[_Burst] = deque(maxlen=HISTORY_BURSTS)
        self._reference: int | None = None

    def first_of(self, count: int) -> int:
        """
        Number of the first of *count* packets, which then have 16-bit numbers in a row: where they
        would wrap between two of them, some are left out. Nobody misses these.
        """
        over = (self.next & 0xFFFF) + count - 0x10000
        if over > 0:
            self.next += count - over
        return self.next

    def sent(self, lengths: Sequence[int], count: int, now_s: float) -> None:
        """
        The first *count* packets of these left, numbered from `next` on.

        Args:
            lengths: bytes of each; kept, not to be changed.
            count: at least 1.
            now_s: monotonic clock.
        """
        first = self.next
        self.next = end = first + count
        self._bursts.append(_Burst(first, end, lengths, now_s))

    def told(self, feedback: TransportFeedback, now_s: float) -> Told:
        """Take a feedback. What it tells of packets that are not remembered is left out."""
        reference = self._reference
        if reference is None:
            reference = feedback.reference
        else:
            way = (feedback.reference - reference) % _REFERENCE_CYCLE
            reference += way if way < _REFERENCE_CYCLE // 2 else way - _REFERENCE_CYCLE
        self._reference = reference
        start = reference * REFERENCE_TICKS
        arrivals = feedback.arrivals
        base = extend(feedback.base, self.next)
        stop = base + len(arrivals)
        bursts = self._bursts
        while bursts and bursts[0].end <= base:
            oldest = bursts[0]
            if oldest.seen != oldest.whole and oldest.sent_s > now_s - _OVERLAP_S:
                break
            bursts.popleft()
        groups: list[Group] = []
        received = lost = 0
        for burst in bursts:
            first, end = burst.first, burst.end
            if end <= base:
                continue
            if first >= stop:
                break
            seen, missing, lengths = burst.seen, burst.missing, burst.lengths
            earliest = latest = octets = 0
            for number in range(max(first, base), min(end, stop)):
                at = number - first
                bit = 1 << at
                if seen & bit:
                    continue
                ticks = arrivals[number - base]
                if ticks is None:
                    if not missing & bit:
                        missing |= bit
                        lost += 1
                    continue
                if missing & bit:
                    missing ^= bit
                    lost -= 1
                seen |= bit
                received += 1
                if not octets:
                    earliest = latest = ticks
                elif ticks > latest:
                    latest = ticks
                elif ticks < earliest:
                    earliest = ticks
                octets += lengths[at]
            burst.seen, burst.missing = seen, missing
            if octets:
                groups.append(
                    Group(
                        burst.sent_s,
                        (start + earliest) / TICKS_PER_S,
                        (start + latest) / TICKS_PER_S,
                        octets,
                    )
                )
        return Told(groups, received, lost)
