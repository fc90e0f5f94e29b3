"""Fragments of descriptions that nobody wrote: a PATCH is understood, or refused as one thing."""

from __future__ import annotations

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from signaling.sdpfrag import BadFragment, Credentials, credentials, fragment_of, restarted

LINES = (
    "a=ice-ufrag:9uB6",
    "a=ice-pwd:YH75Fviy6338Vbrhrlp8Yh6338",
    "a=ice-ufrag:",
    "a=ice-pwd:\\1",
    "m=audio 9 UDP/TLS/RTP/SAVPF 0",
    "a=mid:0",
    "a=candidate:1 1 udp 1 192.0.2.1 9 typ host",
    "a=end-of-candidates",
    "",
)
NEW = Credentials("AbCd", "0123456789012345678901")

texts = st.text(max_size=300) | st.lists(st.sampled_from(LINES) | st.text(max_size=30)).map(
    "\r\n".join
)


@given(texts)
def test_any_fragment_has_credentials_or_is_refused(text: str) -> None:
    with contextlib.suppress(BadFragment):
        found = credentials(text)
        assert len(found.ufrag) >= 4
        assert len(found.pwd) >= 22
        assert (found.ufrag + found.pwd).isascii()


@given(texts)
def test_a_restart_changes_credentials_and_nothing_else(text: str) -> None:
    changed = restarted(text, NEW)
    assert changed.count("\n") == text.count("\n")
    kept = [line for line in text.split("\n") if not line.startswith("a=ice-")]
    assert [line for line in changed.split("\n") if not line.startswith("a=ice-")] == kept


@given(texts)
def test_a_fragment_of_anything_is_one(text: str) -> None:
    assert fragment_of(text).endswith("a=end-of-candidates\r\n")
