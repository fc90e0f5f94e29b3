"""A subscriber gets numbers and times of its own, without a break that it could not repair."""

from __future__ import annotations

from collections.abc import Sequence

from media.forwarding.packets import Burst, Packet
from media.forwarding.subscription import Subscription
from media.peers.port import Codec
from media.rtp.packet import parse_header
from media.rtp.rtcp import Pli, SenderReport
from tests.unit.media.wire import ABROAD, INTER, KEY, OPUS, Source, Wire, rtp


class Slot:
    def __init__(self, source: Source, codec: Codec = ABROAD) -> None:
        self.wire = Wire()
        self.subscription = Subscription(77, 78, codec, buffer=self.wire.buffer, outlet=self.wire)
        self.subscription.attach(source.track, 0.0)

    @property
    def sequences(self) -> list[int]:
        return [sent.sequence for sent in self.wire.sent]

    @property
    def timestamps(self) -> list[int]:
        return [sent.timestamp for sent in self.wire.sent]


def test_a_picture_begins_with_a_keyframe() -> None:
    source = Source()
    slot = Slot(source)
    source.send(1)
    source.send(2, KEY)
    source.send(3)
    assert [sent.payload for sent in slot.wire.sent] == [KEY, INTER]
    assert slot.subscription.counters.waiting == 1
    assert source.wire.feedback(Pli)


def test_sound_begins_at_once() -> None:
    source = Source(codec=OPUS)
    slot = Slot(source, Codec("opus", 109, 48_000))
    source.send(9, b"sound")
    assert slot.wire.sent[0].payload == b"sound"


def test_packets_carry_the_subscribers_numbers() -> None:
    source = Source()
    slot = Slot(source)
    source.send(500, KEY, timestamp=90)
    (sent,) = slot.wire.sent
    assert (sent.payload_type, sent.ssrc, sent.sequence, sent.timestamp) == (120, 77, 1, 90)


def test_gaps_and_reordering_stay_as_they_are() -> None:
    source = Source()
    slot = Slot(source)
    source.send(65535, KEY)
    for sequence in (0, 3, 2, 4):
        source.send(sequence)
    assert slot.sequences == [1, 2, 5, 4, 6]


def test_packets_from_before_the_beginning_are_dropped() -> None:
    source = Source()
    slot = Slot(source)
    source.send(1)
    source.send(5, KEY)
    source.send(4)
    assert slot.sequences == [1]
    assert slot.subscription.counters.late == 1


def test_a_mute_closes_the_gap_and_lets_the_time_pass() -> None:
    source = Source(codec=OPUS)
    slot = Slot(source, OPUS)
    source.send(1)
    source.track.allow(False, 0.0)
    for sequence in range(2, 1_000):
        source.send(sequence)
    source.track.allow(True, 0.0)
    source.send(1_000)
    assert slot.sequences == [1, 2]
    assert slot.timestamps == [3_000, 3_000_000]


def test_after_a_mute_the_picture_waits_for_a_keyframe() -> None:
    source = Source()
    slot = Slot(source)
    source.send(1, KEY)
    source.track.allow(False, 0.0)
    source.track.allow(True, 0.0)
    source.send(2)
    source.send(3, KEY)
    assert slot.sequences == [1, 2]


def test_another_track_goes_on_in_number_and_time() -> None:
    """As when the person came again with a new connection."""
    first, second = Source(), Source(30)
    slot = Slot(first)
    first.send(1, KEY, timestamp=4_000_000_000, at=1.0)
    slot.subscription.attach(second.track, 1.5)
    first.send(2, KEY)
    second.send(50_000, KEY, timestamp=7, at=2.0)
    second.send(50_001, timestamp=3_007, at=2.1)
    assert slot.sequences == [1, 2, 3]
    assert slot.timestamps == [4_000_000_000, 4_000_090_000, 4_000_093_000]


def test_time_moves_on_even_when_none_passed() -> None:
    first, second = Source(), Source(30)
    slot = Slot(first)
    first.send(1, KEY, at=1.0)
    slot.subscription.attach(second.track, 1.0)
    second.send(9, KEY, timestamp=0, at=1.0)
    assert slot.timestamps == [3_000, 3_001]


def test_a_source_that_begins_anew_goes_on_in_number_and_time() -> None:
    source = Source(codec=OPUS)
    slot = Slot(source, OPUS)
    source.send(1, at=1.0, timestamp=3_000_000)
    source.send(40_000, timestamp=0, at=1.5)
    source.send(40_001, timestamp=960, at=1.5)
    source.send(40_002, timestamp=1_920, at=1.52)
    assert slot.sequences == [1, 2, 3]
    assert slot.timestamps == [3_000_000, 3_024_000, 3_024_960]


