"""The cache keeps the newest packets and no others."""

from __future__ import annotations

import pytest

from media.forwarding.packets import Packet, PacketCache


def packet(extended: int) -> Packet:
    return Packet(extended, 7, 0x80, b"payload", 0.0, keyframe=False)


def test_a_packet_is_found_until_one_a_capacity_later_comes() -> None:
    cache = PacketCache(4)
    first = packet(10)
    cache.put(first)
    assert cache.get(10) is first
    assert cache.get(14) is None
    cache.put(packet(14))
    assert cache.get(10) is None


def test_a_cleared_cache_holds_nothing() -> None:
    cache = PacketCache(4)
    cache.put(packet(1))
    cache.clear()
    assert cache.get(1) is None
    assert cache.capacity == 4


@pytest.mark.parametrize("capacity", [0, 3, -4])
def test_the_capacity_is_a_power_of_two(capacity: int) -> None:
    with pytest.raises(ValueError, match="power of two"):
        PacketCache(capacity)


def test_a_packet_is_written_with_the_header_that_is_given() -> None:
    buffer = bytearray(40)
    one = packet(1)
    one.write(buffer, 3, 0x80, one.marker | 96, 5, one.timestamp, 0xAB, one.payload)
    assert buffer[3 : 3 + one.length] == (
        b"\x80\xe0\x00\x05\x00\x00\x00\x07\x00\x00\x00\xabpayload"
    )
