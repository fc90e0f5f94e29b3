"""Retransmissions carry the original packet (RFC 4588)."""

from __future__ import annotations

from media.rtp import rtx
from media.rtp.packet import parse_header


def test_a_probe_without_payload_is_no_retransmission() -> None:
    packet = b"\xa0\x61\0\1" + bytes(8) + b"\0\0\0\4"
    assert rtx.unwrap(packet, parse_header(packet)) is None
    packet = b"\x80\x61\0\1" + bytes(8) + b"\0"
    assert rtx.unwrap(packet, parse_header(packet)) is None