def test_a_lost_packet_is_sent_again_as_it_was() -> None:
    source = Source()
    slot = Slot(source)
    source.send(65535, KEY)
    source.send(0, b"\x10\x01lost")
    source.send(1)
    original = slot.wire.sent[1]
    assert slot.subscription.retransmit([2], 10) == 1
    again = slot.wire.sent[-1]
    assert (again.payload_type, again.ssrc) == (121, 78)
    assert again.payload == b"\x00\x02" + original.payload
    assert again.timestamp == original.timestamp


def test_a_packet_from_before_a_mute_is_not_sent_again() -> None:
    """The cache was emptied when the gate closed."""
    source = Source()
    slot = Slot(source)
    source.send(1, KEY)
    source.track.allow(False, 0.0)
    source.track.allow(True, 0.0)
    source.send(2, KEY)
    assert slot.subscription.retransmit([1], 10) == 0
    assert slot.subscription.retransmit([2], 10) == 1


def test_packets_before_a_large_gap_are_still_sent_again() -> None:
    source = Source()
    slot = Slot(source)
    source.send(1, KEY)
    source.send(2, b"\x10\x01before")
    source.send(40, KEY + b"after")  # more than can be asked for: an interruption
    assert slot.sequences == [1, 2, 3]
    slot.subscription.retransmit([2, 3], 10)
    assert [sent.payload[2:] for sent in slot.wire.sent[-2:]] == [b"\x10\x01before", KEY + b"after"]


def test_what_was_never_sent_is_not_sent_again() -> None:
    source = Source()
    slot = Slot(source)
    assert slot.subscription.retransmit([1, 40_000], 10) == 0
    source.send(1, KEY)
    assert slot.subscription.retransmit([0, 2, 40_000, 65_535], 10) == 0
    assert slot.subscription.counters.unavailable == 6


def test_retransmissions_end_with_the_allowance() -> None:
    source = Source()
    slot = Slot(source)
    source.send(1, KEY)
    assert slot.subscription.retransmit([1] * 100, 3) == 3
    assert slot.subscription.counters.unavailable == 97


def test_without_a_retransmission_stream_there_is_none() -> None:
    source = Source(codec=OPUS)
    slot = Slot(source, OPUS)
    source.send(1)
    assert slot.subscription.retransmit([1], 10) == 0


def test_a_full_socket_is_counted_and_can_be_repaired() -> None:
    source = Source()
    slot = Slot(source)
    source.send(1, KEY)
    slot.wire.full = True
    source.send(2)
    slot.wire.full = False
    source.send(3)
    assert slot.sequences == [1, 3]
    assert slot.subscription.counters.unsent == 1
    assert slot.subscription.retransmit([2], 10) == 1


def test_a_slot_without_a_track_is_silent() -> None:
    source = Source()
    slot = Slot(source)
    slot.subscription.attach(None, 0.0)
    slot.subscription.ask_keyframe(0.0)
    source.send(1, KEY)
    assert slot.wire.sent == []
    assert slot.subscription.sender_report(0.0) is None


def test_sender_reports_keep_the_publishers_wall_clock() -> None:
    source = Source()
    slot = Slot(source)
    assert slot.subscription.sender_report(0.0) is None
    source.send(1, KEY, timestamp=1_000, at=9.9)
    assert slot.subscription.sender_report(0.0) is None
    ntp = 5 << 32
    source.track.layers[0].on_sender_report(SenderReport(10, ntp, 2_000, 0, 0), 10.0)
    report = slot.subscription.sender_report(10.5)
    assert report == SenderReport(77, ntp + (1 << 31), 2_000 + 45_000, 1, 2)


def test_sound_and_picture_stay_together_after_a_switch() -> None:
    """Both reports name one wall clock: what was captured together is played together."""
    sound, picture, other = Source(20, OPUS), Source(), Source(30)
    ear, eye = Slot(sound, OPUS), Slot(picture)
    picture.send(1, KEY, timestamp=123, at=1.0)
    eye.subscription.attach(other.track, 1.0)
    # captured at wall clock 8 s: sound 480,000 and picture 900,000
    sound.send(1, b"", timestamp=480_000, at=2.0)
    other.send(1, KEY, timestamp=900_000, at=2.3)
    sound.track.layers[0].on_sender_report(SenderReport(20, 8 << 32, 480_000, 0, 0), 2.1)
    other.track.layers[0].on_sender_report(SenderReport(30, 9 << 32, 990_000, 0, 0), 2.9)

    def captured_s(slot: Slot, clock_hz: int) -> float:
        report = slot.subscription.sender_report(3.0)
        assert report is not None
        return report.ntp / (1 << 32) - (report.rtp - slot.timestamps[-1]) / clock_hz

    assert abs(captured_s(ear, 48_000) - 8) < 1e-3
    assert abs(captured_s(eye, 90_000) - 8) < 1e-3


