"""What leaves is paced; probes pad it; silence is answered with care."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.congestion import pad, tuning
from media.congestion.outflow import NEXT, Outflow
from media.rtp.packet import find_number, parse_header
from tests.unit.media.congestion.simulation import World
from tests.unit.media.congestion.test_departures import told

IDENT = 7


class Exit:
    """Notes when what leaves."""

    overhead = 10

    def __init__(self, world: World) -> None:
        self.world = world
        self.left: list[tuple[float, int]] = []
        self.numbers: list[int] = []
        self.buffer = bytearray(40_000)
        self.outflow = Outflow(self, IDENT, self.buffer, world.clock, world.wake)

    def send_rtp(self, buffer: bytearray, lengths: Sequence[int]) -> int:
        at = 0
        for length in lengths:
            self.left.append((self.world.now_s, length))
            self.numbers.append(int.from_bytes(buffer[at + 17 : at + 19]))
            at += length + self.overhead
        return len(lengths)

    def send(self, count: int, *, waits: bool) -> int:
        return self.outflow.send(self.buffer, [1_000] * count, 1_000 * count, waits=waits)

    def bps(self, from_s: float, to_s: float) -> float:
        return sum(size for at_s, size in self.left if from_s <= at_s < to_s) * 8 / (to_s - from_s)


def test_what_waits_leaves_at_the_pace() -> None:
    exit_ = Exit(World())
    began_s = exit_.world.now_s
    for _ in range(20):
        assert exit_.send(10, waits=True) == 10
    exit_.world.run(3.0)
    assert len(exit_.left) == 200
    assert exit_.numbers[10:] == list(range(10, 200)), "numbered when they leave"
    assert exit_.bps(began_s + 0.1, began_s + 0.7) == pytest.approx(tuning.PACE_START_BPS, rel=0.05)
    assert exit_.outflow.waited == 190


def test_sound_passes_what_waits() -> None:
    exit_ = Exit(World())
    for _ in range(10):
        exit_.send(10, waits=True)
    before = len(exit_.left)
    assert exit_.send(1, waits=False) == 1
    assert len(exit_.left) == before + 1


def test_full_is_told_and_bounded() -> None:
    """A picture that has begun goes on, but not without end."""
    exit_ = Exit(World())
    taken = 0
    for _ in range(100):
        taken += exit_.send(16, waits=True)
    assert exit_.outflow.full
    assert not exit_.outflow.ready
    left = len(exit_.left)
    assert taken - left == tuning.QUEUED_BYTES // 1_000
    exit_.world.run(5.0)
    assert exit_.outflow.ready
    assert not exit_.outflow.full
    assert len(exit_.left) == taken


def test_a_packet_of_padding_has_nothing_in_it() -> None:
    """And bears a number, in the stream of retransmissions."""
    exit_ = Exit(World())
    extension = exit_.outflow.extension + 3 * NEXT
    pad.write(
        exit_.buffer, 5, payload_type=97, sequence=8, timestamp=9, ssrc=10, extension=extension
    )
    packet = bytes(exit_.buffer[5 : 5 + pad.LENGTH])
    header = parse_header(packet)
    assert (header.payload_type, header.sequence, header.timestamp, header.ssrc) == (97, 8, 9, 10)
    assert header.start == header.end
    assert find_number(packet, IDENT) == 3
    assert not exit_.buffer[5 + pad.LENGTH]


def test_feedback_that_stays_away_halves_the_estimate_each_second() -> None:
    exit_ = Exit(World())
    exit_.send(4, waits=False)
    exit_.outflow.told(told(0, 0, 1, 2, 3), exit_.world.now_s)
    for step in range(1, 4):
        exit_.world.run(1.05 * tuning.DEAF_S)
        exit_.send(1, waits=False)
        exit_.outflow.work(exit_.world.now_s)
        assert exit_.outflow.estimate.bps <= tuning.START_BPS >> step
    exit_.world.run(60.0)
    before = exit_.outflow.estimate.bps
    exit_.outflow.work(exit_.world.now_s)
    exit_.outflow.work(exit_.world.now_s)
    assert exit_.outflow.estimate.bps >= before >> 1, "nothing is sent, so nothing is missed"


def test_a_promise_that_was_empty_is_noticed() -> None:
    exit_ = Exit(World())
    assert not exit_.outflow.unheard(exit_.world.now_s)
    exit_.send(1, waits=False)
    assert not exit_.outflow.unheard(exit_.world.now_s)
    exit_.world.run(tuning.UNHEARD_S + 0.1)
    assert exit_.outflow.unheard(exit_.world.now_s)


@given(
    st.lists(
        st.tuples(st.integers(1, 16), st.integers(60, 1_400), st.booleans(), st.integers(0, 60)),
        min_size=1,
        max_size=60,
    )
)
def test_everything_that_was_taken_leaves_once_and_in_order(
    bursts: list[tuple[int, int, bool, int]],
) -> None:
    """Each under the next number, whatever waits and whatever passes it."""
    world = World()
    exit_ = Exit(world)
    marks: dict[bool, list[int]] = {True: [], False: []}
    taken = 0
    for count, size, waits, pause_ms in bursts:
        extension, at = exit_.outflow.extension, 0
        for _ in range(count):
            exit_.buffer[at + 12 : at + 20] = extension.to_bytes(8)
            extension += NEXT
            at += size + exit_.overhead
        before = len(exit_.left)
        got = exit_.outflow.send(exit_.buffer, [size] * count, size * count, waits=waits)
        if not waits:
            assert len(exit_.left) == before + count == before + got
        taken += got
        marks[waits] += [size] * got
        world.run(pause_ms / 1_000)
    world.run(60.0)
    assert len(exit_.left) == taken
    assert exit_.numbers == list(range(taken))
    assert sorted(size for _, size in exit_.left) == sorted(marks[True] + marks[False])
