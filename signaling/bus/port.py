"""The port. One contract suite: `tests/contracts/test_bus.py`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Subscription(Protocol):
    """One listener's place on the bus; bounded, since only the newest offset of a meeting waits."""

    async def wake(self) -> Mapping[str, int]:
        """
        Wait until something was published since the last call.

        Returns: meeting -> highest offset published since then. A hint: the record may be further.
        """
        ...

    def close(self) -> None:
        """Listen no more; a waiting `wake` returns nothing. Again: no effect."""
        ...


class Bus(Protocol):
    """Wakes every listener on every node, including the publisher's own."""

    def publish(self, meeting: str, offset: int) -> None:
        """The record of *meeting* has reached *offset*. Never blocks, never fails."""
        ...

    def subscribe(self) -> Subscription:
        """Hear of every meeting from now on."""
        ...
