"""Where a subscriber takes transport-wide numbers, all that it gets bears them in one row."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from media.congestion import tuning
from media.congestion.outflow import Outflow
from media.forwarding.subscription import Subscription
from media.peers.port import Codec
from media.rtp.packet import find_extension, parse_header
from media.rtp.rtcp import Pli
from media.rtp.transport_feedback import TransportFeedback
from tests.unit.media.wire import ABROAD, INTER, KEY, OPUS, Simulcast, Source, Wire

IDENT = 9
BIG = INTER + bytes(1_150)


class Numbered(Wire):
    """Keeps the numbers of what is sent, and a clock that stands until it is set."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers: list[int] = []
        self.now_s = 10.0
        self.due: list[tuple[float, Callable[[], None]]] = []
        self.outflow = Outflow(self, IDENT, self.buffer, lambda: self.now_s, self._wake)

    def _wake(self, after_s: float, call: Callable[[], None]) -> None:
        self.due.append((self.now_s + after_s, call))

    def send_rtp(self, buffer: bytearray, lengths: Sequence[int]) -> int:
        at = 0
        for length in lengths if not self.full else ():
            packet = bytes(buffer[at : at + length])
            parse_header(packet)
            value = find_extension(packet, IDENT)
            assert value is not None
            assert len(value) == 2
            self.numbers.append(int.from_bytes(value))
            at += length + self.overhead
        return super().send_rtp(buffer, lengths)

    def wait(self, seconds: float) -> None:
        """Let time pass, and do what becomes due in it."""
        end_s = self.now_s + seconds
        while self.due and min(self.due)[0] <= end_s:
            first = min(self.due, key=lambda due: due[0])
            self.due.remove(first)
            self.now_s = max(self.now_s, first[0])
            first[1]()
        self.now_s = end_s


def slot(source: Source, wire: Numbered, codec: Codec = ABROAD, ssrc: int = 77) -> Subscription:
    subscription = Subscription(ssrc, ssrc + 1, codec, buffer=wire.buffer, outlet=wire)
    subscription.outflow = wire.outflow
    subscription.attach(source.track, 0.0)
    return subscription


def test_sound_picture_and_retransmissions_share_one_row_of_numbers() -> None:
    wire = Numbered()
    camera, microphone = Source(), Source(20, OPUS)
    picture = slot(camera, wire)
    slot(microphone, wire, Codec("opus", 109, 48_000), 90)
    camera.send(1, KEY)
    microphone.send(1, b"sound")
    camera.send(2)
    picture.retransmit([wire.sent[0].sequence], 5)
    assert wire.numbers == [0, 1, 2, 3]
    assert [sent.payload for sent in wire.sent[:3]] == [KEY, b"sound", INTER]
    assert wire.sent[3].payload[2:] == KEY
    assert wire.sent[3].ssrc == 78


def test_a_packet_that_the_socket_refused_gives_its_number_back() -> None:
    wire = Numbered()
    source = Source()
    slot(source, wire)
    source.send(1, KEY)
    wire.full = True
    source.send(2)
    wire.full = False
    source.send(3)
    assert wire.numbers == [0, 1]


def test_padding_goes_where_retransmissions_go() -> None:
    """A browser drops it there, and its numbers go on."""
    wire = Numbered()
    source = Source()
    subscription = slot(source, wire)
    source.send(1, KEY)
    assert subscription.pad(3) == 3
    source.send(2)
    assert wire.numbers == [0, 1, 2, 3, 4]
    assert [(sent.ssrc, sent.payload) for sent in wire.sent[1:4]] == [(78, b"")] * 3
    assert [sent.sequence for sent in wire.sent[1:4]] == [0, 1, 2]


def test_what_exceeds_the_pace_leaves_later_and_sound_at_once() -> None:
    wire = Numbered()
    camera, microphone = Source(), Source(20, OPUS)
    slot(camera, wire)
    slot(microphone, wire, Codec("opus", 109, 48_000), 90)
    for sequence in range(1, 31):
        camera.send(sequence, KEY + BIG if sequence == 1 else BIG, timestamp=5)
    left = len(wire.sent)
    assert 0 < left < 10
    microphone.send(1, b"sound")
    assert wire.sent[-1].payload == b"sound"
    wire.wait(1.0)
    assert len(wire.sent) == 31
    assert wire.numbers == list(range(31)), "numbered when they leave"
    ssrc = wire.sent[0].ssrc
    pictures = [sent.sequence for sent in wire.sent if sent.ssrc == ssrc]
    assert pictures == list(range(1, 31)), "in their order"


