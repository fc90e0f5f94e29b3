"""
Redundant audio (RFC 2198): a packet that carries earlier sound beside its own, so that what is lost
is found in the next one. It is passed on as it is to whoever takes it; for others the sound of the
packet itself is taken out.
"""

from __future__ import annotations


def primary(payload: bytes) -> bytes:
    """
    The payload's own sound, without that of earlier packets.

    Returns: empty if the payload is cut off.

    Source: RFC 2198, section 3: headers of four bytes, each with the length of an earlier block,
    and one of a byte, with F = 0, for the last block, which takes the rest.
    """
    at = skipped = 0
    size = len(payload)
    while at < size and payload[at] & 0x80:  # F: another header follows
        if at + 4 > size:
            return b""
        skipped += (payload[at + 2] & 0x03) << 8 | payload[at + 3]
        at += 4
    return payload[at + 1 + skipped :]


def wrap(payload: bytes, payload_type: int) -> bytes:
    """Sound alone, as redundant audio without redundancy."""
    return bytes((payload_type,)) + payload
