"""
RTCP packets that a forwarder speaks: sender and receiver reports, SDES, BYE (RFC 3550, section 6),
generic NACK and PLI (RFC 4585, section 6), FIR (RFC 5104, 4.3.1), REMB
(draft-alvestrand-rmcat-remb-03), transport-wide feedback (`media.rtp.transport_feedback`).

`parse` reads a compound packet; every length in it is checked. Types and feedback formats that are
not listed are skipped. Each class packs itself; a compound packet is the joined bytes, with a
report first (RFC 3550, 6.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Final

from media.rtp.errors import MalformedPacket
from media.rtp.transport_feedback import TransportFeedback, read

_SR: Final = 200
_RR: Final = 201
_SDES: Final = 202
_BYE: Final = 203
_RTPFB: Final = 205
_PSFB: Final = 206
_FMT_NACK: Final = 1
_FMT_TRANSPORT: Final = 15
_FMT_PLI: Final = 1
_FMT_FIR: Final = 4
_FMT_APPLICATION: Final = 15
_SDES_CNAME: Final = 1
_REMB: Final = b"REMB"

BLOCKS_MAX: Final = 31
"""Report blocks, SDES chunks or sources in one packet: a count of five bits."""

_HEADER: Final = Struct("!BBH")
_WORD: Final = Struct("!I")
_PAIR: Final = Struct("!II")
_SENDER_INFO: Final = Struct("!IQIII")
_BLOCK: Final = Struct("!IIIIII")
_NACK_ITEM: Final = Struct("!HH")
_FIR_ITEM: Final = Struct("!IBxxx")


def _pack(count: int, kind: int, body: bytes) -> bytes:
    """One packet; *body* is filled to whole words."""
    body += bytes(-len(body) % 4)
    return _HEADER.pack(0x80 | count, kind, len(body) >> 2) + body


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """What one receiver saw of one source (RFC 3550, 6.4.1)."""

    ssrc: int
    fraction_lost: int
    """Of the packets expected since the last report, in 1/256."""
    total_lost: int
    """Signed, 24 bits; duplicates make it negative."""
    highest: int
    """Extended highest sequence number, 32 bits."""
    jitter: int
    """Media clock ticks."""
    last_report: int = 0
    """Middle 32 bits of the NTP time in the last sender report; 0: none came."""
    delay: int = 0
    """Since that report arrived, in 1/65536 s."""

    def pack(self) -> bytes:
        lost = max(-0x800000, min(0x7FFFFF, self.total_lost)) & 0xFFFFFF
        return _BLOCK.pack(
            self.ssrc,
            self.fraction_lost << 24 | lost,
            self.highest & 0xFFFFFFFF,
            self.jitter & 0xFFFFFFFF,
            self.last_report,
            self.delay & 0xFFFFFFFF,
        )


@dataclass(frozen=True, slots=True)
class SenderReport:
    """RFC 3550, 6.4.1."""

    ssrc: int
    ntp: int
    """Sender's wall clock, 64 bits NTP format."""
    rtp: int
    """The same instant on the media clock, 32 bits."""
    packets: int
    octets: int
    blocks: tuple[ReportBlock, ...] = ()

    def pack(self) -> bytes:
        info = _SENDER_INFO.pack(
            self.ssrc, self.ntp, self.rtp, self.packets & 0xFFFFFFFF, self.octets & 0xFFFFFFFF
        )
        return _pack(len(self.blocks), _SR, info + b"".join(b.pack() for b in self.blocks))


@dataclass(frozen=True, slots=True)
class ReceiverReport:
    """RFC 3550, 6.4.2."""

    ssrc: int
    blocks: tuple[ReportBlock, ...] = ()

    def pack(self) -> bytes:
        body = _WORD.pack(self.ssrc) + b"".join(b.pack() for b in self.blocks)
        return _pack(len(self.blocks), _RR, body)


@dataclass(frozen=True, slots=True)
class SourceNames:
    """SDES, of which only CNAME is kept (RFC 3550, 6.5)."""

    names: tuple[tuple[int, str], ...]
    """(SSRC, CNAME)."""

    def pack(self) -> bytes:
        body = b""
        for ssrc, cname in self.names:
            text = cname.encode()[:255]
            item = _WORD.pack(ssrc) + bytes((_SDES_CNAME, len(text))) + text
            # "The list of items in each chunk MUST be terminated by one or more null octets, ...
            # until the next 32-bit boundary."
            body += item + bytes(4 - len(item) % 4)
        return _pack(len(self.names), _SDES, body)


