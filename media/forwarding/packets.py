"""A media packet on its way through, and the ring that keeps the last ones for retransmission."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from struct import Struct
from typing import Final, NamedTuple, Protocol

from media.peers.port import RTP_MAX
from media.rtp.packet import EXTENSION, EXTENSION_SIZE, HEADER_SIZE, PADDING, VERSION
from media.rtp.red import primary
from media.rtp.vp8 import Counts, counts

PAD_MAX: Final = 3
"""Bytes; more is not worth what it costs on the way."""


class Packet:
    """
    One packet of a track, ready to be written many times: the payload is copied once, behind a
    header that differs for each subscriber.
    """

    __slots__ = (
        "arrived_s",
        "body",
        "extended",
        "head",
        "keyframe",
        "length",
        "marker",
        "payload",
        "timestamp",
        "write",
    )

    def __init__(
        self,
        extended: int,
        timestamp: int,
        marker: int,
        payload: bytes,
        arrived_s: float,
        *,
        keyframe: bool,
    ) -> None:
        self.extended = extended
        """Extended sequence number of the publisher."""
        self.timestamp = timestamp
        """The publisher's, 32 bits."""
        self.marker = marker
        """0 or 0x80."""
        self.payload = payload
        """Empty for padding, which is sent on so that the numbers stay without a gap."""
        self.arrived_s = arrived_s
        self.keyframe = keyframe
        """A decoder may start here."""
        self.head = VERSION << 24 | marker << 16
        """First word of the header, without payload type and number."""
        self.body = payload
        """The payload, and padding behind it if `head` says so."""
        size = len(payload)
        self.length = size + 12
        """Bytes of the packet with a plain header."""
        self.write: Callable[..., None] = _writer(size)
        """
        `write(buffer, offset, head | payload type << 16 | sequence, timestamp, ssrc, body)`: header
        and body in one call, since this is the inner loop of the forwarder.
        """

    def without_redundancy(self) -> Packet:
        """The same sound without that of earlier packets."""
        return Packet(
            self.extended,
            self.timestamp,
            self.marker,
            primary(self.payload),
            self.arrived_s,
            keyframe=self.keyframe,
        )

    def pad(self, size: int) -> None:
        """
        Make the packet longer by *size* bytes, 1..255.

        Source: RFC 3550, 5.1 (the last byte of padding says how many there are).
        """
        self.head |= PADDING << 24
        self.body = self.payload + bytes(size - 1) + bytes((size,))
        self.length = len(self.body) + 12
        self.write = _writer(len(self.body))


def level(burst: Sequence[Packet]) -> None:
    """
    Give packets of about one size exactly one, so that they go out in one system call
    (`media.peers.udp`). libwebrtc cuts a frame into packets that differ by a byte.
    """
    longest = max(packet.length for packet in burst)
    for packet in burst:
        if 0 < longest - packet.length <= PAD_MAX:
            packet.pad(longest - packet.length)


@lru_cache(maxsize=RTP_MAX)
def _writer(size: int) -> Callable[..., None]:
    return Struct(f"!III{size}s").pack_into


@lru_cache(maxsize=RTP_MAX)
def _extended_writer(size: int) -> Callable[..., None]:
    return Struct(f"!IIIII{size}s").pack_into


Row = tuple[Callable[..., None], int, int, int, bytes, int]
"""Of a packet: `write`, extended number, head, timestamp, body, length."""


class Extended:
    """What a burst is with eight bytes of header extension in each packet."""

    __slots__ = ("lengths", "rows", "size")

    def __init__(self, packets: Sequence[Packet]) -> None:
        rows: list[Row] = []
        lengths: list[int] = []
        size = 0
        for p in packets:
            length = p.length + EXTENSION_SIZE
            write = _extended_writer(p.length - HEADER_SIZE)
            rows.append((write, p.extended, p.head | EXTENSION << 24, p.timestamp, p.body, length))
            lengths.append(length)
            size += length
        self.rows = rows
        """As `Burst.rows`; `write` takes the eight bytes as two words before the body."""
        self.lengths = lengths
        self.size = size
        """Bytes in all."""


