"""Fragments of descriptions in a PATCH."""

from __future__ import annotations

from pathlib import Path

import pytest

from signaling.sdpfrag import BadFragment, Credentials, credentials, fragment_of, restarted
from tests.each import each

OFFER = (Path(__file__).parents[2] / "fixtures" / "sdp" / "chromium-publish.sdp").read_text()
NEW = Credentials("9uB6", "YH75Fviy6338Vbrhrlp8Yh6338")
RESTART = f"""a=ice-ufrag:{NEW.ufrag}\r
a=ice-pwd:{NEW.pwd}\r
m=audio 9 UDP/TLS/RTP/SAVPF 0\r
a=mid:0\r
a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host\r
a=end-of-candidates\r
"""
"""After RFC 9725, section 4.3.3."""


def test_a_fragment_names_the_credentials() -> None:
    """In its head, or in its first m-line."""
    assert credentials(RESTART) == NEW
    lines = RESTART.splitlines()
    assert credentials("\n".join((*lines[2:], *lines[:2]))) == NEW


@each(
    "text",
    [
        "",
        "a=ice-ufrag:9uB6\r\n",
        "a=ice-ufrag:9u\r\na=ice-pwd:YH75Fviy6338Vbrhrlp8Yh6338\r\n",
        "a=ice-ufrag:9uB6\r\na=ice-pwd:short\r\n",
        "no description at all",
        "a=ice-ufrag:9uB6\r\na=ice-pwd:YH75Fviy6338Vbrhrlp8Yh\x006338\r\n",
    ],
)
def test_what_names_none_is_refused(text: str) -> None:
    """Nothing else escapes than the one error."""
    with pytest.raises(BadFragment):
        credentials(text)


def test_a_restart_is_the_same_offer_with_other_credentials() -> None:
    """In every m-line, and nothing but them changes."""
    changed = restarted(OFFER, NEW)
    assert changed.count(f"a=ice-ufrag:{NEW.ufrag}") == OFFER.count("a=ice-ufrag:") > 1
    assert changed.count(f"a=ice-pwd:{NEW.pwd}") == OFFER.count("a=ice-pwd:")
    different = [
        was for was, now in zip(OFFER.splitlines(), changed.splitlines(), strict=True) if was != now
    ]
    assert all(line.startswith("a=ice-") for line in different)


def test_the_answer_to_a_restart_is_what_it_changes() -> None:
    """Credentials before the candidates of the one transport; no keys, no codecs."""
    answer = (
        "v=0\r\na=group:BUNDLE 0 1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
        "a=candidate:1 1 udp 2130706431 192.0.2.7 4242 typ host\r\na=ice-ufrag:Abcd\r\n"
        "a=ice-pwd:0123456789012345678901\r\na=fingerprint:sha-256 00\r\na=mid:0\r\n"
        "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=ice-ufrag:Abcd\r\na=mid:1\r\n"
    )
    assert fragment_of(answer).splitlines() == [
        "a=ice-ufrag:Abcd",
        "a=ice-pwd:0123456789012345678901",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "a=candidate:1 1 udp 2130706431 192.0.2.7 4242 typ host",
        "a=mid:0",
        "a=end-of-candidates",
    ]
