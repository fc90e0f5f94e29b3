"""
Numbers in VP8's payload descriptor (RFC 7741, 4.2) that count pictures: PictureID and TL0PICIDX.

A decoder finds by them what a picture refers to, so they must go on where one stream continues
another. They are changed in place; nothing else of a payload is.
"""

from __future__ import annotations

from typing import NamedTuple


class Counts(NamedTuple):
    """The counters in one packet, and where they stand."""

    picture_at: int
    """Offset in the payload; 0: there is no PictureID."""
    picture: int
    """Without the M bit."""
    wide: bool
    """15 bits rather than 7."""
    base_at: int
    """Of TL0PICIDX; 0: there is none."""
    base: int
    """Count of pictures of the lowest temporal layer, 8 bits."""


def counts(payload: bytes) -> Counts | None:
    """
    Read the counters.

    Returns: None if the payload has neither of them, or is cut off.

    Source: RFC 7741, 4.2.
    """
    size = len(payload)
    if size < 3 or not payload[0] & 0x80:  # X
        return None
    flags = payload[1]
    at = 2
    picture_at = picture = base_at = base = 0
    wide = False
    if flags & 0x80:  # I
        picture_at, picture = at, payload[at]
        wide = picture & 0x80 != 0  # M
        if wide:
            if size < 4:
                return None
            picture = (picture & 0x7F) << 8 | payload[at + 1]
        at += 2 if wide else 1
    if flags & 0x40:  # L
        if at >= size:
            return None
        base_at, base = at, payload[at]
    if not picture_at and not base_at:
        return None
    return Counts(picture_at, picture, wide, base_at, base)


def advance(buffer: bytearray, at: int, read: Counts, pictures: int, bases: int) -> None:
    """
    Move the counters of a payload on.

    Args:
        buffer: holds the payload.
        at: where it begins.
        read: what stands in it.
        pictures, bases: added to the counters, which wrap.
    """
    if read.picture_at:
        first = at + read.picture_at
        if read.wide:
            picture = read.picture + pictures & 0x7FFF
            buffer[first] = 0x80 | picture >> 8
            buffer[first + 1] = picture & 0xFF
        else:
            buffer[first] = read.picture + pictures & 0x7F
    if read.base_at:
        buffer[at + read.base_at] = read.base + bases & 0xFF
