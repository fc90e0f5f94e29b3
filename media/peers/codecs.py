"""
The codecs that are forwarded: VP8, H264, Opus; RTX for pictures. VP9 and AV1 where a client has
nothing else: the programme does not decode them, nor does every browser.

Pure. One table for both directions: what is taken of a client's offer, and which payload types and
parameters stand in ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from media.peers.port import Codec, CodecName, Kind
from media.peers.sdp import Attribute, Section, bad, number

OPUS_FMTP = "minptime=10;useinbandfec=1"

TRANSPORT_FEEDBACK = "transport-cc"
"""
Feedback about all packets of the connection (`media.rtp.transport_feedback`). Answered and offered
with its header extension alone: a sender that was promised it and hears none stops growing.
"""
FEEDBACK = (TRANSPORT_FEEDBACK, "goog-remb", "ccm fir", "nack", "nack pli")
"""RTCP feedback for pictures, as it stands in a=rtcp-fb."""
SOUND_FEEDBACK = (TRANSPORT_FEEDBACK,)
"""Sound is not repeated; but it counts among the connection's packets."""

_RTP_CLASH = range(64, 96)
"""RFC 5761, section 4: with rtcp-mux these payload types look like RTCP."""


@dataclass(frozen=True, slots=True)
class _Ours:
    """Payload types and parameters of one codec in our offers."""

    payload_type: int
    rtx_payload_type: int | None
    fmtp: str


def _h264_fmtp(profile_level_id: str) -> str:
    return f"level-asymmetry-allowed=1;packetization-mode=1;profile-level-id={profile_level_id}"


# In a bundle one payload type means one codec with one set of parameters, so H264's two profiles
# have their own. The level is that of our offers: with asymmetry allowed it binds nobody.
_OPUS = _Ours(111, None, OPUS_FMTP)
_RED = 63
_VP8 = _Ours(96, 97, "")
_VP9 = _Ours(98, 99, "profile-id=0")
_AV1 = _Ours(45, 46, "level-idx=5;profile=0;tier=0")
_H264 = {
    "42e0": _Ours(102, 103, _h264_fmtp("42e01f")),
    "4200": _Ours(104, 105, _h264_fmtp("42001f")),
}

_PROFILE = re.compile(r"[0-9a-f]{6}")
_PROFILES = (
    ("42", 0x4F, 0x40, "42e0"),
    ("4d", 0x8F, 0x80, "42e0"),
    ("58", 0xCF, 0xC0, "42e0"),
    ("42", 0x4F, 0x00, "4200"),
    ("58", 0xCF, 0x80, "4200"),
    ("4d", 0xAF, 0x00, "4d00"),
    ("64", 0xFF, 0x00, "6400"),
    ("64", 0xFF, 0x0C, "640c"),
)
"""
RFC 6184, section 8.1, table 5: profile_idc; mask and value of profile-iop; how we write it:
constrained baseline, baseline, main, high, constrained high. Without B pictures all of them are
decoded picture by picture, as browsers do.
"""

_CLOCK_HZ: Mapping[CodecName, int] = {
    "opus": 48_000,
    "VP8": 90_000,
    "VP9": 90_000,
    "H264": 90_000,
    "AV1": 90_000,
}
_PASSED: frozenset[CodecName] = frozenset({"VP9", "AV1"})
"""Forwarded, but not decoded by us; of their profiles the one that all decoders have."""

_NAMES: Mapping[str, CodecName] = {name.lower(): name for name in _CLOCK_HZ}

MEDIA: Mapping[Kind, str] = {"sound": "audio", "picture": "video", "screen": "video"}
"""How the kinds are called in m-lines."""

_SCREEN_STREAM = "screen"


