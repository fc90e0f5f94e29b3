"""
How much one connection carries, from the transport-wide feedback about what was sent.

Up by some per cent a second while nothing queues, down at once to what really arrived when
something does (AIMD, GCC 5.5); bounded by losses. What is not sent is not known: the estimate stays
near what arrived, and `Probe` finds out about more.
"""

from __future__ import annotations

from collections import deque

from media.congestion import tuning
from media.congestion.delay import Queue, Trend
from media.congestion.departures import Group, Told
from media.congestion.loss import LossBound


class Received:
    """Bitrate of what arrived, by the receiver's clock."""

    __slots__ = ("_groups", "_octets", "_since_s")

    def __init__(self) -> None:
        self._groups: deque[tuple[float, int]] = deque()
        self._octets = 0
        self._since_s: float | None = None

    def add(self, groups: list[Group]) -> None:
        """Take what one feedback told."""
        queue = self._groups
        for group in groups:
            queue.append((group.last_s, group.octets))
            self._octets += group.octets
        if self._since_s is None and queue:
            self._since_s = queue[0][0]
        oldest_s = queue[-1][0] - tuning.RATE_WINDOW_S if queue else 0.0
        while queue and queue[0][0] < oldest_s:
            self._octets -= queue.popleft()[1]

    @property
    def bps(self) -> int:
        """Over `RATE_WINDOW_S`; 0 before so much time is known of."""
        if self._since_s is None or not self._groups:
            return 0
        if self._groups[-1][0] - self._since_s < tuning.RATE_WINDOW_S:
            return 0
        return int(self._octets * 8 / tuning.RATE_WINDOW_S)

    @property
    def lately_bps(self) -> int:
        """Over `RATE_SHORT_S`: what passes now that something queues; 0: not known yet."""
        groups = self._groups
        if self._since_s is None or not groups:
            return 0
        newest_s = groups[-1][0]
        if newest_s - self._since_s < tuning.RATE_SHORT_S:
            return 0
        octets = 0
        for last_s, size in reversed(groups):
            if last_s <= newest_s - tuning.RATE_SHORT_S:
                break
            octets += size
        return int(octets * 8 / tuning.RATE_SHORT_S)


