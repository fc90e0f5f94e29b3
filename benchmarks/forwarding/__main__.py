"""
Prints CPU microseconds per forwarded packet of the media process and of Janus.

One publisher (VP8-like 180 packets/s at 1.6 Mbit/s, Opus-like 50 packets/s) to M subscribers in one
room; a figure is the server process's CPU time in a window, over the packets that all subscribers
got in it, so receiving, RTCP and ICE are in it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import statistics
import tempfile
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
"""Of Janus with event_loops=1, at 60 subscribers."""


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


async def measure(server: Server, subscribers: int, seconds: float) -> Figure:
    """Connect the load to a fresh server and measure it."""
    maker = PeerMaker(MediaSettings(addresses=(ADDRESS,)))
    publisher = LoadPublisher(maker)
    receivers = [LoadSubscriber(maker) for _ in range(subscribers)]
    tasks: list[asyncio.Task[None]] = []
    try:
        await publisher.answered(await server.publish(await publisher.offer()))
        async with asyncio.timeout(CONNECT_S):
            await publisher.connected.wait()
        for number, receiver in enumerate(receivers):
            answer = await receiver.peer.answer(await server.subscribe(number))
            await server.answer(number, answer)
        async with asyncio.timeout(CONNECT_S):
            for receiver in receivers:
                await receiver.connected.wait()
        tasks.append(asyncio.create_task(report(receivers)))
        await publisher.run(WARM_UP_S)
        await drained(receivers)
        loop = asyncio.get_running_loop()
        gaps = sum(receiver.gaps for receiver in receivers)
        sent, got = publisher.packets, [receiver.packets for receiver in receivers]
        before, stolen = machine.ticks()
        cpu, start = machine.cpu_ns(server.pid), loop.time()
        await publisher.run(seconds)
        await drained(receivers)
        cpu, wall = machine.cpu_ns(server.pid) - cpu, loop.time() - start
        after, stolen_after = machine.ticks()
        sent = publisher.packets - sent
        got = [r.packets - had for r, had in zip(receivers, got, strict=True)]
        return Figure(
            cpu / 1_000 / sum(got),
            cpu / 1e9 / wall,
            sum(got) / wall,
            sum(receiver.gaps for receiver in receivers) - gaps,
            1 - sum(got) / (sent * subscribers),
            (stolen_after - stolen) / (after - before),
        )
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(publisher.peer.close(), *(r.peer.close() for r in receivers))
        await maker.close()


async def drained(receivers: list[LoadSubscriber]) -> None:
    """
    Wait until nothing more arrives. On a busy machine packets are under way for a second or so, and
    counting CPU and packets at one moment would not count the same packets.
    """
    before, still = -1, 0
    while still < DRAIN_LOOKS:
        await asyncio.sleep(DRAIN_S)
        now = sum(receiver.packets for receiver in receivers)
        still = still + 1 if now == before else 0
        before = now


async def run(counts: list[int], seconds: float, rounds: int, *, default: bool) -> None:
    """Measure both servers at each number of subscribers, in turn, and print a table."""
    print(machine.describe())
    print(f"{rounds} rounds of {seconds:g} s; load average at the start {machine.load()}\n")
    print(
        "| subscribers | server | us/packet | median | core | packets/s | gaps | lost | stolen | "
        "ratio |\n|---|---|---|---|---|---|---|---|---|---|"
    )
    ratio = 0.0
    for count in counts:
        figures: dict[str, list[Figure]] = {}
        for round_ in range(rounds):
            kinds = ["janus1", "janus0", "yishi"] if default else ["janus1", "yishi"]
            # in turn first and last, so that a busy moment hits both alike
            for kind in kinds if round_ % 2 == 0 else reversed(kinds):
                with tempfile.TemporaryDirectory() as folder:
                    server: Server
                    if kind == "yishi":
                        server = await Yishi.start(ADDRESS)
                    else:
                        server = await Janus.start(Path(folder), event_loops=int(kind[-1]))
                    try:
                        figure = await measure(server, count, seconds)
                    finally:
                        await server.close()
                figures.setdefault(server.name, []).append(figure)
        medians = {n: statistics.median(f.us_per_packet for f in fs) for n, fs in figures.items()}
        ratio = medians["yishi"] / medians["janus event_loops=1"]
        for name, found in figures.items():
            each = " ".join(f"{figure.us_per_packet:.1f}" for figure in found)
            core = statistics.mean(figure.core for figure in found)
            rate = statistics.mean(figure.packets_per_s for figure in found)
            lost = statistics.mean(figure.lost for figure in found)
            stolen = statistics.mean(figure.stolen for figure in found)
            print(
                f"| {count} | {name} | {each} | {medians[name]:.1f} | {core:.1%} | {rate:.0f} | "
                f"{sum(figure.gaps for figure in found)} | {lost:.1%} | {stolen:.0%} | "
                f"{medians[name] / medians['janus event_loops=1']:.2f} |",
                flush=True,
            )
    met = "met" if ratio <= AIM else "not met"
    print(f"\nat {counts[-1]} subscribers {ratio:.2f} of Janus (aim {AIM}: {met})")


def main() -> None:
    """Read the options; move into a namespace; run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.forwarding", description=__doc__)
    parser.add_argument("--subscribers", default="4,20,60", help="numbers, with commas")
    parser.add_argument("--seconds", type=float, default=8.0, help="of each window")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--cipher",
        choices=("gcm", "sha1"),
        default="gcm",
        help="AES-256-GCM, which Chromium as a subscriber agrees on with both servers, or "
        "AES-128-CM with HMAC-SHA1",
    )
    parser.add_argument("--default", action="store_true", help="Janus's default threads besides")
    options = parser.parse_args()
    if "YISHI_BENCHMARK_ADDRESS" not in os.environ:
        machine.enter_namespace(ADDRESS)
    machine.set_up_namespace(ADDRESS)
    # Janus crashes now and then when it ends, and would leave its memory on the disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    use_cipher(options.cipher)
    counts = [int(text) for text in options.subscribers.split(",")]
    uvloop.run(run(counts, options.seconds, options.rounds, default=options.default))


if __name__ == "__main__":
    main()
