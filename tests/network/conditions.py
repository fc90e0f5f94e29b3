"""The bad networks that a call is held to, as steps; a run of one and what it says."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from tests.network.call import Call, Caller, Forwarder
from tests.network.emulator import Conditions
from tests.network.network import CLEAR, Network
from tests.network.readings import Reading, back_after, between

SETTLE_S: Final = 2.0  # before a line turns bad, and after one was bad from the start
RESTART_AFTER_S: Final = 1.0  # without a packet a client restarts ICE; ours does


@dataclass(frozen=True, slots=True)
class Scenario:
    """One row of the table."""

    name: str
    words: str
    steps: tuple[tuple[float, Conditions], ...]
    """Seconds, and both directions of the far one's line meanwhile."""
    from_start: bool = False
    """The line is bad when the two connect already."""
    moves: bool = False
    """The far one's address changes at the beginning."""
    mended_s: float | None = None
    """When everything is well again: from there the time to recover counts."""


LOSS = Scenario(
    "loss",
    "5 % loss, 100 ± 30 ms",
    ((15.0, Conditions(delay_ms=100, jitter_ms=30, loss=0.05)),),
    from_start=True,
)
NARROW = Scenario(
    "narrow",
    "300 kbit/s",
    ((15.0, Conditions(delay_ms=20, rate_kbps=300)),),
    from_start=True,
)
_WIDE = Conditions(delay_ms=20, rate_kbps=3_000)
DROP = Scenario(
    "drop",
    "3 Mbit/s, 500 kbit/s, 3 Mbit/s",
    ((5.0, _WIDE), (12.0, Conditions(delay_ms=20, rate_kbps=500)), (10.0, _WIDE)),
    mended_s=17.0,
)
OUTAGE = Scenario(
    "outage", "2 s without a packet", ((2.0, Conditions(cut=True)), (8.0, CLEAR)), mended_s=2.0
)
MOVE = Scenario("move", "another address", ((10.0, CLEAR),), moves=True, mended_s=0.0)
SCENARIOS: Final = (LOSS, NARROW, DROP, OUTAGE, MOVE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run says of one direction."""

    reading: Reading
    back_s: float | None
    """From `mended_s` until picture and sound were back; None: not asked, or never."""


def begin(scenario: Scenario, network: Network) -> None:
    """The line as it is before the two connect."""
    network.wifi.set(scenario.steps[0][1] if scenario.from_start else CLEAR)
    network.mobile.set(CLEAR)


async def play(
    scenario: Scenario, network: Network, forwarder: Forwarder, call: Call
) -> tuple[Outcome, Outcome]:
    """
    Run it.

    Returns: the far one as publisher (what the near one gets), and as subscriber.
    """
    await asyncio.sleep(SETTLE_S)
    began_s = time.time()
    restarting: asyncio.Task[None] | None = None
    if scenario.moves:
        network.move()
        restarting = asyncio.create_task(_restart(forwarder, call.far))
    for seconds, conditions in scenario.steps:
        network.wifi.set(conditions)
        await asyncio.sleep(seconds)
    ended_s = time.time()
    if restarting is not None:
        await restarting
        network.move_back()
    near, far = [await _outcome(one, scenario, began_s, ended_s) for one in (call.near, call.far)]
    return near, far


async def _restart(forwarder: Forwarder, far: Caller) -> None:
    await asyncio.sleep(RESTART_AFTER_S)
    await far.restart(forwarder)


async def _outcome(one: Caller, scenario: Scenario, began_s: float, ended_s: float) -> Outcome:
    samples = await one.samples()
    back_s = None
    if scenario.mended_s is not None:
        back_s = back_after(samples, began_s + scenario.mended_s)
    return Outcome(between(samples, began_s, ended_s), back_s)


def shorter(scenario: Scenario, part: float) -> Scenario:
    """The same in a part of the time."""
    steps = tuple((seconds * part, conditions) for seconds, conditions in scenario.steps)
    mended_s = None if scenario.mended_s is None else scenario.mended_s * part
    return replace(scenario, steps=steps, mended_s=mended_s)


def median(values: Sequence[float | None]) -> float | None:
    """The middle one, the higher of two; None (never) is above all."""
    ordered = sorted(values, key=lambda value: (value is None, value or 0.0))
    return ordered[len(ordered) // 2]
