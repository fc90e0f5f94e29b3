"""
Lip sync: which picture belongs to the sound that is played now. Pure.

A publisher says of each of its streams which moment of its own clock a timestamp stands for (sender
reports, RFC 3550, 6.4.1). Of one publisher both have the same clock, so the picture is shown whose
moment is heard. Sound is played some packets behind its arrival, so pictures are mostly there
before: they wait. Where pictures come later than that, the sound waits for them.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

FAR_S: Final = 2.0
"""Sound and picture that are farther apart don't have one clock, whatever was reported."""
LATE_S: Final = 0.04
"""Sound waits for pictures that are later; people notice from 45 ms on (ITU-R BT.1359)."""
EARLY_S: Final = 0.12
"""Pictures that were this much too early all the time: the sound has waited longer than needed."""
HOLD_MAX_S: Final = 0.3
"""Sound waits no longer: a talk over the link goes on, and its programme shall not fall behind."""
LOOKS: Final = 12
"""Pictures from one decision to the next, half a second."""
CALM: Final = 10
"""Decisions without need before the sound's wait is shortened."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock pair of a stream."""

    moment_s: float
    """Of the publisher's clock."""
    timestamp: int
    """The same moment in the stream, 32 bits."""
    hz: int

    @classmethod
    def of(cls, ntp: int, timestamp: int, hz: int) -> Clock:
        """
        Args:
            ntp: 64 bits, seconds since 1900 in the upper half.
        """
        return cls(ntp / 2**32, timestamp, hz)

    def moment(self, timestamp: int) -> float:
        """Publisher's clock at a timestamp, seconds."""
        return self.moment_s + ticks(timestamp, self.timestamp) / self.hz

    def at(self, moment_s: float) -> int:
        """Timestamp at a moment of the publisher's clock, 32 bits."""
        return (self.timestamp + round((moment_s - self.moment_s) * self.hz)) & 0xFFFFFFFF


def ticks(timestamp: int, since: int) -> int:
    """From one timestamp to another, over the wrap of 32 bits; positive: *timestamp* is later."""
    return (timestamp - since + 2**31) % 2**32 - 2**31


class Hold:
    """How long one publisher's sound waits for its pictures."""

    def __init__(self) -> None:
        self.hold_s = 0.0
        self._lags: deque[float] = deque(maxlen=LOOKS)
        self._calm = 0
        self._spare_s = FAR_S

    def look(self, lag_s: float) -> bool:
        """
        Take how late the newest picture is, once a picture.

        Args:
            lag_s: the sound's moment less the picture's; negative: the picture is early.

        Returns: whether `hold_s` is another value than before.
        """
        self._lags.append(lag_s)
        if len(self._lags) < LOOKS:
            return False
        latest = sorted(self._lags)[LOOKS * 3 // 4]
        self._lags.clear()
        if latest > LATE_S:
            before, self.hold_s = self.hold_s, min(HOLD_MAX_S, self.hold_s + latest)
            self._calm, self._spare_s = 0, FAR_S
            return self.hold_s != before
        self._spare_s = min(self._spare_s, -latest)
        self._calm += 1
        if self._calm < CALM:
            return False
        spare_s, self._calm, self._spare_s = self._spare_s, 0, FAR_S
        if self.hold_s == 0.0 or spare_s < EARLY_S:
            return False
        self.hold_s = max(0.0, self.hold_s - spare_s + LATE_S)
        return True
