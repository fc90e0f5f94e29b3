"""
Finds out whether more fits, when more is wanted: pads what is sent for a moment.

A picture that is not sent teaches nothing about the room for it, and one that is tried and does not
fit harms the others. Padding harms nobody for long: the probe is broken off as soon as a queue is
seen, and what arrived of it counts.
"""

from __future__ import annotations

from media.congestion import tuning
from media.congestion.estimate import Estimate


class Probe:
    """The probes of one connection, one at a time."""

    __slots__ = ("_again_s", "_best_bps", "_ends_s", "_full", "_looks_s", "_next_s", "target_bps")

    def __init__(self) -> None:
        self.target_bps = 0
        """To be sent in all, media and padding; 0: no padding is sent now."""
        self._best_bps = 0
        self._ends_s = 0.0
        self._full = False  # a queue was seen
        # until when feedback is waited for; 0: no probe runs
        self._looks_s = 0.0
        self._next_s = 0.0
        self._again_s = tuning.PROBE_AGAIN_S

    def begin(self, estimate: Estimate, wanted_bps: int, now_s: float) -> bool:
        """
        Begin a probe if there is reason for one.

        Args:
            estimate: as it is.
            wanted_bps: what would be sent if it fitted.
            now_s: monotonic clock.

        Returns: whether padding is to be sent from now on.
        """
        if self._looks_s or now_s < self._next_s or wanted_bps <= estimate.bps:
            return False
        if not estimate.clear or now_s - estimate.congested_s < tuning.PROBE_AGAIN_S:
            return False
        if not estimate.lately_bps:
            return False
        target = min(tuning.PROBE_FACTOR * estimate.bps, tuning.PROBE_MORE * wanted_bps)
        if estimate.capacity_bps:
            target = min(target, tuning.PROBE_NEAR * max(estimate.bps, estimate.capacity_bps))
        self.target_bps = int(target)
        self._best_bps = 0
        self._full = False
        self._ends_s = now_s + tuning.PROBE_S
        self._looks_s = self._ends_s + estimate.rtt_s + tuning.RATE_SHORT_S
        return True

    def told(self, estimate: Estimate, now_s: float) -> None:
        """A feedback was taken: see what arrived of the probe."""
        if not self._looks_s:
            return
        self._best_bps = max(self._best_bps, estimate.lately_bps)
        if self._full:
            return
        if estimate.queueing:
            # No more padding; what is on the way arrives as fast as it can.
            self._full = True
            self._ends_s = now_s
            self._looks_s = now_s + estimate.rtt_s + tuning.RATE_SHORT_S
        elif self._best_bps >= self.target_bps * tuning.PROBE_ENOUGH * (
            1 - min(estimate.loss, tuning.LOSS_HIGH)
        ):
            estimate.passed(self.target_bps)
            self._stop(now_s + tuning.PROBE_NEXT_S)
            self._again_s = tuning.PROBE_AGAIN_S

    def work(self, estimate: Estimate, now_s: float) -> None:
        """Time passed: end what is over."""
        if not self._looks_s:
            return
        if now_s >= self._looks_s:
            arrived = min(self._best_bps, self.target_bps)
            if self._full:
                estimate.failed(arrived)
            else:
                estimate.passed(int(tuning.PROBE_CREDIT * arrived))
            self._stop(now_s + self._again_s)
            self._again_s = min(2 * self._again_s, tuning.PROBE_AGAIN_MAX_S)

    @property
    def running(self) -> bool:
        """Padding is sent, or what became of it is waited for."""
        return bool(self._looks_s)

    def padding(self, now_s: float) -> bool:
        """Whether padding is still to be sent."""
        return bool(self._looks_s) and now_s < self._ends_s

    def _stop(self, next_s: float) -> None:
        self._next_s = next_s
        self._looks_s = self._ends_s = 0.0
