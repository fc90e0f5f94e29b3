"""
Whatever reads what the network sends, as functions of bytes that must not fail.

Hypothesis gives them bytes in every run (`test_targets.py`), a coverage-guided fuzzer a million in
a full one (`make fuzz`). Each has seeds: real input, for both to begin with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from aioice import stun

from media.control import MediaCode, MediaRefused
from media.forwarding.egress import Egress
from media.forwarding.ingress import Ingress
from media.forwarding.subscription import Subscription
from media.forwarding.voice import Voice
from media.limits import Limits as MediaLimits
from media.peers import describe, sdp
from media.peers.consent import Answers, Checks
from media.peers.port import RTP_MAX, SEND_SIZE, Codec, Inbound, Slot
from media.peers.sdp import Fingerprint, Transport
from media.programme import depacketize, reorder
from media.rtp import extensions, red, rtcp, rtx, vp8
from media.rtp.errors import MalformedPacket
from media.rtp.keyframes import av1_keyframe, h264_keyframe, vp8_keyframe, vp9_keyframe
from media.rtp.packet import HEADER, find_extension, find_number, parse_header
from signaling import sdpfrag
from signaling.limits import Limits as SignalingLimits
from signaling.session import Session
from tests.unit.media.peers.golden import NAMES, golden

_KEY: Final = b"a password of theirs"
_VP8: Final = Codec("VP8", 96, 90_000, 97)
_H264: Final = Codec("H264", 102, 90_000, 103)
_OPUS: Final = Codec("opus", 111, 48_000)


@dataclass(frozen=True, slots=True)
class Target:
    """One reader of bytes."""

    take: Callable[[bytes], None]
    """Raises if the reader does what it must not."""
    seeds: Sequence[bytes]


# --- RTP ------------------------------------------------------------------------------------------


def _rtp(data: bytes) -> None:
    try:
        header = parse_header(data)
    except MalformedPacket:
        return
    assert 12 <= header.start <= header.end <= len(data)
    for wanted in (1, 3, 14, 15, 255):
        value = find_extension(data, wanted)
        assert value is None or value in data
        find_number(data, wanted)
        Voice(wanted).hear(memoryview(data), 0.0)
    original = rtx.unwrap(data, header)
    assert original is None or 0 <= original <= 0xFFFF


def _packet(payload: bytes, *, kind: int, ssrc: int, extension: bytes = b"") -> bytes:
    first = 0x90 if extension else 0x80
    return HEADER.pack(first, kind, 7, 90_000, ssrc) + extension + payload


_EXTENSION: Final = b"\xbe\xde\x00\x02\x30\x05\x42\x00\x01\x00\x00\x00"
_WIDE: Final = b"\x10\x00\x00\x02\x03\x02\x00\x01\x0f\x01\x7f\x00"
_LAYER_IDS: Final = {extensions.MID: 3, extensions.RID: 5, extensions.REPAIRED_RID: 6}
_LAYERS: Final = tuple(
    _packet(
        b"\x90\xe0\x81\x02\x07\x20\x00" + bytes(20),
        kind=96,
        ssrc=ssrc,
        extension=b"\xbe\xde\x00\x01\x30\x33\x50" + rid,
    )
    for ssrc, rid in ((40, b"q"), (50, b"f"))
)
_RTP: Final = (
    _packet(b"\x10\x00" + bytes(20), kind=96, ssrc=2, extension=_EXTENSION),
    _packet(b"\xf8" + bytes(20), kind=111, ssrc=1, extension=_WIDE),
    _packet(b"\x00\x07\x10\x00" + bytes(20), kind=97, ssrc=3),
)


def _forwarded(data: bytes) -> None:
    """A publisher's packets one after the other, each behind its length; feedback goes nowhere."""
    sent: list[bytes] = []
    ingress = Ingress(sent.append, MediaLimits())
    ingress.update(
        (
            Inbound("0", "sound", (_OPUS,), (1,), {}, {}),
            Inbound("1", "picture", (_VP8,), (2,), {2: 3}, {}),
            Inbound("2", "picture", (_H264,), (), {}, {"urn:ietf:params:rtp-hdrext:sdes:mid": 3}),
            Inbound("3", "screen", (_VP8,), (), {}, _LAYER_IDS, ("q", "f")),
        )
    )
    shown = [
        Subscription(10 + n, 20 + n, track.codec, buffer=bytearray(SEND_SIZE), outlet=_Nowhere())
        for n, track in enumerate(ingress.tracks)
    ]
    for track, subscription in zip(ingress.tracks, shown, strict=True):
        track.allow(True, 0.0)
        subscription.attach(track, 0.0)
    for number, packet in enumerate(_pieces(data)):
        now_s = number / 100
        if len(packet) >= HEADER.size:
            ingress.receive(memoryview(packet), now_s)
        ingress.receive_rtcp(memoryview(packet), now_s)
        ingress.work(now_s)
        shown[3].wish(number % 2, now_s)
        shown[3].settle(now_s)
    for subscription in shown:
        subscription.retransmit(range(8), 8)
        subscription.sender_report(1.0)
    ingress.report(1.0)


