"""Coded pictures come out whole or not at all."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.programme.depacketize import START_CODE, Assembler, Malformed, Piece, Unit, h264, vp8
from media.programme.reorder import Packet, Reorder

IDR, P = b"\x65", b"\x41"


def packet(
    payload: bytes, *, timestamp: int = 0, marker: bool = False, sequence: int = 0
) -> Packet:
    return Packet(sequence, timestamp, marker, payload)


@pytest.mark.parametrize(
    ("descriptor", "begins"),
    [
        (b"\x10", True),
        (b"\x00", False),
        (b"\x11", False),  # S, but not the first partition
        (b"\x90\x80\x05", True),  # picture id of 7 bits
        (b"\x90\x80\x85\x05", True),  # of 15 bits
        (b"\x90\xe0\x85\x05\x01\x40", True),  # with TL0PICIDX and TID
        (b"\x90\x10\x07", True),  # KEYIDX alone
    ],
)
def test_the_vp8_descriptor_is_stripped(descriptor: bytes, begins: bool) -> None:
    """Every combination of its optional fields that browsers send."""
    assert vp8(descriptor + b"\x00picture") == Piece(b"\x00picture", begins, begins)
    assert vp8(descriptor + b"\x01picture") == Piece(b"\x01picture", begins, keyframe=False)


def test_h264_units_get_start_codes() -> None:
    """Single units, aggregates and fragments end up as one Annex B stream."""
    assert h264(IDR + b"x") == Piece(START_CODE + IDR + b"x", begins=True, keyframe=True)
    assert h264(P + b"x") == Piece(START_CODE + P + b"x", begins=True, keyframe=False)
    stap = b"\x78\x00\x02\x67s\x00\x02\x68p"
    assert h264(stap).data == START_CODE + b"\x67s" + START_CODE + b"\x68p"
    assert h264(b"\x7c\x85a") == Piece(START_CODE + b"\x65a", begins=True, keyframe=True)
    assert h264(b"\x7c\x05b") == Piece(b"b", begins=False, keyframe=False)


@pytest.mark.parametrize(
    "payload", [b"", b"\x65", b"\x78\x00\x09a", b"\x78\x00\x00", b"\x79ab", b"\x7dab", b"\x00ab"]
)
def test_h264_that_is_cut_off_or_interleaved_is_refused(payload: bytes) -> None:
    """Nothing is guessed."""
    with pytest.raises(Malformed):
        h264(payload)


@given(st.binary(max_size=60), st.sampled_from([vp8, h264]))
def test_no_payload_raises_anything_else(payload: bytes, parse: object) -> None:
    """What comes from the network ends in a piece or in `Malformed`."""
    assert callable(parse)
    try:
        parse(payload)
    except Malformed:
        return


def test_a_picture_of_several_packets_is_joined() -> None:
    """It is complete with the marker bit."""
    assembler = Assembler(vp8)
    assert assembler.push(packet(b"\x10\x00ab"), lost=False) == ()
    assert assembler.push(packet(b"\x00cd", marker=True), lost=False) == (
        Unit(b"\x00abcd", keyframe=True, timestamp=0),
    )


def test_nothing_is_given_out_before_the_first_keyframe() -> None:
    """A decoder can't begin in the middle."""
    assembler = Assembler(vp8)
    assert assembler.push(packet(b"\x10\x01p", marker=True), lost=False) == ()
    assert assembler.waiting
    assert assembler.push(packet(b"\x10\x00k", marker=True, timestamp=1), lost=False)
    assert not assembler.waiting


def test_after_a_loss_pictures_are_dropped_until_a_keyframe() -> None:
    """A picture that refers to a missing one is never shown."""
    assembler = Assembler(vp8)
    assembler.push(packet(b"\x10\x00k", marker=True), lost=False)
    assert assembler.push(packet(b"\x10\x01p", marker=True, timestamp=2), lost=True) == ()
    assert assembler.waiting
    assert assembler.push(packet(b"\x10\x01p", marker=True, timestamp=3), lost=False) == ()
    (unit,) = assembler.push(packet(b"\x10\x00k", marker=True, timestamp=4), lost=False)
    assert unit.timestamp == 4


def test_a_keyframe_without_its_beginning_is_dropped() -> None:
    """Its first packet was lost, the rest is useless."""
    assembler = Assembler(vp8)
    assert assembler.push(packet(b"\x00end", marker=True), lost=True) == ()
    assert assembler.waiting


def test_a_picture_without_marker_ends_with_the_next_timestamp() -> None:
    """Some senders leave the marker out."""
    assembler = Assembler(h264)
    assembler.push(packet(IDR + b"x", timestamp=1), lost=False)
    (unit,) = assembler.push(packet(P + b"y", timestamp=2), lost=False)
    assert unit == Unit(START_CODE + IDR + b"x", keyframe=True, timestamp=1)


def test_padding_disturbs_nothing() -> None:
    """Empty packets only fill their place in the order."""
    assembler = Assembler(vp8)
    assembler.push(packet(b"\x10\x00k", marker=True), lost=False)
    assert assembler.push(packet(b"", timestamp=0), lost=False) == ()
    assert assembler.push(packet(b"\x10\x01p", marker=True, timestamp=1), lost=False)


def test_an_endless_picture_is_dropped() -> None:
    """The size of a picture has a bound."""
    assembler = Assembler(vp8)
    assembler.push(packet(b"\x10\x00"), lost=False)
    for _ in range(40):
        assembler.push(packet(b"\x00" + bytes(60_000)), lost=False)
    assert assembler.waiting
    assert assembler.malformed == 1


def test_random_loss_and_reordering_give_only_whole_pictures() -> None:
    """Whatever the network does, each picture that comes out is one that went in."""
    chance = random.Random(3)
    for _ in range(40):
        sent: list[tuple[Packet, bytes]] = []
        for picture in range(60):
            body = bytes((0 if picture % 10 == 0 else 1, picture)) + bytes(
                chance.randrange(256) for _ in range(chance.randrange(1, 30))
            )
            chunks = [body[at : at + 8] for at in range(0, len(body), 8)]
            for index, chunk in enumerate(chunks):
                descriptor = b"\x10" if index == 0 else b"\x00"
                last = index == len(chunks) - 1
                sent.append(
                    (
                        packet(
                            descriptor + chunk,
                            timestamp=picture,
                            marker=last,
                            sequence=len(sent),
                        ),
                        body,
                    )
                )
        arriving = [
            (index + chance.choice((0, 0, 0, 0, 3)), item)
            for index, item in enumerate(sent)
            if chance.random() > 0.02
        ]
        whole = {item.timestamp: body for item, body in sent}
        reorder, assembler = Reorder(), Assembler(vp8)
        fresh = False
        for at, (item, _) in sorted(arriving, key=lambda entry: entry[0]):
            now_s = at * 0.03
            reorder.push(item, now_s)
            for ordered, lost in reorder.pop(now_s):
                fresh = fresh and not lost
                for unit in assembler.push(ordered, lost=lost):
                    assert unit.data == whole[unit.timestamp]
                    fresh = fresh or unit.keyframe
                    assert fresh, "a picture after a loss, without a keyframe between"