class Few:
    """Takes so many packets of a burst, and counts the calls."""

    def __init__(self, wire: Wire, most: int) -> None:
        self.overhead = wire.overhead
        self.calls: list[int] = []
        self._wire = wire
        self._most = most

    def send_rtp(self, buffer: bytearray, lengths: Sequence[int]) -> int:
        self.calls.append(len(lengths))
        return self._wire.send_rtp(buffer, lengths[: self._most])


def test_a_burst_is_one_send_and_begins_where_it_can() -> None:
    source = Source()
    slot = Slot(source)
    outlet = Few(slot.wire, 9)
    burst = [
        Packet(number, 90 * number, 0, payload, 0.0, keyframe=payload is KEY)
        for number, payload in ((7, INTER), (8, KEY), (9, INTER), (10, INTER))
    ]
    sub = Subscription(77, 78, ABROAD, buffer=slot.wire.buffer, outlet=outlet)
    sub.attach(source.track, 0.0)
    sub.forward(Burst(burst))
    sub.forward(Burst(burst[:1]))
    assert outlet.calls == [3]
    assert slot.sequences == [1, 2, 3]
    assert (sub.counters.packets, sub.counters.waiting, sub.counters.late) == (3, 1, 1)
    assert sub.counters.octets == len(KEY) + 2 * len(INTER)


def test_what_a_socket_did_not_take_of_a_burst_is_counted() -> None:
    wire = Wire()
    sub = Subscription(77, 78, ABROAD, buffer=wire.buffer, outlet=Few(wire, 2))
    sub.attach(Source().track, 0.0)
    sub.forward(Burst([Packet(n, 90 * n, 0, KEY, 0.0, keyframe=True) for n in (1, 2, 3)]))
    assert (sub.counters.packets, sub.counters.unsent) == (2, 1)
    assert sub.counters.octets == 2 * len(KEY)


def test_a_padded_packet_is_sent_again_without_its_padding() -> None:
    """RFC 4588, 4: padding "MUST be removed before constructing the retransmission packet"."""
    source = Source()
    slot = Slot(source)
    source.send(1, KEY)
    packet = source.track.layers[0].cached(0x10001)
    assert packet is not None
    packet.pad(2)
    assert slot.subscription.retransmit([1], 1) == 1
    assert slot.wire.sent[-1].payload == b"\0\1" + KEY


# --- redundant audio

RED = Codec("opus", 111, 48_000, red_payload_type=63)
REDUNDANT = b"\xef\x0f\x00\x03" + b"\x6f" + b"old" + b"own"


def say(source: Source, sequence: int, payload: bytes, payload_type: int) -> None:
    packet = rtp(sequence, ssrc=10, payload=payload, payload_type=payload_type)
    source.track.layers[0].receive(packet, parse_header(packet), 0.0)


def test_redundant_audio_is_passed_on_to_who_takes_it_and_plain_sound_to_others() -> None:
    source = Source(codec=RED)
    takes, plain = Slot(source, RED), Slot(source, Codec("opus", 109, 48_000))
    say(source, 1, REDUNDANT, 63)
    assert [(sent.payload_type, sent.payload) for sent in takes.wire.sent] == [(63, REDUNDANT)]
    assert [(sent.payload_type, sent.payload) for sent in plain.wire.sent] == [(109, b"own")]


def test_sound_that_comes_without_redundancy_goes_on_as_redundant_audio_without_any() -> None:
    """libwebrtc sends it so now and then; a receiver sees one codec all the time."""
    source = Source(codec=RED)
    takes, plain = Slot(source, RED), Slot(source, OPUS)
    say(source, 1, b"alone", 111)
    say(source, 2, b"alone", 96)
    assert [(sent.payload_type, sent.payload) for sent in takes.wire.sent] == [(63, b"\x6falone")]
    assert [sent.payload for sent in plain.wire.sent] == [b"alone"]
    assert source.track.layers[0].counters.payload_type == 1


def test_plain_sound_stays_plain_for_who_takes_redundant_audio() -> None:
    source = Source(codec=OPUS)
    takes = Slot(source, RED)
    say(source, 1, b"sound", 111)
    assert [(sent.payload_type, sent.payload) for sent in takes.wire.sent] == [(111, b"sound")]
