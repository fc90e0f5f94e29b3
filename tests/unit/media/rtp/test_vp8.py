"""VP8's picture counters are found where they stand, and moved on in place."""

from __future__ import annotations

from media.rtp import vp8
from media.rtp.vp8 import Counts
from tests.each import each
from tests.unit.media.wire import vp8_payload


@each(
    "payload, read",
    [
        (b"\x90\xe0\x81\x02\x07\x20\0", Counts(2, 0x102, True, 4, 7)),
        (b"\x90\xc0\x11\x07\0", Counts(2, 0x11, False, 3, 7)),
        (b"\x90\x80\x11\0", Counts(2, 0x11, False, 0, 0)),
        (b"\x90\x40\x07\0", Counts(0, 0, False, 2, 7)),
    ],
)
def test_counters_are_read(payload: bytes, read: Counts) -> None:
    assert vp8.counts(payload) == read


@each(
    "payload",
    [b"", b"\x90", b"\x90\x80", b"\x10\0\0\0", b"\x90\x20\x00\0", b"\x90\x80\x81", b"\x90\xc0\x11"],
)
def test_payloads_without_counters_or_cut_off_have_none(payload: bytes) -> None:
    assert vp8.counts(payload) is None


def test_counters_wrap() -> None:
    buffer = bytearray(vp8_payload(0x7FFF, 255))
    read = vp8.counts(bytes(buffer))
    assert read is not None
    vp8.advance(buffer, 0, read, 1, 1)
    assert bytes(buffer) == vp8_payload(0, 0)
