"""Answering a client that offers to receive."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from media.control import MediaCode, MediaRefused
from media.peers import sdp, serve
from media.peers.port import Kind, Served, Stream
from media.peers.sdp import Attribute, Description, Fingerprint, Transport

FOLDER = Path(__file__).parents[3] / "fixtures" / "sdp"
LOCAL = Transport("ufrg", "p" * 24, (Fingerprint("sha-256", "AA"),), "active", ("candidate",))
STREAMS: dict[Kind, Stream] = {"sound": Stream(10, None), "picture": Stream(20, 21)}


def receiving(name: str = "chromium-publish-h264.sdp") -> Description:
    """A browser's offer, turned round: as if it had asked to receive."""
    offer = sdp.parse((FOLDER / name).read_text())
    return replace(
        offer,
        sections=tuple(
            replace(
                section,
                attributes=tuple(
                    Attribute("recvonly") if one.name == "sendonly" else one
                    for one in section.attributes
                    if one.name not in ("ssrc", "ssrc-group", "msid")
                ),
            )
            for section in offer.sections
        ),
    )


def answered(offer: Description) -> tuple[Description, tuple[Served, ...]]:
    """Our answer."""
    return serve.answer(offer, LOCAL, session=1, version=1, streams=STREAMS)


def test_a_receiver_is_sent_one_sound_and_one_picture() -> None:
    """With the SSRCs that were given, in one stream, and what it takes is known by codec."""
    answer, served = answered(receiving())
    assert [line.kind for line in served] == ["sound", "picture"]
    assert {codec.name for codec in served[1].codecs} >= {"H264"}
    sound, picture = answer.sections[:2]
    assert sound.has("sendonly")
    assert picture.has("sendonly")
    assert sound.every("ssrc")[0] == "10 cname:programme"
    assert picture.every("ssrc-group") == ("FID 20 21",)


def test_nothing_is_promised_that_is_not_sent() -> None:
    """No header extension, and no feedback that would need one."""
    answer, _ = answered(receiving())
    for section in answer.sections:
        assert not section.every("extmap")
        assert not any(value.endswith("transport-cc") for value in section.every("rtcp-fb"))


def test_a_second_picture_stays_dark() -> None:
    """Only the first of a kind is served; the others are inactive, not refused."""
    offer = receiving()
    video = next(section for section in offer.sections if section.kind == "video")
    mid = "extra"
    more = replace(
        video,
        attributes=tuple(
            Attribute("mid", mid) if one.name == "mid" else one for one in video.attributes
        ),
    )
    bundle = Attribute("group", " ".join(("BUNDLE", *offer.bundle(), mid)))
    attributes = [bundle if one.name == "group" else one for one in offer.attributes]
    answer, served = answered(
        replace(offer, attributes=tuple(attributes), sections=(*offer.sections, more))
    )
    assert sum(line.kind == "picture" for line in served) == 1
    last = answer.sections[-1]
    assert last.has("inactive")
    assert not last.every("ssrc")


def test_an_offer_that_only_sends_is_refused() -> None:
    """It belongs to another URL."""
    with pytest.raises(MediaRefused) as refused:
        answered(sdp.parse((FOLDER / "chromium-publish.sdp").read_text()))
    assert refused.value.code is MediaCode.BAD_SDP
