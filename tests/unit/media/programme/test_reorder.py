"""Packets are put in order, waited for a while, and then given up."""

from __future__ import annotations

import random

from media.programme.reorder import HELD_MAX, JUMP, WAIT_S, Packet, Reorder, parse
from tests.fixtures.publisher import rtp


def packet(sequence: int) -> Packet:
    return Packet(sequence & 0xFFFF, 0, marker=False, payload=b"x")


def pops(reorder: Reorder, now_s: float) -> list[tuple[int, bool]]:
    return [(packet.sequence, lost) for packet, lost in reorder.pop(now_s)]


def test_packets_in_order_pass_at_once() -> None:
    """No delay is added while nothing is missing."""
    reorder = Reorder()
    for sequence in range(5):
        reorder.push(packet(sequence), 0.0)
        assert pops(reorder, 0.0) == [(sequence, False)]


def test_a_late_packet_is_put_where_it_belongs() -> None:
    """Over the wrap of the numbers too."""
    reorder = Reorder()
    for sequence in (65_534, 0, 65_535, 1):
        reorder.push(packet(sequence), 0.0)
    assert pops(reorder, 0.01) == [(65_534, False), (65_535, False), (0, False), (1, False)]


def test_a_gap_is_given_up_after_the_wait_and_told_once() -> None:
    """The reader hears that something is lost before the packet behind the gap."""
    reorder = Reorder()
    for sequence in (1, 3, 4):
        reorder.push(packet(sequence), 0.0)
    assert pops(reorder, WAIT_S / 2) == [(1, False)]
    assert pops(reorder, WAIT_S) == [(3, True), (4, False)]


def test_a_packet_behind_its_gap_is_counted_and_dropped() -> None:
    """It would only disturb the order."""
    reorder = Reorder()
    for sequence in (1, 3):
        reorder.push(packet(sequence), 0.0)
    assert pops(reorder, 1.0) == [(1, False), (3, True)]
    reorder.push(packet(2), 1.0)
    reorder.push(packet(3), 1.0)
    assert (pops(reorder, 2.0), reorder.late) == ([], 2)


def test_a_full_buffer_gives_the_gap_up_early() -> None:
    """The bound holds whatever the sender does."""
    reorder = Reorder()
    reorder.push(packet(0), 0.0)
    for sequence in range(2, HELD_MAX + 4):
        reorder.push(packet(sequence), 0.0)
    assert pops(reorder, 0.0)[1] == (2, True)


def test_a_restarted_sender_is_followed() -> None:
    """Numbers that jump far, forward or backward, begin anew after a loss."""
    for start in (JUMP + 10, -JUMP - 10):
        reorder = Reorder()
        reorder.push(packet(0), 0.0)
        assert pops(reorder, 0.0) == [(0, False)]
        reorder.push(packet(start), 0.0)
        assert pops(reorder, 0.0) == [(start & 0xFFFF, True)]


def test_random_reordering_loses_nothing() -> None:
    """Within the wait every order comes out sorted, without a loss."""
    chance = random.Random(7)
    for _ in range(50):
        first = chance.randrange(65_536)
        numbers = list(range(first, first + 40))
        tail = numbers[1:]
        chance.shuffle(tail)
        reorder = Reorder()
        for sequence in (numbers[0], *tail):
            reorder.push(packet(sequence), 0.0)
        assert pops(reorder, 0.0) == [(n & 0xFFFF, False) for n in numbers]


def test_what_is_no_rtp_is_none() -> None:
    """Bad packets are dropped, not raised."""
    assert parse(b"") is None
    assert parse(b"\x40" + bytes(20)) is None
    assert parse(rtp(5, 9, b"ab", marker=True)) == Packet(5, 9, marker=True, payload=b"ab")
