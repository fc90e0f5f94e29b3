"""The bus of a service that is one process."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping


class InProcessSubscription:
    """Keeps the highest offset of each meeting until it is asked."""

    def __init__(self, bus: InProcessBus) -> None:
        self._bus = bus
        self._waiting: dict[str, int] = {}
        self._woken = asyncio.Event()

    def put(self, meeting: str, offset: int) -> None:
        """Called by the bus."""
        self._waiting[meeting] = max(offset, self._waiting.get(meeting, 0))
        self._woken.set()

    async def wake(self) -> Mapping[str, int]:
        """See the port."""
        await self._woken.wait()
        self._woken.clear()
        waiting, self._waiting = self._waiting, {}
        return waiting

    def close(self) -> None:
        """See the port."""
        self._bus.forget(self)
        self._woken.set()


class InProcessBus:
    """Adapter of `signaling.bus.port.Bus`. Belongs to one event loop."""

    def __init__(self) -> None:
        self._subscriptions: set[InProcessSubscription] = set()

    def publish(self, meeting: str, offset: int) -> None:
        """See the port."""
        for subscription in self._subscriptions:
            subscription.put(meeting, offset)

    def subscribe(self) -> InProcessSubscription:
        """See the port."""
        subscription = InProcessSubscription(self)
        self._subscriptions.add(subscription)
        return subscription

    def forget(self, subscription: InProcessSubscription) -> None:
        """Called by a subscription that was closed."""
        self._subscriptions.discard(subscription)
