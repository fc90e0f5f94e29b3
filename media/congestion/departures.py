"""
When packets left, by their transport-wide number, until feedback tells when they arrived.

A row a burst, not an object a packet: a burst is sent at one moment and is one group to the
estimate anyway (`tuning.GROUP_S`). Packets are looked at one by one only where one is missing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final, NamedTuple, cast

from media.congestion.tuning import HISTORY_BURSTS
from media.rtp.sequence import extend
from media.rtp.transport_feedback import REFERENCE_TICKS, TICKS_PER_S, TransportFeedback

_REFERENCE_CYCLE: Final = 1 << 24
IN_A_ROW: Final = 16
"""Packets at most that are numbered at once."""
_LAST: Final = 0x10000 - IN_A_ROW
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


_Burst = tuple[int, int, Sequence[int], int, float]
"""Number of the first packet and behind the last, bytes of each and of all, when they left."""


class _Open:
    """A burst of which not all is told to have arrived."""

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

    __slots__ = ("_fresh", "_opened", "_reference", "left_s", "next")

    def __init__(self) -> None:
        self.next = 1 << 16
        """
        Number of the next packet, extended; a cycle up, so that none is negative. At least
        `IN_A_ROW` numbers follow before their 16 bits wrap.
        """
        self.left_s = float("-inf")
        """When the newest packet left."""
        # not told of yet; told of, but not of all their packets that they arrived
        self._fresh: deque[_Burst] = deque(maxlen=HISTORY_BURSTS)
        self._opened: deque[_Open] = deque(maxlen=HISTORY_BURSTS)
        self._reference: int | None = None

    def sent(self, lengths: Sequence[int], count: int, size: int, now_s: float) -> None:
        """
        The first *count* packets of these left, numbered from `next` on; hot path.

        Args:
            lengths: bytes of each; kept, not to be changed.
            count: 1..`IN_A_ROW`.
            size: bytes of all in *lengths*.
            now_s: monotonic clock.
        """
        first = self.next
        end = first + count
        self._fresh.append((first, end, lengths, size, now_s))
        self.left_s = now_s
        if end & 0xFFFF > _LAST:
            # Left out, so that nobody need care for a wrap within a burst; nobody misses them.
            end = (end | 0xFFFF) + 1
        self.next = end

    def told(self, feedback: TransportFeedback, now_s: float, *, calm: bool = False) -> Told:
        """
        Take a feedback. What it tells of packets that are not remembered is left out.

        Args:
            calm: nothing queues on the way, so that of bursts that arrived whole the last may stand
                for all: one group a feedback instead of one a burst.
        """
        start = self._unwrap(feedback.reference) * REFERENCE_TICKS
        arrivals = feedback.arrivals
        base = extend(feedback.base, self.next)
        stop = base + len(arrivals)
        opened, fresh = self._opened, self._fresh
        while opened and (
            opened[0].seen == opened[0].whole or opened[0].sent_s < now_s - _OVERLAP_S
        ):
            opened.popleft()
        groups: list[Group] = []
        received = lost = 0
        for burst in opened:
            if burst.end > base and burst.first < stop and burst.seen != burst.whole:
                more, less = self._open(burst, base, arrivals, start, groups)
                received += more
                lost += less
        if calm and None not in arrivals:
            received += self._whole(base, stop, cast("Sequence[int]", arrivals), start, groups)
        while fresh and fresh[0][0] < stop:
            first, end, lengths, size, sent_s = fresh.popleft()
            if end <= base:
                continue  # the feedback about it was lost
            if first >= base and end <= stop:
                ticks = arrivals[first - base : end - base]
                if None not in ticks:
                    whole = cast("Sequence[int]", ticks)
                    early = (start + min(whole)) / TICKS_PER_S
                    late = (start + max(whole)) / TICKS_PER_S
                    groups.append(Group(sent_s, early, late, size))
                    received += end - first
                    continue
            burst = _Open(first, end, lengths, sent_s)
            opened.append(burst)
            more, less = self._open(burst, base, arrivals, start, groups)
            received += more
            lost += less
        return Told(groups, received, lost)

    def _whole(
        self, base: int, stop: int, arrivals: Sequence[int], start: int, groups: list[Group]
    ) -> int:
        """The next bursts, of which all arrived, as one group; returns how many packets."""
        fresh = self._fresh
        first = end = received = octets = 0
        sent_s = 0.0
        while fresh and base <= fresh[0][0] and fresh[0][1] <= stop:
            first, end, _, size, sent_s = fresh.popleft()
            received += end - first
            octets += size
        if received:
            ticks = arrivals[first - base : end - base]
            early, late = (start + min(ticks)) / TICKS_PER_S, (start + max(ticks)) / TICKS_PER_S
            groups.append(Group(sent_s, early, late, octets))
        return received

    def _unwrap(self, reference: int) -> int:
        """The reference time without the wrap of its 24 bits."""
        last = self._reference
        if last is not None:
            way = (reference - last) % _REFERENCE_CYCLE
            reference = last + (way if way < _REFERENCE_CYCLE // 2 else way - _REFERENCE_CYCLE)
        self._reference = reference
        return reference

    @staticmethod
    def _open(
        burst: _Open,
        base: int,
        arrivals: Sequence[int | None],
        start: int,
        groups: list[Group],
    ) -> tuple[int, int]:
        """What is told of a burst packet by packet: how many arrived, how many are lost now."""
        first, seen, missing, lengths = burst.first, burst.seen, burst.missing, burst.lengths
        received = lost = earliest = latest = octets = 0
        for number in range(max(first, base), min(burst.end, base + len(arrivals))):
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
            early, late = (start + earliest) / TICKS_PER_S, (start + latest) / TICKS_PER_S
            groups.append(Group(burst.sent_s, early, late, octets))
        return received, lost
