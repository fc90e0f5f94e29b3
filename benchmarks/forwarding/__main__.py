"""
Prints CPU microseconds per forwarded packet of the media process and of Janus.

One publisher (VP8-like 180 packets/s at 1.6 Mbit/s, Opus-like 50 packets/s) to M subscribers in one
room; a figure is the server process's CPU time in a window, over the packets that all subscribers
got in it, so receiving, RTCP and ICE are in it. All servers run at the same time, with a load each,
and are sent to in turn; the ratio is the median of the rounds' ratios. The hot path is measured as
it is, and compiled, as the container has it (`media/native.py`), which takes two minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop

from benchmarks.forwarding import machine
from benchmarks.forwarding.clients import LoadPublisher, LoadSubscriber, report, use_cipher
from benchmarks.forwarding.servers import Janus, Server, Yishi
from media.peers.peer import PeerMaker
from media.settings import MediaSettings

ADDRESS = "10.77.0.1"
CONNECT_S = 20.0
WARM_UP_S = 2.0
DRAIN_S = 0.1
DRAIN_LOOKS = 8
AIM = 0.75
"""Of Janus with event_loops=1, at 60 subscribers, for what the container runs."""
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Figure:
    """One server, one number of subscribers, one window."""

    us_per_packet: float
    core: float
    """CPU time over wall time."""
    packets_per_s: float
    gaps: int
    """Jumps in the numbers that subscribers got."""
    lost: float
    """Of what should have arrived; on a busy machine a socket's buffer may overflow."""
    stolen: float
    """Of the processors' time, by other machines on the same hardware: no quiet figure then."""


