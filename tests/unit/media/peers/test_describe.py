"""`media.peers.describe`: our answers and offers, and what a client's answer accepts."""

from __future__ import annotations

import dataclasses

import pytest

from media.control import MediaCode, MediaRefused
from media.peers import describe, sdp
from media.peers.port import Inbound, Slot
from media.peers.sdp import Description, Fingerprint, Transport
from media.rtp import extensions
from tests.unit.media.peers.golden import OFFERS, golden

LOCAL = Transport(
    ufrag="abcdefgh",
    pwd="a" * 24,
    fingerprints=(Fingerprint("sha-256", ":".join(["AB"] * 32)),),
    setup="active",
    candidates=("1 1 udp 2130706431 192.0.2.1 40000 typ host",),
)
SOUND = Slot("0", "sound", "p1", "opus", 1111, None)
VP8 = Slot("1", "picture", "p1", "VP8", 2222, 2223)
H264 = Slot("2", "picture", "p2", "H264", 3333, 3334)
EMPTY = Slot("3", "picture", "", "VP8", 4444, 4445)
SLOTS = (SOUND, VP8, H264, EMPTY)


def answer(text: str) -> tuple[Description, tuple[Inbound, ...]]:
    return describe.answer(sdp.parse(text), LOCAL, session=7, version=1)


def edited(name: str, *changes: tuple[str, str]) -> str:
    text = golden(name)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


# --- answers


@pytest.mark.parametrize("name", OFFERS)
def test_an_answer_has_the_offers_lines_in_their_order(name: str) -> None:
    """RFC 3264, section 6: as many m-lines, the same kinds; RFC 9143: the same mids."""
    offer = sdp.parse(golden(name))
    given, _ = answer(golden(name))
    assert [(s.kind, s.mid) for s in given.sections] == [(s.kind, s.mid) for s in offer.sections]
    assert sdp.parse(sdp.render(given)) == given


@pytest.mark.parametrize("name", OFFERS)
def test_an_answer_repeats_only_what_was_offered(name: str) -> None:
    offer = sdp.parse(golden(name))
    given, _ = answer(golden(name))
    for ours, theirs in zip(given.sections, offer.sections, strict=True):
        assert set(ours.formats) <= set(theirs.formats)
        offered_fb = set(theirs.every("rtcp-fb"))
        assert set(ours.every("rtcp-fb")) <= offered_fb
        assert set(ours.every("extmap")) <= set(theirs.every("extmap"))


def test_chromium_is_answered_with_two_lines_that_receive() -> None:
    given, inbound = answer(golden("chromium-publish"))
    assert given.bundle() == ("0", "1")
    assert [s.has("recvonly") for s in given.sections] == [True, True]
    assert all(s.has("rtcp-mux") and s.first("setup") == "active" for s in given.sections)
    assert not any(s.has("rtcp-rsize") for s in given.sections)
    assert [s.every("candidate") for s in given.sections] == [LOCAL.candidates, ()]
    sound, picture = inbound
    assert (sound.mid, sound.kind, sound.ssrcs) == ("0", "sound", (3924257774,))
    assert (picture.mid, picture.kind) == ("1", "picture")
    assert picture.ssrcs == (1761642344,)
    assert picture.rtx_ssrcs == {1761642344: 2319320669}
    assert picture.extensions == {extensions.MID: 4, extensions.TRANSPORT: 3}
    assert [codec.name for codec in picture.codecs] == ["VP8", "H264", "H264"]


def test_phones_turn_the_picture_themselves() -> None:
    """Without the video-orientation extension they must."""
    given, _ = answer(golden("safari-like-publish"))
    assert "video-orientation" not in sdp.render(given)


def test_transport_wide_feedback_is_promised_with_its_numbers_alone() -> None:
    """A sender that was promised it and hears none stops growing."""
    promised = 0
    for name in OFFERS:
        given, inbound = answer(golden(name))
        for section in given.sections:
            numbered = any(extensions.TRANSPORT in value for value in section.every("extmap"))
            heard = any(v.endswith("transport-cc") for v in section.every("rtcp-fb"))
            assert numbered == heard
            promised += heard
        for line in inbound:
            section = next(s for s in given.sections if s.first("mid") == line.mid)
            heard = any(v.endswith("transport-cc") for v in section.every("rtcp-fb"))
            assert (extensions.TRANSPORT in line.extensions) == heard
    assert promised >= 4
    without = edited("chromium-publish", (extensions.TRANSPORT, "urn:x"))
    assert "transport-cc" not in sdp.render(answer(without)[0])


