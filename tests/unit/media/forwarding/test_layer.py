"""A layer lets through what is allowed, once each, and asks for what is missing."""

from __future__ import annotations

from collections.abc import Callable

from media.forwarding.layer import Later, Layer, at_once
from media.forwarding.packets import Burst, Packet, SourceClock
from media.forwarding.repair import KeyframePace
from media.peers.port import BURST_MAX, Codec
from media.rtp.packet import parse_header
from media.rtp.rtcp import Nack, Pli, SenderReport
from tests.each import each
from tests.unit.media.wire import INTER, KEY, LIMITS, OPUS, VP8, Wire, rtp, rtx


class Sink:
    """Keeps what comes."""

    def __init__(self) -> None:
        self.packets: list[Packet] = []
        self.bursts: list[int] = []
        self.interruptions: list[bool] = []
        self.clocks: list[SourceClock] = []

    @property
    def numbers(self) -> list[int]:
        return [packet.extended & 0xFFFF for packet in self.packets]

    def forward(self, burst: Burst) -> None:
        self.packets.extend(burst.packets)
        self.bursts.append(len(burst.packets))

    def interrupted(self, *, anew: bool) -> None:
        self.interruptions.append(anew)

    def reported(self, clock: SourceClock) -> None:
        self.clocks.append(clock)


class Source:
    """A publisher's layer with its sink; the media's SSRC is 10, the retransmissions' 11."""

    def __init__(self, codec: Codec = VP8, *, allowed: bool = True, later: Later = at_once) -> None:
        self.wire = Wire()
        self.layer = Layer(
            codec,
            10,
            cache=LIMITS.sound_cache if codec is OPUS else LIMITS.picture_cache,
            pace=KeyframePace(LIMITS.keyframe_gather_s),
            reporter=1,
            send=self.wire.feed,
            limits=LIMITS,
            later=later,
        )
        self.sink = Sink()
        self.layer.add(self.sink)
        if allowed:
            self.layer.allow(True, 0.0)
            self.sink.interruptions.clear()
            self.wire.rtcp.clear()

    def send(self, sequence: int, now_s: float = 0.0, payload: bytes = INTER) -> None:
        packet = rtp(sequence, ssrc=10, payload=payload, payload_type=self.layer.codec.payload_type)
        self.layer.receive(packet, parse_header(packet), now_s)

    def resend(self, original: int, now_s: float = 0.0, payload: bytes = INTER) -> None:
        packet = rtx(7, original, ssrc=11, payload=payload, timestamp=3_000 * original)
        self.layer.receive_rtx(packet, parse_header(packet), now_s)

    def nacks(self) -> list[tuple[int, ...]]:
        return [p.sequences for p in self.wire.rtcp if isinstance(p, Nack)]

    def plis(self) -> int:
        return len(self.wire.feedback(Pli))


def test_a_new_layer_lets_nothing_through() -> None:
    source = Source(allowed=False)
    source.send(1, payload=KEY)
    assert source.sink.packets == []
    assert source.layer.counters.forbidden == 1
    assert source.layer.cached(0x10001) is None
    assert not source.layer.live(0.0)


def test_packets_go_through_in_the_order_in_which_they_come() -> None:
    source = Source()
    for sequence in (65534, 65535, 1, 0, 2):
        source.send(sequence)
    assert source.sink.numbers == [65534, 65535, 1, 0, 2]
    assert [p.extended - source.sink.packets[0].extended for p in source.sink.packets] == [
        0, 1, 3, 2, 4,
    ]  # fmt: skip


def test_a_packet_goes_through_once() -> None:
    source = Source()
    for sequence in (1, 2, 1, 2):
        source.send(sequence)
    source.resend(1)
    assert source.sink.numbers == [1, 2]
    assert source.layer.counters.duplicate == 3


def test_a_closed_gate_lets_nothing_through_and_forgets_what_was() -> None:
    source = Source()
    source.send(1, payload=KEY)
    source.layer.allow(False, 0.0)
    source.send(2)
    source.resend(1)
    assert source.sink.numbers == [1]
    assert source.layer.counters.forbidden == 2
    assert source.layer.cached(source.sink.packets[0].extended) is None


