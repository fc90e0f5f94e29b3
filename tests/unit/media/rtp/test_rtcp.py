"""RTCP is read as it was written, and what is broken is malformed as a whole."""

from __future__ import annotations

import pytest

from media.rtp.errors import MalformedPacket
from media.rtp.rtcp import (
    Bye,
    Fir,
    Nack,
    Pli,
    ReceiverReport,
    Remb,
    ReportBlock,
    Rtcp,
    SenderReport,
    SourceNames,
    compound,
    parse,
)
from media.rtp.transport_feedback import TransportFeedback
from tests.each import each

ALL: list[Rtcp] = [
    SenderReport(1, 1 << 63, 2, 3, 4, (ReportBlock(5, 255, -1, 6, 7, 8, 9),)),
    ReceiverReport(1, (ReportBlock(5, 1, 0x7FFFFF, 6, 7),)),
    SourceNames(((1, "会议"), (2, ""))),
    Bye((1, 2)),
    Nack(1, 2, (65534, 65535, 0, 20)),
    Pli(1, 2),
    Fir(1, ((2, 3),)),
    Remb(1, 2_500_000, (2, 3)),
    TransportFeedback(1, 2, 65535, 4, 5, (6, None, 7)),
]


def test_a_compound_is_read_as_it_was_written() -> None:
    assert parse(compound(ALL)) == ALL


def test_near_losses_share_an_item() -> None:
    assert len(Nack(1, 2, (65535, 0, 15)).pack()) == 16
    assert len(Nack(1, 2, (65535, 0, 16)).pack()) == 20


def test_unknown_types_and_formats_are_skipped() -> None:
    application = b"\x80\xcc\x00\x02" + bytes(8)
    congestion = b"\x8b\xcd\x00\x02" + bytes(8)  # RFC 8888
    other_feedback = b"\x8f\xce\x00\x03" + bytes(8) + b"ABCD"
    packets = parse(application + congestion + other_feedback + Pli(1, 2).pack())
    assert packets == [Pli(1, 2)]


def test_padding_is_left_out() -> None:
    packet = b"\xa1\xcb\x00\x02" + b"\0\0\0\7" + b"\0\0\0\4"
    assert parse(packet) == [Bye((7,))]


def test_names_other_than_cname_are_skipped() -> None:
    chunk = b"\0\0\0\7" + b"\x02\x03Bob" + b"\x01\x02ab" + b"\0\0\0"
    packet = b"\x81\xca\x00\x04" + chunk
    assert parse(packet) == [SourceNames(((7, "ab"),))]


@each(
    "packet",
    [
        b"",
        b"\x80\xc9\x00",
        b"\x40\xc9\x00\x01" + bytes(4),  # version 1
        b"\x80\xc9\x00\x02" + bytes(4),  # longer than the datagram
        b"\x80\xc9\x00\x00",  # no room for the SSRC
        b"\x81\xc9\x00\x01" + bytes(4),  # a block that is not there
        b"\x80\xc8\x00\x05" + bytes(20),
        b"\x82\xcb\x00\x01" + bytes(4),
        b"\x81\xca\x00\x01" + bytes(4),  # a chunk without items
        b"\x81\xca\x00\x02" + bytes(4) + b"\x01\x09ab",
        b"\x81\xca\x00\x02" + bytes(4) + b"\x01\x01a\x01",
        b"\x81\xcd\x00\x01" + bytes(4),  # feedback without a source
        b"\x84\xce\x00\x03" + bytes(12),  # half a FIR item
        b"\x8f\xce\x00\x03" + bytes(8) + b"REMB",
        b"\x8f\xce\x00\x04" + bytes(8) + b"REMB" + b"\x02\0\0\0",
        b"\xa0\xc9\x00\x01" + bytes(3) + b"\x09",  # padding longer than the packet
        b"\xa0\xc9\x00\x01" + bytes(4),
        b"\xa1\xcd\x00\x03" + bytes(11) + b"\x01",  # a NACK item of three bytes
    ],
)
def test_broken_packets_are_malformed(packet: bytes) -> None:
    with pytest.raises(MalformedPacket):
        parse(packet)


def test_a_broken_packet_spoils_the_whole_datagram() -> None:
    with pytest.raises(MalformedPacket):
        parse(Pli(1, 2).pack() + b"\x80\xc9")