def kind_of(section: Section) -> Kind | None:
    """
    The kind of an m-line, None for data and whatever else.

    A client says that a picture is its screen by the stream id (a=msid, RFC 8830).
    """
    match section.kind:
        case "audio":
            return "sound"
        case "video":
            stream = (section.first("msid") or "").partition(" ")[0]
            return "screen" if stream == _SCREEN_STREAM else "picture"
        case _:
            return None


def stream_of(kind: Kind, person: str) -> str:
    """
    The stream id of what a person sends, in our offers.

    The screen has one of its own: browsers play all of a stream in time with each other, and of two
    pictures in one stream choose any to go with the sound.
    """
    return f"{_SCREEN_STREAM}.{person}" if kind == "screen" else person


def offered(name: CodecName, fmtp: str = "", *, red: bool = False) -> Codec:
    """
    A codec as it stands in our offers.

    Args:
        fmtp: the publisher's parameters, for H264's profile.
        red: with redundant audio, preferred.
    """
    match name:
        case "opus":
            ours = _OPUS
        case "VP8":
            ours = _VP8
        case "VP9":
            ours = _VP9
        case "AV1":
            ours = _AV1
        case "H264":
            ours = _H264.get(_h264_profile(_parameters(fmtp)) or "", _H264["42e0"])
    return Codec(
        name=name,
        payload_type=ours.payload_type,
        clock_hz=_CLOCK_HZ[name],
        rtx_payload_type=ours.rtx_payload_type,
        fmtp=ours.fmtp,
        red_payload_type=_RED if red else None,
    )


def accepted(section: Section, kind: Kind) -> tuple[Codec, ...]:
    """
    The codecs of a client's m-line that are forwarded, in its order; empty if there is none.

    Raises:
        MediaRefused: BAD_SDP.
    """
    formats = [number(text, 127) for text in section.formats]
    maps = _by_payload_type(section, "rtpmap")
    parameters = {pt: _parameters(text) for pt, text in _by_payload_type(section, "fmtp").items()}
    repairs: dict[int, int] = {}
    if kind != "sound":  # sound that is repeated comes too late; Opus repairs itself
        for payload_type in formats:
            if maps.get(payload_type, "").lower() == "rtx/90000" and payload_type not in _RTP_CLASH:
                apt = parameters.get(payload_type, {}).get("apt", "")
                repairs.setdefault(number(apt, 127), payload_type)
    found: list[Codec] = []
    others: list[Codec] = []
    for payload_type in formats:
        if payload_type in _RTP_CLASH:
            continue
        encoding, _, rest = maps.get(payload_type, "").partition("/")
        name = _NAMES.get(encoding.lower())
        if name is None or (name == "opus") != (kind == "sound"):
            continue
        if rest != ("48000/2" if name == "opus" else str(_CLOCK_HZ[name])):
            continue
        fmtp, into = "", found
        red = None
        if name == "opus":
            fmtp = OPUS_FMTP
            red = _red(formats, maps, section, payload_type)
        elif name == "H264":
            given = parameters.get(payload_type, {})
            profile = _h264_profile(given)
            if profile is None:
                continue
            into = found if profile in _H264 else others
            fmtp = _h264_fmtp(given["profile-level-id"].lower())
        elif name in _PASSED:
            key = "profile-id" if name == "VP9" else "profile"
            if parameters.get(payload_type, {}).get(key, "0") != "0":
                continue
            into = others
            fmtp = offered(name).fmtp
        into.append(
            Codec(
                name=name,
                payload_type=payload_type,
                clock_hz=_CLOCK_HZ[name],
                rtx_payload_type=repairs.get(payload_type),
                fmtp=fmtp,
                red_payload_type=red,
            )
        )
    # What every browser says it takes goes first. A camera or an encoder has but one profile, often
    # a higher one; it is forwarded under the name of the plainest, and each decoder finds the truth
    # in the stream's own parameter sets.
    return tuple(found) or tuple(others)