class _Nowhere:
    """Takes all packets (`media.congestion.outflow.Outlet`)."""

    overhead = 10

    def send_rtp(self, buffer: bytearray, lengths: Sequence[int]) -> int:
        return len(lengths)


def _pieces(data: bytes) -> Iterable[bytes]:
    at = 0
    while at + 2 <= len(data):
        end = at + 2 + min(int.from_bytes(data[at : at + 2], "big"), RTP_MAX)
        yield data[at + 2 : end]
        at = end


def _joined(packets: Iterable[bytes]) -> bytes:
    return b"".join(len(packet).to_bytes(2, "big") + packet for packet in packets)


# --- RTCP -----------------------------------------------------------------------------------------

_BLOCK: Final = rtcp.ReportBlock(2, 7, 3, 90, 5)
_RTCP: Final = (
    rtcp.compound((rtcp.ReceiverReport(1, (_BLOCK,)), rtcp.SourceNames(((1, "yishi"),)))),
    rtcp.compound((rtcp.SenderReport(2, 1 << 40, 90_000, 7, 700, (_BLOCK,)), rtcp.Pli(1, 2))),
    rtcp.compound((rtcp.ReceiverReport(1), rtcp.Nack(1, 2, (5, 6, 9)), rtcp.Fir(1, ((2, 3),)))),
    rtcp.compound((rtcp.ReceiverReport(1), rtcp.Remb(1, 2_500_000, (1, 2)), rtcp.Bye((1,)))),
    bytes.fromhex("8fcd0006000000010000000200010004000010002004220030004000"),
)


def _rtcp(data: bytes) -> None:
    try:
        reports = rtcp.parse(data)
    except MalformedPacket:
        return
    assert len(reports) * 4 <= len(data)


def _feedback(data: bytes) -> None:
    egress = Egress(lambda _: None, MediaLimits())
    for number, packet in enumerate(_pieces(data)):
        egress.receive_rtcp(memoryview(packet), number / 100)
    egress.report(1.0)


# --- codecs ---------------------------------------------------------------------------------------


def _sound(data: bytes) -> None:
    """The own sound of redundant audio is its end."""
    assert data.endswith(red.primary(data))


def _pictures(data: bytes) -> None:
    for begins in (vp8_keyframe, vp9_keyframe, h264_keyframe, av1_keyframe):
        begins(data)
    counts = vp8.counts(data)
    if counts is not None:
        buffer = bytearray(data)
        vp8.advance(buffer, 0, counts, 1, 1)
        assert len(buffer) == len(data)
    for parse in (depacketize.vp8, depacketize.h264):
        try:
            piece = parse(data)
        except depacketize.Malformed:
            continue
        assert len(piece.data) <= 5 * len(data) + 8


def _assembled(data: bytes) -> None:
    for parse in (depacketize.vp8, depacketize.h264):
        order, assembler = reorder.Reorder(), depacketize.Assembler(parse)
        for number, piece in enumerate(_pieces(data)):
            packet = reorder.parse(piece)
            if packet is not None:
                order.push(packet, number / 100)
            for whole, lost in order.pop(number / 100):
                for unit in assembler.push(whole, lost=lost):
                    assert len(unit.data) <= 2 * depacketize.UNIT_MAX