@dataclass(frozen=True, slots=True)
class Bye:
    """RFC 3550, 6.6; the reason is not read."""

    ssrcs: tuple[int, ...]

    def pack(self) -> bytes:
        return _pack(len(self.ssrcs), _BYE, b"".join(map(_WORD.pack, self.ssrcs)))


@dataclass(frozen=True, slots=True)
class Nack:
    """Generic NACK (RFC 4585, 6.2.1)."""

    sender: int
    ssrc: int
    sequences: tuple[int, ...]
    """Lost packets, 0..65535; as they come when packed, near ones share an item."""

    def pack(self) -> bytes:
        body = _PAIR.pack(self.sender, self.ssrc)
        first: int | None = None
        mask = 0
        for sequence in self.sequences:
            if first is not None and 1 <= (distance := (sequence - first) & 0xFFFF) <= 16:
                mask |= 1 << (distance - 1)
                continue
            if first is not None:
                body += _NACK_ITEM.pack(first, mask)
            first, mask = sequence, 0
        if first is not None:
            body += _NACK_ITEM.pack(first, mask)
        return _pack(_FMT_NACK, _RTPFB, body)


@dataclass(frozen=True, slots=True)
class Pli:
    """Picture loss indication (RFC 4585, 6.3.1)."""

    sender: int
    ssrc: int

    def pack(self) -> bytes:
        return _pack(_FMT_PLI, _PSFB, _PAIR.pack(self.sender, self.ssrc))


@dataclass(frozen=True, slots=True)
class Fir:
    """Full intra request (RFC 5104, 4.3.1)."""

    sender: int
    requests: tuple[tuple[int, int], ...]
    """(SSRC, request number 0..255)."""

    def pack(self) -> bytes:
        body = _PAIR.pack(self.sender, 0) + b"".join(_FIR_ITEM.pack(*r) for r in self.requests)
        return _pack(_FMT_FIR, _PSFB, body)


@dataclass(frozen=True, slots=True)
class Remb:
    """Receiver's estimate of the maximum bitrate (draft-alvestrand-rmcat-remb-03, 2.2)."""

    sender: int
    bitrate: int
    """bit/s; packed with 18 significant bits, rounded down."""
    ssrcs: tuple[int, ...]

    def pack(self) -> bytes:
        exponent = max(0, self.bitrate.bit_length() - 18)
        word = len(self.ssrcs) << 24 | exponent << 18 | self.bitrate >> exponent
        body = _PAIR.pack(self.sender, 0) + _REMB + _WORD.pack(word)
        return _pack(_FMT_APPLICATION, _PSFB, body + b"".join(map(_WORD.pack, self.ssrcs)))


Rtcp = (
    SenderReport | ReceiverReport | SourceNames | Bye | Nack | Pli | Fir | Remb | TransportFeedback
)


def compound(packets: Iterable[Rtcp]) -> bytes:
    """The packets as one datagram; a report comes first (RFC 3550, 6.1)."""
    return b"".join(packet.pack() for packet in packets)


def parse(datagram: bytes | memoryview) -> list[Rtcp]:
    """
    Read a compound packet; also one without a report first (RFC 5506).

    Returns: the packets of known types, in order.

    Raises:
        MalformedPacket: a version, length or count in it is wrong; nothing of it is to be used.
    """
    data = bytes(datagram)  # some hundred bytes, a few times a second
    if len(data) < 4:
        raise MalformedPacket("shorter than a header")
    packets: list[Rtcp] = []
    at = 0
    while at < len(data):
        if at + 4 > len(data):
            raise MalformedPacket("header is cut off")
        first, kind, words = _HEADER.unpack_from(data, at)
        end = at + 4 + (words << 2)
        if first & 0xC0 != 0x80:
            raise MalformedPacket("not version 2")
        if end > len(data):
            raise MalformedPacket("packet is cut off")
        body_end = end
        if first & 0x20:
            padding = data[end - 1] if words else 0
            if padding == 0 or padding > end - at - 4:
                raise MalformedPacket("padding is longer than the packet")
            body_end -= padding
        packet = _parse_one(kind, first & 0x1F, data[at + 4 : body_end])
        if packet is not None:
            packets.append(packet)
        at = end
    return packets