def test_numbers_are_sent_to_who_takes_them() -> None:
    slots = (SOUND, VP8)
    local = sdp.render(offer(slots))
    assert local.count(extensions.TRANSPORT) == local.count("transport-cc") == 2
    mirrored = sdp.parse(local.replace("a=sendonly", "a=recvonly"))
    taken = describe.outbound(slots, mirrored)
    numbered = {extensions.TRANSPORT: describe.TRANSPORT_ID}
    assert [line.extensions for line in taken] == [numbered, numbered]
    deaf = sdp.parse(local.replace("a=sendonly", "a=recvonly").replace("transport-cc", "x"))
    assert [line.extensions for line in describe.outbound(slots, deaf)] == [{}, {}]


def test_opus_is_asked_to_repair_itself() -> None:
    for name in ("chromium-publish", "firefox-publish", "aiortc-publish"):
        given, _ = answer(golden(name))
        (fmtp,) = given.sections[0].every("fmtp")
        assert "useinbandfec=1" in fmtp


def test_a_stopped_line_is_refused_and_leaves_the_bundle() -> None:
    given, inbound = answer(golden("chromium-stopped"))
    assert given.bundle() == ("0",)
    assert [s.port for s in given.sections] == [9, 0]
    assert [i.mid for i in inbound] == ["0"]


def test_a_line_that_is_used_again_comes_with_its_new_mid() -> None:
    given, inbound = answer(golden("chromium-reused"))
    assert given.bundle() == ("0", "2")
    assert [i.mid for i in inbound] == ["0", "2"]


def test_a_bundle_only_line_is_used() -> None:
    text = edited(
        "chromium-publish", ("m=video 45355", "m=video 0"), ("a=mid:1", "a=mid:1\r\na=bundle-only")
    )
    assert [i.mid for i in answer(text)[1]] == ["0", "1"]


def test_data_is_refused() -> None:
    given, inbound = answer(golden("chromium-max-bundle-data"))
    assert [s.port for s in given.sections] == [9, 9, 0]
    assert given.sections[2].protocol == "UDP/DTLS/SCTP"
    assert given.bundle() == ("0", "1")
    assert len(inbound) == 2


@pytest.mark.parametrize("direction", ["recvonly", "inactive"])
def test_a_client_that_does_not_send_is_answered_inactive(direction: str) -> None:
    given, inbound = answer(edited("chromium-publish", ("a=sendonly", f"a={direction}")))
    assert all(s.has("inactive") and s.port == 9 for s in given.sections)
    assert inbound == ()


def test_a_line_that_both_sends_and_receives_is_received() -> None:
    given, inbound = answer(edited("chromium-publish", ("a=sendonly", "a=sendrecv")))
    assert all(s.has("recvonly") for s in given.sections)
    assert len(inbound) == 2


def test_a_line_without_a_codec_of_ours_is_refused_alone() -> None:
    unknown = [(f"{name}/90000", "VP7/90000") for name in ("VP8", "VP9", "AV1")]
    given, inbound = answer(edited("firefox-publish", *unknown))
    assert [s.port for s in given.sections] == [9, 0]
    assert [i.kind for i in inbound] == ["sound"]


@pytest.mark.parametrize(
    "change",
    [("a=rtcp-mux", "a=rtcp-m"), ("video 45355 UDP/TLS/RTP/SAVPF", "video 45355 RTP/AVP")],
)
def test_a_line_that_needs_another_transport_is_refused(change: tuple[str, str]) -> None:
    head, video = golden("chromium-publish").split("m=video")
    text = head + ("m=video" + video).replace(*change)
    assert [s.port for s in answer(text)[0].sections] == [9, 0]


def test_without_a_bundle_the_first_line_is_used() -> None:
    text = edited("chromium-publish", ("a=group:BUNDLE 0 1\r\n", ""))
    assert [s.port for s in answer(text)[0].sections] == [9, 0]


def test_extension_ids_that_need_two_byte_headers_are_left() -> None:
    text = edited("chromium-publish", ("extmap:4 ", "extmap:15 "), ("extmap:1 ", "extmap:16 "))
    text = text.replace("extmap:3 ", "extmap:17 ")
    assert all(i.extensions == {} for i in answer(text)[1])


