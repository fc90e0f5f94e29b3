"""
What Varnish and nginx cost before the livestream, and what they leave to the service.

    python -m benchmarks.edge [--viewers 500] [--seconds 20] [--part-ms 200] [varnish nginx none]

Simulated viewers (`benchmarks.livestream.crowd`) of one room, all of the large rendition; the
service's real routes over noise, so that no encoder is in the way. Everything on this machine.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import socket
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import uvicorn
import uvloop

from benchmarks.edge.origin import NoiseOrigin
from benchmarks.livestream.service import cpu_s
from tests.fixtures.edge import Edge, nginx, varnish

STARTS = {"varnish": varnish, "nginx": nginx}
COME_IN_S = 6.0


@dataclass(frozen=True)
class Cost:
    """What a crowd cost."""

    crowd: dict[str, float]
    edge_cores: float
    origin_requests_s: float
    origin_cores: float


async def measure(edge: str, viewers: int, seconds: float, part_ms: int) -> Cost:
    """One cache, or "none", before one crowd."""
    origin = NoiseOrigin(part_ms)
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    port = listening.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(origin.app(), log_level="warning", lifespan="off"))
    async with asyncio.TaskGroup() as tasks:
        growing = tasks.create_task(origin.run())
        serving = tasks.create_task(server.serve(sockets=[listening]))
        with contextlib.ExitStack() as ends:
            # Varnish's socket lies in it, and has 108 letters.
            folder = ends.enter_context(tempfile.TemporaryDirectory(prefix="edge"))
            found: Edge | None = None
            if edge in STARTS:
                found = await asyncio.to_thread(
                    ends.enter_context, STARTS[edge](Path(folder), port)
                )
            cost = await _watched(origin, found, port, viewers, seconds)
        server.should_exit = True
        await serving
        growing.cancel()
    return cost


async def _watched(
    origin: NoiseOrigin, edge: Edge | None, port: int, viewers: int, seconds: float
) -> Cost:
    url = f"{edge.url if edge else f'http://127.0.0.1:{port}'}/hls/m/live.m3u8"
    crowd = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.livestream.crowd", url),
        *("--viewers", str(viewers), "--seconds", str(seconds)),
        *(["--plain"] if edge is None or "nginx" in _name(edge) else []),
        stdout=asyncio.subprocess.PIPE,
    )
    await asyncio.sleep(COME_IN_S + 1)
    pids = edge.pids() if edge else []
    begun, requests = time.monotonic(), origin.requests
    edge_s, origin_s = sum(map(cpu_s, pids)), time.process_time()
    await asyncio.sleep(seconds - 2)
    passed = time.monotonic() - begun
    cost = Cost(
        {},
        (sum(map(cpu_s, pids)) - edge_s) / passed,
        (origin.requests - requests) / passed,
        (time.process_time() - origin_s) / passed,
    )
    told, _ = await crowd.communicate()
    cost.crowd.update(json.loads(told))
    return cost


def _name(edge: Edge) -> str:
    return Path(f"/proc/{edge.pid}/comm").read_text()


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.edge", description=__doc__)
    parser.add_argument("edges", nargs="*", default=["varnish", "nginx"], metavar="edge")
    parser.add_argument("--viewers", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--part-ms", type=int, default=200)
    options = parser.parse_args()
    print(f"{options.viewers} viewers, parts of {options.part_ms} ms, {options.seconds:.0f} s; ")
    print(
        "edge     asked/s  MB/s  bad | edge cores  us/request | origin/s  cores | after the first"
    )
    for edge in options.edges:
        cost = uvloop.run(measure(edge, options.viewers, options.seconds, options.part_ms))
        crowd = cost.crowd
        asked = crowd["requests_s"]
        print(
            f"{edge:8} {asked:7.0f} {crowd['mbyte_s']:5.1f} {crowd['bad']:4.0f} |"
            f" {cost.edge_cores:10.2f} {1e6 * cost.edge_cores / asked:11.1f} |"
            f" {cost.origin_requests_s:8.1f} {cost.origin_cores:6.2f} |"
            f" p50, p95, p99 {crowd['after_first_ms']} ms; crowd {crowd['own_cpu']} cores"
        )
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    return 0


if __name__ == "__main__":
    sys.exit(main())
