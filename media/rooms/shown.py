"""
What one subscriber shows, and how large: which layer of each picture makes sense for it. Pure.

A client that never tells shows everything as large as it comes. Larger is wanted at once, smaller
or nothing only after a rest: a page that is laid out anew should not cost keyframes twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from media.forwarding.choice import LARGEST
from media.limits import Limits
from media.rooms.slots import SourceKey

_SLACK: Final = 1.3
"""A picture may be stretched so much before the next larger layer is worth its bits."""


def layer_of(height: float, layers: int, limits: Limits) -> int:
    """
    Index of the smallest layer that is so high, else of the largest.

    Args:
        height: pixels.
        layers: how many there are; each is half as high as the next.
        limits: the height of the largest.
    """
    for index in range(layers - 1):
        if height <= limits.layer_height >> (layers - 1 - index):
            return index
    return layers - 1


class Shown:
    """
    What is on a subscriber's screen.

    Args:
        limits: bounds.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._tiles: dict[SourceKey, int] | None = None
        # what was shown larger, or at all, and until when it still counts
        self._held: dict[SourceKey, tuple[int, float]] = {}
        self._known: set[SourceKey] = set()

    def tell(self, tiles: Mapping[SourceKey, int], now_s: float) -> None:
        """
        This is on screen from now on, and nothing else.

        Args:
            tiles: heights, pixels.
        """
        until_s = now_s + self._limits.layer_rest_s
        held = {key: one for key, one in self._held.items() if one[1] > now_s}
        for key, height in (self._tiles or {}).items():
            if height > tiles.get(key, 0) and height >= held.get(key, (0, 0.0))[0]:
                held[key] = (height, until_s)
        self._held = held
        self._tiles = dict(tiles)

    def keep(self, keys: set[SourceKey], now_s: float) -> None:
        """
        These pictures are sent to it at all. A new one counts as shown, as small as can be, until
        the client had time to say where it stands: so its first picture is there at once.
        """
        until_s = now_s + self._limits.layer_rest_s
        for key in keys - self._known:
            self._held[key] = (1, until_s)
        self._known = keys

    def wanted(self, key: SourceKey, layers: int, now_s: float) -> int | None:
        """
        Index of the largest layer that makes sense; None: the picture is not on screen.

        Args:
            layers: how many there are.
        """
        if self._tiles is None:
            return LARGEST
        height = self._tiles.get(key, 0)
        held, until_s = self._held.get(key, (0, 0.0))
        if now_s < until_s:
            height = max(height, held)
        if height <= 0:
            return None
        return layer_of(height / _SLACK, layers, self._limits)
