"""
A bound from losses, for ways that drop instead of queueing (GCC 6).

Losses by chance, as on a radio link, are not congestion: below `LOSS_HIGH` nothing is cut, and the
bound goes on growing, slower.
"""

from __future__ import annotations

from media.congestion import tuning


class LossBound:
    """The bound, and the share that is lost."""

    __slots__ = ("_began_s", "_lost", "_received", "bps", "fraction")

    def __init__(self) -> None:
        self.bps = tuning.CEILING_BPS
        self.fraction = 0.0
        """0..1, of the last packets that were judged."""
        self._received = 0
        self._lost = 0
        self._began_s: float | None = None

    def add(self, received: int, lost: int, bps: int, now_s: float) -> bool:
        """
        Take what one feedback told.

        Args:
            received, lost: packets; *lost* may be negative.
            bps: the estimate: what a cut starts from.
            now_s: monotonic clock.

        Returns: whether the bound was lowered.
        """
        if self._began_s is None:
            self._began_s = now_s
        self._received += received
        self._lost += lost
        count = self._received + self._lost
        passed_s = now_s - self._began_s
        if count < tuning.LOSS_PACKETS or passed_s < tuning.LOSS_S:
            return False
        fraction = self.fraction = max(0.0, self._lost / count)
        self._received = self._lost = 0
        self._began_s = now_s
        if fraction > tuning.LOSS_HIGH:
            cut = int(min(self.bps, bps) * (1 - 0.5 * fraction))
            self.bps = max(tuning.FLOOR_BPS, cut)
            return True
        if self.bps < tuning.CEILING_BPS:
            growth = tuning.LOSS_INCREASE if fraction < tuning.LOSS_LOW else tuning.LOSS_CREEP
            self.bps = min(tuning.CEILING_BPS, int(self.bps * growth**passed_s))
        return False

    def forget(self) -> None:
        """Judge what comes from now on."""
        self._received = self._lost = 0
        self._began_s = None

    def raise_to(self, bps: int) -> None:
        """So much was seen to pass."""
        self.bps = max(self.bps, bps)