_PAYLOADS: Final = (
    b"\x10\x00\x9d\x01\x2a" + bytes(10),
    b"\x90\xe0\x81\x23\x05\x40\x01" + bytes(10),
    b"\x67\x42\x00\x1f" + bytes(10),
    b"\x78\x00\x04\x67\x42\x00\x1f\x00\x02\x68\xce",
    b"\x7c\x85" + bytes(10),
    b"\x7c\x45" + bytes(10),
)

# --- descriptions ---------------------------------------------------------------------------------

_LOCAL: Final = Transport(
    "abcdefgh", "a" * 24, (Fingerprint("sha-256", ":".join(["AB"] * 32)),), "active"
)
_SLOTS: Final = (
    Slot("0", "sound", "p1", "opus", 1111, None),
    Slot("1", "picture", "p1", "VP8", 2222, 2223),
)
_REFUSALS: Final = {MediaCode.BAD_SDP, MediaCode.TOO_MANY}


def _description(data: bytes) -> None:
    text = data.decode(errors="replace")
    for take in (_answered, _accepted):
        try:
            take(text)
        except MediaRefused as refused:
            assert refused.code in _REFUSALS  # noqa: PT017 - or nothing is raised


def _answered(text: str) -> None:
    offer = sdp.parse(text)
    sdp.transport_of(offer)
    answer, _ = describe.answer(offer, _LOCAL, session=1, version=1)
    assert sdp.parse(sdp.render(answer)) == answer


def _accepted(text: str) -> None:
    answer = sdp.parse(text, sections_max=len(_SLOTS))
    sdp.transport_of(answer)
    describe.outbound(_SLOTS, answer)


def _fragment(data: bytes) -> None:
    try:
        anew = sdpfrag.credentials(data.decode(errors="replace"))
    except sdpfrag.BadFragment:
        return
    text = sdpfrag.restarted(golden(NAMES[0]), anew)
    assert sdp.transport_of(sdp.parse(text)).ufrag == anew.ufrag


# --- connectivity checks --------------------------------------------------------------------------


def _check() -> bytes:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, b"0123456789ab")
    message.attributes["USERNAME"] = "us:them"
    message.attributes["PRIORITY"] = 1
    message.attributes["ICE-CONTROLLING"] = 2
    message.add_message_integrity(_KEY)
    return bytes(message)


_CHECK: Final = _check()
_ANSWERS: Final = Answers(_CHECK, ("192.0.2.7", 50_000), _KEY)
_OURS: Final = Checks(stun.parse_message(_CHECK), _KEY)


def _consent(data: bytes) -> None:
    # the fingerprint behind the integrity protects nothing, so it may differ
    same = len(data) == len(_CHECK) and data[:-8] == _CHECK[:-8]
    assert same is (_ANSWERS.to(data) is not None)
    assert not _OURS.answered(data)


# --- frames ---------------------------------------------------------------------------------------


def _frames(data: bytes) -> None:
    session = Session(SignalingLimits())
    for number, piece in enumerate(_pieces(data)):
        session.receive(piece.decode(errors="replace"), number / 10, 0.0)


_FRAMES: Final = (
    b'{"type":"hello","token":"a.b"}',
    b'{"type":"ping","sent_ms":1}',
    b'{"type":"command","id":"12345678","command":{"type":"floor.request"}}',
    b'{"type":"link.show","tiles":[]}',
)

TARGETS: Final = {
    "rtp": Target(_rtp, _RTP),
    "forwarding": Target(_forwarded, (_joined(_RTP), _joined(_RTCP), _joined(2 * _LAYERS))),
    "rtcp": Target(_rtcp, _RTCP),
    "feedback": Target(_feedback, (_joined(_RTCP),)),
    "pictures": Target(_pictures, _PAYLOADS),
    "sound": Target(_sound, (b"\xef\x0f\x00\x03\x6foldown",)),
    "assembly": Target(
        _assembled, (_joined(_packet(p, kind=0x80 | 96, ssrc=2) for p in _PAYLOADS),)
    ),
    "sdp": Target(_description, tuple(golden(name).encode() for name in NAMES)),
    "fragment": Target(_fragment, (b"a=ice-ufrag:abcd\r\na=ice-pwd:" + b"a" * 24,)),
    "stun": Target(_consent, (_CHECK,)),
    "frames": Target(_frames, (_joined(_FRAMES),)),
}
