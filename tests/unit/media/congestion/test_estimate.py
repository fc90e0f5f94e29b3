"""Up slowly, down at once, and never far above what arrives."""

from __future__ import annotations

import pytest

from media.congestion import tuning
from media.congestion.departures import Group, Told
from media.congestion.estimate import Estimate, Received
from media.congestion.loss import LossBound
from media.congestion.probe import Probe

STEP_S = 0.06


class Link:
    """Feedback about a steady stream, every 60 ms, from a line whose delay can be set."""

    def __init__(self, estimate: Estimate) -> None:
        self.estimate = estimate
        self.now_s = 100.0
        self.waits_s = 0.0

    def pass_(self, seconds: float, bps: int, *, lost: float = 0.0, grows: float = 0.0) -> None:
        """
        Let this much arrive.

        Args:
            lost: share of the packets.
            grows: seconds that a packet waits longer, a second.
        """
        for _ in range(round(seconds / STEP_S)):
            some = []
            for part in range(3):
                sent_s = self.now_s + part * STEP_S / 3
                self.waits_s = max(0.0, self.waits_s + grows * STEP_S / 3)
                arrived_s = sent_s + 0.02 + self.waits_s
                octets = int(bps * STEP_S / 3 / 8)
                some.append(Group(sent_s, arrived_s, arrived_s, octets))
            self.now_s += STEP_S
            count = 20
            gone = round(lost * count)
            self.estimate.told(Told(some, count - gone, gone), self.now_s)


def test_it_grows_by_some_per_cent_a_second_while_it_is_used() -> None:
    estimate = Estimate(500_000)
    link = Link(estimate)
    link.pass_(1.0, 500_000)
    before = estimate.bps
    link.pass_(3.0, 500_000)
    assert before * 1.07**3 < estimate.bps < before * 1.09**3


def test_it_stays_near_what_arrives() -> None:
    """What is not sent is not known."""
    estimate = Estimate(500_000)
    Link(estimate).pass_(60.0, 400_000)
    assert estimate.bps == pytest.approx(tuning.AHEAD * 400_000, rel=0.05)


def test_a_long_queue_cuts_it_to_less_than_what_arrives() -> None:
    estimate = Estimate(2_000_000)
    link = Link(estimate)
    link.pass_(2.0, 1_000_000)
    before = estimate.bps
    while estimate.bps >= before:
        link.pass_(STEP_S, 1_000_000, grows=0.15)
    assert estimate.queue_s < tuning.QUEUE_DEEP_S
    assert estimate.bps == pytest.approx(tuning.DECREASE * before, rel=0.02), "a short queue"
    link.pass_(0.6, 1_000_000, grows=0.3)
    arrives_bps = 1_000_000 / 1.3  # the queue grows by 0.3 s a second
    assert estimate.bps == pytest.approx(tuning.DECREASE * arrives_bps, rel=0.05)
    assert estimate.congested_s > 102.0
    assert not estimate.clear


def test_it_holds_while_the_queue_empties_and_then_grows_carefully() -> None:
    """Near what was the limit: a packet per response time, not some per cent."""
    estimate = Estimate(1_000_000)
    estimate.rtt_s = 0.1
    link = Link(estimate)
    link.pass_(2.0, 1_000_000)
    link.pass_(0.8, 1_000_000, grows=0.3)
    cut = estimate.bps
    link.pass_(0.5, 800_000, grows=-0.3)
    assert estimate.bps == cut
    link.pass_(2.0, 850_000, grows=-0.3)
    before = estimate.bps
    link.pass_(1.0, 850_000)
    assert estimate.bps - before == pytest.approx(tuning.PACKET_BITS / 0.2, rel=0.15)


def test_a_queue_that_is_another_s_is_accepted() -> None:
    """Beside a flow that fills every queue we would starve."""
    estimate = Estimate(1_000_000)
    link = Link(estimate)
    link.pass_(2.0, 1_000_000)
    link.waits_s = 0.2
    link.pass_(8.0, 1_000_000)
    assert estimate.bps > 0.5 * 1_000_000
    assert estimate.queue_s < tuning.QUEUE_MIN_S


