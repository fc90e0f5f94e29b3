"""Packets of a publisher find their track, and foreign ones find none."""

from __future__ import annotations

from dataclasses import replace

from media.forwarding.ingress import Ingress
from media.forwarding.subscription import Subscription
from media.rtp.packet import HEADER
from media.rtp.rtcp import Pli, ReceiverReport, Remb, SenderReport, SourceNames
from tests.unit.media.wire import (
    H264,
    KEY,
    LIMITS,
    OPUS,
    VP8,
    Wire,
    layered,
    picture_line,
    rtp,
    rtx,
    sound_line,
    with_rid,
)


class Publisher:
    """Sound on SSRC 20, a picture on 10 with retransmissions on 11."""

    def __init__(self) -> None:
        self.wire = Wire()
        self.ingress = Ingress(self.wire.send_rtcp, LIMITS)
        self.ingress.update([sound_line(), picture_line()])

    def allow(self) -> None:
        for track in self.ingress.tracks:
            track.allow(True, 0.0)

    def passed(self) -> list[int]:
        return [track.layers[0].counters.passed for track in self.ingress.tracks]


def with_mid(mid: str, sequence: int, ssrc: int, payload_type: int = 96) -> memoryview:
    """A packet with a MID in its header extension, id 4."""
    element = bytes((0x40 | len(mid) - 1,)) + mid.encode()
    element += bytes(-len(element) % 4)
    extension = b"\xbe\xde" + (len(element) // 4).to_bytes(2, "big") + element
    header = HEADER.pack(0x90, payload_type, sequence, 3_000 * sequence, ssrc)
    return memoryview(header + extension + KEY)


def test_layers_are_told_apart_by_rid_and_then_by_ssrc() -> None:
    publisher = Publisher()
    publisher.ingress.update([sound_line(), layered("q", "h", "f")])
    publisher.allow()
    picture = publisher.ingress.tracks[1]
    for rid, ssrc in (("f", 130), ("q", 110), ("h", 120)):
        publisher.ingress.receive(with_rid(rid, 1, ssrc), 0.0)
        publisher.ingress.receive(rtp(2, ssrc=ssrc), 0.0)
    assert [layer.ssrc for layer in picture.layers] == [110, 120, 130]
    assert [layer.counters.passed for layer in picture.layers] == [2, 2, 2]


def test_a_layers_retransmissions_may_come_before_it() -> None:
    """libwebrtc probes with them; a repaired-rid tells whose they are (RFC 8852)."""
    publisher = Publisher()
    publisher.ingress.update([layered("q", "h")])
    publisher.allow()
    large = publisher.ingress.tracks[0].layers[1]
    publisher.ingress.receive(with_rid("h", 9, 21, repaired=True), 0.0)
    assert large.counters.late == 1
    for packet in (with_rid("h", 8, 20), rtp(10, ssrc=20)):
        publisher.ingress.receive(packet, 0.0)
    publisher.ingress.receive(rtx(1, 9, ssrc=21, payload=KEY, timestamp=27_000), 0.0)
    assert (large.counters.passed, large.counters.repaired) == (3, 1)


def test_packets_of_no_layer_are_foreign() -> None:
    publisher = Publisher()
    publisher.ingress.update([layered("q", "h")])
    publisher.ingress.receive(with_rid("f", 1, 30), 0.0)
    publisher.ingress.receive(with_mid("1", 1, 31), 0.0)
    publisher.ingress.receive(with_rid("q", 1, 32, mid="7"), 0.0)
    assert publisher.ingress.counters.foreign == 3


def test_a_layer_binds_few_ssrcs() -> None:
    publisher = Publisher()
    publisher.ingress.update([layered("q", "h")])
    for ssrc in range(100, 100 + LIMITS.ssrcs_per_mid + 1):
        publisher.ingress.receive(with_rid("q", 1, ssrc), 0.0)
    assert publisher.ingress.counters.foreign == 1
    publisher.ingress.receive(with_rid("h", 1, 200), 0.0)
    assert publisher.ingress.counters.foreign == 1, "the other layer has a count of its own"


def test_layers_stay_bound_over_a_negotiation_that_leaves_them() -> None:
    publisher = Publisher()
    publisher.ingress.update([layered("q", "h")])
    publisher.allow()
    publisher.ingress.receive(with_rid("h", 1, 120), 0.0)
    publisher.ingress.update([layered("q", "h"), sound_line()])
    publisher.ingress.receive(rtp(2, ssrc=120), 0.0)
    assert publisher.ingress.tracks[0].layers[1].counters.passed == 2
    publisher.ingress.update([layered("q", "h", "f"), sound_line()])
    publisher.ingress.receive(rtp(3, ssrc=120), 0.0)
    assert publisher.ingress.counters.foreign == 1, "other layers are another track"


def test_every_layer_is_reported_and_the_track_has_one_bitrate() -> None:
    """A browser lets no layer grow that it hears nothing of."""
    publisher = Publisher()
    publisher.ingress.update([layered("q", "h", "f")])
    publisher.allow()
    for rid, ssrc in (("q", 10), ("h", 20)):
        publisher.ingress.receive(with_rid(rid, 1, ssrc), 0.0)
    publisher.ingress.report(1.0)
    (report,) = publisher.wire.feedback(ReceiverReport)
    assert isinstance(report, ReceiverReport)
    assert [block.ssrc for block in report.blocks] == [10, 20]
    (welcome,) = publisher.wire.feedback(Remb)
    assert isinstance(welcome, Remb)
    assert (welcome.bitrate, welcome.ssrcs) == (LIMITS.picture_bitrate, (10, 20))


def test_packets_go_to_the_track_of_their_ssrc() -> None:
    publisher = Publisher()
    publisher.allow()
    publisher.ingress.receive(rtp(1, ssrc=20, payload_type=111), 0.0)
    publisher.ingress.receive(rtp(1, ssrc=10), 0.0)
    publisher.ingress.receive(rtp(3, ssrc=10), 0.0)
    publisher.ingress.receive(rtx(1, 2, ssrc=11, payload=KEY, timestamp=6_000), 0.0)
    assert publisher.passed() == [1, 3]


def test_foreign_and_broken_packets_are_counted() -> None:
    publisher = Publisher()
    publisher.allow()
    publisher.ingress.receive(rtp(1, ssrc=99), 0.0)
    publisher.ingress.receive(with_mid("1", 1, 98), 0.0)  # its SSRC was announced, and is another
    publisher.ingress.receive(memoryview(bytes(12)), 0.0)
    publisher.ingress.receive_rtcp(memoryview(b"\x80\xc9\x00\x07"), 0.0)
    counters = publisher.ingress.counters
    assert (counters.foreign, counters.malformed, counters.malformed_rtcp) == (2, 1, 1)
    assert publisher.passed() == [0, 0]


def test_a_line_without_announced_ssrc_is_bound_by_mid() -> None:
    publisher = Publisher()
    publisher.ingress.update([picture_line(None)])
    publisher.allow()
    publisher.ingress.receive(rtp(1, ssrc=50), 0.0)  # no MID: foreign
    publisher.ingress.receive(with_mid("1", 2, 50), 0.0)
    publisher.ingress.receive(rtp(3, ssrc=50), 0.0)
    publisher.ingress.receive(with_mid("1", 4, 50, payload_type=33), 0.0)
    publisher.ingress.receive(with_mid("9", 5, 51), 0.0)
    publisher.ingress.receive(with_mid("1", 5, 52, payload_type=33), 0.0)
    assert publisher.passed() == [2]
    assert publisher.ingress.counters.foreign == 3
    publisher.ingress.update([picture_line(None)])
    publisher.ingress.receive(rtp(6, ssrc=50), 0.0)
    assert publisher.passed() == [3]


def test_retransmissions_are_bound_by_mid_too() -> None:
    publisher = Publisher()
    publisher.ingress.update([picture_line(None)])
    publisher.allow()
    publisher.ingress.receive(with_mid("1", 1, 50), 0.0)
    publisher.ingress.receive(rtp(3, ssrc=50), 0.0)
    publisher.ingress.receive(with_mid("1", 1, 51, payload_type=97), 0.0)
    publisher.ingress.receive(rtx(2, 2, ssrc=51, payload=KEY, timestamp=6_000), 0.0)
    publisher.ingress.update([picture_line(None)])
    publisher.ingress.receive(rtx(3, 1, ssrc=51, payload=KEY, timestamp=6_000), 0.0)
    assert publisher.passed() == [3]
    assert publisher.ingress.tracks[0].layers[0].counters.duplicate == 1


def test_a_line_binds_few_ssrcs() -> None:
    publisher = Publisher()
    publisher.ingress.update([picture_line(None)])
    publisher.allow()
    for ssrc in range(100, 120):
        publisher.ingress.receive(with_mid("1", 1, ssrc), 0.0)
    assert publisher.passed() == [LIMITS.ssrcs_per_mid]
    assert publisher.ingress.counters.foreign == 20 - LIMITS.ssrcs_per_mid


def test_unchanged_lines_keep_their_track_and_its_gate() -> None:
    publisher = Publisher()
    publisher.allow()
    before = publisher.ingress.tracks
    publisher.ingress.update([sound_line(), picture_line()])
    assert publisher.ingress.tracks == before
    publisher.ingress.update([sound_line(), picture_line(30, 31)])
    assert publisher.ingress.tracks[0] is before[0]
    assert publisher.ingress.tracks[1] is not before[1]
    assert not publisher.ingress.tracks[1].allowed
    publisher.ingress.update([sound_line(), picture_line(30, 31, codec=H264)])
    assert publisher.ingress.tracks[1].codec == H264


def test_a_line_that_is_gone_is_foreign() -> None:
    publisher = Publisher()
    publisher.ingress.update([sound_line()])
    publisher.ingress.receive(rtp(1, ssrc=10), 0.0)
    assert publisher.ingress.counters.foreign == 1


def test_an_ssrc_belongs_to_the_first_line_that_claims_it() -> None:
    publisher = Publisher()
    publisher.ingress.update(
        [sound_line(20), sound_line(20, mid="2"), picture_line(20, 21), picture_line(22, 20)]
    )
    publisher.allow()
    publisher.ingress.receive(rtp(1, ssrc=20, payload_type=111), 0.0)
    assert publisher.passed()[0] == 1
    assert sum(publisher.passed()) == 1


def test_a_line_without_codecs_carries_nothing() -> None:
    publisher = Publisher()
    publisher.ingress.update([replace(picture_line(), codecs=())])
    assert publisher.ingress.tracks == ()


def test_reports_name_every_source_and_the_welcome_bitrate() -> None:
    publisher = Publisher()
    publisher.ingress.report(0.0)
    assert publisher.wire.rtcp == []
    publisher.ingress.receive(rtp(1, ssrc=20, payload_type=111), 0.0)
    publisher.ingress.receive(rtp(1, ssrc=10), 0.0)
    publisher.ingress.receive_rtcp(memoryview(SenderReport(10, 7 << 32, 0, 0, 0).pack()), 1.0)
    publisher.ingress.report(2.0)
    report, names, remb = publisher.wire.rtcp
    assert isinstance(report, ReceiverReport)
    assert [(b.ssrc, b.last_report, b.delay) for b in report.blocks] == [
        (20, 0, 0),
        (10, 7 << 16, 65_536),
    ]
    assert isinstance(names, SourceNames)
    assert isinstance(remb, Remb)
    welcome = LIMITS.picture_bitrate + LIMITS.sound_bitrate
    assert 0.99 * welcome < remb.bitrate <= welcome
    assert remb.ssrcs == (20, 10)


def test_feedback_begins_with_a_report() -> None:
    publisher = Publisher()
    publisher.allow()
    assert [type(packet) for packet in publisher.wire.rtcp] == [ReceiverReport, SourceNames, Pli]


class Room:
    """The publisher and one subscriber of both tracks."""

    def __init__(self) -> None:
        self.publisher = Publisher()
        self.wire = Wire()
        self.sound, self.picture = self.publisher.ingress.tracks
        for track, codec in ((self.sound, OPUS), (self.picture, VP8)):
            subscription = Subscription(70, 71, codec, buffer=self.wire.buffer, outlet=self.wire)
            subscription.attach(track, 0.0)

    def attack(self, start: int) -> int:
        """
        Everything that a client can send against the rules, as if it ignored the server.

        Returns: packets sent.
        """
        attempts = [
            *(rtp(start + n, ssrc=20, payload_type=111, payload=b"talk") for n in range(50)),
            *(rtp(start + n, ssrc=10, payload=KEY) for n in range(50)),
            *(rtp(start + n, ssrc=1_000 + n, payload_type=111) for n in range(50)),
            *(with_mid("0", start + n, 2_000 + n, payload_type=111) for n in range(50)),
            *(rtp(start + n, ssrc=20, payload_type=n) for n in range(50)),
            *(rtp(start + n, ssrc=11, payload_type=111) for n in range(50)),
            *(rtx(n, start + n, ssrc=11, payload=KEY, timestamp=0) for n in range(50)),
            *(rtx(n, start + n, ssrc=20, payload=KEY, timestamp=0) for n in range(50)),
        ]
        for attempt in attempts:
            self.publisher.ingress.receive(attempt, 0.0)
        return len(attempts)

    def dropped(self) -> int:
        counters = [track.layers[0].counters for track in self.publisher.ingress.tracks]
        return self.publisher.ingress.counters.foreign + sum(
            c.forbidden + c.payload_type + c.jump + c.late + c.duplicate for c in counters
        )


def test_an_attacker_without_permission_is_not_heard() -> None:
    """Sound and picture, foreign SSRCs and MIDs, wrong types, retransmissions: all are counted."""
    room = Room()
    assert room.attack(1) == room.dropped()
    assert room.wire.sent == []


def test_an_attacker_is_not_heard_after_the_grant_ended() -> None:
    room = Room()
    room.publisher.allow()
    room.publisher.ingress.receive(rtp(1, ssrc=20, payload_type=111), 0.0)
    assert len(room.wire.sent) == 1
    for track in room.publisher.ingress.tracks:
        track.allow(False, 1.0)
    before = room.dropped()
    assert room.attack(2) == room.dropped() - before
    assert len(room.wire.sent) == 1


def test_a_grant_of_sound_shows_no_picture() -> None:
    room = Room()
    room.sound.allow(True, 0.0)
    room.attack(1)
    assert {sent.payload_type for sent in room.wire.sent} == {OPUS.payload_type}
    assert all(sent.payload == b"talk" for sent in room.wire.sent)
    assert len(room.wire.sent) == 50


def test_what_was_said_without_a_grant_can_not_be_asked_for_later() -> None:
    room = Room()
    room.attack(1)
    room.publisher.allow()
    room.attack(1)  # the same numbers again, now "late" ones
    assert room.wire.sent == []
