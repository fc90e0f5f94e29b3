"""A subscription goes from layer to layer at keyframes, and what it sends goes on as one stream."""

from __future__ import annotations

from media.forwarding.subscription import Subscription
from media.rtp import vp8
from media.rtp.rtcp import Pli, SenderReport
from tests.unit.media.wire import ABROAD, INTER, KEY, Sent, Simulcast, Wire, vp8_payload


class Tile:
    """What a subscriber gets of a picture in layers."""

    def __init__(self, source: Simulcast, *, wish: int | None = 255) -> None:
        self.wire = Wire()
        self.source = source
        self.subscription = Subscription(77, 78, ABROAD, buffer=self.wire.buffer, outlet=self.wire)
        self.subscription.wish(wish, 0.0)
        self.subscription.attach(source.track, 0.0)

    def take(self) -> list[Sent]:
        sent = list(self.wire.sent)
        self.wire.sent.clear()
        return sent

    def wish(self, layer: int | None, at: float) -> None:
        self.subscription.wish(layer, at)


def running(*, wish: int) -> tuple[Simulcast, Tile]:
    """All layers arrive, the wished one is sent; numbers of the source so far: 1 and 2."""
    source = Simulcast()
    for layer in range(3):
        source.send(layer, 1, at=0.9)
    tile = Tile(source, wish=wish)
    for layer in range(3):
        source.send(layer, 2, KEY, at=1.0)
    assert tile.subscription.layer == wish
    tile.take()
    source.wire.rtcp.clear()
    return source, tile


def test_a_layer_goes_on_until_the_other_has_a_keyframe() -> None:
    source, tile = running(wish=0)
    tile.wish(2, 2.0)
    assert [pli.ssrc for pli in source.wire.rtcp if isinstance(pli, Pli)] == [300]
    for layer in (0, 2):
        source.send(layer, 3, INTER + bytes((layer,)), at=2.01)
    source.send(2, 4, KEY + b"\2", at=2.02)
    source.send(0, 4, INTER + b"\0", at=2.02)
    source.send(2, 5, INTER + b"\2", at=2.03)
    assert [(sent.sequence, sent.payload[2]) for sent in tile.take()] == [(2, 0), (3, 2), (4, 2)]
    assert tile.subscription.layer == 2


def test_downwards_too_nothing_is_missed_meanwhile() -> None:
    source, tile = running(wish=2)
    tile.wish(0, 2.0)
    source.send(2, 3, at=2.01)
    source.send(0, 3, KEY, at=2.02)
    source.send(2, 4, at=2.02)
    assert [sent.sequence for sent in tile.take()] == [2, 3]
    assert tile.subscription.layer == 0


def test_a_wish_that_is_taken_back_changes_nothing() -> None:
    source, tile = running(wish=0)
    tile.wish(2, 2.0)
    tile.wish(0, 2.1)
    source.send(2, 3, KEY, at=2.2)
    source.send(0, 3, at=2.2)
    assert tile.subscription.layer == 0
    assert len(tile.take()) == 1


def test_what_is_not_wished_is_not_sent_and_comes_back_without_a_gap() -> None:
    source, tile = running(wish=1)
    tile.wish(None, 2.0)
    for sequence in range(3, 50):
        source.send(1, sequence, KEY, at=2.0 + sequence / 100)
    assert tile.take() == []
    assert tile.subscription.layer is None
    tile.wish(1, 3.0)
    source.send(1, 50, KEY, at=3.0)
    (sent,) = tile.take()
    assert (sent.sequence, sent.timestamp) == (2, 6_000 + 180_000)


def test_a_layer_that_ends_is_left_for_the_best_that_arrives() -> None:
    source, tile = running(wish=2)
    for sequence in range(3, 60):
        source.send(0, sequence, at=1.0 + sequence / 100)
        source.send(1, sequence, at=1.0 + sequence / 100)
    tile.subscription.settle(1.6)
    source.send(1, 60, KEY, at=1.61)
    assert tile.subscription.layer == 1
    assert len(tile.take()) == 1


def test_a_wished_layer_that_begins_is_taken_at_its_first_keyframe() -> None:
    """It begins with one, asked or not: waiting for the next tick would cost another keyframe."""
    source = Simulcast()
    source.send(0, 1, at=0.9)
    tile = Tile(source, wish=2)
    source.send(0, 2, KEY, at=1.0)
    tile.subscription.settle(1.1)
    source.send(2, 1, KEY, at=1.2)
    assert tile.subscription.layer == 2
    assert [sent.sequence for sent in tile.take()] == [1, 2]