def _red(formats: list[int], maps: Mapping[int, str], section: Section, opus: int) -> int | None:
    """
    The payload type of redundant audio, if the client prefers it to Opus alone.

    Its blocks carry Opus's payload type, and are passed on as they are: so that must be ours.
    """
    if opus != _OPUS.payload_type:
        return None
    fmtp = _by_payload_type(section, "fmtp")
    for payload_type in formats[: formats.index(opus)]:
        inner = fmtp.get(payload_type, "").split("/")
        if (
            maps.get(payload_type, "").lower() == "red/48000/2"
            and set(inner) == {str(opus)}
            and payload_type not in _RTP_CLASH
        ):
            return payload_type
    return None


def feedback(section: Section, codec: Codec) -> tuple[str, ...]:
    """Those of `FEEDBACK` or `SOUND_FEEDBACK` that an m-line offers for a codec."""
    given: set[str] = set()
    for value in section.every("rtcp-fb"):
        payload_type, _, what = value.partition(" ")
        if payload_type in ("*", str(codec.payload_type)):
            given.add(what)
    ours = FEEDBACK if codec.clock_hz == 90_000 else SOUND_FEEDBACK
    return tuple(what for what in ours if what in given)


def describe(codec: Codec, feedbacks: tuple[str, ...]) -> tuple[Attribute, ...]:
    """The attributes that stand for one codec in a section."""
    lines: list[Attribute] = []
    payload_type = codec.payload_type
    channels = "/2" if codec.name == "opus" else ""
    lines.append(Attribute("rtpmap", f"{payload_type} {codec.name}/{codec.clock_hz}{channels}"))
    lines += (Attribute("rtcp-fb", f"{payload_type} {what}") for what in feedbacks)
    if codec.red_payload_type is not None:
        red = codec.red_payload_type
        lines.append(Attribute("rtpmap", f"{red} red/{codec.clock_hz}{channels}"))
        lines.append(Attribute("fmtp", f"{red} {payload_type}/{payload_type}"))
    if codec.fmtp:
        lines.append(Attribute("fmtp", f"{payload_type} {codec.fmtp}"))
    if codec.rtx_payload_type is not None:
        lines.append(Attribute("rtpmap", f"{codec.rtx_payload_type} rtx/{codec.clock_hz}"))
        lines.append(Attribute("fmtp", f"{codec.rtx_payload_type} apt={payload_type}"))
    return tuple(lines)


def payload_types(codecs: tuple[Codec, ...]) -> tuple[str, ...]:
    """All payload types of codecs, for an m-line: RTX behind its codec, redundant audio before."""
    found: list[str] = []
    for codec in codecs:
        if codec.red_payload_type is not None:
            found.append(str(codec.red_payload_type))
        found.append(str(codec.payload_type))
        if codec.rtx_payload_type is not None:
            found.append(str(codec.rtx_payload_type))
    return tuple(found)


def _by_payload_type(section: Section, name: str) -> dict[int, str]:
    found: dict[int, str] = {}
    for value in section.every(name):
        payload_type, blank, rest = value.partition(" ")
        if not blank:
            raise bad(f"a={name} that can't be read")
        found.setdefault(number(payload_type, 127), rest.strip())
    return found


def _parameters(fmtp: str) -> dict[str, str]:
    """`a=1;b=2` as a mapping, names in lower case."""
    pairs = (part.partition("=") for part in fmtp.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _h264_profile(parameters: Mapping[str, str]) -> str | None:
    """
    The profile of an H264 that is forwarded, as `_PROFILES` writes it, else None.

    RFC 6184, section 8.1: without packetization-mode it is 0, which no browser needs and whose
    packets would not do for one that offers mode 1.
    """
    profile = parameters.get("profile-level-id", "").lower()
    if parameters.get("packetization-mode") != "1" or not _PROFILE.fullmatch(profile):
        return None
    idc, iop = profile[:2], int(profile[2:4], 16)
    return next((to for of, mask, is_, to in _PROFILES if of == idc and iop & mask == is_), None)
