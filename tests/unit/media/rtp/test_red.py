"""Of redundant audio the packet's own sound is found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.rtp import red


def redundant(*earlier: bytes, own: bytes) -> bytes:
    """As libwebrtc writes it: blocks of 20 ms, payload type 111 in each."""
    heads = b"".join(
        bytes((0x80 | 111,)) + (960 * (len(earlier) - n) << 10 | len(block)).to_bytes(3, "big")
        for n, block in enumerate(earlier)
    )
    return heads + bytes((111,)) + b"".join(earlier) + own


@given(st.lists(st.binary(max_size=1_023), max_size=3), st.binary(max_size=100))
def test_the_last_block_is_the_packets_own(earlier: list[bytes], own: bytes) -> None:
    assert red.primary(redundant(*earlier, own=own)) == own


def test_sound_alone_is_wrapped_and_found_again() -> None:
    assert red.primary(red.wrap(b"sound", 111)) == b"sound"


@pytest.mark.parametrize("payload", [b"", b"\xef", b"\xef\x00\x00", b"\xef\x00\x00\x10\x6f"])
def test_what_is_cut_off_is_silence(payload: bytes) -> None:
    assert red.primary(payload) == b""


@given(st.binary(max_size=40))
def test_no_payload_is_read_beyond_its_end(payload: bytes) -> None:
    assert payload.endswith(red.primary(payload))