def test_a_keyframe_that_is_repeated_late_is_no_beginning() -> None:
    """What it begins was let through before the wish: it would show the past."""
    source, tile = running(wish=0)
    source.send(2, 5, at=1.5)
    tile.wish(2, 2.0)
    source.send(2, 4, KEY, at=2.01)
    assert tile.subscription.layer == 0


def test_pictures_are_counted_on() -> None:
    """RFC 7741, 4.2: PictureID and TL0PICIDX of one stream go up, whatever the layers count."""
    source, tile = running(wish=0)
    source.send(0, 3, vp8_payload(0x7FFE, 254), at=1.1)
    tile.wish(2, 1.1)
    source.send(2, 3, vp8_payload(500, 7, key=True), at=1.2)
    source.send(2, 4, vp8_payload(501, 8), at=1.3)
    source.send(2, 5, vp8_payload(502, 9), at=1.4)
    read = [vp8.counts(sent.payload) for sent in tile.take()]
    assert [(c.picture, c.base) for c in read if c] == [
        (0x7FFE, 254),
        (0x7FFF, 255),
        (0, 0),
        (1, 1),
    ]


def test_other_subscribers_see_no_change_of_a_payload() -> None:
    source, tile = running(wish=0)
    other = Tile(source, wish=2)
    source.send(2, 3, KEY, at=1.1)
    source.send(0, 3, vp8_payload(9, 9), at=1.1)
    tile.wish(2, 1.2)
    payload = vp8_payload(500, 7, key=True)
    source.send(2, 4, payload, at=1.3)
    assert other.take()[-1].payload == payload
    assert tile.take()[-1].payload != payload


def test_a_retransmission_counts_pictures_as_the_packet_did() -> None:
    source, tile = running(wish=0)
    source.send(0, 3, vp8_payload(9, 9), at=1.1)
    tile.wish(2, 1.1)
    source.send(2, 3, vp8_payload(500, 7, key=True), at=1.2)
    before, after = tile.take()
    assert tile.subscription.retransmit([before.sequence, after.sequence], 2) == 2
    again = tile.take()
    assert [sent.payload[2:] for sent in again] == [before.payload, after.payload]
    assert [sent.timestamp for sent in again] == [before.timestamp, after.timestamp]


def test_times_follow_the_publishers_clocks() -> None:
    """The large layer's keyframe came 30 ms late, but was captured 40 ms after the last picture."""
    source, tile = running(wish=0)
    # wall clock 5 s: 0 on the clock of q, 900,000 on that of f
    source.track.layers[0].on_sender_report(SenderReport(100, 5 << 32, 0, 0, 0), 1.0)
    source.track.layers[2].on_sender_report(SenderReport(300, 5 << 32, 900_000, 0, 0), 1.0)
    source.send(0, 3, timestamp=90_000, at=2.0)
    tile.wish(2, 2.0)
    source.send(2, 3, KEY, timestamp=900_000 + 93_600, at=2.07)
    before, after = tile.take()
    assert after.timestamp - before.timestamp == 3_600
    report = tile.subscription.sender_report(2.07)
    assert report is not None
    captured_s = report.ntp / (1 << 32) - (report.rtp - after.timestamp) / 90_000
    assert abs(captured_s - 6.04) < 1e-3


def test_the_same_picture_in_another_size_is_a_tick_later() -> None:
    source, tile = running(wish=0)
    for layer, ssrc in ((0, 100), (2, 300)):
        report = SenderReport(ssrc, 5 << 32, 0, 0, 0)
        source.track.layers[layer].on_sender_report(report, 1.0)
    source.send(0, 3, timestamp=90_000, at=2.0)
    tile.wish(2, 2.0)
    source.send(2, 3, KEY, timestamp=90_000, at=2.02)
    before, after = tile.take()
    assert after.timestamp - before.timestamp == 1


def test_a_clock_that_contradicts_the_arrivals_is_not_believed() -> None:
    source, tile = running(wish=0)
    source.track.layers[0].on_sender_report(SenderReport(100, 5 << 32, 0, 0, 0), 1.0)
    source.track.layers[2].on_sender_report(SenderReport(300, 99 << 32, 0, 0, 0), 1.0)
    source.send(0, 3, timestamp=90_000, at=2.0)
    tile.wish(2, 2.0)
    source.send(2, 3, KEY, timestamp=90_000, at=2.5)
    before, after = tile.take()
    assert after.timestamp - before.timestamp == 45_000
