"""Descriptions that nobody wrote: only the stable refusals come out, whatever goes in."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.control import MediaCode, MediaRefused
from media.peers import describe, sdp, serve
from media.peers.port import RTP_MAX, Kind, Slot, Stream
from media.peers.sdp import Fingerprint, Transport
from tests.unit.media.peers.golden import NAMES, golden

LOCAL = Transport("abcdefgh", "a" * 24, (Fingerprint("sha-256", ":".join(["AB"] * 32)),), "active")
SLOTS = (
    Slot("0", "sound", "p1", "opus", 1111, None),
    Slot("1", "picture", "p1", "VP8", 2222, 2223),
    Slot("2", "picture", "p2", "H264", 3333, 3334),
    Slot("3", "picture", "", "VP8", 4444, 4445),
)
STREAMS: dict[Kind, Stream] = {"sound": Stream(1111, None), "picture": Stream(2222, 2223)}
REFUSALS = {MediaCode.BAD_SDP, MediaCode.TOO_MANY}

WORDS = tuple(sorted({word for name in NAMES for word in re.findall(r"[\w/.+-]+", golden(name))}))
LINES = tuple(sorted({line for name in NAMES for line in golden(name).split("\r\n")}))


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A recorded description with some lines removed, doubled, moved, or changed in a word."""
    lines = golden(draw(st.sampled_from(NAMES))).split("\r\n")
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.integers(0, 5)):
            case 0:
                del lines[at]
            case 1:
                lines.insert(draw(st.integers(0, len(lines))), lines[at])
            case 2:
                lines[at] = draw(st.sampled_from(LINES))
            case 3:
                words = re.split(r"([ :=/;])", lines[at])
                words[draw(st.integers(0, len(words) - 1))] = draw(
                    st.sampled_from(WORDS) | st.text(max_size=6)
                )
                lines[at] = "".join(words)
            case 4:
                lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
            case _:
                lines[at] = re.sub(r"\d+", str(draw(st.integers(-1, 2**65))), lines[at], count=1)
        if not lines:
            return ""
    return draw(st.sampled_from(("\r\n", "\n"))).join(lines)


def answered(text: str) -> None:
    offer = sdp.parse(text)
    sdp.transport_of(offer)
    given_, inbound = describe.answer(offer, LOCAL, session=1, version=1)
    # What we say is whole, and what we were told is within its bounds.
    assert sdp.parse(sdp.render(given_)) == given_
    assert [s.mid for s in given_.sections] == [s.mid for s in offer.sections]
    for line in inbound:
        assert line.codecs
        assert all(0 <= codec.payload_type <= 127 for codec in line.codecs)
        assert all(0 <= ssrc < 2**32 for ssrc in (*line.ssrcs, *line.rtx_ssrcs.values()))
        assert all(1 <= number <= 14 for number in line.extensions.values())


def accepted(text: str) -> None:
    answer = sdp.parse(text, sections_max=len(SLOTS))
    sdp.transport_of(answer)
    for line in describe.outbound(SLOTS, answer):
        assert line.mid in {slot.mid for slot in SLOTS if slot.person}


def served(text: str) -> None:
    offer = sdp.parse(text)
    sdp.transport_of(offer)
    given_, lines = serve.answer(offer, LOCAL, session=1, version=1, streams=STREAMS)
    assert sdp.parse(sdp.render(given_)) == given_
    assert len({line.kind for line in lines}) == len(lines) > 0
    assert all(line.codecs for line in lines)
    assert not any(section.has("recvonly") for section in given_.sections)


def refused_or_done(text: str) -> None:
    for take in (answered, accepted, served):
        try:
            take(text)
        except MediaRefused as refused:
            assert refused.code in REFUSALS  # noqa: PT017  # or nothing is raised


@given(mutated())
def test_a_damaged_description_is_answered_or_refused(text: str) -> None:
    refused_or_done(text)


@given(st.text(max_size=400) | st.lists(st.sampled_from(LINES), max_size=60).map("\r\n".join))
def test_any_text_is_answered_or_refused(text: str) -> None:
    refused_or_done(text)
    refused_or_done("v=0\r\n" + text)


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.text("ab:._-09", min_size=1))
def test_what_we_offer_can_be_read(ssrc: int, rtx: int, person: str) -> None:
    slot = Slot("0", "picture", person, "VP8", ssrc, rtx)
    made = describe.offer((slot,), LOCAL, session=1, version=1)
    assert sdp.parse(sdp.render(made)) == made


@pytest.mark.parametrize("size", [sdp.TEXT_MAX, sdp.TEXT_MAX + 1, 10 * RTP_MAX])
def test_long_nonsense_is_refused_in_no_time(size: int) -> None:
    refused_or_done("v=0\r\na=" + "x" * size)
