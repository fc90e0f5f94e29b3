"""Receiver reports count as RFC 3550 says."""

from __future__ import annotations

from media.forwarding.reception import Reception


def receive(reception: Reception, sequence: int, now_s: float = 0.0, timestamp: int = 0) -> None:
    assert reception.number(sequence) is not None
    reception.count(timestamp, now_s)


def test_loss_is_told_in_all_and_since_the_last_report() -> None:
    reception = Reception(90_000)
    for sequence in (65534, 65535, 1, 2):
        receive(reception, sequence)
    block = reception.report(7, 0.0)
    assert (block.ssrc, block.total_lost, block.fraction_lost) == (7, 1, 256 // 5)
    assert block.highest & 0xFFFF == 2
    for sequence in (3, 4):
        receive(reception, sequence)
    block = reception.report(7, 0.0)
    assert (block.total_lost, block.fraction_lost) == (1, 0)


def test_duplicates_make_the_loss_negative() -> None:
    reception = Reception(90_000)
    for sequence in (1, 1, 1):
        receive(reception, sequence)
    block = reception.report(7, 0.0)
    assert (block.total_lost, block.fraction_lost) == (-2, 0)


def test_even_arrival_has_no_jitter_even_around_the_timestamps_wrap() -> None:
    reception = Reception(90_000)
    for n in range(20):
        receive(reception, n, n * 0.02, (0xFFFFFF00 + n * 1_800) & 0xFFFFFFFF)
    assert reception.jitter < 1e-3


def test_jitter_follows_the_arrival() -> None:
    reception = Reception(90_000)
    for n in range(200):
        receive(reception, n, n * 0.02 + (n % 2) * 0.01, n * 1_800)
    assert 850 < reception.jitter < 901  # 10 ms


def test_the_last_sender_report_is_told_with_its_age() -> None:
    reception = Reception(90_000)
    receive(reception, 1)
    assert reception.report(7, 9.0).last_report == 0
    reception.on_sender_report(0x1111_2222_3333_4444, 10.0)
    block = reception.report(7, 10.5)
    assert (block.last_report, block.delay) == (0x2222_3333, 0x8000)


def test_a_new_beginning_counts_anew() -> None:
    reception = Reception(90_000)
    for sequence in (1, 2, 9):
        receive(reception, sequence)
    assert reception.number(30_000) is None
    receive(reception, 30_001)
    block = reception.report(7, 0.0)
    assert (block.total_lost, block.fraction_lost) == (0, 0)
    assert block.highest == 0x20000 + 30_001