def test_what_was_sent_behind_a_closed_gate_stays_forbidden_when_it_opens() -> None:
    """A late packet or a retransmission is no way around."""
    source = Source()
    source.send(1)
    source.layer.allow(False, 0.0)
    source.send(2)
    source.send(4)
    source.layer.allow(True, 0.0)
    source.send(3)
    source.resend(2)
    source.send(5)
    assert source.sink.numbers == [1, 5]
    assert source.layer.counters.forbidden == 4


def test_an_opened_gate_interrupts_and_asks_for_a_keyframe() -> None:
    source = Source(allowed=False)
    source.layer.allow(True, 5.0)
    assert source.sink.interruptions == [False]
    assert source.plis() == 1


def test_sound_needs_no_keyframe_and_no_repeats() -> None:
    source = Source(OPUS)
    source.send(1)
    source.send(5, 1.0)
    source.layer.work(9.0)
    assert [p.keyframe for p in source.sink.packets] == [True, True]
    assert source.wire.rtcp == []


def test_another_payload_type_is_dropped() -> None:
    source = Source()
    packet = rtp(1, ssrc=10, payload_type=98)
    source.layer.receive(packet, parse_header(packet), 0.0)
    packet = rtp(1, ssrc=11, payload_type=96)
    source.layer.receive_rtx(packet, parse_header(packet), 0.0)
    assert source.sink.packets == []
    assert source.layer.counters.payload_type == 2


def test_a_missing_packet_is_asked_for_when_late_by_time_and_by_packets() -> None:
    source = Source()
    source.send(1)
    source.send(3, 0.0)
    source.send(4, 0.001)
    assert source.nacks() == []  # two packets, but not 20 ms
    source.send(5, 0.021)
    assert source.nacks() == [(2,)]


def test_a_packet_that_comes_late_by_itself_is_not_asked_for() -> None:
    source = Source()
    for sequence in (1, 3, 2, 4):
        source.send(sequence)
    source.layer.work(1.0)
    assert source.nacks() == []
    assert source.sink.numbers == [1, 3, 2, 4]


def test_requests_are_repeated_with_growing_waits_and_end() -> None:
    source = Source()
    source.send(1)
    source.send(4)
    asked = []
    for tick in range(1, 400):
        before = len(source.nacks())
        source.layer.work(tick / 100)
        if len(source.nacks()) > before:
            asked.append(tick)
    assert asked == [2, 8, 20, 44, 92]
    assert set(source.nacks()) == {(2,)}  # 3 is one packet late only


def test_a_retransmission_fills_the_gap() -> None:
    source = Source()
    source.send(1)
    source.send(4)
    source.resend(2, payload=b"\x10\x01again")
    source.layer.work(1.0)
    assert source.sink.numbers == [1, 4, 2]
    assert source.sink.packets[2].payload == b"\x10\x01again"
    assert source.sink.packets[2].timestamp == 6_000
    assert source.layer.counters.repaired == 1
    assert source.nacks() == []


def test_probes_are_not_taken_for_media() -> None:
    """A browser sends retransmissions to probe, even before the first packet."""
    source = Source()
    source.resend(9)
    source.send(1)
    source.resend(2)
    packet = rtp(1, ssrc=11, payload=b"", payload_type=97)
    source.layer.receive_rtx(packet, parse_header(packet), 0.0)
    assert source.sink.numbers == [1]
    assert (source.layer.counters.late, source.layer.counters.padding) == (2, 1)


def test_padding_goes_on_empty_so_that_no_number_is_missing() -> None:
    source = Source()
    source.send(1)
    source.send(2, payload=b"")
    assert source.sink.packets[1].payload == b""


def test_more_missing_than_can_be_asked_for_is_an_interruption() -> None:
    source = Source()
    source.send(1)
    source.send(2 + LIMITS.missing_max + 1)
    assert source.sink.interruptions == [False]
    source.layer.work(0.9)
    assert source.plis() == 1
    assert source.nacks() == []


def test_more_missing_than_the_cache_holds_is_an_interruption_of_sound_too() -> None:
    source = Source(OPUS)
    source.send(1)
    source.send(1 + LIMITS.sound_cache)
    assert source.sink.interruptions == []
    source.send(3 + 2 * LIMITS.sound_cache)
    assert source.sink.interruptions == [False]


def test_a_packet_older_than_the_cache_is_dropped() -> None:
    source = Source(OPUS)
    source.send(1)
    source.send(31)
    source.send(33)
    source.send(1)
    assert source.layer.counters.late == 1


