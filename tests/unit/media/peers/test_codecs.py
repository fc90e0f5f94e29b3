"""`media.peers.codecs`: what is forwarded, and under which payload types."""

from __future__ import annotations

import itertools

import pytest

from media.control import MediaRefused
from media.peers import codecs, sdp
from media.peers.port import Codec, CodecName, Kind
from media.peers.sdp import Attribute, Section
from tests.unit.media.peers.golden import golden


def section(kind: str, formats: str, *attributes: str) -> Section:
    pairs = (Attribute(*line.split(":", 1)) for line in attributes)
    return Section(kind, 9, "UDP/TLS/RTP/SAVPF", tuple(formats.split()), tuple(pairs))


def accepted(name: str, index: int, kind: Kind) -> list[tuple[CodecName, int, int | None]]:
    found = codecs.accepted(sdp.parse(golden(name)).sections[index], kind)
    return [(codec.name, codec.payload_type, codec.rtx_payload_type) for codec in found]


def test_of_chromium_opus_vp8_and_both_baselines_of_h264_are_taken() -> None:
    assert accepted("chromium-publish", 0, "sound") == [("opus", 111, None)]
    assert accepted("chromium-publish", 1, "picture") == [
        ("VP8", 96, 97),
        ("H264", 102, 103),
        ("H264", 108, 109),
    ]


def test_of_firefox_opus_and_vp8_are_taken() -> None:
    assert accepted("firefox-publish", 0, "sound") == [("opus", 109, None)]
    assert accepted("firefox-publish", 1, "picture") == [("VP8", 120, 124)]


def test_of_safari_constrained_baseline_is_taken_before_vp8_and_the_high_profile_left() -> None:
    assert accepted("safari-like-publish", 1, "picture") == [("H264", 98, 99), ("VP8", 100, 101)]


def test_of_aiortc_both_codecs_are_taken() -> None:
    assert accepted("aiortc-publish", 1, "picture") == [
        ("VP8", 97, 98),
        ("H264", 99, 100),
        ("H264", 101, 102),
    ]


def test_rtx_is_taken_for_pictures_only() -> None:
    lines = ("rtpmap:111 opus/48000/2", "rtpmap:112 rtx/48000", "fmtp:112 apt=111")
    (codec,) = codecs.accepted(section("audio", "111 112", *lines), "sound")
    assert codec.rtx_payload_type is None


@pytest.mark.parametrize(
    "fmtp",
    [
        "profile-level-id=42e01f",  # packetization-mode 0
        "packetization-mode=1",  # no profile
        "packetization-mode=1;profile-level-id=6e001f",  # high 10: eight bits are decoded
        "packetization-mode=1;profile-level-id=64101f",  # high, with a constraint nobody defined
        "packetization-mode=1;profile-level-id=42e0",  # too short
        "packetization-mode=1;profile-level-id=42e0\u00b2\u00b2",
        "",
    ],
)
def test_h264_in_another_form_is_left(fmtp: str) -> None:
    lines = ("rtpmap:102 H264/90000", f"fmtp:102 {fmtp}")
    assert codecs.accepted(section("video", "102", *lines), "picture") == ()


@pytest.mark.parametrize("profile", ["42c01e", "4d401f", "4d0029", "640028", "640c1f", "58e01f"])
def test_the_profiles_that_cameras_send_are_taken_when_nothing_plainer_is_offered(
    profile: str,
) -> None:
    """They go on under a name that every browser takes."""
    lines = ("rtpmap:102 H264/90000", f"fmtp:102 packetization-mode=1;profile-level-id={profile}")
    (codec,) = codecs.accepted(section("video", "102", *lines), "picture")
    assert codec.fmtp.endswith(f"profile-level-id={profile}")
    assert codecs.offered("H264", codec.fmtp).fmtp.endswith("profile-level-id=42e01f")


def test_h264_of_any_level_is_taken() -> None:
    lines = ("rtpmap:102 h264/90000", "fmtp:102 packetization-mode=1; profile-level-id=42E034")
    (codec,) = codecs.accepted(section("video", "102", *lines), "picture")
    assert codec.fmtp.endswith("profile-level-id=42e034")


@pytest.mark.parametrize(
    ("kind", "rtpmap"),
    [
        ("sound", "opus/48000"),
        ("sound", "opus/8000/2"),
        ("sound", "VP8/90000"),
        ("picture", "opus/48000/2"),
        ("picture", "VP8/48000"),
        ("picture", "VP9/48000"),
        ("picture", "H265/90000"),
        ("picture", "VP8"),
    ],
)
def test_a_codec_with_another_clock_or_in_the_wrong_line_is_left(kind: Kind, rtpmap: str) -> None:
    assert codecs.accepted(section("x", "96", f"rtpmap:96 {rtpmap}"), kind) == ()


@pytest.mark.parametrize(
    ("rtpmap", "fmtp", "name"),
    [
        ("VP9/90000", "profile-id=0", "VP9"),
        ("VP9/90000", "x=1", "VP9"),
        ("AV1/90000", "level-idx=5;profile=0;tier=0", "AV1"),
    ],
)
def test_vp9_and_av1_are_taken_where_nothing_plainer_is_offered(
    rtpmap: str, fmtp: str, name: CodecName
) -> None:
    """The programme does not decode them, so whoever has another codec sends that."""
    lines = (f"rtpmap:98 {rtpmap}", f"fmtp:98 {fmtp}", "rtpmap:99 rtx/90000", "fmtp:99 apt=98")
    (codec,) = codecs.accepted(section("video", "98 99", *lines), "picture")
    assert (codec.name, codec.payload_type, codec.rtx_payload_type) == (name, 98, 99)
    both = section("video", "98 99 96", *lines, "rtpmap:96 VP8/90000")
    assert [one.name for one in codecs.accepted(both, "picture")] == ["VP8"]