class Stage:
    """A server with its load connected; make it with `set_stage`."""

    def __init__(self, server: Server, maker: PeerMaker, subscribers: int) -> None:
        self.server = server
        self._publisher = LoadPublisher(maker)
        self._receivers = [LoadSubscriber(maker) for _ in range(subscribers)]
        self._reporting: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Connect everybody, and send for a while."""
        publisher, receivers = self._publisher, self._receivers
        await publisher.answered(await self.server.publish(await publisher.offer()))
        async with asyncio.timeout(CONNECT_S):
            await publisher.connected.wait()
        for number, receiver in enumerate(receivers):
            answer = await receiver.peer.answer(await self.server.subscribe(number))
            await self.server.answer(number, answer)
        async with asyncio.timeout(CONNECT_S):
            for receiver in receivers:
                await receiver.connected.wait()
        self._reporting = asyncio.create_task(report(receivers))
        await publisher.run(WARM_UP_S)
        await self._drained()

    async def window(self, seconds: float) -> Figure:
        """Send for so long, and measure the server meanwhile."""
        publisher, receivers, pid = self._publisher, self._receivers, self.server.pid
        loop = asyncio.get_running_loop()
        gaps = sum(receiver.gaps for receiver in receivers)
        sent, got = publisher.packets, sum(receiver.packets for receiver in receivers)
        (ticks, stolen), cpu, start = machine.ticks(), machine.cpu_ns(pid), loop.time()
        await publisher.run(seconds)
        await self._drained()
        cpu, wall = machine.cpu_ns(pid) - cpu, loop.time() - start
        ticks_after, stolen_after = machine.ticks()
        got = sum(receiver.packets for receiver in receivers) - got
        return Figure(
            cpu / 1_000 / got,
            cpu / 1e9 / wall,
            got / wall,
            sum(receiver.gaps for receiver in receivers) - gaps,
            1 - got / ((publisher.packets - sent) * len(receivers)),
            (stolen_after - stolen) / (ticks_after - ticks),
        )

    async def _drained(self) -> None:
        """
        Wait until nothing more arrives. On a busy machine packets are under way for a second or so,
        and counting CPU and packets at one moment would not count the same packets.
        """
        before, still = -1, 0
        while still < DRAIN_LOOKS:
            await asyncio.sleep(DRAIN_S)
            now = sum(receiver.packets for receiver in self._receivers)
            still = still + 1 if now == before else 0
            before = now

    async def close(self) -> None:
        """Let everybody go, and end the server."""
        if self._reporting is not None:
            self._reporting.cancel()
        await asyncio.gather(
            self._publisher.peer.close(), *(r.peer.close() for r in self._receivers)
        )
        await self.server.close()


@contextlib.asynccontextmanager
async def set_stage(
    kind: str, subscribers: int, compiled: Path | None = None
) -> AsyncIterator[Stage]:
    """
    Start a server and connect its load.

    Args:
        kind: "yishi", "compiled", or "janus" and its number of event loops.
        compiled: where `compile_hot_path` put it.
    """
    maker = PeerMaker(MediaSettings(addresses=(ADDRESS,)))
    with tempfile.TemporaryDirectory() as folder:
        server: Server
        if kind == "yishi":
            server = await Yishi.start(ADDRESS, kind)
        elif kind == "compiled":
            assert compiled is not None, "the hot path was not compiled"
            with contextlib.chdir(compiled):  # `python -m` looks there first
                server = await Yishi.start(ADDRESS, f"yishi {kind}")
        else:
            server = await Janus.start(Path(folder), event_loops=int(kind[-1]))
        stage = Stage(server, maker, subscribers)
        try:
            await stage.connect()
            yield stage
        finally:
            await stage.close()
            await maker.close()


async def measure(
    kinds: Sequence[str], subscribers: int, seconds: float, rounds: int, compiled: Path | None
) -> dict[str, list[Figure]]:
    """
    Measure servers in turn, a window each, so that a machine that is slow for a while is slow for
    all of them.

    Returns: by the server's name, its figure of each round.
    """
    async with contextlib.AsyncExitStack() as running:
        stages = [
            await running.enter_async_context(set_stage(kind, subscribers, compiled))
            for kind in kinds
        ]
        figures: dict[str, list[Figure]] = {stage.server.name: [] for stage in stages}
        for round_ in range(rounds):
            for stage in stages if round_ % 2 == 0 else reversed(stages):
                figures[stage.server.name].append(await stage.window(seconds))
    return figures


def compile_hot_path(folder: Path) -> Path | None:
    """
    Compile it as for the container.

    Returns: the folder; None: there is no compiler, or it failed, which it told.
    """
    command = [sys.executable, "media/native.py", ".", str(folder)]
    made = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
    if made.returncode:
        print("not compiled: needs gcc, Python's headers, and requirements/native.txt\n")
        return None
    return folder


async def run(
    counts: list[int], seconds: float, rounds: int, compiled: Path | None, *, default: bool
) -> None:
    """Measure at each number of subscribers, and print a table."""
    print(machine.describe())
    print(f"{rounds} rounds of {seconds:g} s; load average at the start {machine.load()}\n")
    print(
        "| subscribers | server | us/packet: median (least-most) | core | packets/s | gaps | "
        "lost | stolen | ratio |\n|---|---|---|---|---|---|---|---|---|"
    )
    kinds = ["janus1", "yishi"]
    kinds += ["compiled"] if compiled is not None else []
    kinds += ["janus0"] if default else []
    reached: dict[str, float] = {}
    for count in counts:
        figures = await measure(kinds, count, seconds, rounds, compiled)
        peer = figures["janus event_loops=1"]
        for name, found in figures.items():
            costs = sorted(figure.us_per_packet for figure in found)
            ratios = [a.us_per_packet / b.us_per_packet for a, b in zip(found, peer, strict=True)]
            reached[name] = statistics.median(ratios)
            print(
                f"| {count} | {name} | {statistics.median(costs):.1f} ({costs[0]:.1f}-"
                f"{costs[-1]:.1f}) | {statistics.mean(f.core for f in found):.1%} | "
                f"{statistics.mean(f.packets_per_s for f in found):.0f} | "
                f"{sum(f.gaps for f in found)} | {statistics.mean(f.lost for f in found):.1%} | "
                f"{statistics.mean(f.stolen for f in found):.0%} | "
                f"{reached[name]:.2f} |",
                flush=True,
            )
    ratio = reached.get("yishi compiled", reached["yishi"])
    met = "met" if ratio <= AIM else "not met"
    print(f"\nat {counts[-1]} subscribers {ratio:.2f} of Janus (aim {AIM}: {met})")


def main() -> None:
    """Read the options; move into a namespace; run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.forwarding", description=__doc__)
    parser.add_argument("--subscribers", default="4,20,60", help="numbers, with commas")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each window")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument(
        "--cipher",
        choices=("gcm", "sha1"),
        default="gcm",
        help="AES-256-GCM, which Chromium as a subscriber agrees on with both servers, or "
        "AES-128-CM with HMAC-SHA1",
    )
    parser.add_argument("--default", action="store_true", help="Janus's default threads besides")
    parser.add_argument("--as-it-is", action="store_true", help="don't compile")
    options = parser.parse_args()
    if "YISHI_BENCHMARK_ADDRESS" not in os.environ:
        machine.enter_namespace(ADDRESS)
    machine.set_up_namespace(ADDRESS)
    # Janus crashes now and then when it ends, and would leave its memory on the disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    use_cipher(options.cipher)
    counts = [int(text) for text in options.subscribers.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        compiled = None if options.as_it_is else compile_hot_path(Path(folder))
        uvloop.run(run(counts, options.seconds, options.rounds, compiled, default=options.default))


if __name__ == "__main__":
    main()
