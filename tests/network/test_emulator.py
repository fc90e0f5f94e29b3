"""The link emulator does what the names of its conditions say, and the same in every run."""

from __future__ import annotations

import pytest

from tests.network.emulator import FRAMES_MAX, TCP, UDP, Conditions, Lane


def ip(number: int, *, size: int = 200, protocol: int = UDP, port: int = 9) -> bytes:
    """An Ethernet frame with IPv4 and ports; *number* tells it from others."""
    ethernet = bytes(12) + b"\x08\x00"
    header = b"\x45" + bytes(8) + bytes([protocol]) + bytes(10)
    ports = (50_000).to_bytes(2) + port.to_bytes(2)
    return (ethernet + header + ports + number.to_bytes(4)).ljust(size, b"\0")


def number_of(frame: bytes) -> int:
    return int.from_bytes(frame[38:42])


def arrivals(lane: Lane, until_s: float, step_s: float = 0.001) -> list[tuple[float, int]]:
    """(instant, number) of everything that comes out."""
    found = []
    for tick in range(int(until_s / step_s) + 1):
        found += [(tick * step_s, number_of(frame)) for frame in lane.take(tick * step_s)]
    return found


def test_a_cable_passes_everything_at_once_and_in_order() -> None:
    lane = Lane(1)
    for number in range(50):
        lane.offer(ip(number), 0.0)
    assert [number_of(frame) for frame in lane.take(0.0)] == list(range(50))
    assert lane.next_s() is None


def test_delay_and_jitter_stay_within_their_bounds_and_frames_overtake() -> None:
    lane = Lane(1, Conditions(delay_ms=100, jitter_ms=30))
    for number in range(500):
        lane.offer(ip(number), number * 0.001)
    came = arrivals(lane, 1.0)
    waits = [at - number * 0.001 for at, number in came]
    assert len(came) == 500
    assert 0.0695 <= min(waits) < 0.075
    assert 0.125 < max(waits) <= 0.1315
    assert [number for _, number in came] != sorted(number for _, number in came)


def test_loss_has_its_rate_and_the_same_frames_are_lost_with_the_same_seed() -> None:
    def lost(seed: int, conditions: Conditions) -> set[int]:
        lane = Lane(seed, conditions)
        for number in range(10_000):
            lane.offer(ip(number), number * 0.001)
        return set(range(10_000)) - {number for _, number in arrivals(lane, 12.0, 0.1)}

    bad = lost(7, Conditions(loss=0.05))
    assert 400 < len(bad) < 600
    assert lost(7, Conditions(loss=0.05, delay_ms=50, jitter_ms=10)) == bad
    assert lost(8, Conditions(loss=0.05)) != bad


def test_the_rate_is_kept_and_what_would_wait_too_long_is_dropped() -> None:
    lane = Lane(1, Conditions(rate_kbps=800, queue_ms=100))
    for number in range(1_000):  # 1.6 Mbit/s for a second
        lane.offer(ip(number), number * 0.001)
    came = arrivals(lane, 2.0)
    # 800 kbit/s are 500 of these frames in a second; the queue holds 50 more.
    assert len(came) == pytest.approx(550, abs=2)
    assert max(at - number * 0.001 for at, number in came) <= 0.104
    assert lane.dropped == 1_000 - len(came)


def test_an_outage_lets_nothing_in_and_what_is_under_way_arrives() -> None:
    lane = Lane(1, Conditions(delay_ms=50))
    lane.offer(ip(1), 0.0)
    lane.conditions = Conditions(delay_ms=50, cut=True)
    lane.offer(ip(2), 0.01)
    lane.conditions = Conditions(delay_ms=50)
    lane.offer(ip(3), 0.02)
    assert [number for _, number in arrivals(lane, 1.0)] == [1, 3]


def test_a_firewall_passes_the_ports_that_it_names_in_both_directions_and_arp() -> None:
    lane = Lane(1, Conditions(udp_ports=(3478,), tcp_ports=(443, 50_000)))
    lane.offer(ip(1), 0.0)
    lane.offer(ip(2, port=3478), 0.0)
    lane.offer(ip(3, protocol=TCP), 0.0)  # from 50,000
    arp = bytes(12) + b"\x08\x06" + bytes(24) + (4).to_bytes(4)
    lane.offer(arp, 0.0)
    assert [number_of(frame) for frame in lane.take(0.0)] == [2, 3, 4]


def test_no_more_than_a_bounded_number_of_frames_is_under_way() -> None:
    lane = Lane(1, Conditions(delay_ms=1_000))
    for number in range(FRAMES_MAX + 1):
        lane.offer(ip(number, size=60), 0.0)
    assert (lane.passed, lane.dropped) == (FRAMES_MAX, 1)
