"""What every bus does: wakes, and never holds more than one offset a meeting."""

from __future__ import annotations

import asyncio

import pytest

from signaling.bus.in_process import InProcessBus
from signaling.bus.port import Bus

BUSES = [pytest.param(InProcessBus, id="in_process")]


@pytest.fixture(params=BUSES)
def bus(request: pytest.FixtureRequest) -> Bus:
    """A fresh bus of each kind."""
    made: Bus = request.param()
    return made


def test_every_subscription_is_woken_with_the_highest_offset(bus: Bus) -> None:
    """Wakes are gathered: three offsets of one meeting are one wake with the highest."""

    async def scenario() -> None:
        one, two = bus.subscribe(), bus.subscribe()
        for offset in (1, 3, 2):
            bus.publish("m", offset)
        bus.publish("n", 7)
        for subscription in (one, two):
            assert await asyncio.wait_for(subscription.wake(), 5) == {"m": 3, "n": 7}

    asyncio.run(scenario())


def test_a_wake_comes_to_one_who_waits_already(bus: Bus) -> None:
    """Publishing ends a wait that began before."""

    async def scenario() -> None:
        subscription = bus.subscribe()
        async with asyncio.TaskGroup() as tasks:
            waiting = tasks.create_task(subscription.wake())
            await asyncio.sleep(0)
            bus.publish("m", 1)
        assert waiting.result() == {"m": 1}

    asyncio.run(scenario())


def test_what_was_taken_does_not_come_again(bus: Bus) -> None:
    """The second wake tells only what was published after the first."""

    async def scenario() -> None:
        subscription = bus.subscribe()
        bus.publish("m", 1)
        await subscription.wake()
        bus.publish("n", 1)
        assert await subscription.wake() == {"n": 1}

    asyncio.run(scenario())


def test_a_closed_subscription_hears_nothing_and_holds_nobody_up(bus: Bus) -> None:
    """Closing ends the wait with nothing; publishing and closing again are fine."""

    async def scenario() -> None:
        subscription = bus.subscribe()
        async with asyncio.TaskGroup() as tasks:
            waiting = tasks.create_task(subscription.wake())
            await asyncio.sleep(0)
            subscription.close()
            bus.publish("m", 1)
            subscription.close()
        assert waiting.result() == {}

    asyncio.run(scenario())


def test_nobody_listening_is_fine(bus: Bus) -> None:
    """Publishing never fails."""

    async def scenario() -> None:
        bus.publish("m", 1)

    asyncio.run(scenario())