def _parse_one(kind: int, count: int, body: bytes) -> Rtcp | None:
    if kind == _SR:
        _need(body, _SENDER_INFO.size + count * _BLOCK.size)
        ssrc, ntp, rtp, sent, octets = _SENDER_INFO.unpack_from(body)
        return SenderReport(ssrc, ntp, rtp, sent, octets, _blocks(body, _SENDER_INFO.size, count))
    if kind == _RR:
        _need(body, 4 + count * _BLOCK.size)
        return ReceiverReport(_WORD.unpack_from(body)[0], _blocks(body, 4, count))
    if kind == _SDES:
        return SourceNames(_names(body, count))
    if kind == _BYE:
        _need(body, 4 * count)
        return Bye(_words(body, 0, count))
    if kind in (_RTPFB, _PSFB):
        _need(body, 8)
        sender, ssrc = _PAIR.unpack_from(body)
        if kind == _RTPFB:
            if count == _FMT_TRANSPORT:
                return read(body)
            return Nack(sender, ssrc, _lost(body)) if count == _FMT_NACK else None
        if count == _FMT_PLI:
            return Pli(sender, ssrc)
        if count == _FMT_FIR:
            return Fir(sender, _requests(body))
        if count == _FMT_APPLICATION and body[8:12] == _REMB:
            return _remb(sender, body)
    return None


def _need(body: bytes, size: int) -> None:
    if len(body) < size:
        raise MalformedPacket("packet is shorter than its contents")


def _words(body: bytes, at: int, count: int) -> tuple[int, ...]:
    return tuple(_WORD.unpack_from(body, at + 4 * i)[0] for i in range(count))


def _blocks(body: bytes, at: int, count: int) -> tuple[ReportBlock, ...]:
    return tuple(_block(_BLOCK.unpack_from(body, at + i * _BLOCK.size)) for i in range(count))


def _block(fields: Sequence[int]) -> ReportBlock:
    ssrc, loss, highest, jitter, last_report, delay = fields
    lost = loss & 0xFFFFFF
    if lost & 0x800000:
        lost -= 0x1000000
    return ReportBlock(ssrc, loss >> 24, lost, highest, jitter, last_report, delay)


def _names(body: bytes, count: int) -> tuple[tuple[int, str], ...]:
    names: list[tuple[int, str]] = []
    at = 0
    for _ in range(count):
        _need(body, at + 5)
        ssrc = _WORD.unpack_from(body, at)[0]
        at += 4
        while True:
            _need(body, at + 1)
            item = body[at]
            if item == 0:
                at += 4 - at % 4
                break
            _need(body, at + 2)
            length = body[at + 1]
            _need(body, at + 2 + length)
            if item == _SDES_CNAME:
                names.append((ssrc, body[at + 2 : at + 2 + length].decode(errors="replace")))
            at += 2 + length
    return tuple(names)


def _lost(body: bytes) -> tuple[int, ...]:
    if len(body) % 4:
        raise MalformedPacket("NACK items are cut off")
    lost: list[int] = []
    for at in range(8, len(body), 4):
        first, mask = _NACK_ITEM.unpack_from(body, at)
        lost.append(first)
        lost.extend((first + 1 + bit) & 0xFFFF for bit in range(16) if mask >> bit & 1)
    return tuple(lost)


def _requests(body: bytes) -> tuple[tuple[int, int], ...]:
    if len(body) % 8:
        raise MalformedPacket("FIR items are cut off")
    items = (_FIR_ITEM.unpack_from(body, at) for at in range(8, len(body), 8))
    return tuple((ssrc, number) for ssrc, number in items)


def _remb(sender: int, body: bytes) -> Remb:
    _need(body, 16)
    word = _WORD.unpack_from(body, 12)[0]
    count = word >> 24
    _need(body, 16 + 4 * count)
    bitrate = (word & 0x3FFFF) << (word >> 18 & 0x3F)
    return Remb(sender, bitrate, _words(body, 16, count))
