"""Packets and peers for the tests of forwarding and rooms."""

from __future__ import annotations

from collections.abc import Sequence
from struct import pack
from typing import NamedTuple

from media.forwarding.track import Track
from media.limits import Limits
from media.peers.port import SEND_SIZE, Codec, Inbound
from media.rtp import extensions
from media.rtp.packet import HEADER, MARKER, parse_header
from media.rtp.rtcp import Rtcp, parse

VP8 = Codec("VP8", 96, 90_000, rtx_payload_type=97)
H264 = Codec("H264", 102, 90_000, rtx_payload_type=103, fmtp="profile-level-id=42e01f")
OPUS = Codec("opus", 111, 48_000)
ABROAD = Codec("VP8", 120, 90_000, rtx_payload_type=121)
"""VP8 as the subscriber numbers it."""

LIMITS = Limits(picture_cache=64, sound_cache=32, missing_max=16)

KEY = b"\x10\x00"
"""VP8: descriptor and header that begin a keyframe."""
INTER = b"\x10\x01"


class Sent(NamedTuple):
    """A packet as a subscriber gets it."""

    marker: bool
    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes


def rtp(
    sequence: int,
    *,
    ssrc: int,
    payload: bytes = INTER,
    timestamp: int | None = None,
    payload_type: int = 96,
    marker: bool = False,
) -> memoryview:
    """A plain packet; its timestamp is 3,000 ticks a packet unless it is given."""
    ticks = 3_000 * sequence if timestamp is None else timestamp
    second = payload_type | (MARKER if marker else 0)
    header = HEADER.pack(0x80, second, sequence & 0xFFFF, ticks & 0xFFFFFFFF, ssrc)
    return memoryview(header + payload)


def redundant_sound(*earlier: bytes, own: bytes) -> bytes:
    """RFC 2198 as libwebrtc writes it: blocks of 20 ms, payload type 111 in each."""
    heads = b"".join(
        bytes((0x80 | 111,)) + (960 * (len(earlier) - n) << 10 | len(block)).to_bytes(3, "big")
        for n, block in enumerate(earlier)
    )
    return heads + bytes((111,)) + b"".join(earlier) + own


def rtx(sequence: int, original: int, *, ssrc: int, payload: bytes, timestamp: int) -> memoryview:
    """A retransmission of a VP8 packet."""
    return rtp(
        sequence,
        ssrc=ssrc,
        payload=pack("!H", original & 0xFFFF) + payload,
        timestamp=timestamp,
        payload_type=97,
    )


def read(packet: bytes) -> Sent:
    """Take a sent packet apart."""
    header = parse_header(packet)
    return Sent(
        bool(header.marker),
        header.payload_type,
        header.sequence,
        header.timestamp,
        header.ssrc,
        packet[header.start : header.end],
    )


