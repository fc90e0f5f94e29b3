"""
On simulated lines: how fast the right rate is found, and what is given up on the way.

Lines are dumb (a queue that drops what doesn't fit, delay, jitter, loss by chance) and seeded; what
stands between sources and line is the real thing.
"""

from __future__ import annotations

import pytest

from media.congestion.allocation import Rank
from tests.unit.media.congestion.simulation import Client, Line, Picture, World

LAYERS = (150_000, 500_000, 1_700_000)


def meeting(
    bps: float, *, thumbnails: int = 4, delay_s: float = 0.02, jitter_s: float = 0.0,
    loss: float = 0.0, queue_s: float = 0.3, seed: int = 1,
) -> Client:  # fmt: skip
    """Who speaks in three layers, and some thumbnails."""
    world = World()
    line = Line(world, bps, delay_s, jitter_s, loss, queue_s, seed)
    floor = Picture(LAYERS, Rank.FLOOR)
    return Client(world, line, [floor, *(Picture(LAYERS[:1]) for _ in range(thumbnails))])


def granted(client: Client) -> list[int | None]:
    return [picture.granted for picture in client.pictures]


def until(client: Client, wanted: list[int | None], within_s: float) -> float:
    """Seconds until this was granted and stayed so for a second."""
    began_s = client.world.now_s
    held = 0
    while client.world.now_s < began_s + within_s + 1.0:
        client.world.run(0.1)
        held = held + 1 if granted(client) == wanted else 0
        if held == 10:
            return client.world.now_s - began_s - 1.0
    pytest.fail(f"{granted(client)} after {within_s} s, at {client.outflow.estimate.bps} bit/s")


def test_a_good_line_shows_everything_within_three_seconds() -> None:
    client = meeting(10e6)
    assert until(client, [2, 0, 0, 0, 0], 3.0) < 2.5


def test_a_line_that_just_carries_everything_shows_everything() -> None:
    client = meeting(3e6)
    assert until(client, [2, 0, 0, 0, 0], 4.0) < 3.0
    since_s = client.world.now_s
    client.world.run(20.0)
    assert client.pictures[0].longest_gap_s(since_s, client.world.now_s) < 0.2
    assert client.sound_delay_s(since_s, 1.0) < 0.15


@pytest.mark.parametrize("queue_s", [0.2, 0.3, 1.5])
def test_at_300_kbit_sound_is_whole_and_who_speaks_moves(queue_s: float) -> None:
    """Whether the line's queue is short or long."""
    client = meeting(300e3, queue_s=queue_s)
    client.world.run(3.0)
    since_s = client.world.now_s
    client.world.run(30.0)
    assert client.sound_lost(since_s) < 0.005
    assert client.sound_delay_s(since_s, 0.5) < 0.04
    assert client.sound_delay_s(since_s, 0.99) < 0.25
    assert client.pictures[0].longest_gap_s(since_s, client.world.now_s) < 1.0
    assert len(client.pictures[0].arrived) > 25 * 30 * 0.9


def test_a_drop_from_3_mbit_to_500_kbit_and_back() -> None:
    client = meeting(3e6)
    until(client, [2, 0, 0, 0, 0], 5.0)
    client.world.run(5.0)

    client.line.bps = 500e3
    dropped_s = client.world.now_s
    client.world.run(2.0)
    assert client.outflow.estimate.bps < 500e3, "found within two seconds"
    client.world.run(18.0)
    assert client.pictures[0].granted in (0, 1)
    assert client.sound_lost(dropped_s) < 0.03
    assert client.sound_lost(dropped_s + 2.0) < 0.005
    assert client.sound_delay_s(dropped_s + 2.0, 0.95) < 0.2
    assert client.pictures[0].longest_gap_s(dropped_s + 2.0, client.world.now_s) < 1.0

    client.line.bps = 3e6
    assert until(client, [2, 0, 0, 0, 0], 12.0) < 11.0


@pytest.mark.parametrize("seed", range(1, 4))
def test_loss_by_chance_is_not_congestion(seed: int) -> None:
    """5 % loss, 100 ms delay and 30 ms jitter: the picture is as large as on a good line."""
    client = meeting(10e6, loss=0.05, delay_s=0.1, jitter_s=0.03, seed=seed)
    client.world.run(12.0)
    since_s, changes = client.world.now_s, client.pictures[0].changes
    client.world.run(20.0)
    assert granted(client) == [2, 0, 0, 0, 0]
    assert client.pictures[0].changes == changes
    assert min(bps for at_s, bps in client.trace if at_s > since_s) > 2.4e6


def test_loss_by_policing_is_congestion() -> None:
    """A line without a queue tells nothing by delay: what is dropped tells it."""
    client = meeting(800e3, queue_s=0.01)
    client.world.run(5.0)
    since_s = client.world.now_s
    client.world.run(20.0)
    assert client.sound_lost(since_s) < 0.05
    assert client.outflow.estimate.bps < 1.2e6


def test_two_on_one_line_share_it() -> None:
    """Neither takes it all, and sound of both is whole."""
    world = World()
    line = Line(world, 2e6)
    clients = [
        Client(world, line, [Picture(LAYERS, Rank.FLOOR), Picture(LAYERS[:1])]) for _ in range(2)
    ]
    world.run(40.0)
    for client in clients:
        assert client.pictures[0].granted in (1, 2)
        assert client.sound_lost(world.now_s - 30.0) < 0.02
    assert sum(client.outflow.estimate.received_bps for client in clients) > 0.9e6


def test_silence_of_the_far_end_makes_us_careful() -> None:
    client = meeting(10e6)
    until(client, [2, 0, 0, 0, 0], 4.0)
    before = client.outflow.estimate.bps
    client.line.bps = 1.0  # nothing passes
    client.world.run(3.5)
    assert client.outflow.estimate.bps < before / 6
    client.line.resume(10e6)
    assert until(client, [2, 0, 0, 0, 0], 15.0) < 12.0


def test_after_a_break_of_two_seconds_all_is_back_within_two() -> None:
    client = meeting(4e6)
    until(client, [2, 0, 0, 0, 0], 4.0)
    client.line.bps = 1.0
    client.world.run(2.0)
    client.line.resume(4e6)
    assert until(client, [2, 0, 0, 0, 0], 4.0) < 2.0


def test_it_does_not_flap() -> None:
    """Where the line lies between two sizes, nothing comes and goes all the time."""
    client = meeting(1.2e6)
    client.world.run(60.0)
    assert client.pictures[0].changes <= 6
    assert max(picture.changes for picture in client.pictures) <= 12, "in a minute"
