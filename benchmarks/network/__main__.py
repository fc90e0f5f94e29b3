"""
Prints what a bad line does to a call of two: freezes, pictures, sound, time to recover.

Two Chromiums, one behind the emulated line, over the media process and over Debian's Janus, in turn
and with the same luck. Needs root, for network namespaces. The scenarios are those that
`tests/network` asserts.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import resource
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from playwright.async_api import async_playwright

from benchmarks.forwarding import machine
from benchmarks.network.janus import janus
from tests.network.call import LAYERS, ONE_LAYER, Forwarder, browsers, call, yishi
from tests.network.conditions import SCENARIOS, Outcome, Scenario, begin, median, play
from tests.network.network import Network, network

LAYERED = {"yishi": LAYERS, "janus": ONE_LAYER}
"""Janus passes on the layer that its client chose, and chooses none by itself."""
FORWARDERS: Mapping[str, Callable[[], contextlib.AbstractAsyncContextManager[Forwarder]]] = {
    "yishi": yishi,
    "janus": janus,
}
DIRECTIONS = ("publishes", "watches")


async def measure(
    scenario: Scenario, names: Sequence[str], runs: int, line: Network
) -> dict[str, list[tuple[Outcome, Outcome]]]:
    """
    Play a scenario so many times over each forwarder.

    Returns: by the forwarder's name, (as publisher, as subscriber) of each run.
    """
    found: dict[str, list[tuple[Outcome, Outcome]]] = {name: [] for name in names}
    async with contextlib.AsyncExitStack() as running:
        playwright = await running.enter_async_context(async_playwright())
        folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
        forwarders: dict[str, Forwarder] = {
            name: await running.enter_async_context(FORWARDERS[name]()) for name in names
        }
        for run in range(runs):
            for name, forwarder in forwarders.items():
                begin(scenario, line)
                await forwarder.enter(f"{scenario.name}-{run}")
                async with browsers(playwright, line, folder) as (far, near):  # noqa: SIM117
                    async with call(forwarder, far, near, LAYERED[name]) as both:
                        found[name].append(await play(scenario, line, forwarder, both))
    return found


def row(scenario: Scenario, direction: str, name: str, outcomes: Sequence[Outcome]) -> str:
    """One line of the table: the median of the runs in each column."""
    frozen = median([one.reading.frozen for one in outcomes])
    fps = median([one.reading.fps for one in outcomes])
    concealed = median([one.reading.concealed for one in outcomes])
    kbps = median([one.reading.kbps for one in outcomes])
    back = ""
    if scenario.mended_s is not None:
        back_s = median([one.back_s for one in outcomes])
        back = "never" if back_s is None else f"{back_s:.1f} s"
    return (
        f"| {scenario.words} | {direction} | {name} | {frozen:.1%} | {fps:.1f} | {concealed:.1%} "
        f"| {kbps:.0f} | {back} |"
    )


async def run(scenarios: Sequence[Scenario], names: Sequence[str], runs: int, seed: int) -> None:
    """Print the table."""
    print(f"{machine.describe()}; {runs} runs, seed {seed}, load {machine.load()}\n")
    print("| line | the far one | over | frozen | pictures/s | sound made up | kbit/s | back |")
    print("|---|---|---|---|---|---|---|---|")
    for scenario in scenarios:
        with network(seed) as line:
            found = await measure(scenario, names, runs, line)
        for number, direction in enumerate(DIRECTIONS):
            for name, outcomes in found.items():
                print(row(scenario, direction, name, [one[number] for one in outcomes]), flush=True)


def main() -> None:
    """Read the options; run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.network", description=__doc__)
    every = ",".join(scenario.name for scenario in SCENARIOS)
    parser.add_argument("--lines", default=every, help=f"of {every}")
    parser.add_argument("--over", default="yishi,janus", help="forwarders, with commas")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("needs root, for network namespaces")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # Janus crashes now and then when it ends
    wanted = options.lines.split(",")
    chosen = [scenario for scenario in SCENARIOS if scenario.name in wanted]
    asyncio.run(run(chosen, options.over.split(","), options.runs, options.seed))


if __name__ == "__main__":
    main()
