"""Of redundant audio the packet's own sound is found."""

from __future__ import annotations

from media.rtp import red
from tests.each import each
from tests.unit.media.wire import redundant_sound


def test_the_last_block_is_the_packets_own() -> None:
    assert red.primary(redundant_sound(b"first", b"second", own=b"own")) == b"own"


def test_sound_alone_is_wrapped_and_found_again() -> None:
    assert red.primary(red.wrap(b"sound", 111)) == b"sound"


@each("payload", [b"", b"\xef", b"\xef\x00\x00", b"\xef\x00\x00\x10\x6f"])
def test_what_is_cut_off_is_silence(payload: bytes) -> None:
    assert red.primary(payload) == b""
