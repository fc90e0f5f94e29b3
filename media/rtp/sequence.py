"""Sequence numbers that don't wrap (RFC 3550, appendix A.1)."""

from __future__ import annotations


def extend(sequence: int, highest: int) -> int:
    """
    Extend a 16-bit RTP sequence number to one that never wraps.

    Args:
        sequence: number on the wire, 0..65535.
        highest: highest extended number so far.

    Returns: the extended number nearest to *highest*; lower for a reordered packet, and negative if
    that one is older than the very first.

    Source: RFC 3550, appendix A.1 (update_seq), without the probation step.
    """
    return highest + ((sequence - highest + 0x8000) & 0xFFFF) - 0x8000