class Wire:
    """Keeps what is sent; `full` refuses it."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.rtcp: list[Rtcp] = []
        self.full = False
        self.buffer = bytearray(SEND_SIZE)
        self.overhead = 10

    def send_rtp(self, buffer: bytearray, lengths: Sequence[int]) -> int:
        if self.full:
            return 0
        at = 0
        for length in lengths:
            self.sent.append(read(bytes(buffer[at : at + length])))
            end = at + length + self.overhead
            buffer[at:end] = bytes(end - at)  # as SRTP overwrites it
            at = end
        return len(lengths)

    def send_rtcp(self, packet: bytes) -> bool:
        self.rtcp.extend(parse(packet))
        return True

    def feed(self, packets: Sequence[Rtcp]) -> None:
        self.rtcp.extend(packets)

    def feedback(self, kind: type[Rtcp]) -> list[Rtcp]:
        return [packet for packet in self.rtcp if isinstance(packet, kind)]


def picture_line(
    ssrc: int | None = 10, rtx_ssrc: int | None = 11, *, mid: str = "1", codec: Codec = VP8
) -> Inbound:
    """An m-line with a picture."""
    named = ssrc is not None
    return Inbound(
        mid,
        "picture",
        (codec,),
        (ssrc,) if ssrc is not None else (),
        {ssrc: rtx_ssrc} if ssrc is not None and rtx_ssrc is not None else {},
        {} if named else {"urn:ietf:params:rtp-hdrext:sdes:mid": 4},
    )


def sound_line(ssrc: int = 20, *, mid: str = "0") -> Inbound:
    """An m-line with a sound."""
    return Inbound(mid, "sound", (OPUS,), (ssrc,), {}, {})


def vp8_payload(
    picture: int, base: int, body: bytes = b"", *, key: bool = False, begins: bool = True
) -> bytes:
    """
    A payload as libwebrtc writes it: PictureID of 15 bits, TL0PICIDX, temporal layer 0.

    Args:
        begins: it is the first packet of its picture.
    """
    descriptor = bytes((0x90 if begins else 0x80, 0xE0))
    descriptor += (0x8000 | picture & 0x7FFF).to_bytes(2, "big") + bytes((base & 0xFF, 0x20))
    return descriptor + bytes((0 if key else 1,)) + body


class Source:
    """A sound or a picture of one layer, allowed."""

    def __init__(self, ssrc: int = 10, codec: Codec = VP8) -> None:
        self.wire = Wire()
        self.track = Track(
            "sound" if codec.name == "opus" else "picture",
            codec,
            ssrc,
            reporter=1,
            send=self.wire.feed,
            limits=LIMITS,
        )
        self.track.allow(True, 0.0)

    def send(
        self, sequence: int, payload: bytes = INTER, *, timestamp: int | None = None, at: float = 0
    ) -> None:
        """One packet arrives."""
        packet = rtp(
            sequence,
            ssrc=self.track.layers[0].ssrc or 0,
            payload=payload,
            timestamp=timestamp,
            payload_type=self.track.codec.payload_type,
        )
        self.track.layers[0].receive(packet, parse_header(packet), at)


class Simulcast:
    """A picture in layers q, h and f, allowed; their SSRCs are 100, 200 and 300."""

    def __init__(self, codec: Codec = VP8, *, limits: Limits = LIMITS) -> None:
        self.wire = Wire()
        self.track = Track(
            "picture",
            codec,
            None,
            reporter=1,
            send=self.wire.feed,
            limits=limits,
            rids=("q", "h", "f"),
        )
        for index, layer in enumerate(self.track.layers):
            layer.bind(self.ssrc(index))
        self.track.allow(True, 0.0)

    def ssrc(self, layer: int) -> int:
        return 100 * (layer + 1)

    def send(
        self,
        layer: int,
        sequence: int,
        payload: bytes = INTER,
        *,
        timestamp: int | None = None,
        at: float = 0.0,
    ) -> None:
        """One packet of a layer arrives."""
        packet = rtp(
            sequence,
            ssrc=self.ssrc(layer),
            payload=payload,
            timestamp=timestamp,
            payload_type=self.track.codec.payload_type,
        )
        self.track.layers[layer].receive(packet, parse_header(packet), at)


def with_rid(
    rid: str, sequence: int, ssrc: int, *, repaired: bool = False, mid: str = "1"
) -> memoryview:
    """A packet of a layer, or a retransmission of its packet *sequence*; ids as `layered` says."""
    elements = bytes((0x40 | len(mid) - 1,)) + mid.encode()
    elements += bytes(((0x60 if repaired else 0x50) | len(rid) - 1,)) + rid.encode()
    elements += bytes(-len(elements) % 4)
    extension = b"\xbe\xde" + (len(elements) // 4).to_bytes(2, "big") + elements
    header = HEADER.pack(0x90, 97 if repaired else 96, sequence, 3_000 * sequence, ssrc)
    payload = (sequence.to_bytes(2, "big") if repaired else b"") + KEY
    return memoryview(header + extension + payload)


def layered(*rids: str, mid: str = "1") -> Inbound:
    """A picture in layers."""
    ids = {extensions.MID: 4, extensions.RID: 5, extensions.REPAIRED_RID: 6}
    return Inbound(mid, "picture", (VP8,), (), {}, ids, rids)


LAYERED = layered("q", "h", "f")