def test_it_never_leaves_its_bounds() -> None:
    estimate = Estimate()
    for _ in range(100):
        estimate.deaf(5.0)
    assert estimate.bps == tuning.FLOOR_BPS
    estimate.passed(10**12)
    assert estimate.bps == tuning.CEILING_BPS


def test_loss_by_chance_cuts_nothing_and_much_loss_does() -> None:
    bound = LossBound()
    for step in range(100):
        assert not bound.add(95, 5, 1_000_000, float(step))
    assert bound.bps == tuning.CEILING_BPS
    assert bound.fraction == pytest.approx(0.05)
    assert bound.add(80, 20, 1_000_000, 101.0)
    assert bound.bps == 900_000
    before = bound.bps
    for step in range(102, 112):
        bound.add(95, 5, 1_000_000, float(step))
    assert before * 1.1 < bound.bps < before * 1.3, "recovers, though some is always lost"


def test_few_packets_are_no_evidence() -> None:
    bound = LossBound()
    assert not bound.add(0, tuning.LOSS_PACKETS - 1, 1_000_000, 0.0)
    assert not bound.add(0, 1, 1_000_000, tuning.LOSS_S / 2)
    assert bound.add(0, 1, 1_000_000, tuning.LOSS_S)


def test_what_was_told_lost_and_came_late_counts_as_come() -> None:
    bound = LossBound()
    bound.add(80, 20, 1_000_000, 0.0)
    assert not bound.add(20, -20, 1_000_000, 2.0)
    assert bound.fraction == 0.0


def test_the_rate_is_known_after_half_a_second() -> None:
    received = Received()
    received.add([Group(0.0, 1.0, 1.0, 5_000)])
    assert received.bps == 0
    for number in range(1, 40):
        received.add([Group(0.0, 1.0, 1.0 + number * 0.02, 5_000)])
    assert received.bps == pytest.approx(2_000_000, rel=0.05)
    assert received.lately_bps == pytest.approx(2_000_000, rel=0.11)


def probing(estimate: Estimate, wanted_bps: int, link: Link) -> Probe:
    probe = Probe()
    link.pass_(1.0, 500_000)
    assert probe.begin(estimate, wanted_bps, link.now_s)
    return probe


def test_a_probe_that_arrives_is_believed() -> None:
    estimate = Estimate(600_000)
    link = Link(estimate)
    probe = probing(estimate, 5_000_000, link)
    assert probe.target_bps >= 1_200_000
    target = probe.target_bps
    for _ in range(5):
        link.pass_(STEP_S, target)
        probe.told(estimate, link.now_s)
    assert estimate.bps >= target
    assert not probe.padding(link.now_s)
    assert not probe.begin(estimate, 5_000_000, link.now_s)
    assert probe.begin(estimate, 5_000_000, link.now_s + tuning.PROBE_NEXT_S)


def test_a_probe_that_meets_a_queue_ends_and_tells_what_passed() -> None:
    estimate = Estimate(600_000)
    link = Link(estimate)
    probe = probing(estimate, 5_000_000, link)
    for _ in range(6):
        link.pass_(STEP_S, 900_000, grows=0.4)
        probe.told(estimate, link.now_s)
        if not probe.padding(link.now_s):
            break
    assert not probe.padding(link.now_s)
    probe.work(estimate, link.now_s + 1.0)
    assert 600_000 < estimate.bps < 900_000
    assert not probe.begin(estimate, 5_000_000, link.now_s + 1.5)
    link.pass_(6.0, 500_000, grows=-0.4)
    assert probe.begin(estimate, 5_000_000, link.now_s)
    assert probe.target_bps <= tuning.PROBE_NEAR * max(estimate.bps, estimate.capacity_bps)


def test_nobody_probes_for_what_nobody_wants() -> None:
    estimate = Estimate(600_000)
    link = Link(estimate)
    link.pass_(1.0, 500_000)
    probe = Probe()
    assert not probe.begin(estimate, 500_000, link.now_s)
    assert not probe.padding(link.now_s)
    assert probe.begin(estimate, 700_000, link.now_s)
    assert probe.target_bps <= tuning.PROBE_MORE * 700_000
