"""
RTP packets of one source, put back in order. Pure.

A packet that is missing is waited for, so that a retransmission of the forwarder or a detour on the
way mends the picture; then it is given up, and the reader is told that there is a gap.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from media.rtp.errors import MalformedPacket
from media.rtp.packet import parse_header
from media.rtp.sequence import extend

WAIT_S = 0.08
"""How long a gap is waited for: one retransmission over a line of 60 ms. It is added to the
programme's delay only while something is missing."""
HELD_MAX = 512
"""Packets held behind a gap; more, and the gap is given up at once."""
JUMP = 1_000
"""A sequence number farther off than this is a restarted sender, not a gap."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One RTP packet without what the programme doesn't need."""

    sequence: int
    """As on the wire, 0..65535."""
    timestamp: int
    """As on the wire, 32 bits, in ticks of the source's clock."""
    marker: bool
    payload: bytes
    """Without padding; empty for a packet of padding only."""


def parse(data: bytes) -> Packet | None:
    """Read an RTP packet; None if it isn't one."""
    try:
        header = parse_header(data)
    except MalformedPacket:
        return None
    payload = data[header.start : header.end]
    return Packet(header.sequence, header.timestamp, bool(header.marker), payload)


class Reorder:
    """Holds what came too early. Time is the caller's monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._held: dict[int, tuple[Packet, float]] = {}
        """By extended sequence number, with the time of arrival."""
        self._next: int | None = None
        self._lost = False
        self.late = 0
        """Packets that came after their gap was given up, or twice."""

    def push(self, packet: Packet, now_s: float) -> None:
        """Take a packet as it arrives."""
        if self._next is None:
            self._next = packet.sequence
        sequence = extend(packet.sequence, self._next)
        if abs(sequence - self._next) > JUMP:
            self._held.clear()
            self._next, self._lost = sequence, True
        elif sequence < self._next or sequence in self._held:
            self.late += 1
            return
        self._held[sequence] = (packet, now_s)

    def pop(self, now_s: float) -> Iterator[tuple[Packet, bool]]:
        """
        What is in order by now: packets, each with whether something before it is lost for good.
        """
        while self._held and self._next is not None:
            if self._next not in self._held:
                since = min(arrived for _, arrived in self._held.values())
                if now_s - since < WAIT_S and len(self._held) <= HELD_MAX:
                    return
                self._next, self._lost = min(self._held), True
            packet, _ = self._held.pop(self._next)
            lost, self._lost = self._lost, False
            self._next += 1
            yield packet, lost
