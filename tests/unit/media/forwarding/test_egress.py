"""Feedback of a subscriber reaches the subscription it is about, within bounds."""

from __future__ import annotations

from media.forwarding.egress import Egress
from media.forwarding.subscription import Subscription
from media.forwarding.track import Track
from media.rtp.packet import parse_header
from media.rtp.rtcp import (
    Bye,
    Fir,
    Nack,
    Pli,
    ReceiverReport,
    Remb,
    ReportBlock,
    Rtcp,
    SenderReport,
    SourceNames,
    compound,
)
from tests.unit.media.wire import KEY, LIMITS, OPUS, VP8, Wire, rtp


class Subscriber:
    """One picture on SSRC 70, retransmissions on 71."""

    def __init__(self) -> None:
        self.source, self.wire = Wire(), Wire()
        self.egress = Egress(self.wire.send_rtcp, LIMITS)
        self.track = Track("picture", VP8, 10, reporter=1, send=self.source.feed, limits=LIMITS)
        self.track.allow(True, 0.0)
        self.subscription = Subscription(70, 71, VP8, buffer=self.wire.buffer, outlet=self.wire)
        self.subscription.attach(self.track, 0.0)
        self.egress.add("chen", self.subscription)
        for sequence in range(1, 31):
            packet = rtp(sequence, ssrc=10, payload=KEY)
            self.track.layers[0].receive(packet, parse_header(packet), 0.0)
        self.wire.sent.clear()
        self.source.rtcp.clear()

    def tell(self, *packets: Rtcp, now_s: float = 0.0) -> None:
        self.egress.receive_rtcp(memoryview(compound(packets)), now_s)


def test_lost_packets_are_sent_again() -> None:
    subscriber = Subscriber()
    subscriber.tell(ReceiverReport(5), Nack(5, 70, (3, 4)))
    assert [sent.payload for sent in subscriber.wire.sent] == [b"\0\3" + KEY, b"\0\4" + KEY]


def test_a_flood_of_nacks_gets_its_share_and_no_more() -> None:
    subscriber = Subscriber()
    wanted = tuple(range(1, 31))
    for _ in range(100):
        subscriber.tell(Nack(5, 70, wanted), now_s=1.0)
    assert len(subscriber.wire.sent) == LIMITS.retransmit_burst
    subscriber.tell(Nack(5, 70, wanted), now_s=1.05)
    assert len(subscriber.wire.sent) == LIMITS.retransmit_burst + 15


def test_keyframe_requests_go_to_the_publisher_throttled() -> None:
    subscriber = Subscriber()
    for n in range(10):
        subscriber.tell(Pli(5, 70), Fir(5, ((70, n),)), now_s=1.0)
    assert subscriber.source.feedback(Pli) == [Pli(1, 10)]


def test_feedback_about_foreign_sources_is_counted() -> None:
    subscriber = Subscriber()
    subscriber.tell(Pli(5, 10), Fir(5, ((71, 0),)), Nack(5, 99, (1,)), Bye((70,)))
    assert subscriber.egress.counters.foreign == 3
    assert subscriber.source.rtcp == []


def test_broken_feedback_is_counted() -> None:
    subscriber = Subscriber()
    subscriber.egress.receive_rtcp(memoryview(b"\x80\xce\x00\x09"), 0.0)
    assert subscriber.egress.counters.malformed_rtcp == 1


def test_reports_of_loss_and_bitrate_are_kept() -> None:
    """Not of retransmissions: of two one may be lost, and the line is fine."""
    subscriber = Subscriber()
    blocks = (ReportBlock(70, 64, 0, 0, 0), ReportBlock(71, 128, 0, 0, 0))
    subscriber.tell(ReceiverReport(5, blocks), Remb(5, 200_000, (70,)))
    assert (subscriber.egress.counters.lost, subscriber.egress.counters.remb) == (64, 200_000)


def test_who_speaks_hears_of_the_worst_line_of_a_listener() -> None:
    """So that the encoder protects its sound; totals, by which bitrates go, stay true."""
    source = Wire()
    track = Track("sound", OPUS, 20, reporter=1, send=source.feed, limits=LIMITS)
    track.allow(True, 0.0)
    listeners: list[Egress] = []
    for ssrc in (70, 80):
        wire = Wire()
        sound = Subscription(ssrc, None, OPUS, buffer=wire.buffer, outlet=wire)
        sound.attach(track, 0.0)
        listeners.append(Egress(wire.send_rtcp, LIMITS))
        listeners[-1].add("chen", sound)
    layer = track.layers[0]
    packet = rtp(1, ssrc=20, payload=b"sound", payload_type=111)
    layer.receive(packet, parse_header(packet), 0.0)

    def told(at_s: float) -> int:
        block = layer.report(at_s)
        assert block is not None
        assert block.total_lost == 0
        return block.fraction_lost

    def lose(which: int, fraction: int, at_s: float) -> None:
        blocks = (ReportBlock(70 + 10 * which, fraction, 0, 0, 0),)
        report = compound((ReceiverReport(5, blocks),))
        listeners[which].receive_rtcp(memoryview(report), at_s)

    assert told(0.5) == 0
    lose(0, 13, 1.0)
    lose(1, 2, 2.0)
    assert told(2.0) == 13
    assert told(6.9) == 13
    assert told(7.1) == 0, "nobody lost anything lately"
    lose(1, 255, 8.0)
    assert told(8.0) == 51, "one listener does not spoil it for all"


def test_who_sends_a_picture_does_not_hear_of_it() -> None:
    """It is repaired here, and a browser would send less of it to everybody."""
    subscriber = Subscriber()
    subscriber.tell(ReceiverReport(5, (ReportBlock(70, 64, 0, 0, 0),)))
    block = subscriber.track.layers[0].report(0.1)
    assert block is not None
    assert block.fraction_lost == 0


def test_sender_reports_carry_the_persons_name() -> None:
    subscriber = Subscriber()
    subscriber.egress.report(1.0)
    assert subscriber.wire.rtcp == []
    subscriber.track.layers[0].on_sender_report(SenderReport(10, 1 << 32, 0, 0, 0), 1.0)
    subscriber.egress.report(1.0)
    report, names = subscriber.wire.rtcp
    assert isinstance(report, SenderReport)
    assert (report.ssrc, report.packets) == (70, 30)
    assert names == SourceNames(((70, "chen"),))


def test_many_sender_reports_are_split() -> None:
    subscriber = Subscriber()
    subscriber.track.layers[0].on_sender_report(SenderReport(10, 1 << 32, 0, 0, 0), 1.0)
    sizes: list[int] = []
    egress = Egress(lambda packet: sizes.append(len(packet)), LIMITS)
    for ssrc in range(100, 130):
        subscription = Subscription(
            ssrc, None, VP8, buffer=subscriber.wire.buffer, outlet=subscriber.wire
        )
        subscription.attach(subscriber.track, 0.0)
        egress.add("p" * 60, subscription)
    packet = rtp(31, ssrc=10, payload=KEY)
    subscriber.track.layers[0].receive(packet, parse_header(packet), 0.0)
    egress.report(1.0)
    assert len(sizes) == 3
    assert max(sizes) < 1_200


def test_a_removed_subscription_is_foreign() -> None:
    subscriber = Subscriber()
    subscriber.egress.remove(subscriber.subscription)
    subscriber.tell(Nack(5, 70, (3,)))
    assert subscriber.wire.sent == []
