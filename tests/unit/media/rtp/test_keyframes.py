"""The first packet of a keyframe is told from all others, whatever the codec."""

from __future__ import annotations

from media.rtp.keyframes import av1_keyframe, h264_keyframe, vp8_keyframe, vp9_keyframe
from tests.each import each


@each(
    "payload",
    [
        b"\x10\x00",  # the least descriptor
        b"\x30\x10",  # N bit; another bit of the payload header
        b"\x90\x80\x05\x00",  # PictureID of one byte
        b"\x90\x80\x85\x01\x00",  # of two
        b"\x90\xe0\x85\x01\x07\x20\x00",  # with TL0PICIDX and TID
        b"\x90\x40\x07\x00",
        b"\x90\x10\x07\x00",
    ],
)
def test_vp8_keyframes_begin_here(payload: bytes) -> None:
    assert vp8_keyframe(payload)


@each(
    "payload",
    [
        b"",
        b"\x10",
        b"\x10\x01",  # an interframe
        b"\x00\x00",  # not the start of a partition
        b"\x11\x00",  # the second partition
        b"\x90\x80\x85\x01",  # cut off behind the PictureID
        b"\x90\x80",
        b"\x90\xf0\x85\x01\x07",
        b"\x90\xe0\x85\x01\x07\x20\x01",
    ],
)
def test_other_vp8_packets_are_no_beginning(payload: bytes) -> None:
    assert not vp8_keyframe(payload)


@each(
    "payload",
    [
        b"\x67\x42\xe0\x1f",  # a sequence parameter set
        b"\x65\x88\x84",  # first slice of an IDR picture
        b"\x78\x00\x04\x67\x42\xe0\x1f\x00\x02\x68\xce",  # STAP-A with SPS and PPS
        b"\x78\x00\x02\x68\xce\x00\x02\x65\x88",  # STAP-A with PPS and IDR
        b"\x7c\x85\x88\x84",  # FU-A, the start of an IDR
    ],
)
def test_h264_decoders_may_start_here(payload: bytes) -> None:
    assert h264_keyframe(payload)


@each(
    "payload",
    [
        b"",
        b"\x67",
        b"\x61\x9a",  # an ordinary slice
        b"\x65\x08",  # a later slice of an IDR picture
        b"\x68\xce",  # a picture parameter set alone
        b"\x7c\x05\x88",  # FU-A in the middle
        b"\x7c\x81\x9a",  # FU-A, the start of another kind
        b"\x7c\x85",
        b"\x78\x00\x09\x67\x42",  # STAP-A whose length leads outside
        b"\x78\x00\x00\x67\x42",
        b"\x78\x00\x02\x68\xce",
    ],
)
def test_other_h264_packets_are_no_beginning(payload: bytes) -> None:
    assert not h264_keyframe(payload)


@each(
    "payload",
    [
        b"\x08\x00",  # the least descriptor
        b"\x8c\x05\x00",  # PictureID of one byte; the frame ends here too
        b"\x88\x85\x01\x00",  # of two
        b"\xa8\x85\x01\x00\x07\x00",  # with layer indices: spatial layer 0
        b"\x0a\x18\x00",  # with a scalability structure
    ],
)
def test_vp9_keyframes_begin_here(payload: bytes) -> None:
    """RFC 9628, 4.2: P is 0, B is 1."""
    assert vp9_keyframe(payload)


@each(
    "payload",
    [
        b"",
        b"\x08",
        b"\x48\x00",  # predicted from another picture
        b"\x00\x00",  # not the start of the frame
        b"\x28\x02\x00",  # a higher spatial layer
        b"\xa8\x85\x01",  # cut off
        b"\x88\x85\x01",
    ],
)
def test_vp9_keyframes_do_not_begin_here(payload: bytes) -> None:
    assert not vp9_keyframe(payload)


@each(
    "payload, begins",
    [
        (b"\x08\x00", True),
        (b"\x18\x00", True),
        (b"\x10\x00", False),  # no new sequence
        (b"\x88\x00", False),  # goes on with an OBU of before
        (b"\x08", False),
        (b"", False),
    ],
)
def test_an_av1_sequence_begins_where_its_header_says_so(payload: bytes, *, begins: bool) -> None:
    assert av1_keyframe(payload) is begins
