"""REMB bounds only what it was seen to bound."""

from __future__ import annotations

from media.congestion import tuning
from media.congestion.announced import Announced


class Line:
    """A receiver on a line that carries so much; announces as libwebrtc and aiortc do."""

    def __init__(self, carries_bps: int) -> None:
        self.carries_bps = carries_bps
        self.announced = Announced()
        self.now_s = 100.0
        self.octets = 0
        self.remb_bps = 0
        self.bound_bps: int | None = None

    def send(self, wanted_bps: int, seconds: float) -> None:
        """Send what is wanted as far as the bound lets, for so long."""
        for _ in range(round(seconds * 10)):
            self.now_s += 0.1
            sent_bps = min(wanted_bps, self.bound_bps or wanted_bps)
            self.octets += sent_bps // 80
            arrives_bps = min(sent_bps, self.carries_bps)
            congested = sent_bps > self.carries_bps
            self.remb_bps = int(arrives_bps * (0.85 if congested else 1.5))
            self.announced.sent(self.octets, self.now_s)
            self.bound_bps = self.announced.bound_bps(self.remb_bps, self.now_s)


def test_little_announced_while_little_is_sent_bounds_nothing() -> None:
    line = Line(5_000_000)
    line.send(40_000, 30)
    assert line.remb_bps == 60_000
    assert line.bound_bps is None
    line.send(1_600_000, 5)
    assert line.bound_bps is None


def test_a_weak_line_is_bounded_and_tried_ever_more_seldom() -> None:
    line = Line(500_000)
    line.send(2_000_000, 3)
    assert line.bound_bps is not None
    assert line.bound_bps <= 750_000
    over = 0
    for _ in range(600):
        line.send(2_000_000, 0.2)
        over += (line.bound_bps or 2_000_000) > 1.5 * 500_000
    assert 0 < over < 120, "a fifth of two minutes"


def test_a_line_that_recovers_is_found_out() -> None:
    line = Line(300_000)
    line.send(2_000_000, 10)
    line.carries_bps = 5_000_000
    line.send(2_000_000, 3 * tuning.REMB_HOLD_MAX_S)
    assert line.bound_bps is not None
    assert line.bound_bps >= 2_000_000


def test_without_an_announcement_nothing_is_known() -> None:
    announced = Announced()
    for n in range(30):
        announced.sent(n * 100_000, n * 0.5)
        assert announced.bound_bps(0, n * 0.5) is None


def test_streams_that_are_gone_are_no_negative_rate() -> None:
    announced = Announced()
    announced.sent(1_000_000, 0.0)
    announced.sent(2_000_000, 1.0)
    announced.sent(0, 2.0)
    assert announced.bound_bps(1, 2.0) is None
