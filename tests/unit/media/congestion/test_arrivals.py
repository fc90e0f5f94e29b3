"""A publisher is told of each packet when it arrived, once it is known."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from media.congestion.arrivals import Arrivals
from media.congestion.departures import Departures
from media.rtp.rtcp import parse
from media.rtp.transport_feedback import TransportFeedback

IDENT = 4


def packet(number: int, *, before: bytes = b"\x10\x7f") -> memoryview:
    """A packet with another element before its number."""
    element = before + bytes((IDENT << 4 | 1,)) + number.to_bytes(2)
    element += bytes(-len(element) % 4)
    head = b"\x90\x60" + bytes(10) + b"\xbe\xde" + (len(element) // 4).to_bytes(2)
    return memoryview(head + element + b"payload")


def tell(arrivals: Arrivals, now_s: float) -> TransportFeedback | None:
    """The next feedback, as it comes from the wire."""
    feedback = arrivals.tell(9, now_s)
    if feedback is None:
        return None
    (read,) = parse(feedback.pack())
    assert isinstance(read, TransportFeedback)
    return read


def test_what_arrived_and_what_did_not_is_told() -> None:
    arrivals = Arrivals(1, IDENT)
    for number, at_s in ((65534, 1.0), (65535, 1.001), (1, 1.002)):
        arrivals.receive(packet(number), at_s)
    feedback = tell(arrivals, 1.1)
    assert feedback is not None
    assert (feedback.sender, feedback.ssrc, feedback.base, feedback.count) == (1, 9, 65534, 0)
    begin = feedback.arrivals[0]
    assert begin is not None
    assert feedback.reference * 256 + begin == 4_000
    assert [None if t is None else t - begin for t in feedback.arrivals] == [0, 4, None, 8]
    assert tell(arrivals, 5.0) is None, "nothing came since"


def test_little_waits_for_more() -> None:
    arrivals = Arrivals(1, IDENT)
    arrivals.receive(packet(0), 1.0)
    assert arrivals.due(1.0)
    assert tell(arrivals, 1.0) is not None
    arrivals.receive(packet(1), 1.1)
    assert not arrivals.due(1.1)
    assert arrivals.due(1.26)
    assert tell(arrivals, 1.26) is not None
    for number in range(2, 12):
        arrivals.receive(packet(number), 1.3)
    assert arrivals.due(1.3)


def test_a_late_packet_is_told_of_with_all_that_came_after() -> None:
    arrivals = Arrivals(1, IDENT)
    for number in (0, 1, 3, 4):
        arrivals.receive(packet(number), 1.0)
    first = tell(arrivals, 1.1)
    arrivals.receive(packet(2), 1.2)
    arrivals.receive(packet(2), 1.3)
    second = tell(arrivals, 1.5)
    assert first is not None
    assert second is not None
    assert second.base == 2
    assert None not in second.arrivals
    assert len(second.arrivals) == 3
    assert second.count == 1


def test_a_packet_without_a_number_is_none() -> None:
    arrivals = Arrivals(1, IDENT)
    arrivals.receive(memoryview(b"\x80" + bytes(20)), 1.0)
    arrivals.receive(packet(5, before=b"\xf0"), 1.0)  # id 15 ends the elements
    short = bytes(packet(5)[:14]) + b"\x00\x01\x40\x05\x00\x00"  # an element of one byte
    arrivals.receive(memoryview(short), 1.0)
    assert tell(arrivals, 2.0) is None


def test_a_leap_and_a_long_silence_cost_little() -> None:
    """A hostile client's numbers neither fill memory nor make us tell of thousands."""
    arrivals = Arrivals(1, IDENT)
    chance = random.Random(7)
    for step in range(20_000):
        arrivals.receive(packet(chance.randrange(0x10000)), step / 1_000)
        if step % 100 == 0:
            feedback = tell(arrivals, step / 1_000)
            assert feedback is None or len(feedback.arrivals) <= 1_025
    assert len(arrivals._ticks) <= 513 + 100
    arrivals = Arrivals(1, IDENT)
    arrivals.receive(packet(0), 1.0)
    arrivals.receive(packet(1), 60.0)
    first, second = tell(arrivals, 60.0), tell(arrivals, 60.3)
    assert first is not None
    assert second is not None
    assert (len(first.arrivals), len(second.arrivals)) == (1, 1)


@given(
    st.lists(st.tuples(st.integers(1, 16), st.integers(0, 40)), min_size=1, max_size=40),
    st.randoms(use_true_random=False),
)
def test_the_sender_learns_what_became_of_each_packet(
    bursts: list[tuple[int, int]], chance: random.Random
) -> None:
    """Whatever is lost, late or told of twice: none is counted twice, none forgotten."""
    arrivals, departures = Arrivals(1, IDENT), Departures()
    departures.next = 0x1FFC0
    now_s, sent, arrived, told, lost, octets = 10.0, 0, 0, 0, 0, 0
    late: list[int] = []
    for count, wait_ms in bursts:
        now_s += wait_ms / 1_000
        first = departures.next
        departures.sent([100] * count, count, 100 * count, now_s)
        sent += count
        for number in range(first, first + count):
            fate = chance.random()
            if fate < 0.8:
                arrivals.add(number & 0xFFFF, now_s + 0.05)
                arrived += 1
            elif fate < 0.9:
                late.append(number)
        if chance.random() < 0.3:
            for number in late:
                arrivals.add(number & 0xFFFF, now_s + 0.07)
            arrived += len(late)
            late.clear()
        if chance.random() < 0.5:
            feedback = tell(arrivals, now_s + 0.1)
            if feedback is not None:
                result = departures.told(feedback, now_s)
                told += result.received
                lost += result.lost
                octets += sum(group.octets for group in result.groups)
    while (feedback := tell(arrivals, now_s + 100)) is not None:
        result = departures.told(feedback, now_s)
        told += result.received
        lost += result.lost
        octets += sum(group.octets for group in result.groups)
    assert told == arrived
    assert octets == 100 * arrived
    assert 0 <= lost <= sent - arrived
