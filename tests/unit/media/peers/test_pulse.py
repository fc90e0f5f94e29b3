"""One timer for all, and none for nobody."""

from __future__ import annotations

import asyncio

import pytest

from media.peers import pulse
from media.peers.pulse import Pulse


def test_everybody_is_called_until_taken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "PULSE_S", 0.001)

    async def scenario() -> None:
        beats = Pulse()
        called: dict[str, asyncio.Event] = {"a": asyncio.Event(), "b": asyncio.Event()}
        beats.add(called["a"].set)
        beats.add(called["b"].set)
        await called["a"].wait()
        await called["b"].wait()
        beats.remove(called["a"].set)
        for event in called.values():
            event.clear()
        await called["b"].wait()
        assert not called["a"].is_set()
        beats.remove(called["b"].set)
        beats.remove(called["b"].set)
        assert beats._timer is None

    asyncio.run(asyncio.wait_for(scenario(), 5))


def test_who_takes_itself_off_while_called_is_called_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pulse, "PULSE_S", 0.001)

    async def scenario() -> None:
        beats = Pulse()
        called = 0
        other = asyncio.Event()

        def once() -> None:
            nonlocal called
            called += 1
            beats.remove(once)

        beats.add(once)
        beats.add(other.set)
        for _ in range(3):
            await other.wait()
            other.clear()
        assert called == 1

    asyncio.run(asyncio.wait_for(scenario(), 5))
