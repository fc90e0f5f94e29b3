"""`media.peers.sdp`: text to sections and back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from media.control import MediaCode, MediaRefused
from media.peers import sdp
from media.peers.sdp import Attribute, Fingerprint, Section
from tests.unit.media.peers.golden import NAMES, golden

CHROMIUM = golden("chromium-publish")


def refusal(text: str) -> MediaCode:
    with pytest.raises(MediaRefused) as caught:
        sdp.transport_of(sdp.parse(text))
    return caught.value.code


@pytest.mark.parametrize("name", NAMES)
def test_a_description_that_was_read_and_written_reads_the_same(name: str) -> None:
    once = sdp.parse(golden(name))
    assert sdp.parse(sdp.render(once)) == once


@pytest.mark.parametrize("name", NAMES)
def test_every_attribute_is_kept_in_its_order(name: str) -> None:
    text = golden(name)
    parsed = sdp.parse(text)
    levels = [parsed.attributes, *(section.attributes for section in parsed.sections)]
    written = [
        key if value is None else f"{key}:{value}" for level in levels for key, value in level
    ]
    assert written == [line[2:] for line in text.split("\r\n") if line.startswith("a=")]


def test_lines_may_end_with_a_line_feed_alone() -> None:
    assert sdp.parse(CHROMIUM.replace("\r\n", "\n")) == sdp.parse(CHROMIUM)


def test_the_transport_is_read_of_the_bundle() -> None:
    transport = sdp.transport_of(sdp.parse(CHROMIUM))
    assert (transport.ufrag, transport.pwd) == ("/gaI", "Rnvint6HpgMSaoM8FEgXlIqJ")
    assert transport.setup == "actpass"
    assert [f.algorithm for f in transport.fingerprints] == ["sha-256"]
    assert len(transport.candidates) == 8
    assert transport.candidates[0].startswith("786046088 1 udp 2122194687 127.0.0.1 44662 typ host")


def test_a_fingerprint_of_the_session_holds_for_its_sections() -> None:
    """Firefox writes it there."""
    transport = sdp.transport_of(sdp.parse(golden("firefox-publish")))
    assert transport.fingerprints[0].value.startswith("2C:1D:6C:36")
    assert transport.ufrag == "81ea0430"


def test_the_transport_of_a_rejected_section_is_not_taken() -> None:
    text = golden("chromium-stopped").replace("m=audio 55121", "m=audio 0")
    assert refusal(text) is MediaCode.BAD_SDP


def test_port_zero_with_bundle_only_is_not_rejected() -> None:
    """RFC 9143, section 7.1.2."""
    attributes = (Attribute("mid", "1"), Attribute("bundle-only"))
    assert not Section("video", 0, "UDP/TLS/RTP/SAVPF", ("96",), attributes).rejected
    assert Section("video", 0, "UDP/TLS/RTP/SAVPF", ("96",), attributes[:1]).rejected


def test_all_fingerprints_that_can_be_checked_are_kept() -> None:
    transport = sdp.transport_of(sdp.parse(golden("aiortc-publish")))
    assert [f.algorithm for f in transport.fingerprints] == ["sha-256", "sha-384", "sha-512"]


def test_a_fingerprint_of_an_unknown_kind_is_ignored_beside_a_known_one() -> None:
    text = CHROMIUM.replace("a=setup", "a=fingerprint:md5 00:11\r\na=setup")
    assert sdp.transport_of(sdp.parse(text)).fingerprints == (
        Fingerprint(
            "sha-256",
            "80:E9:24:B5:B1:1E:EC:E4:59:45:BC:66:3C:65:6D:74:"
            "9D:2E:ED:E0:21:B9:0F:48:4D:99:13:C2:1D:AA:E2:7E",
        ),
    )


def test_no_more_candidates_are_tried_than_the_bound() -> None:
    line = "a=candidate:1 1 udp 1 192.0.2.9 9 typ host\r\n"
    text = CHROMIUM.replace("a=ice-ufrag", line * 100 + "a=ice-ufrag")
    assert len(sdp.transport_of(sdp.parse(text)).candidates) == sdp.CANDIDATES_MAX


BROKEN: dict[str, Callable[[str], str]] = {
    "empty": lambda _: "",
    "no description": lambda _: "hello",
    "another version": lambda text: text.replace("v=0", "v=1", 1),
    "a line without =": lambda text: text.replace("t=0 0", "t0 0"),
    "a line of one character": lambda text: text.replace("t=0 0", "t"),
    "a control character": lambda text: text.replace("s=-", "s=\x00"),
    "an attribute without a name": lambda text: text.replace("a=mid:0", "a=:0"),
    "an o-line with letters": lambda text: text.replace("6984395277364907636", "x"),
    "an o-line too short": lambda text: text.replace(" IN IP4 127.0.0.1\r\ns", "\r\ns", 1),
    "an m-line without formats": lambda text: text.replace(" 111 63 9 0 8 13 110 126", ""),
    "an m-line with a port too high": lambda text: text.replace("44662 UDP", "65536 UDP"),
    "an m-line with a negative port": lambda text: text.replace("44662 UDP", "-1 UDP"),
    "an m-line with digits of another script": lambda text: text.replace("44662 UDP", "٤٤ UDP"),
    "an m-line with a format twice": lambda text: text.replace("111 63", "111 111"),
    "too many attributes": lambda text: text + "a=x\r\n" * sdp.ATTRIBUTES_MAX,
    "too long": lambda text: text + "a=x:" + "y" * sdp.TEXT_MAX,
    "no ufrag": lambda text: text.replace("ice-ufrag", "ice-u"),
    "a short ufrag": lambda text: text.replace("/gaI", "abc"),
    "a ufrag with other characters": lambda text: text.replace("/gaI", "a:b:c"),
    "a short password": lambda text: text.replace("Rnvint6HpgMSaoM8FEgXlIqJ", "short"),
    "no setup": lambda text: text.replace("a=setup", "a=set"),
    "an unknown setup": lambda text: text.replace("setup:actpass", "setup:holdconn"),
    "no fingerprint": lambda text: text.replace("a=fingerprint", "a=finger"),
    "only an unknown fingerprint": lambda text: text.replace("sha-256", "md5"),
    "a short fingerprint": lambda text: text.replace("80:E9:24:B5:", "80:"),
    "a fingerprint of letters": lambda text: text.replace("80:E9", "80:XX"),
    "no m-line": lambda text: text[: text.index("m=")],
}


@pytest.mark.parametrize("breaks", BROKEN.values(), ids=BROKEN)
def test_what_is_broken_is_refused(breaks: Callable[[str], str]) -> None:
    text = breaks(CHROMIUM)
    assert text != CHROMIUM
    assert refusal(text) is MediaCode.BAD_SDP


def test_too_many_sections_have_a_refusal_of_their_own() -> None:
    start = CHROMIUM.index("m=audio")
    head = CHROMIUM[:start]
    section = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:x\r\n"
    assert len(sdp.parse(head + section * sdp.SECTIONS_MAX).sections) == sdp.SECTIONS_MAX
    assert refusal(head + section * (sdp.SECTIONS_MAX + 1)) is MediaCode.TOO_MANY


@pytest.mark.parametrize("mid", ["", "x" * 17, "a b", "a\tb"])
def test_a_mid_must_be_short_and_a_token(mid: str) -> None:
    """It goes into header extensions and log lines."""
    section = Section("audio", 9, "UDP/TLS/RTP/SAVPF", ("111",), (Attribute("mid", mid),))
    with pytest.raises(MediaRefused):
        _ = section.mid
