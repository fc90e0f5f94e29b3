"""
A call of two over bad lines, in half the time of `python -m benchmarks.network`.

The bounds leave a busy machine room above the figures of docs/network.md; what broke a line would
break them: without congestion control, 300 kbit/s freezes nine tenths of the time, and half of the
sound is made up.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, async_playwright

from tests.busy import at_best
from tests.network.call import LAYERS, Yishi, browsers, call, yishi
from tests.network.conditions import DROP, LOSS, NARROW, Scenario, begin, play, shorter
from tests.network.network import Network, network

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

PART = 0.5


@dataclass(frozen=True)
class Bounds:
    """Of both directions."""

    frozen: float
    concealed: float
    fps: float
    back_s: float | None = None


@pytest.fixture(scope="module")
def line() -> Iterator[Network]:
    with network(seed=1) as made:
        yield made


@dataclass(frozen=True)
class Stage:
    """What the tests share."""

    forwarder: Yishi
    far: Browser
    near: Browser


@pytest.fixture(scope="module")
async def stage(line: Network, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("browsers")
    async with (
        async_playwright() as playwright,
        yishi() as forwarder,
        browsers(playwright, line, folder) as (far, near),
    ):
        yield Stage(forwarder, far, near)


@pytest.mark.parametrize(
    ("scenario", "bounds"),
    [
        pytest.param(LOSS, Bounds(frozen=0.1, concealed=0.03, fps=10), id="loss"),
        pytest.param(NARROW, Bounds(frozen=0.3, concealed=0.03, fps=5), id="narrow"),
        pytest.param(
            DROP,
            Bounds(frozen=0.1, concealed=0.03, fps=10, back_s=2),
            id="drop",
            marks=pytest.mark.nightly,
        ),
    ],
)
async def test_a_bad_line_is_borne_in_both_directions(
    stage: Stage, line: Network, scenario: Scenario, bounds: Bounds
) -> None:
    scenario = shorter(scenario, PART)

    async def measure() -> None:
        begin(scenario, line)
        await stage.forwarder.enter(scenario.name)
        async with call(stage.forwarder, stage.far, stage.near, LAYERS) as both:
            outcomes = await play(scenario, line, stage.forwarder, both)
        for outcome in outcomes:
            reading = outcome.reading
            assert reading.frozen <= bounds.frozen, outcomes
            assert reading.concealed <= bounds.concealed, outcomes
            assert reading.fps >= bounds.fps, outcomes
            if bounds.back_s is not None:
                assert outcome.back_s is not None, outcomes
                assert outcome.back_s <= bounds.back_s, outcomes

    await at_best(measure)