@pytest.mark.parametrize(
    "changes",
    [
        (("a=mid:1", "a=mid:0"),),
        (("a=mid:1", "a=mids:1"),),
        (("ssrc:1761642344", "ssrc:3924257774"), ("FID 1761642344", "FID 3924257774")),
        (("a=ssrc:3924257774 cname", "a=ssrc:4294967296 cname"),),
        (("FID 1761642344 2319320669", "FID 1761642344 x"),),
        (("a=extmap:4 ", "a=extmap:x "),),
        (("a=fmtp:97 apt=96", "a=fmtp:97 apt=x"),),
        (("m=video", "m=text"), ("m=audio", "m=text")),
    ],
)
def test_a_broken_offer_is_refused(changes: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(MediaRefused) as caught:
        answer(edited("chromium-publish", *changes))
    assert caught.value.code is MediaCode.BAD_SDP


def test_ssrcs_have_a_bound() -> None:
    many = "".join(f"a=ssrc:{n} cname:x\r\n" for n in range(describe.SSRCS_MAX + 1))
    with pytest.raises(MediaRefused):
        answer(golden("chromium-publish") + many)


# --- offers


def offer(slots: tuple[Slot, ...] = SLOTS) -> Description:
    local = dataclasses.replace(LOCAL, setup="actpass")
    return describe.offer(slots, local, session=1, version=0)


def test_an_offer_is_as_recorded() -> None:
    """Browsers were shown this very text; see the answers beside it."""
    recorded = sdp.parse(golden("ours-offer"))
    local = dataclasses.replace(LOCAL, setup="actpass", candidates=())
    assert describe.offer(SLOTS, local, session=1, version=0) == recorded


def test_an_offer_names_whose_media_it_is() -> None:
    section = offer().sections[1]
    assert section.first("msid") == "p1 1"
    assert section.first("ssrc-group") == "FID 2222 2223"
    assert {value.split(" ")[0] for value in section.every("ssrc")} == {"2222", "2223"}


def test_sound_and_picture_of_a_person_are_one_stream_in_time() -> None:
    """RFC 7656: receivers keep sources of one CNAME in time with each other."""
    sound, picture = offer().sections[:2]
    assert "1111 cname:p1" in sound.every("ssrc")
    assert "2222 cname:p1" in picture.every("ssrc")


def test_an_empty_slot_stays_in_the_bundle_and_is_silent() -> None:
    description = offer()
    assert description.bundle() == ("0", "1", "2", "3")
    section = description.sections[3]
    assert section.has("inactive")
    assert section.port == 9
    assert not section.has("msid")
    assert not section.has("ssrc")


def test_a_slot_without_rtx_offers_none() -> None:
    section = offer((dataclasses.replace(VP8, rtx_ssrc=None),)).sections[0]
    assert section.formats == ("96",)
    assert not section.has("ssrc-group")


def test_a_subscriber_is_asked_for_whole_rtcp_packets() -> None:
    """No reduced size (RFC 5506), which the forwarder would have to read."""
    assert "rtcp-rsize" not in sdp.render(offer())


# --- answers to offers


def test_chromium_accepts_every_slot() -> None:
    found = describe.outbound(SLOTS, sdp.parse(golden("chromium-answer")))
    assert [
        (o.mid, o.codec.name, o.codec.payload_type, o.codec.rtx_payload_type) for o in found
    ] == [
        ("0", "opus", 111, None),
        ("1", "VP8", 96, 97),
        ("2", "H264", 102, 103),
    ]


def test_firefox_without_h264_accepts_the_others() -> None:
    found = describe.outbound(SLOTS, sdp.parse(golden("firefox-answer")))
    assert [o.mid for o in found] == ["0", "1"]


@pytest.mark.parametrize("direction", ["inactive", "sendonly"])
def test_a_slot_that_the_client_does_not_receive_is_not_sent(direction: str) -> None:
    text = edited("chromium-answer", ("a=recvonly", f"a={direction}"))
    assert describe.outbound(SLOTS, sdp.parse(text)) == ()


def test_a_slot_answered_without_rtx_has_none() -> None:
    text = edited("chromium-answer", ("rtx/90000", "xrt/90000"))
    found = describe.outbound(SLOTS, sdp.parse(text))
    assert [o.codec.rtx_payload_type for o in found] == [None, None, None]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("m=audio", "m=video"),
        ("a=mid:1", "a=mid:9"),
        ("a=mid:0\r\n", ""),
        ("a=rtcp-mux", "a=rtcp-m"),
        ("UDP/TLS/RTP/SAVPF 111", "RTP/AVP 111"),
    ],
)
def test_an_answer_to_another_offer_is_refused(old: str, new: str) -> None:
    with pytest.raises(MediaRefused) as caught:
        describe.outbound(SLOTS, sdp.parse(edited("chromium-answer", (old, new))))
    assert caught.value.code is MediaCode.BAD_SDP