class Estimate:
    """The estimate of one connection."""

    __slots__ = (
        "_at_queue",
        "_before_bps",
        "_cuts",
        "_deaf_s",
        "_loss",
        "_overhead",
        "_queue",
        "_received",
        "_told_s",
        "_trend",
        "_waited_s",
        "bps",
        "capacity_bps",
        "congested_s",
        "rtt_s",
    )

    def __init__(self, start_bps: int = tuning.START_BPS) -> None:
        self.bps = start_bps
        """The estimate."""
        self.congested_s = float("-inf")
        """When it was last cut, monotonic clock."""
        self.rtt_s = 0.1
        """Of the newest receiver report, until then a guess."""
        self._trend = Trend()
        self._queue = Queue()
        self._received = Received()
        self._loss = LossBound()
        self.capacity_bps = 0
        """What passed when a queue was seen; 0: there was none, or it is no longer so."""
        self._waited_s = 0.0  # in the queue, at the last feedback
        # cuts since the queue had this length
        self._cuts = 0
        self._at_queue = 0.0
        self._told_s: float | None = None
        # the estimate before feedback stayed away, and since when; 0: it didn't
        self._before_bps = 0
        self._deaf_s = 0.0

    @property
    def received_bps(self) -> int:
        """What arrived lately; 0: not known yet."""
        return self._received.bps

    @property
    def lately_bps(self) -> int:
        """What arrived in the last moment; 0: not known yet."""
        return self._received.lately_bps

    @property
    def queue_s(self) -> float:
        """How long a packet waits on the way."""
        return self._queue.length_s

    @property
    def loss(self) -> float:
        """0..1."""
        return self._loss.fraction

    @property
    def clear(self) -> bool:
        """Nothing grows and little waits: there may be room for more."""
        return not self._trend.over and self._queue.length_s < tuning.QUEUE_MIN_S

    @property
    def calm(self) -> bool:
        """Nothing waits, and nothing hints at it: a look now and then is enough."""
        return self._queue.length_s < tuning.CALM_S and not self._trend.over

    @property
    def queueing(self) -> bool:
        """More is sent than passes."""
        waits_s = self._queue.length_s
        return waits_s > tuning.QUEUE_MIN_S and (self._trend.over or waits_s > tuning.QUEUE_LONG_S)

    def told(self, told: Told, now_s: float) -> None:
        """Take what a feedback told; cheap, some times a second for each subscriber."""
        groups = told.groups
        if groups:
            if self._before_bps:
                self._heard(now_s)
            trend = self._trend
            for group in groups:
                trend.add(group)
            self._received.add(groups)
            self._queue.add(groups, now_s)
        passed_s = 0.0 if self._told_s is None else min(1.0, now_s - self._told_s)
        self._told_s = now_s
        received = self._received.bps
        if passed_s > tuning.GAP_S:
            self._loss.forget()  # what a break takes is no congestion
        elif self._loss.add(told.received, told.lost, self.bps, now_s):
            self.congested_s = now_s
        waits_s, waited_s = self._queue.length_s, self._waited_s
        self._waited_s = waits_s
        if waits_s > tuning.QUEUE_MIN_S and (
            self._trend.over or (waits_s > tuning.QUEUE_MAX_S and waits_s >= waited_s)
        ):
            self._cut(now_s)
        else:
            self._grow(received, passed_s)
        self.bps = max(tuning.FLOOR_BPS, min(self.bps, self._loss.bps, tuning.CEILING_BPS))

    def _cut(self, now_s: float) -> None:
        received = self._received.lately_bps
        if now_s - self.congested_s < self.rtt_s + tuning.CUT_EVERY_S or not received:
            return
        waits_s = self._queue.length_s
        if waits_s < 0.8 * self._at_queue or self._trend.over:
            self._cuts = 0
        self._at_queue = waits_s
        self._cuts += 1
        if self._cuts > tuning.QUEUE_CUTS:
            self._cuts, self._at_queue = 0, 0.0
            self._queue.accept()
            return
        self._limited(received)
        cut = int(tuning.DECREASE * received)
        if waits_s < tuning.QUEUE_DEEP_S:
            # A short queue, of a keyframe say: little may arrive only because little is sent.
            cut = max(cut, int(tuning.DECREASE * self.bps))
        self.bps = min(self.bps, cut)
        self.congested_s = now_s

    def _grow(self, received: int, passed_s: float) -> None:
        if self._trend.under or self._queue.length_s > tuning.QUEUE_MIN_S:
            return  # GCC 5.5: hold while the queue empties
        bps = self.bps
        if received and bps > tuning.AHEAD * received:
            return
        if self.capacity_bps and received > tuning.NEAR * self.capacity_bps:
            self.capacity_bps = 0  # it is another by now
        if self.capacity_bps and bps < tuning.NEAR * self.capacity_bps:
            bps += int(tuning.PACKET_BITS / (self.rtt_s + tuning.RESPONSE_S) * passed_s)
        else:
            bps = int(bps * tuning.INCREASE_PER_S**passed_s) + 1
        self.bps = bps

    def passed(self, bps: int) -> None:
        """A probe of so much arrived."""
        self._loss.raise_to(bps)
        if bps > self.bps:
            self.bps = min(bps, tuning.CEILING_BPS)
            if bps > tuning.NEAR * self.capacity_bps:
                self.capacity_bps = 0

    def _limited(self, bps: int) -> None:
        known = self.capacity_bps
        self.capacity_bps = (known + bps) // 2 if known else bps

    def failed(self, bps: int) -> None:
        """A probe met a queue, when so much passed."""
        self._limited(bps)
        self.bps = max(self.bps, int(tuning.DECREASE * bps))

    def deaf(self, now_s: float) -> None:
        """Packets leave, and no feedback comes."""
        if not self._before_bps:
            self._before_bps, self._deaf_s = self.bps, now_s
        self.bps = max(tuning.FLOOR_BPS, self.bps // 2)
        self.congested_s = now_s

    def _heard(self, now_s: float) -> None:
        """Feedback comes again: after a short break the line is most likely what it was."""
        if now_s - self._deaf_s < tuning.BREAK_S:
            self.bps = max(self.bps, int(tuning.DECREASE * self._before_bps))
            self.congested_s = float("-inf")
        self._before_bps = 0

    def moved(self) -> None:
        """The way is another (ICE took another path): what a queue was there means nothing."""
        self._trend = Trend()
        self._queue.accept()
        self.capacity_bps = 0
