"""
What a line of a given width has room for. Pure.

Source: the leaky bucket of ITU-T H.264, C.1, as a decoder that is filled at an even rate.
"""

from __future__ import annotations


class Bucket:
    """
    Room for bits that comes back evenly.

    Args:
        rate: of its refilling, bits per second.
        size: bits that it holds; it begins full.
    """

    def __init__(self, rate: int, size: int) -> None:
        self._rate = rate
        self._size = size
        self._room = float(size)

    @property
    def share(self) -> float:
        """Of it that is there, 0..1."""
        return self._room / self._size

    def refill(self, seconds: float) -> None:
        """So much time has passed."""
        self._room = min(float(self._size), self._room + seconds * self._rate)

    def holds(self, bits: int) -> bool:
        """Whether there is room for so much."""
        return bits <= self._room

    def take(self, bits: int) -> None:
        """So much went out; more than there was room for leaves it empty."""
        self._room = max(0.0, self._room - bits)
