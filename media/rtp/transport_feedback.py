"""
Transport-wide feedback: when each packet of a peer arrived, whatever track it belongs to
(draft-holmer-rmcat-transport-wide-cc-extensions-01, RTPFB format 15).

Every packet bears a number of its own in a header extension (section 2); the receiver tells of a
run of them in one RTCP packet (section 3.1). Pure; `read` raises nothing but MalformedPacket.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from struct import Struct
from typing import Final

from media.rtp.errors import MalformedPacket

TICKS_PER_S: Final = 4_000
"""Arrival times are multiples of 250 us."""
REFERENCE_TICKS: Final = 256
"""The reference time is a multiple of 64 ms."""
STATUSES_MAX: Final = 2_048
"""Packets in one feedback that is read: 2 s of 10 Mbit/s. No honest report is longer."""
DELTA_MAX: Final = 0x7FFF
"""Between two arrivals that stand in one packet, ticks: 8.2 s."""

_RTPFB: Final = 205
_FORMAT: Final = 15
_HEAD: Final = Struct("!IIHHI")
_PACKET: Final = Struct("!BBH")
_SHORT: Final = Struct("!H")
_SIGNED: Final = Struct("!h")
_LOST, _SMALL, _LARGE = 0, 1, 2
_RUN_MAX: Final = 0x1FFF
_ONE_BIT: Final = tuple(tuple(byte >> bit & 1 for bit in range(7, -1, -1)) for byte in range(256))
_TWO_BIT: Final = tuple(tuple(byte >> shift & 3 for shift in (6, 4, 2, 0)) for byte in range(256))


@dataclass(slots=True)
class TransportFeedback:
    """One feedback packet (section 3.1)."""

    sender: int
    ssrc: int
    """Of some media of the peer; nothing depends on it."""
    base: int
    """Number of the first packet told of, 0..65535."""
    count: int
    """Of the feedback packets themselves, 0..255: one that is missing was lost."""
    reference: int
    """The receiver's clock, 0..2**24 - 1 in units of 64 ms; begins anywhere and wraps."""
    arrivals: tuple[int | None, ...]
    """For each packet from `base` on: ticks since the reference; None: it did not arrive."""

    def pack(self) -> bytes:
        """
        Raises:
            ValueError: two arrivals are further apart than `DELTA_MAX`, or there are none.
        """
        statuses: list[int] = []
        deltas = bytearray()
        last = 0
        for arrival in self.arrivals:
            if arrival is None:
                statuses.append(_LOST)
                continue
            delta = arrival - last
            last = arrival
            if 0 <= delta <= 0xFF:
                statuses.append(_SMALL)
                deltas.append(delta)
            elif abs(delta) <= DELTA_MAX:
                statuses.append(_LARGE)
                deltas += _SIGNED.pack(delta)
            else:
                raise ValueError("arrivals too far apart for one packet")
        if not statuses:
            raise ValueError("nothing to tell of")
        clock = self.reference << 8 | self.count
        body = _HEAD.pack(self.sender, self.ssrc, self.base, len(statuses), clock)
        body += b"".join(_SHORT.pack(chunk) for chunk in _chunks(statuses)) + deltas
        body += bytes(-len(body) % 4)
        return _PACKET.pack(0x80 | _FORMAT, _RTPFB, len(body) >> 2) + body


def _chunks(statuses: Sequence[int]) -> Iterator[int]:
    """Packet status chunks (sections 3.1.3 and 3.1.4): long runs as runs, the rest as vectors."""
    at, end = 0, len(statuses)
    while at < end:
        status, run = statuses[at], 1
        while at + run < end and run < _RUN_MAX and statuses[at + run] == status:
            run += 1
        if run >= 14 or at + run == end:
            yield status << 13 | run
            at += run
            continue
        few = statuses[at : at + 14]
        two_bits = _LARGE in few
        width, room = (2, 7) if two_bits else (1, 14)
        few = few[:room]
        chunk = 0
        for status in few:
            chunk = chunk << width | status
        chunk <<= width * (room - len(few))
        yield 0x8000 | two_bits << 14 | chunk
        at += len(few)


def read(body: bytes) -> TransportFeedback:
    """
    Args:
        body: the packet behind its RTCP header, without padding.

    Raises:
        MalformedPacket: cut off, a status without a meaning, or more than `STATUSES_MAX` packets.
    """
    size = len(body)
    if size < _HEAD.size:
        raise MalformedPacket("feedback is cut off")
    sender, ssrc, base, expected, clock = _HEAD.unpack_from(body)
    if expected > STATUSES_MAX:
        raise MalformedPacket("feedback about too many packets")
    number, reference = clock & 0xFF, clock >> 8
    at = _HEAD.size
    if at + 2 + expected <= size and _SHORT.unpack_from(body, at)[0] == _SMALL << 13 | expected:
        # One run: all arrived, and none was late. Almost always.
        times = tuple(accumulate(body[at + 2 : at + 2 + expected]))
        return TransportFeedback(sender, ssrc, base, number, reference, times)
    statuses: list[int] = []
    while len(statuses) < expected:
        if at + 2 > size:
            raise MalformedPacket("statuses are cut off")
        high, low = body[at], body[at + 1]
        at += 2
        if high < 0x80:
            run = (high & 0x1F) << 8 | low
            if not run:
                raise MalformedPacket("a run of nothing")
            statuses += (high >> 5,) * min(run, expected - len(statuses))
        elif high < 0xC0:
            statuses += _ONE_BIT[high][2:]
            statuses += _ONE_BIT[low]
        else:
            statuses += _TWO_BIT[high][1:]
            statuses += _TWO_BIT[low]
    del statuses[expected:]
    if at + statuses.count(_SMALL) + 2 * statuses.count(_LARGE) > size:
        raise MalformedPacket("arrivals are cut off")
    arrivals: list[int | None] = []
    append = arrivals.append
    ticks = 0
    for status in statuses:
        if status == _SMALL:
            ticks += body[at]
            at += 1
            append(ticks)
        elif status == _LOST:
            append(None)
        elif status == _LARGE:
            delta = body[at] << 8 | body[at + 1]
            ticks += delta if delta <= DELTA_MAX else delta - 0x10000
            at += 2
            append(ticks)
        else:
            raise MalformedPacket("a status without a meaning")
    return TransportFeedback(sender, ssrc, base, number, reference, tuple(arrivals))
