"""
Is a queue growing on the way? From the times between packets at both ends.

Packets sent together are a group. If groups arrive further apart than they left, something waits
somewhere. One difference says little, so a line is laid through the last ones; its slope is
compared with a threshold that follows what is usual on this way (GCC 5.2 to 5.4, with a line of
least squares in place of the Kalman filter).

Besides, the least delay of now against the least of the last seconds tells how long the queue is:
jitter alone, however strong, has some packets that did not wait.
"""

from __future__ import annotations

from collections import deque

from media.congestion import tuning
from media.congestion.departures import Group


class Trend:
    """The slope of the delay, and whether it is steeper than usual."""

    __slots__ = (
        "_delay_ms",
        "_deltas",
        "_last",
        "_over_s",
        "_over_times",
        "_points",
        "_smooth_ms",
        "_start_s",
        "_updated_s",
        "slope_ms",
        "threshold_ms",
    )

    def __init__(self) -> None:
        self.slope_ms = 0.0
        """Weighed, comparable with the threshold."""
        self.threshold_ms = tuning.THRESHOLD_MS
        # newest complete group and the one that still grows: sent, arrived
        self._last: tuple[float, float, float, float] | None = None
        self._points: deque[tuple[float, float]] = deque(maxlen=tuning.TREND_GROUPS)
        self._deltas = 0
        self._delay_ms = self._smooth_ms = 0.0
        self._start_s = 0.0
        self._over_s = -1.0
        self._over_times = 0
        self._updated_s: float | None = None

    def add(self, group: Group) -> None:
        """Take the next group; one that was sent before the last is left out."""
        sent_s, last_s = group.sent_s, group.last_s
        if self._last is None:
            self._last = (sent_s, last_s, sent_s, last_s)
            self._start_s = last_s
            return
        before_sent_s, before_s, first_sent_s, now_s = self._last
        if sent_s < first_sent_s:
            return
        if sent_s - first_sent_s <= tuning.GROUP_S:
            self._last = (before_sent_s, before_s, first_sent_s, max(now_s, last_s))
            return
        # the group that grew is complete
        if first_sent_s > before_sent_s:
            self._step(first_sent_s - before_sent_s, now_s - before_s, now_s)
        self._last = (first_sent_s, now_s, sent_s, last_s)

    def _step(self, sent_s: float, arrived_s: float, now_s: float) -> None:
        self._deltas = min(self._deltas + 1, tuning.TREND_DELTAS_MAX)
        self._delay_ms += (arrived_s - sent_s) * 1_000
        keep = tuning.TREND_SMOOTHING
        self._smooth_ms = keep * self._smooth_ms + (1 - keep) * self._delay_ms
        points = self._points
        points.append(((now_s - self._start_s) * 1_000, self._smooth_ms))
        if len(points) < 2:
            return
        before_ms = self.slope_ms
        self.slope_ms = slope(points) * self._deltas * tuning.TREND_GAIN
        if self.slope_ms > self.threshold_ms:
            # half of the step counts: the slope went over the threshold somewhere within it
            self._over_s = self._over_s + sent_s if self._over_s >= 0 else sent_s / 2
            self._over_times += 1
            if self.slope_ms < before_ms:
                self._over_s = min(self._over_s, tuning.OVERUSE_S)
        else:
            self._over_s, self._over_times = -1.0, 0
        self._adapt(now_s)

    @property
    def over(self) -> bool:
        """The delay grows, and not for the first time."""
        return self._over_s > tuning.OVERUSE_S and self._over_times > 1

    @property
    def under(self) -> bool:
        """The delay shrinks: a queue empties."""
        return self.slope_ms < -self.threshold_ms

    def _adapt(self, now_s: float) -> None:
        passed_ms = 0.0 if self._updated_s is None else (now_s - self._updated_s) * 1_000
        self._updated_s = now_s
        above_ms = abs(self.slope_ms) - self.threshold_ms
        if above_ms > tuning.OUTLIER_MS:
            return
        pull = tuning.THRESHOLD_UP if above_ms > 0 else tuning.THRESHOLD_DOWN
        threshold = self.threshold_ms + pull * above_ms * max(0.0, min(passed_ms, 100.0))
        self.threshold_ms = min(tuning.THRESHOLD_MAX_MS, max(tuning.THRESHOLD_MIN_MS, threshold))


def slope(points: deque[tuple[float, float]]) -> float:
    """
    Of the line of least squares.

    Args:
        points: (x, y), two at least.

    Returns: 0 if all have one x.
    """
    count = len(points)
    sum_x = sum_y = sum_xy = sum_xx = 0.0
    for x, y in points:
        sum_x += x
        sum_y += y
        sum_xy += x * y
        sum_xx += x * x
    below = count * sum_xx - sum_x * sum_x
    return (count * sum_xy - sum_x * sum_y) / below if below > 0 else 0.0


class Queue:
    """How long packets wait, from the least delay of now and of the last seconds."""

    __slots__ = ("_lows", "_recent", "length_s")

    def __init__(self) -> None:
        self.length_s = 0.0
        """Seconds that a packet waits."""
        # (second, least delay in it) of the last seconds; the last two feedbacks' least delays
        self._lows: deque[tuple[int, float]] = deque()
        self._recent: deque[tuple[float, float]] = deque()

    def add(self, groups: list[Group], now_s: float) -> None:
        """
        Take what one feedback told.

        Args:
            groups: at least one.
            now_s: monotonic clock.
        """
        least_s = min(group.first_s - group.sent_s for group in groups)
        recent = self._recent
        recent.append((now_s, least_s))
        while len(recent) > 2 or recent[0][0] < now_s - tuning.QUEUE_WINDOW_S:
            recent.popleft()
        second = int(now_s)
        lows = self._lows
        if lows and lows[-1][0] == second:
            if least_s < lows[-1][1]:
                lows[-1] = (second, least_s)
        else:
            lows.append((second, least_s))
            while lows[0][0] < second - tuning.QUEUE_WINDOW_S:
                lows.popleft()
        empty_s = min(low for _, low in lows)
        self.length_s = min(low for _, low in recent) - empty_s

    def accept(self) -> None:
        """What is now is taken for an empty queue: the way is another."""
        self._lows.clear()
        self._recent.clear()
        self.length_s = 0.0
