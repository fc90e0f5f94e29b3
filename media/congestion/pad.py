"""
Packets of nothing but padding, in the stream of a picture's retransmissions (RFC 3550, 5.1;
RFC 4588 has no payload then). A browser counts them for its feedback and drops them, as it drops
those that browsers probe with.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import Final

from media.congestion.tuning import PAD_SIZE
from media.rtp.packet import EXTENSION_HEAD

_FIRST: Final = 0x80 | 0x20 | 0x10  # version 2, padding, extension
_PADDING: Final = bytes(PAD_SIZE - 1) + bytes((PAD_SIZE,))
_WRITER: Final = Struct(f"!BBHIIII{PAD_SIZE}s")

LENGTH: Final = _WRITER.size
"""Bytes of such a packet."""

_write: Callable[..., None] = _WRITER.pack_into


def write(
    buffer: bytearray,
    at: int,
    *,
    payload_type: int,
    sequence: int,
    timestamp: int,
    ssrc: int,
    extension: int,
) -> None:
    """
    Write one at *at*.

    Args:
        extension: the element of the header extension, as `Outflow.extension` tells it.
    """
    _write(
        buffer,
        at,
        _FIRST,
        payload_type,
        sequence,
        timestamp,
        ssrc,
        EXTENSION_HEAD,
        extension,
        _PADDING,
    )