def test_a_picture_is_dropped_as_a_whole_and_begins_again_with_a_keyframe() -> None:
    """Never in the middle; the numbers go on without a gap, so that nobody asks for it."""
    wire = Numbered()
    source = Source()
    subscription = slot(source, wire)
    source.send(1, KEY)
    sequence = 1
    while not wire.outflow.full:
        sequence += 1
        source.send(sequence, BIG, timestamp=100)
    source.send(sequence + 1, BIG, timestamp=100)  # of the picture that has begun
    taken = subscription.counters.packets
    assert taken == sequence + 1
    source.send(sequence + 2, BIG, timestamp=200)
    source.send(sequence + 3, KEY, timestamp=300)
    assert subscription.counters.dropped == 2
    assert subscription.counters.packets == taken

    source.wire.rtcp.clear()
    subscription.settle(20.0)
    assert not source.wire.feedback(Pli), "no keyframe is asked for while there is no room"
    wire.wait(tuning.QUEUED_S + 1.0)
    subscription.settle(21.0)
    assert source.wire.feedback(Pli)
    source.send(sequence + 4, BIG, timestamp=400)
    source.send(sequence + 5, KEY, timestamp=500)
    assert subscription.counters.packets == taken + 1
    numbers = [sent.sequence for sent in wire.sent]
    assert numbers == list(range(1, taken + 2))


def test_numbers_do_not_wrap_within_a_burst() -> None:
    """Some are left out, and the feedback says nothing of them that matters."""
    wire = Numbered()
    source = Source()
    subscription = slot(source, wire)
    wire.outflow._departures.next += 0xFFF0 - 4 * 16  # a cycle but for four bursts
    source.send(1, KEY)
    for _ in range(4):
        subscription.pad(16)
        wire.outflow.told(
            TransportFeedback(1, 2, wire.numbers[-16], 0, 0, tuple(range(16))), wire.now_s
        )
    assert wire.numbers[-1] == 0xFFF0
    subscription.pad(16)
    assert wire.numbers[-16:] == list(range(16))


def test_without_numbers_nothing_is_written() -> None:
    wire = Wire()
    source = Source()
    Subscription(77, 78, ABROAD, buffer=wire.buffer, outlet=wire).attach(source.track, 0.0)
    source.send(1, KEY)
    source.send(2)
    assert [sent.payload for sent in wire.sent] == [KEY, INTER]


def test_no_layer_takes_over_while_its_keyframe_would_be_dropped() -> None:
    """The layer that is sent goes on meanwhile, and may end the picture that it has begun."""
    wire = Numbered()
    source = Simulcast()
    for layer in range(3):
        source.send(layer, 1, at=9.9)
    subscription = Subscription(77, 78, ABROAD, buffer=wire.buffer, outlet=wire)
    subscription.outflow = wire.outflow
    subscription.wish(0, 10.0)
    subscription.attach(source.track, 10.0)
    source.send(0, 2, KEY, timestamp=90, at=10.0)
    sequence = 2
    while not wire.outflow.full:
        sequence += 1
        source.send(0, sequence, BIG, timestamp=100, at=10.0)
    subscription.wish(2, 10.0)
    source.send(2, 2, KEY, at=10.0)
    assert (subscription.layer, subscription.counters.dropped) == (0, 0)
    source.send(0, sequence + 1, BIG, timestamp=100, at=10.0)
    assert subscription.counters.packets == sequence
    wire.wait(tuning.QUEUED_S + 1.0)
    source.wire.rtcp.clear()
    subscription.settle(wire.now_s)
    assert [pli.ssrc for pli in source.wire.rtcp if isinstance(pli, Pli)] == [300]
    source.send(2, 3, KEY, at=wire.now_s)
    assert subscription.layer == 2
