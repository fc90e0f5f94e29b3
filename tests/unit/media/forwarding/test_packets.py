"""The cache keeps the newest packets and no others."""

from __future__ import annotations

import pytest

from media.forwarding.packets import PAD_MAX, Packet, PacketCache, level
from media.rtp.packet import parse_header
from tests.each import each


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


@each("capacity", [0, 3, -4])
def test_the_capacity_is_a_power_of_two(capacity: int) -> None:
    with pytest.raises(ValueError, match="power of two"):
        PacketCache(capacity)


def test_a_packet_is_written_with_the_header_that_is_given() -> None:
    buffer = bytearray(40)
    one = packet(1)
    one.write(buffer, 3, one.head | 96 << 16 | 5, one.timestamp, 0xAB, one.body)
    assert buffer[3 : 3 + one.length] == (
        b"\x80\xe0\x00\x05\x00\x00\x00\x07\x00\x00\x00\xabpayload"
    )


def of_size(size: int) -> Packet:
    return Packet(1, 7, 0, bytes([size]) * size, 0.0, keyframe=False)


def test_packets_of_about_one_size_get_exactly_one_and_keep_their_payload() -> None:
    burst = [of_size(size) for size in (100, 99, 100 - PAD_MAX)]
    level(burst)
    assert [one.length for one in burst] == [112, 112, 112]
    for one, size in zip(burst, (100, 99, 100 - PAD_MAX), strict=True):
        buffer = bytearray(one.length)
        one.write(buffer, 0, one.head | 96 << 16 | 5, one.timestamp, 0xAB, one.body)
        header = parse_header(bytes(buffer))
        assert buffer[header.start : header.end] == one.payload == bytes([size]) * size


def test_a_packet_that_is_much_shorter_is_left_as_it_is() -> None:
    burst = [of_size(100), of_size(99 - PAD_MAX)]
    level(burst)
    assert [one.length for one in burst] == [112, 111 - PAD_MAX]
    assert burst[1].head >> 24 == 0x80
