"""Whatever comes from the network is read as it was written, or malformed: never another error."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from media.rtp import red, rtx, vp8
from media.rtp.errors import MalformedPacket
from media.rtp.keyframes import h264_keyframe, vp8_keyframe
from media.rtp.packet import MARKER, find_extension, parse_header
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
from media.rtp.sequence import extend
from media.rtp.transport_feedback import TransportFeedback
from tests.unit.media.wire import redundant_sound

WORD = st.integers(0, 0xFFFFFFFF)
BLOCK = st.builds(
    ReportBlock,
    ssrc=WORD,
    fraction_lost=st.integers(0, 255),
    total_lost=st.integers(-0x800000, 0x7FFFFF),
    highest=WORD,
    jitter=WORD,
    last_report=WORD,
    delay=WORD,
)
BLOCKS = st.lists(BLOCK, max_size=4).map(tuple)
PACKET: st.SearchStrategy[Rtcp] = st.one_of(
    st.builds(SenderReport, WORD, st.integers(0, (1 << 64) - 1), WORD, WORD, WORD, BLOCKS),
    st.builds(ReceiverReport, WORD, BLOCKS),
    st.builds(
        SourceNames,
        st.lists(st.tuples(WORD, st.text("会议 abc", max_size=20)), max_size=4).map(tuple),
    ),
    st.builds(Bye, st.lists(WORD, max_size=4).map(tuple)),
    st.builds(Pli, WORD, WORD),
    st.builds(Fir, WORD, st.lists(st.tuples(WORD, st.integers(0, 255)), max_size=4).map(tuple)),
    st.builds(Remb, WORD, st.integers(0, (1 << 18) - 1), st.lists(WORD, max_size=4).map(tuple)),
    st.builds(
        TransportFeedback,
        WORD,
        WORD,
        st.integers(0, 0xFFFF),
        st.integers(0, 0xFF),
        st.integers(0, 0xFFFFFF),
        st.lists(st.none() | st.integers(0, 300) | st.integers(-9_000, 9_000), min_size=1).map(
            tuple
        ),
    ),
)


@given(st.binary(max_size=64), st.integers(1, 255))
def test_any_bytes_are_a_packet_or_malformed(packet: bytes, ident: int) -> None:
    """Nothing but MalformedPacket is ever raised."""
    try:
        header = parse_header(packet)
    except MalformedPacket:
        return
    assert 12 <= header.start <= header.end <= len(packet)
    find_extension(packet, ident)


@given(st.integers(0, 1 << 48), st.integers(-0x8000, 0x7FFF))
def test_a_number_within_half_a_cycle_is_found(highest: int, distance: int) -> None:
    assert extend((highest + distance) & 0xFFFF, highest) == highest + distance


@given(st.binary(max_size=24))
def test_no_payload_is_an_error(payload: bytes) -> None:
    vp8_keyframe(payload)
    h264_keyframe(payload)


@given(
    payload=st.binary(max_size=1_200),
    marker=st.sampled_from([0, MARKER]),
    sequence=st.integers(0, 65535),
    timestamp=st.integers(0, 0xFFFFFFFF),
    original=st.integers(0, 65535),
)
def test_what_is_wrapped_is_unwrapped_again(
    payload: bytes, marker: int, sequence: int, timestamp: int, original: int
) -> None:
    buffer = bytearray(1_300)
    length = rtx.wrap(
        buffer,
        payload,
        marker=marker,
        payload_type=97,
        sequence=sequence,
        timestamp=timestamp,
        ssrc=0xDECAF,
        original=original,
    )
    packet = bytes(buffer[:length])
    header = parse_header(packet)
    assert (header.marker, header.payload_type, header.sequence) == (marker, 97, sequence)
    assert (header.timestamp, header.ssrc) == (timestamp, 0xDECAF)
    assert rtx.unwrap(packet, header) == original
    assert packet[header.start + rtx.OSN_SIZE : header.end] == payload
    assert len(buffer) == 1_300


@given(st.lists(PACKET, min_size=1, max_size=5))
def test_a_compound_is_read_as_it_was_written(packets: list[Rtcp]) -> None:
    assert parse(compound(packets)) == packets


@given(st.sets(st.integers(0, 65535), max_size=100), st.integers(0, 65535))
def test_a_nack_names_each_lost_packet_once(lost: set[int], start: int) -> None:
    """In the order of the numbers, also around the wrap."""
    in_order = tuple((start + n) & 0xFFFF for n in sorted(lost))
    (nack,) = parse(Nack(1, 2, in_order).pack())
    assert isinstance(nack, Nack)
    assert nack.sequences == in_order


@given(st.integers(0, 1 << 40))
def test_a_bitrate_is_rounded_down_to_18_bits(bitrate: int) -> None:
    (remb,) = parse(Remb(1, bitrate, (7,)).pack())
    assert isinstance(remb, Remb)
    assert remb.bitrate <= bitrate
    assert bitrate - remb.bitrate <= bitrate >> 17


@given(st.binary(max_size=80))
def test_any_bytes_are_feedback_or_malformed(datagram: bytes) -> None:
    """Nothing but MalformedPacket is ever raised."""
    try:
        parse(datagram)
    except MalformedPacket:
        return


@given(st.lists(PACKET, min_size=1, max_size=3), st.data())
def test_damaged_packets_are_read_or_malformed(packets: list[Rtcp], data: st.DataObject) -> None:
    datagram = bytearray(compound(packets))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(datagram) - 1))
        datagram[at] = data.draw(st.integers(0, 255))
    try:
        parse(bytes(datagram))
    except MalformedPacket:
        return


@given(st.binary(max_size=12), st.integers(-40_000, 40_000), st.integers(-300, 300))
def test_of_vp8_nothing_but_the_counters_changes(payload: bytes, pictures: int, bases: int) -> None:
    read = vp8.counts(payload)
    if read is None:
        return
    buffer = bytearray(b"head" + payload)
    vp8.advance(buffer, 4, read, pictures, bases)
    moved = vp8.counts(bytes(buffer[4:]))
    assert moved is not None
    assert (moved.picture_at, moved.wide, moved.base_at) == (
        read.picture_at,
        read.wide,
        read.base_at,
    )
    if read.picture_at:
        assert (moved.picture - read.picture - pictures) % (1 << (15 if read.wide else 7)) == 0
    if read.base_at:
        assert (moved.base - read.base - bases) % 256 == 0
    vp8.advance(buffer, 4, moved, -pictures, -bases)
    assert buffer == b"head" + payload


@given(st.lists(st.binary(max_size=1_023), max_size=3), st.binary(max_size=100))
def test_the_last_redundant_block_is_the_packets_own(earlier: list[bytes], own: bytes) -> None:
    assert red.primary(redundant_sound(*earlier, own=own)) == own


@given(st.binary(max_size=40))
def test_no_redundant_sound_is_read_beyond_its_end(payload: bytes) -> None:
    assert payload.endswith(red.primary(payload))
