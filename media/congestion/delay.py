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
from typing import Final

from media.congestion import tuning
from media.congestion.departures import Group

_SUMS: Final = 256  # points between which sums are taken anew
_UNKNOWN: Final = float("inf")
_NOTHING: Final = 1e-6  # rounding: all points have one x
_ADAPT_MAX_MS: Final = 100.0  # of one step, however long nothing came


class Slope:
    """
    Of the line of least squares through the last `tuning.TREND_GROUPS` points.

    Sums are kept running, since this is done for each group of packets to each subscriber; they are
    taken anew from time to time, with the oldest point as origin, so that no error grows.
    """

    __slots__ = ("_adds", "_origin", "_points", "_x", "_xx", "_xy", "_y")

    def __init__(self) -> None:
        self._points: deque[tuple[float, float]] = deque()
        self._origin = 0.0
        self._adds = 0
        self._x = self._y = self._xx = self._xy = 0.0

    def add(self, x: float, y: float) -> float:
        """Take the next point, forget the oldest. Returns the slope, 0 while all have one x."""
        if self._adds == 0:
            self._sum_anew(x)
        self._adds = (self._adds + 1) % _SUMS
        points = self._points
        x -= self._origin
        points.append((x, y))
        self._x += x
        self._y += y
        self._xx += x * x
        self._xy += x * y
        count = len(points)
        if count > tuning.TREND_GROUPS:
            x, y = points.popleft()
            self._x -= x
            self._y -= y
            self._xx -= x * x
            self._xy -= x * y
            count -= 1
        below = count * self._xx - self._x * self._x
        return (count * self._xy - self._x * self._y) / below if below > _NOTHING else 0.0

    def _sum_anew(self, x: float) -> None:
        points = [(at + self._origin, y) for at, y in self._points]
        self._origin = points[0][0] if points else x
        self._points = deque((at - self._origin, y) for at, y in points)
        self._x = sum(at for at, _ in self._points)
        self._y = sum(y for _, y in self._points)
        self._xx = sum(at * at for at, _ in self._points)
        self._xy = sum(at * y for at, y in self._points)


class Trend:
    """The slope of the delay, and whether it is steeper than usual."""

    __slots__ = (
        "_delay_ms",
        "_deltas",
        "_first_sent_s",
        "_last_s",
        "_over_s",
        "_over_times",
        "_ready",
        "_sent_s",
        "_slope",
        "_smooth_ms",
        "_start_s",
        "_then_s",
        "slope_ms",
        "threshold_ms",
    )

    def __init__(self) -> None:
        self.slope_ms = 0.0
        """Weighed, comparable with the threshold."""
        self.threshold_ms = tuning.THRESHOLD_MS
        # newest complete group: sent, arrived; `_ready`: there is one
        self._ready = False
        self._sent_s = self._then_s = 0.0
        # the group that still grows: its first packet sent, its last arrived
        self._first_sent_s = self._last_s = float("-inf")
        self._slope = Slope()
        self._deltas = 0
        self._delay_ms = self._smooth_ms = 0.0
        self._start_s = 0.0
        self._over_s = -1.0
        self._over_times = 0

    def add(self, group: Group) -> None:
        """Take the next group; one that was sent before the last is left out."""
        sent_s, _, last_s, _ = group
        passed_s = sent_s - self._first_sent_s
        if passed_s < 0:
            return
        if passed_s <= tuning.GROUP_S:
            if last_s > self._last_s:
                self._last_s = last_s
            return
        # the group that grew is complete
        if self._ready:
            self._step(self._first_sent_s - self._sent_s, self._last_s - self._then_s)
        elif self._last_s > 0:
            self._ready = True
            self._start_s = self._last_s
        self._sent_s, self._then_s = self._first_sent_s, self._last_s
        self._first_sent_s, self._last_s = sent_s, last_s

    def _step(self, sent_s: float, arrived_s: float) -> None:
        deltas = self._deltas
        if deltas < tuning.TREND_DELTAS_MAX:
            deltas = self._deltas = deltas + 1
        delay_ms = self._delay_ms = self._delay_ms + (arrived_s - sent_s) * 1_000
        self._smooth_ms += (1 - tuning.TREND_SMOOTHING) * (delay_ms - self._smooth_ms)
        at_ms = (self._last_s - self._start_s) * 1_000
        before_ms = self.slope_ms
        slope_ms = self._slope.add(at_ms, self._smooth_ms) * deltas * tuning.TREND_GAIN
        self.slope_ms = slope_ms
        if slope_ms > self.threshold_ms:
            # half of the step counts: the slope went over the threshold somewhere within it
            self._over_s = self._over_s + sent_s if self._over_s >= 0 else sent_s / 2
            self._over_times += 1
            if slope_ms < before_ms:
                self._over_s = min(self._over_s, tuning.OVERUSE_S)
        else:
            self._over_s, self._over_times = -1.0, 0
        self._adapt(arrived_s * 1_000)

    @property
    def over(self) -> bool:
        """The delay grows, and not for the first time."""
        return self._over_s > tuning.OVERUSE_S and self._over_times > 1

    @property
    def under(self) -> bool:
        """The delay shrinks: a queue empties."""
        return self.slope_ms < -self.threshold_ms

    def _adapt(self, passed_ms: float) -> None:
        """The threshold follows the slope, by the time that passed (GCC 5.4)."""
        above_ms = abs(self.slope_ms) - self.threshold_ms
        if above_ms > tuning.OUTLIER_MS or passed_ms <= 0:
            return
        pull = tuning.THRESHOLD_UP if above_ms > 0 else tuning.THRESHOLD_DOWN
        threshold = self.threshold_ms + pull * above_ms * (
            passed_ms if passed_ms < _ADAPT_MAX_MS else _ADAPT_MAX_MS
        )
        self.threshold_ms = min(tuning.THRESHOLD_MAX_MS, max(tuning.THRESHOLD_MIN_MS, threshold))


class Queue:
    """How long packets wait, from the least delay of now and of the last seconds."""

    __slots__ = ("_before_s", "_empty_s", "_lows", "length_s")

    def __init__(self) -> None:
        self.length_s = 0.0
        """Seconds that a packet waits."""
        # (second, least delay in it) of the last seconds, and the least of them
        self._lows: deque[tuple[int, float]] = deque()
        self._empty_s = _UNKNOWN
        # the least of the feedback before
        self._before_s = _UNKNOWN

    def add(self, groups: list[Group], now_s: float) -> None:
        """
        Take what one feedback told.

        Args:
            groups: at least one.
            now_s: monotonic clock.
        """
        least_s = min([group.first_s - group.sent_s for group in groups])
        second = int(now_s)
        lows = self._lows
        if not lows or lows[-1][0] != second:
            lows.append((second, least_s))
            while lows[0][0] < second - tuning.QUEUE_WINDOW_S:
                lows.popleft()
            self._empty_s = min([low for _, low in lows])
        elif least_s < lows[-1][1]:
            lows[-1] = (second, least_s)
            if least_s < self._empty_s:
                self._empty_s = least_s
        # of two feedbacks: one alone may tell of packets that all were late by chance
        self.length_s = min(least_s, self._before_s) - self._empty_s
        self._before_s = least_s

    def accept(self) -> None:
        """What is now is taken for an empty queue: the way is another."""
        self._lows.clear()
        self._before_s = _UNKNOWN
        self.length_s = 0.0
