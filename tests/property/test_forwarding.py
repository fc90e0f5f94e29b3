"""
Whatever the network does to a publisher's packets, what a subscriber gets is whole but for what it
can ask for again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from media.forwarding.subscription import Subscription
from media.forwarding.track import Track
from media.limits import Limits
from media.peers.port import Codec
from media.rtp.packet import parse_header
from media.rtp.rtcp import Nack, Rtcp
from media.rtp.sequence import extend
from tests.unit.media.wire import INTER, KEY, VP8, Sent, Wire, rtp, rtx

LIMITS = Limits(picture_cache=128, missing_max=64)
OURS = Codec("VP8", 120, 90_000, rtx_payload_type=121)
PACKET_S = 0.005
TICKS = 450  # a packet, at 90 kHz
FIRST_EXTENDED = 0x10001  # the number that every subscription begins with


@dataclass
class Publisher:
    """Sends numbered payloads over a bad line, and again what it is asked for."""

    start: int
    start_ticks: int
    wire: Wire = field(default_factory=Wire)
    asked: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.track = Track("picture", VP8, 10, reporter=1, send=self.feedback, limits=LIMITS)
        self.track.allow(True, 0.0)

    def feedback(self, packets: Sequence[Rtcp]) -> None:
        for packet in packets:
            if isinstance(packet, Nack):
                self.asked.extend(packet.sequences)

    def payload(self, n: int) -> bytes:
        return (KEY if n % 20 == 0 else INTER) + n.to_bytes(4, "big")

    def deliver(self, n: int, now_s: float) -> None:
        packet = rtp(
            self.start + n,
            ssrc=10,
            payload=self.payload(n),
            timestamp=self.start_ticks + n * TICKS,
        )
        self.track.layers[0].receive(packet, parse_header(packet), now_s)

    def repeat(self, sequence: int, newest: int, now_s: float) -> None:
        n = extend(sequence, self.start + newest) - self.start
        packet = rtx(
            0,
            sequence,
            ssrc=11,
            payload=self.payload(n),
            timestamp=self.start_ticks + n * TICKS,
        )
        self.track.layers[0].receive_rtx(packet, parse_header(packet), now_s)


@st.composite
def arrivals(draw: st.DrawFn) -> list[int]:
    """Numbers of packets as they arrive: some lost, some late, some twice, in bursts."""
    total = draw(st.integers(30, 300))
    fates = draw(
        st.lists(
            st.sampled_from(["sent"] * 12 + ["lost", "late", "very late", "twice", "burst"]),
            min_size=total,
            max_size=total,
        )
    )
    places: list[tuple[float, int]] = []
    lost_until = -1
    for n, fate in enumerate(fates):
        if fate == "burst":
            lost_until = n + 100
        if fate == "lost" or (n <= lost_until and n % 3):
            continue
        delay = {"late": 2.5, "very late": 40.5}.get(fate, 0.0)
        places.append((n + delay, n))
        if fate == "twice":
            places.append((n + 7.3, n))
    return [n for _, n in sorted(places)]


def numbers(sent: list[Sent]) -> list[int]:
    """Extended numbers of media packets, in the order of sending."""
    extended: list[int] = []
    highest = FIRST_EXTENDED
    for packet in sent:
        number = extend(packet.sequence, highest)
        extended.append(number)
        highest = max(highest, number)
    return extended


@given(
    arriving=arrivals(),
    start=st.sampled_from([0, 1, 32_700, 65_400, 65_535]),
    start_ticks=st.sampled_from([0, 0xFFFFFFFF - 9_000]),
    muted=st.tuples(st.integers(0, 300), st.integers(0, 60)),
    repeats=st.booleans(),
    full=st.sets(st.integers(0, 300), max_size=5),
)
def test_forwarded_numbers_have_no_gap_but_those_that_can_be_asked_for(
    arriving: list[int],
    start: int,
    start_ticks: int,
    muted: tuple[int, int],
    repeats: bool,
    full: set[int],
) -> None:
    """
    Under loss, reordering, duplication, wrap-around, mutes and a full socket: no number twice; the
    order of numbers is the order of times and of payloads; no gap is wider than what may be asked
    for, and whatever we have of it the subscriber gets by asking.
    """
    publisher = Publisher(start, start_ticks)
    subscriber = Wire()
    subscription = Subscription(70, 71, OURS, buffer=subscriber.buffer, outlet=subscriber)
    subscription.attach(publisher.track, 0.0)
    now_s = 0.0
    for index, n in enumerate(arriving):
        now_s += PACKET_S
        if index == muted[0]:
            publisher.track.allow(False, now_s)
        if index == sum(muted):
            publisher.track.allow(True, now_s)
        subscriber.full = index in full
        publisher.deliver(n, now_s)
        if repeats and publisher.asked:
            publisher.repeat(publisher.asked.pop(0), n, now_s)
    subscriber.full = False

    sent = list(subscriber.sent)
    extended = numbers(sent)
    assert len(set(extended)) == len(extended)
    assert all(packet.ssrc == 70 and packet.payload_type == 120 for packet in sent)

    by_number = dict(zip(extended, sent, strict=True))
    in_order = [by_number[number] for number in sorted(by_number)]
    payloads = [int.from_bytes(packet.payload[2:], "big") for packet in in_order]
    assert payloads == sorted(set(payloads))
    for earlier, later, a, b in zip(in_order, in_order[1:], payloads, payloads[1:], strict=False):
        step = (later.timestamp - earlier.timestamp) & 0xFFFFFFFF
        assert step == (b - a) * TICKS

    if extended:
        _check_gaps(subscription, subscriber, by_number, _kept(arriving, muted))


def _kept(arriving: list[int], muted: tuple[int, int]) -> set[int]:
    """What arrived while allowed, and is not older than what was forbidden or forgotten."""
    opened = sum(muted) if muted[0] < len(arriving) else 0
    forbidden = max(arriving[:opened], default=-1)
    oldest = max(arriving) - LIMITS.picture_cache
    return {n for n in arriving[opened:] if n > forbidden and n > oldest}


def _check_gaps(
    subscription: Subscription, subscriber: Wire, by_number: dict[int, Sent], kept: set[int]
) -> None:
    newest = max(by_number)
    missing = sorted(set(range(FIRST_EXTENDED, newest)) - set(by_number))
    before = len(subscriber.sent)
    subscription.retransmit([number & 0xFFFF for number in missing], len(missing))
    repaired = {
        extend(int.from_bytes(again.payload[:2], "big"), newest): again.payload[2:]
        for again in subscriber.sent[before:]
    }
    run = 0
    last = FIRST_EXTENDED
    for number in missing:
        run = run + 1 if number - 1 == last else 1
        last = number
        assert run <= LIMITS.missing_max, "a gap that nobody can ask for"
        # Which of the publisher's packets stands here: told by the neighbours on both sides, unless
        # a closed gap lies between them; then it is one of the two.
        told = set()
        below = max((m for m in by_number if m < number), default=None)
        told.add(-1 if below is None else _payload(by_number[below]) + number - below)
        above = min(m for m in by_number if m > number)
        told.add(_payload(by_number[above]) + number - above)
        if number in repaired:
            assert below is None or int.from_bytes(repaired[number][2:], "big") in told
        else:
            assert len(told) == 2 or not told & kept, "what we have can be asked for"


def _payload(packet: Sent) -> int:
    return int.from_bytes(packet.payload[2:], "big")


@given(arriving=arrivals(), start=st.sampled_from([0, 65_400]))
def test_a_retransmission_equals_the_original(arriving: list[int], start: int) -> None:
    """Each packet that was sent and is still kept, asked for again, is the same in its wrapping."""
    publisher = Publisher(start, 0)
    subscriber = Wire()
    subscription = Subscription(70, 71, OURS, buffer=subscriber.buffer, outlet=subscriber)
    subscription.attach(publisher.track, 0.0)
    for index, n in enumerate(arriving):
        publisher.deliver(n, index * PACKET_S)
    originals = list(subscriber.sent)
    for original in originals[-60:]:
        if subscription.retransmit([original.sequence], 1):
            again = subscriber.sent[-1]
            assert again == Sent(
                original.marker,
                121,
                again.sequence,
                original.timestamp,
                71,
                original.sequence.to_bytes(2, "big") + original.payload,
            )
    sequences = [packet.sequence for packet in subscriber.sent[len(originals) :]]
    assert sequences == list(range(len(sequences)))
    if originals:
        assert sequences, "the newest packets are always kept"


@given(
    lost=st.sets(st.integers(1, 58), max_size=20),
    start=st.sampled_from([0, 65_500]),
)
def test_what_was_lost_before_us_reaches_the_subscriber_by_repair(
    lost: set[int], start: int
) -> None:
    """The publisher repeats what it is asked for; then nothing is missing at the subscriber."""
    publisher = Publisher(start, 0)
    subscriber = Wire()
    subscription = Subscription(70, 71, OURS, buffer=subscriber.buffer, outlet=subscriber)
    subscription.attach(publisher.track, 0.0)
    for n in range(65):
        if n not in lost:
            publisher.deliver(n, n * PACKET_S)
        for sequence in publisher.asked:
            publisher.repeat(sequence, n, n * PACKET_S)
        publisher.asked.clear()
    publisher.track.work(1.0)
    for sequence in publisher.asked:
        publisher.repeat(sequence, 64, 1.0)
    assert sorted(numbers(subscriber.sent)) == list(range(FIRST_EXTENDED, FIRST_EXTENDED + 65))
