"""
What may be sent to a receiver without transport-wide feedback, from what it says it takes (REMB).

It says at most half as much again as what arrives (draft-alvestrand-rmcat-remb, and GCC 5.5), so
while little is sent, little is announced: taken at its word, a line on which the picture was off
for a while would never carry one again. Only less than what is sent means congestion; then that
much is the bound, and doubles after a while without.
"""

from __future__ import annotations

from media.congestion import tuning


class Announced:
    """The bound of one receiver."""

    __slots__ = ("_bound_bps", "_hold_s", "_octets", "_sent_bps", "_since_s", "_until_s")

    def __init__(self) -> None:
        # 0: there is none
        self._bound_bps = 0
        self._hold_s = tuning.REMB_HOLD_S
        self._until_s = 0.0
        self._sent_bps = 0.0
        self._octets = 0
        self._since_s: float | None = None

    def sent(self, octets: int, now_s: float) -> None:
        """So much was sent since the beginning."""
        if self._since_s is None or octets < self._octets:  # what it was sent in is gone
            self._octets, self._since_s, self._sent_bps = octets, now_s, 0.0
        elif now_s - self._since_s >= tuning.REMB_WINDOW_S:
            self._sent_bps = (octets - self._octets) * 8 / (now_s - self._since_s)
            self._octets, self._since_s = octets, now_s

    def bound_bps(self, remb_bps: int, now_s: float) -> int | None:
        """
        Args:
            remb_bps: the newest; 0: there is none.

        Returns: bit/s that may be sent; None: nothing is known against sending everything.
        """
        if 0 < remb_bps < tuning.REMB_OVER * self._sent_bps:
            if not self._bound_bps or remb_bps < self._bound_bps:
                self._bound_bps = remb_bps
                self._until_s = now_s + self._hold_s
                self._hold_s = min(2 * self._hold_s, tuning.REMB_HOLD_MAX_S)
        elif self._bound_bps and now_s >= self._until_s:
            self._bound_bps *= 2
            self._until_s = now_s + self._hold_s
            self._hold_s = max(self._hold_s / 2, tuning.REMB_HOLD_S)
        return self._bound_bps or None