@pytest.mark.parametrize("slots", [SLOTS[:3], (*SLOTS, EMPTY)])
def test_an_answer_with_more_or_fewer_lines_is_refused(slots: tuple[Slot, ...]) -> None:
    with pytest.raises(MediaRefused):
        describe.outbound(slots, sdp.parse(golden("chromium-answer")))


def test_a_direction_of_the_session_holds_where_a_section_has_none() -> None:
    """Firefox writes one there (RFC 8866, section 6.7)."""
    text = edited("firefox-publish", ("a=sendonly\r\n", ""))
    assert len(answer(text)[1]) == 2


def test_a_picture_of_the_stream_screen_is_a_screen() -> None:
    text = edited("chromium-publish")
    stream = sdp.parse(text).sections[1].first("msid")
    assert stream is not None
    _, inbound = answer(text.replace(f"a=msid:{stream}", "a=msid:screen x"))
    assert [line.kind for line in inbound] == ["sound", "screen"]


def test_a_screen_is_offered_as_a_stream_of_its_own() -> None:
    """Browsers play a stream's sound in time with *one* picture of it: that must be the face."""
    section = offer((SOUND, Slot("1", "screen", "p1", "VP8", 2222, 2223))).sections[1]
    assert section.kind == "video"
    assert section.first("msid") == "screen.p1 1"
    assert "2222 msid:screen.p1 1" in section.every("ssrc")
    assert "96 nack pli" in section.every("rtcp-fb")


def test_simulcast_is_answered_layer_by_layer() -> None:
    """RFC 8853, section 5.3.1: what is offered to send is answered with recv."""
    given, inbound = answer(golden("chromium-simulcast"))
    (picture,) = given.sections
    assert picture.every("rid") == ("q recv", "h recv", "f recv")
    assert picture.first("simulcast") == "recv q;h;f"
    layers = {extensions.RID, extensions.REPAIRED_RID}
    assert set(inbound[0].extensions) == {extensions.MID, extensions.TRANSPORT} | layers
    assert inbound[0].rids == ("q", "h", "f")
    assert inbound[0].ssrcs == ()


@pytest.mark.parametrize(
    ("offered", "rids"),
    [
        ("send ~q;h,f", ("q", "h")),
        ("recv f send q;h", ("q", "h")),
        ("recv q;h;f", ()),
        ("send", ()),
    ],
)
def test_of_simulcast_only_what_the_client_sends_is_answered(
    offered: str, rids: tuple[str, ...]
) -> None:
    text = edited("chromium-simulcast", ("simulcast:send q;h;f", f"simulcast:{offered}"))
    assert answer(text)[1][0].rids == rids


def test_no_more_layers_are_answered_than_are_kept() -> None:
    names = [f"l{n}" for n in range(describe.LAYERS_MAX + 1)]
    text = edited(
        "chromium-simulcast",
        ("a=rid:q send", "\r\n".join(f"a=rid:{name} send" for name in names)),
        ("simulcast:send q;h;f", f"simulcast:send {';'.join(names)}"),
    )
    given, inbound = answer(text)
    assert inbound[0].rids == tuple(names[:-1])
    assert len(given.sections[0].every("rid")) == describe.LAYERS_MAX


@pytest.mark.parametrize(
    "change",
    [
        ("simulcast:send q;h;f", "simulcast:send q;h;q"),
        ("simulcast:send q;h;f", "simulcast:send q;h;x"),
        ("simulcast:send q;h;f", "simulcast:send q;;f"),
        ("a=rid:f send", "a=rid:f recv"),
    ],
)
def test_simulcast_that_contradicts_itself_is_refused(change: tuple[str, str]) -> None:
    with pytest.raises(MediaRefused) as refused:
        answer(edited("chromium-simulcast", change))
    assert refused.value.code is MediaCode.BAD_SDP


def test_layers_that_nothing_tells_apart_are_one() -> None:
    text = edited("chromium-simulcast", (f" {extensions.RID}\r", " urn:other\r"))
    given, inbound = answer(text)
    assert inbound[0].rids == ()
    assert not given.sections[0].has("simulcast")


def test_redundant_audio_is_offered_where_the_publisher_sends_it() -> None:
    """RFC 2198; before Opus alone, so that whoever takes it prefers it too."""
    sound = offer((dataclasses.replace(SOUND, red=True),)).sections[0]
    assert sound.formats == ("63", "111")
    assert "63 red/48000/2" in sound.every("rtpmap")
    assert "63 111/111" in sound.every("fmtp")
    assert offer((SOUND,)).sections[0].formats == ("111",)
