"""
How soon after the host's command everybody sees who has the floor.

    python -m benchmarks.floor [--grants 20]

A whole `yishi serve` with a room camera and two remote speakers, who are WebRTC clients of this
process with pictures of different colours; a participant's page and the room's display in Chromium.
The host gives the floor to the speakers in turn, by a command on its socket, at moments that have
nothing to do with the pictures' clocks. Counted from the moment before the command is sent until

- the command is answered: the entry is on the disk;
- each page shows a decoded picture of the holder in its large tile;
- a picture of the programme is composed with the holder large (by its date in the recording, so
  without the livestream's delay).
"""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.floor import programme
from benchmarks.floor.screens import Screen
from benchmarks.floor.speakers import Colour
from benchmarks.floor.stage import LISTENER, SPEAKERS, set_stage
from benchmarks.forwarding.machine import describe
from demo.client import MeetingClient
from meetings.commands import CloseMeeting, EndFloor, GrantFloor
from signaling.wire.frames import Result
from tests.fixtures.service import Meeting, Service

SETTLE_S = 5.0
SPEECH_S = 2.5
"""How long each holds the floor once the pages show it."""
PAUSE_S = (0.8, 1.6)
AIM_MS = 500


async def grant_each(
    host: MeetingClient, meeting: Meeting, screens: Sequence[Screen], grants: int
) -> tuple[dict[str, list[float]], list[tuple[float, Colour]]]:
    """
    Give and take the floor.

    Returns: by what was waited for, the times in ms; and every grant's instant and colour.
    """
    times: dict[str, list[float]] = {"command answered": []}
    instants: list[tuple[float, Colour]] = []
    colours = list(SPEAKERS)
    for number in range(grants):
        colour = colours[number % len(colours)]
        await asyncio.sleep(random.uniform(*PAUSE_S))
        since_ms = time.time() * 1_000
        answer = await host.ask(GrantFloor(person=meeting.people[SPEAKERS[colour]].person))
        times["command answered"].append(time.time() * 1_000 - since_ms)
        assert isinstance(answer, Result), answer
        instants.append((since_ms, colour))
        for screen in screens:
            times.setdefault(screen.name, []).append(await screen.shows(colour, since_ms))
        await asyncio.sleep(SPEECH_S)
        await host.ask(EndFloor())
        for screen in screens:
            await screen.shows_no(colour)
    return times, instants


def in_programme(
    service: Service, meeting: Meeting, instants: Sequence[tuple[float, Colour]]
) -> list[float]:
    """From each grant to the first picture of the programme that shows its holder, ms."""

    def fetch(name: str) -> bytes:
        status, body = service.get(f"/hls/{meeting.id}/{name}")
        assert status == 200, f"{name}: {status}"
        return body

    pictures = list(programme.shown(fetch("recording.m3u8").decode(), fetch))
    found = []
    for index, (since_ms, colour) in enumerate(instants):
        until_ms = instants[index + 1][0] if index + 1 < len(instants) else math.inf
        first = next(
            (at for at, shown in pictures if since_ms <= at < until_ms and shown == colour), None
        )
        if first is None:
            print(f"grant {index + 1} was over before the programme showed it; it counts as inf")
        found.append(math.inf if first is None else first - since_ms)
    return found


async def measure(folder: Path, grants: int) -> dict[str, list[float]]:
    """Set the stage, and measure."""
    async with set_stage(folder) as stage:
        screens = [
            Screen(f"large on {what}", await stage.joined(who))
            for what, who in (("a participant's page", LISTENER), ("the display", "display"))
        ]
        for screen in screens:
            await screen.watch()
        await asyncio.sleep(SETTLE_S)
        print(f"load average at the start {os.getloadavg()[0]:.1f}")
        times, instants = await grant_each(stage.host, stage.meeting, screens, grants)
        assert isinstance(await stage.host.ask(CloseMeeting()), Result)
        times["large in the programme"] = await asyncio.to_thread(
            in_programme, stage.service, stage.meeting, instants
        )
        return times


def main() -> int:
    """Measure and print; status 1 if the aim is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.floor", description=__doc__)
    parser.add_argument("--grants", type=int, default=20)
    options = parser.parse_args()
    print(describe())
    with tempfile.TemporaryDirectory() as folder:
        times = asyncio.run(measure(Path(folder), options.grants))
    print(f"\n{options.grants} grants, ms after the command\n")
    print("| | median | p95 | worst |\n|---|---|---|---|")
    worst = 0.0
    for what, found in times.items():
        p95 = statistics.quantiles(found, n=20, method="inclusive")[-1]
        worst = max(worst, p95)
        print(f"| {what} | {statistics.median(found):.0f} | {p95:.0f} | {max(found):.0f} |")
    met = "met" if worst <= AIM_MS else "not met"
    print(f"\np95 {worst:.0f} ms everywhere (aim {AIM_MS}: {met})")
    return int(worst > AIM_MS)


if __name__ == "__main__":
    sys.exit(main())