@pytest.mark.parametrize(
    ("rtpmap", "fmtp"), [("VP9/90000", "profile-id=2"), ("AV1/90000", "profile=1")]
)
def test_profiles_that_few_decode_are_left(rtpmap: str, fmtp: str) -> None:
    line = section("video", "98", f"rtpmap:98 {rtpmap}", f"fmtp:98 {fmtp}")
    assert codecs.accepted(line, "picture") == ()


RED = ("rtpmap:111 opus/48000/2", "rtpmap:63 red/48000/2", "fmtp:63 111/111")


@pytest.mark.parametrize(
    ("formats", "lines", "payload_type"),
    [
        ("63 111", RED, 63),
        ("111 63", RED, None),
        ("63 111", (*RED[:2], "fmtp:63 111/9"), None),
        ("63 111", (*RED[:2], "fmtp:63 x"), None),
        ("63 109", ("rtpmap:109 opus/48000/2", RED[1], "fmtp:63 109/109"), None),
    ],
)
def test_redundant_audio_is_taken_where_it_is_preferred_and_carries_our_opus(
    formats: str, lines: tuple[str, ...], payload_type: int | None
) -> None:
    """Its blocks name Opus's payload type, and are passed on as they are."""
    (codec,) = codecs.accepted(section("audio", formats, *lines), "sound")
    assert (codec.name, codec.red_payload_type) == ("opus", payload_type)


def test_redundant_audio_stands_before_its_codec() -> None:
    codec = codecs.offered("opus", red=True)
    assert codecs.payload_types((codec,)) == ("63", "111")
    line = Section("audio", 9, "x", ("63", "111"), codecs.describe(codec, ()))
    assert codecs.accepted(line, "sound") == (codec,)
    assert codecs.payload_types((codecs.offered("opus"),)) == ("111",)


def test_payload_types_that_look_like_rtcp_are_left() -> None:
    """RFC 5761, section 4: 64 to 95 clash with RTCP packet types when multiplexed."""
    for payload_type, taken in ((63, True), (64, False), (95, False), (96, True)):
        line = section("video", str(payload_type), f"rtpmap:{payload_type} VP8/90000")
        assert bool(codecs.accepted(line, "picture")) is taken


@pytest.mark.parametrize(
    ("formats", "line"),
    [("x", "rtpmap:96 VP8/90000"), ("200", "rtpmap:96 VP8/90000"), ("96", "rtpmap:96")],
)
def test_payload_types_that_are_none_are_refused(formats: str, line: str) -> None:
    with pytest.raises(MediaRefused):
        codecs.accepted(section("video", formats, line), "picture")


def test_rtx_without_a_codec_is_refused() -> None:
    with pytest.raises(MediaRefused):
        codecs.accepted(section("video", "97", "rtpmap:97 rtx/90000"), "picture")


def test_feedback_is_what_both_sides_know() -> None:
    lines = ("rtcp-fb:96 transport-cc", "rtcp-fb:96 nack pli", "rtcp-fb:* nack", "rtcp-fb:97 x")
    codec = Codec("VP8", 96, 90_000)
    known = ("transport-cc", "nack", "nack pli")
    assert codecs.feedback(section("video", "96", *lines), codec) == known


def test_sound_is_not_repeated_but_told_of() -> None:
    codec = Codec("opus", 111, 48_000)
    lines = ("rtcp-fb:111 nack", "rtcp-fb:111 transport-cc")
    assert codecs.feedback(section("audio", "111", *lines), codec) == ("transport-cc",)


def test_a_payload_type_of_ours_means_one_codec() -> None:
    """RFC 9143, section 9.1: within a bundle it must."""
    ours = [
        codecs.offered("opus"),
        codecs.offered("VP8"),
        codecs.offered("VP9"),
        codecs.offered("AV1"),
        codecs.offered("H264", "packetization-mode=1;profile-level-id=42e01f"),
        codecs.offered("H264", "packetization-mode=1;profile-level-id=42001f"),
    ]
    numbers = list(itertools.chain.from_iterable(codecs.payload_types((c,)) for c in ours))
    assert len(set(numbers)) == len(numbers)


def test_a_profile_is_offered_on_whatever_its_level_is() -> None:
    publisher = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=420034"
    assert codecs.offered("H264", publisher).fmtp.endswith("profile-level-id=42001f")


def test_what_we_offer_is_what_we_accept() -> None:
    pictures = ("VP8", "VP9", "H264", "AV1")
    for name, kind in (("opus", "sound"), *((name, "picture") for name in pictures)):
        codec = codecs.offered(name)  # type: ignore[arg-type]  # the tuples' literals are widened
        described = codecs.describe(codec, codecs.FEEDBACK)
        line = Section("x", 9, "UDP", codecs.payload_types((codec,)), described)
        assert codecs.accepted(line, kind) == (codec,)  # type: ignore[arg-type]
