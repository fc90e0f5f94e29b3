"""RTP headers are read in place, and no length in them leads outside."""

from __future__ import annotations

import pytest

from media.rtp.errors import MalformedPacket
from media.rtp.packet import HEADER, find_extension, parse_header
from tests.each import each


def plain(first: int = 0x80, second: int = 0x60, rest: bytes = b"payload") -> bytes:
    return HEADER.pack(first, second, 65535, 0xFFFFFFF0, 0xCAFEBABE) + rest


def test_a_plain_header_gives_its_fields_and_the_payload() -> None:
    packet = plain(second=0xE0)
    header = parse_header(packet)
    assert (header.marker, header.payload_type, header.sequence) == (0x80, 96, 65535)
    assert (header.timestamp, header.ssrc) == (0xFFFFFFF0, 0xCAFEBABE)
    assert (header.start, header.end) == (12, len(packet))


def test_contributing_sources_extensions_and_padding_are_skipped() -> None:
    extension = b"\xbe\xde\x00\x01\x10\xaa\x00\x00"
    packet = plain(0x80 | 0x20 | 0x10 | 2, rest=bytes(8) + extension + b"payload" + b"\0\0\3")
    header = parse_header(memoryview(packet))
    assert packet[header.start : header.end] == b"payload"


def test_a_packet_of_padding_only_has_an_empty_payload() -> None:
    header = parse_header(plain(0xA0, rest=bytes(4) + b"\5"))
    assert header.start == header.end


@each(
    "packet",
    [
        b"",
        plain(rest=b"")[:-1],
        plain(0x40),
        plain(0xC0),
        plain(0x8F),  # fifteen contributing sources that are not there
        plain(0x90, rest=b"\xbe\xde\x00"),  # extension header cut off
        plain(0x90, rest=b"\xbe\xde\x00\x02\x10\xaa\x00\x00"),  # extension cut off
        plain(0xA0, rest=b""),  # padding without a byte
        plain(0xA0, rest=b"abc\0"),  # padding of none
        plain(0xA0, rest=b"abc\5"),  # padding longer than the payload
    ],
)
def test_a_broken_header_is_malformed(packet: bytes) -> None:
    with pytest.raises(MalformedPacket):
        parse_header(packet)


def test_one_byte_extensions_are_found_behind_padding_and_others() -> None:
    elements = b"\x00" + b"\x31ab" + b"\x00" + b"\x12xyz" + bytes(3)
    packet = plain(0x90, rest=b"\xbe\xde\x00\x03" + elements + b"payload")
    assert find_extension(packet, 3) == b"ab"
    assert find_extension(packet, 1) == b"xyz"
    assert find_extension(packet, 2) is None


def test_two_byte_extensions_are_found() -> None:
    elements = b"\x20\x00" + b"\x00" + b"\x21\x02ab" + b"\x00"
    packet = plain(0x90, rest=b"\x10\x00\x00\x02" + elements)
    assert find_extension(packet, 0x21) == b"ab"
    assert find_extension(packet, 0x20) == b""


@each(
    "extension",
    [
        b"\xbe\xde\x00\x01\x1f\xaa\xaa\xaa",  # sixteen bytes, three there
        b"\xbe\xde\x00\x01\xf0\x10\x10\x10",  # id 15 ends the processing
        b"\x10\x00\x00\x01\x01\x07\xaa\xaa",
        b"\x10\x00\x00\x01\x00\x00\x00\x01",
        b"\x77\x77\x00\x01\x10\xaa\x00\x00",  # neither form
    ],
)
def test_an_element_that_leads_outside_is_not_found(extension: bytes) -> None:
    packet = plain(0x90, rest=extension + b"payload that must not be taken for a value")
    parse_header(packet)
    assert find_extension(packet, 1) is None


def test_a_packet_without_extension_has_none() -> None:
    assert find_extension(plain(), 1) is None
