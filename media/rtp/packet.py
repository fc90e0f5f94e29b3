"""
RTP headers (RFC 3550, 5.1) and the one header extension that routing needs (RFC 8285, RFC 8843).

Parsing is done in place and copies nothing. Other header extensions are skipped: they are not sent
on, since subscribers learn SSRCs from the SDP.
"""

from __future__ import annotations

from struct import Struct
from typing import Final

from media.rtp.errors import MalformedPacket

HEADER_SIZE: Final = 12
"""Bytes of a header without contributing sources and extensions."""
EXTENSION_SIZE: Final = 8
"""Bytes of the extension that we write: one element of up to three bytes (RFC 8285, 4.2)."""
EXTENSION_HEAD: Final = 0xBEDE0001
"""Its first half: one-byte headers, one word of them; the other half is the element."""
MARKER: Final = 0x80
"""The marker bit in the second byte, beside the payload type."""

VERSION: Final = 0x80  # version 2 in the two upper bits of the first byte
PADDING: Final = 0x20
EXTENSION: Final = 0x10
_ONE_BYTE_PROFILE: Final = 0xBEDE  # RFC 8285, 4.2
_TWO_BYTE_PROFILE: Final = 0x100  # RFC 8285, 4.3: upper 12 bits, the rest is "appbits"

HEADER: Final = Struct("!BBHII")
_EXTENSION_HEADER: Final = Struct("!HH")
_unpack_header: Final = HEADER.unpack_from
_unpack_extension: Final = _EXTENSION_HEADER.unpack_from


class RtpHeader:
    """Header fields of one packet, and where its payload lies."""

    __slots__ = ("end", "marker", "payload_type", "sequence", "ssrc", "start", "timestamp")

    def __init__(
        self,
        marker: int,
        payload_type: int,
        sequence: int,
        timestamp: int,
        ssrc: int,
        start: int,
        end: int,
    ) -> None:
        self.marker = marker
        """0 or `MARKER`."""
        self.payload_type = payload_type
        self.sequence = sequence
        """0..65535."""
        self.timestamp = timestamp
        """Media clock ticks, 32 bits."""
        self.ssrc = ssrc
        self.start = start
        """Offset of the payload's first byte."""
        self.end = end
        """Offset behind the payload's last byte, padding left out; as `start`: padding only."""


def parse_header(packet: memoryview | bytes) -> RtpHeader:
    """
    Read a packet's header, skipping contributing sources, extensions and padding.

    Raises:
        MalformedPacket: too short, wrong version, or a length in it leads outside of the packet.

    Source: RFC 3550, 5.1 and 5.3.1.
    """
    end = len(packet)
    if end < HEADER_SIZE:
        raise MalformedPacket("shorter than a header")
    first, second, sequence, timestamp, ssrc = _unpack_header(packet)
    if first & 0xC0 != VERSION:
        raise MalformedPacket("not version 2")
    start = HEADER_SIZE
    if first & 0x3F:
        start += (first & 0x0F) << 2
        if first & EXTENSION:
            if start + 4 > end:
                raise MalformedPacket("extension header is cut off")
            start += 4 + (_unpack_extension(packet, start)[1] << 2)
        if start > end:
            raise MalformedPacket("header is longer than the packet")
        if first & PADDING:
            # "The last octet of the padding contains a count of how many padding octets should be
            # ignored, including itself."
            padding = packet[end - 1] if end > start else 0
            if padding == 0 or padding > end - start:
                raise MalformedPacket("padding is longer than the payload")
            end -= padding
    return RtpHeader(second & MARKER, second & 0x7F, sequence, timestamp, ssrc, start, end)


def find_extension(packet: memoryview | bytes, wanted: int) -> bytes | None:
    """
    The value of one header extension element.

    Args:
        packet: one whose header `parse_header` accepted.
        wanted: the element's local id, 1..255.

    Returns: the bytes, or None if the element is missing or its length leads outside.

    Source: RFC 8285, 4.2 and 4.3.
    """
    first = packet[0]
    if not first & EXTENSION:
        return None
    at = HEADER_SIZE + ((first & 0x0F) << 2)
    profile, words = _unpack_extension(packet, at)
    at += 4
    end = at + (words << 2)
    if profile == _ONE_BYTE_PROFILE:
        return _find_one_byte(packet, at, end, wanted)
    if profile >> 4 == _TWO_BYTE_PROFILE:
        return _find_two_byte(packet, at, end, wanted)
    return None


def find_number(packet: memoryview | bytes, wanted: int) -> int:
    """
    A header extension element of two bytes, as a number; hot path.

    Args:
        packet: one whose header `parse_header` accepted.
        wanted: the element's local id, 1..14.

    Returns: 0..65535; -1 if there is no such element, or only in two-byte form.

    Source: RFC 8285, 4.2; draft-holmer-rmcat-transport-wide-cc-extensions-01, 2.
    """
    first = packet[0]
    if not first & EXTENSION:
        return -1
    at = HEADER_SIZE + ((first & 0x0F) << 2)
    profile, words = _unpack_extension(packet, at)
    if profile != _ONE_BYTE_PROFILE:
        return -1
    at += 4
    end = at + (words << 2)
    mark = wanted << 4 | 1
    while at < end:
        byte = packet[at]
        if byte == mark:
            return packet[at + 1] << 8 | packet[at + 2] if at + 3 <= end else -1
        if byte >= 0xF0:
            return -1
        at += (byte & 0x0F) + 2 if byte else 1
    return -1


def _find_one_byte(packet: memoryview | bytes, at: int, end: int, wanted: int) -> bytes | None:
    while at < end:
        byte = packet[at]
        at += 1
        if byte == 0:  # padding between elements
            continue
        ident, length = byte >> 4, (byte & 0x0F) + 1
        # "If the ID value 15 is used, ... processing of the entire extension MUST terminate"
        if ident == 15 or at + length > end:
            return None
        if ident == wanted:
            return bytes(packet[at : at + length])
        at += length
    return None


def _find_two_byte(packet: memoryview | bytes, at: int, end: int, wanted: int) -> bytes | None:
    while at < end:
        ident = packet[at]
        at += 1
        if ident == 0:
            continue
        if at >= end or at + 1 + packet[at] > end:
            return None
        length = packet[at]
        at += 1
        if ident == wanted:
            return bytes(packet[at : at + length])
        at += length
    return None