def test_one_packet_far_off_is_dropped_and_a_second_is_a_new_beginning() -> None:
    source = Source()
    source.send(1)
    source.send(20_000)
    source.send(2)
    assert source.sink.numbers == [1, 2]
    source.send(40_000)
    source.send(40_001)
    assert source.sink.numbers == [1, 2, 40_001]
    assert source.sink.interruptions == [True]
    assert source.layer.counters.jump == 2


def test_keyframe_requests_of_all_are_one_in_half_a_second() -> None:
    source = Source()
    source.send(1)
    for tick in range(20):
        source.layer.ask_keyframe(10 + tick / 100)
    assert source.plis() == 1


def test_a_request_stands_until_a_keyframe_comes() -> None:
    source = Source()
    source.send(1, 9.9)
    source.layer.ask_keyframe(10.0)
    source.layer.work(10.4)
    assert source.plis() == 1
    source.layer.work(10.5)
    assert source.plis() == 2
    source.send(2, 10.9, payload=KEY)
    source.layer.work(11.1)
    assert source.plis() == 2


def test_a_camera_that_is_off_is_not_asked_again() -> None:
    source = Source()
    source.send(1, 1.0)
    source.layer.ask_keyframe(1.0)
    source.layer.work(2.5)
    assert source.plis() == 1


def test_a_layer_is_live_while_packets_come_and_are_let_through() -> None:
    source = Source()
    source.send(1, 1.0)
    assert source.layer.live(1.9)
    assert not source.layer.live(2.1)
    source.layer.allow(False, 1.9)
    assert not source.layer.live(1.9)


def test_another_ssrc_is_a_new_source() -> None:
    source = Source()
    source.send(5_000)
    source.layer.bind(12)
    source.send(3)
    assert source.sink.interruptions == [True]
    assert source.sink.numbers == [5_000, 3]


@each("allowed", [True, False])
def test_clocks_are_told_only_while_allowed(*, allowed: bool) -> None:
    source = Source(allowed=allowed)
    source.layer.on_sender_report(SenderReport(10, 99, 3_000, 0, 0), 2.0)
    assert source.sink.clocks == ([SourceClock(99, 3_000, 2.0)] if allowed else [])


def test_a_sink_that_was_removed_gets_nothing() -> None:
    source = Source()
    source.layer.remove(source.sink)
    source.send(1)
    assert source.sink.packets == []
    assert source.layer.counters.passed == 1


# --- packets that arrive together


class Turn:
    """A turn of the loop: what was put off until its end (`Later`)."""

    def __init__(self) -> None:
        self.calls: list[Callable[[], None]] = []

    def __call__(self, call: Callable[[], None]) -> None:
        self.calls.append(call)

    def end(self) -> None:
        calls, self.calls = self.calls, []
        for call in calls:
            call()


def test_packets_that_arrive_together_go_on_together() -> None:
    turn = Turn()
    source = Source(later=turn)
    for sequence in (1, 2, 3):
        source.send(sequence)
    assert source.sink.packets == []
    turn.end()
    source.send(4)
    turn.end()
    turn.end()
    assert source.sink.numbers == [1, 2, 3, 4]
    assert source.sink.bursts == [3, 1]


def test_no_burst_is_larger_than_a_sink_takes() -> None:
    turn = Turn()
    source = Source(later=turn)
    for sequence in range(1, 2 * BURST_MAX + 2):
        source.send(sequence)
    assert source.sink.bursts == [BURST_MAX, BURST_MAX]
    turn.end()
    assert source.sink.bursts == [BURST_MAX, BURST_MAX, 1]
    assert source.sink.numbers == list(range(1, 2 * BURST_MAX + 2))


def test_a_closed_gate_holds_back_what_was_not_handed_on_yet() -> None:
    turn = Turn()
    source = Source(later=turn)
    source.send(1)
    source.layer.allow(False, 0.0)
    turn.end()
    source.layer.allow(True, 0.0)
    source.send(2)
    turn.end()
    assert source.sink.numbers == [2]


def test_what_came_before_an_interruption_is_handed_on_before_it() -> None:
    turn = Turn()
    source = Source(later=turn)
    source.send(1)
    source.send(1_000)
    assert source.sink.numbers == [1]
    assert source.sink.interruptions == [False]
    turn.end()
    assert source.sink.numbers == [1, 1_000]
