"""
Retransmission payload format (RFC 4588): the lost packet, in a stream of its own (SSRC and payload
type), with its original sequence number before the payload.
"""

from __future__ import annotations

from struct import Struct
from typing import Final

from media.rtp.packet import EXTENSION, EXTENSION_HEAD, VERSION, RtpHeader

OSN_SIZE: Final = 2
"""Bytes of the original sequence number before the payload."""
_OSN: Final = Struct("!H")
_RTX: Final = Struct("!BBHIIH")
_RTX_EXTENDED: Final = Struct("!BBHIIIIH")


def unwrap(packet: memoryview | bytes, header: RtpHeader) -> int | None:
    """
    The original sequence number in a retransmission; the payload follows `OSN_SIZE` bytes later.

    Returns: 0..65535, or None when there is no payload (browsers probe with padding only).

    Source: RFC 4588, section 4.
    """
    if header.end - header.start < OSN_SIZE:
        return None
    number: int = _OSN.unpack_from(packet, header.start)[0]
    return number


def wrap(
    buffer: bytearray,
    payload: bytes,
    *,
    marker: int,
    payload_type: int,
    sequence: int,
    timestamp: int,
    ssrc: int,
    original: int,
    extension: int | None = None,
) -> int:
    """
    Write a retransmission into *buffer*.

    Args:
        buffer: at least 14 bytes longer than the payload, 22 with an extension.
        payload: of the original packet.
        marker: 0 or `MARKER`, as in the original ("the marker bit ... copied").
        payload_type: of the retransmission stream.
        sequence: of the retransmission stream, 0..65535.
        timestamp: the original's, 32 bits.
        ssrc: of the retransmission stream.
        original: the original's sequence number, 0..65535.
        extension: the element of a header extension, as a word; None: there is none.

    Returns: length of the packet, bytes.

    Source: RFC 4588, section 4.
    """
    second = marker | payload_type
    if extension is None:
        _RTX.pack_into(buffer, 0, VERSION, second, sequence, timestamp, ssrc, original)
        start = _RTX.size
    else:
        first = VERSION | EXTENSION
        _RTX_EXTENDED.pack_into(
            buffer,
            0,
            first,
            second,
            sequence,
            timestamp,
            ssrc,
            EXTENSION_HEAD,
            extension,
            original,
        )
        start = _RTX_EXTENDED.size
    end = start + len(payload)
    buffer[start:end] = payload
    return end