class Burst:
    """Packets that go on together, and what every sink needs of them, gathered once."""

    __slots__ = (
        "_counts",
        "_extended",
        "_plain",
        "_rows",
        "lengths",
        "newest",
        "octets",
        "oldest",
        "packets",
        "red",
    )

    def __init__(self, packets: Sequence[Packet], *, red: bool = False) -> None:
        """
        Args:
            packets: 1..`BURST_MAX`.
            red: they carry redundant audio (RFC 2198).
        """
        self.packets = packets
        self.red = red
        newest = packets[0]
        oldest = newest.extended
        octets = 0
        for packet in packets:
            octets += packet.length - HEADER_SIZE
            if packet.extended > newest.extended:
                newest = packet
            elif packet.extended < oldest:
                oldest = packet.extended
        self.lengths = [packet.length for packet in packets]
        """Bytes, with a plain header."""
        self.octets = octets
        """Of the payloads."""
        self.oldest = oldest
        self.newest = newest
        self._rows: list[Row] | None = None
        self._counts: list[Counts | None] | None = None
        self._extended: Extended | None = None
        self._plain: Burst | None = None

    @property
    def rows(self) -> list[Row]:
        """
        What writing a packet takes: the inner loop of the forwarder reads it 60 times. Made when
        the first sink wants it.
        """
        if self._rows is None:
            self._rows = [
                (p.write, p.extended, p.head, p.timestamp, p.body, p.length) for p in self.packets
            ]
        return self._rows

    @property
    def plain(self) -> Burst:
        """The sound without redundancy; made when the first sink wants it."""
        if self._plain is None:
            self._plain = Burst([packet.without_redundancy() for packet in self.packets])
        return self._plain

    @property
    def counts(self) -> list[Counts | None]:
        """VP8's picture counters in each payload; read when the first sink wants them."""
        if self._counts is None:
            self._counts = [counts(packet.payload) for packet in self.packets]
        return self._counts

    @property
    def extended(self) -> Extended:
        """The same with a header extension; made when the first sink wants it."""
        if self._extended is None:
            self._extended = Extended(self.packets)
        return self._extended


class SourceClock(NamedTuple):
    """One instant on the publisher's wall clock and media clock, from a sender report."""

    ntp: int
    """64 bits NTP format."""
    rtp: int
    """32 bits."""
    arrived_s: float
    """Monotonic clock."""


class PacketCache:
    """
    The newest packets of a track, by extended sequence number.

    Args:
        capacity: packets; a power of two. A packet older than the newest by this
            much is forgotten.
    """

    __slots__ = ("_mask", "_ring")

    def __init__(self, capacity: int) -> None:
        if capacity & (capacity - 1) or capacity < 1:
            raise ValueError("capacity must be a power of two")
        self._mask = capacity - 1
        self._ring: list[Packet | None] = [None] * capacity

    @property
    def capacity(self) -> int:
        """Packets."""
        return self._mask + 1

    def put(self, packet: Packet) -> None:
        """Keep a packet; the one `capacity` before it is forgotten."""
        self._ring[packet.extended & self._mask] = packet

    def get(self, extended: int) -> Packet | None:
        """The packet with this number, if it is still there."""
        packet = self._ring[extended & self._mask]
        return packet if packet is not None and packet.extended == extended else None

    def clear(self) -> None:
        """Forget everything: what was allowed once is not sent again after it was forbidden."""
        self._ring = [None] * len(self._ring)


class Sink(Protocol):
    """Where the packets of a track go: a subscription, or the programme."""

    def forward(self, burst: Burst) -> None:
        """Take the next packets; hot path. They may be out of order, never twice."""
        ...

    def interrupted(self, *, anew: bool) -> None:
        """
        What comes next does not continue what came before: the source was muted, or too much is
        missing. *anew*: its numbers and clocks don't continue either.
        """
        ...

    def reported(self, clock: SourceClock) -> None:
        """The publisher told its clocks."""
        ...
