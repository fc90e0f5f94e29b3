"""Sound comes out in a steady stream, whatever the network does to its packets."""

from __future__ import annotations

import av
import numpy as np

from media.programme.sound import DELAY_MAX, DELAY_MIN, STEP, Pcm, SoundSource
from tests.fixtures.publisher import rtp

BLOCK = 2 * STEP  # 40 ms


def decode(payload: bytes) -> Pcm:
    """A packet holds one number; its sound is 20 ms of it."""
    if payload == b"bad":
        raise av.error.InvalidDataError(1, "bad")
    return np.full(STEP, int.from_bytes(payload, "big") / 1_000, np.float32)


def packet(number: int, *, first: int = 0) -> bytes:
    return rtp(number, first + number * STEP, number.to_bytes(2, "big"))


def heard(blocks: list[Pcm]) -> list[int]:
    """Which packets can be heard, in order, without repetition."""
    numbers = [round(float(v) * 1_000) for v in np.concatenate(blocks)[STEP // 2 :: STEP]]
    return [n for n in numbers if n]


def play(source: SoundSource, arrivals: list[list[int]], *, first: int = 0) -> list[Pcm]:
    """One block of 40 ms after each group of arrivals."""
    blocks = []
    for group in arrivals:
        for number in group:
            source.push(packet(number, first=first))
        blocks.append(source.pull(BLOCK))
    return blocks


def steady(start: int, blocks: int) -> list[list[int]]:
    return [[start + 2 * n, start + 2 * n + 1] for n in range(blocks)]


def test_every_packet_is_heard_once_and_in_order() -> None:
    """Behind its arrival by the least delay."""
    source = SoundSource(decode)
    blocks = play(source, steady(1, 20))
    assert heard(blocks) == list(range(1, 38))
    assert not np.concatenate(blocks)[:DELAY_MIN].any()


def test_timestamps_may_wrap() -> None:
    """32 bits last a day, and begin anywhere."""
    source = SoundSource(decode)
    assert heard(play(source, steady(1, 10), first=2**32 - 5 * STEP)) == list(range(1, 18))


def test_packets_out_of_order_are_put_in_order() -> None:
    """Within the delay nothing is lost by it."""
    source = SoundSource(decode)
    blocks = play(source, [[2, 1], [4, 3], [6, 5], [8, 7], [10, 9]])
    assert heard(blocks) == list(range(2, 9))


def test_a_missing_packet_is_bridged_by_the_sound_before_it() -> None:
    """It dies away instead of breaking off; time goes on."""
    source = SoundSource(decode)
    sound = np.concatenate(play(source, [[100, 101], [103], [104, 105], [106, 107], [108, 109]]))
    gap = sound[DELAY_MIN + 2 * STEP : DELAY_MIN + 3 * STEP]
    assert gap[0] > 0.1
    assert gap[-1] == 0
    assert sound[DELAY_MIN + 3 * STEP + STEP // 2] * 1_000 == np.float32(103)


def test_silence_follows_the_last_packet_for_ever() -> None:
    """A muted microphone sends nothing; the stream goes on."""
    source = SoundSource(decode)
    play(source, steady(1, 3))
    blocks = play(source, [[] for _ in range(10)])
    assert not np.concatenate(blocks)[-BLOCK:].any()


def test_after_late_packets_more_is_kept_in_hand() -> None:
    """A line that stumbles gets a longer delay, up to its bound."""
    source = SoundSource(decode)
    number = 1
    for _ in range(30):
        play(source, steady(number, 3))
        number += 6
        play(source, [[], [], [], []])  # nothing arrives for 160 ms ...
        play(source, [list(range(number, number + 8))])  # ... and then all at once
        number += 8
    assert DELAY_MIN < source.delay <= DELAY_MAX


def test_what_a_burst_left_in_hand_is_cut_within_two_seconds() -> None:
    """The delay doesn't stay long because the line once stood still."""
    source = SoundSource(decode)
    play(source, steady(1, 5))
    play(source, [[] for _ in range(10)])
    blocks = play(source, [list(range(11, 31)), *steady(31, 60)])
    assert heard(blocks)[-1] >= 150 - (DELAY_MAX + 3 * STEP) // STEP


def test_a_restarted_sender_is_followed() -> None:
    """Its timestamps begin anywhere."""
    source = SoundSource(decode)
    play(source, steady(1, 5))
    assert heard(play(source, steady(1, 10), first=2**31)[4:])


def test_a_broken_packet_is_silence() -> None:
    """It is counted, and nothing is raised."""
    source = SoundSource(decode)
    for number in (1, 2):
        source.push(packet(number))
    source.push(rtp(3, 3 * STEP, b"bad"))
    source.push(b"no rtp")
    for _ in range(4):
        source.pull(BLOCK)
    assert source.broken == 1
