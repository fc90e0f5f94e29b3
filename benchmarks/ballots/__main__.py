"""
Ballots a second, and how long until they are acknowledged, which is: until they are on the disk.

    python -m benchmarks.ballots [--voters 1000] [--seconds 8] [--rates 1000 2000]

A real `yishi serve` on one processor, the voters on the other, each with a connection of its own.
Named ballots go over the meeting's socket, secret ones over HTTP. First ballots come at a fixed
rate, whether or not earlier ones were answered, and waits count from the instant at which each was
due; then every voter casts again as soon as the last ballot is answered, which is as fast as it
goes. In the end the vote is closed, and what it counts has to be what was acknowledged.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop

from benchmarks.ballots.sockets import HttpVoter, SocketVoter, Tally, Voter, pin
from benchmarks.ballots.stage import Stage, stage
from benchmarks.forwarding.machine import describe, load

SERVICE_CPU, VOTERS_CPU = 0, 1
SETTLE_S = 1.0
ANSWER_S = 15.0
"""How long answers may come after the last ballot; those that do not are lost."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the table."""

    kind: str
    offered: str
    per_s: float
    p50_ms: float
    p99_ms: float
    longest_ms: float
    cpu: float
    """Of one processor, by the service."""
    voters_cpu: float
    """Of the other one, by the voters: near 1 it would be them that are measured."""
    cost_us: float
    """CPU time of the service, user and system, a ballot: holds on a busy machine too."""
    frames: float
    """That a voter's connection got, a ballot: the answer, and what was pushed."""
    bytes: float
    lost: int

    def __str__(self) -> str:
        return (
            f"| {self.kind} | {self.offered} | {self.per_s:,.0f} | {self.p50_ms:.1f} |"
            f" {self.p99_ms:.1f} | {self.longest_ms:.0f} | {self.cost_us:.0f} | {self.cpu:.0%} |"
            f" {self.voters_cpu:.0%} | {self.frames:.1f} | {self.bytes:.0f} | {self.lost} |"
        )


async def offered(voters: Sequence[Voter], rate: float, seconds: float) -> None:
    """Cast at a fixed rate, each voter in turn; who is late sends what is due at once."""
    begun = time.perf_counter()
    turns = itertools.cycle(voters)
    sent, ballots = 0, int(rate * seconds)
    while sent < ballots:
        now = time.perf_counter()
        while sent < ballots and begun + sent / rate <= now:
            next(turns).cast(begun + sent / rate)
            sent += 1
        await asyncio.sleep(0.001)


async def flat_out(voters: Sequence[Voter], seconds: float) -> None:
    """Each casts again when the last one is answered, until the time is over."""
    end = time.perf_counter() + seconds

    def again(voter: Voter) -> None:
        now = time.perf_counter()
        if now < end:
            voter.cast(now)

    for voter in voters:
        voter.on_answer = again
        voter.cast(time.perf_counter())
    await asyncio.sleep(seconds)
    for voter in voters:
        voter.on_answer = lambda _: None


async def measure(
    on: Stage, kind: str, voters: Sequence[Voter], tally: Tally, rate: float | None, seconds: float
) -> Measured:
    """Measure one load; None: as fast as it goes."""
    tally.waits_ms.clear()
    tally.refused = tally.sent = tally.frames = tally.bytes = 0
    begun, cpu_s, own_s = time.perf_counter(), on.cpu_s(), time.process_time()
    await (flat_out(voters, seconds) if rate is None else offered(voters, rate, seconds))
    took_s, cpu_s = time.perf_counter() - begun, on.cpu_s() - cpu_s
    own_s = time.process_time() - own_s
    in_time, frames, arrived = tally.answered, tally.frames, tally.bytes
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(ANSWER_S):
            await tally.settled()
    waits = sorted(tally.waits_ms)
    return Measured(
        kind,
        "as fast as it goes" if rate is None else f"{rate:,.0f}",
        in_time / took_s,
        statistics.median(waits),
        waits[int(len(waits) * 0.99)],
        waits[-1],
        cpu_s / took_s,
        own_s / took_s,
        1e6 * cpu_s / in_time,
        frames / in_time,
        arrived / in_time,
        tally.sent - tally.answered,
    )


@contextlib.asynccontextmanager
async def named(on: Stage, count: int, tally: Tally) -> AsyncIterator[Sequence[Voter]]:
    """Voters by name; every one counts once in the end."""
    vote = await on.put("named")
    voters: list[SocketVoter] = await on.by_socket(count, vote, tally)
    yield voters
    closed = await on.close(vote.id)
    assert closed.cast == count, (closed.cast, count)
    for voter in voters:
        voter.close()


@contextlib.asynccontextmanager
async def secret(on: Stage, count: int, tally: Tally) -> AsyncIterator[Sequence[Voter]]:
    """Voters in secret; every paper counts once in the end."""
    vote = await on.put("secret")
    voters: list[HttpVoter] = await on.by_http(count, vote, tally)
    yield voters
    closed = await on.close(vote.id)
    assert closed.cast == count, (closed.cast, count)
    for voter in voters:
        voter.close()


async def run(arguments: argparse.Namespace) -> None:
    """Measure and print."""
    pin(VOTERS_CPU)
    print(f"{describe()}; load before: {load()}; {arguments.voters} voters\n")
    print(
        "| ballots | offered, 1/s | acknowledged, 1/s | p50, ms | p99, ms | max"
        " | CPU a ballot, us | service | voters | frames | bytes | lost |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    kinds = {"named": named, "secret": secret}
    with tempfile.TemporaryDirectory() as folder:
        async with stage(Path(folder), SERVICE_CPU) as on:
            for kind in arguments.kinds:
                tally = Tally()
                async with kinds[kind](on, arguments.voters, tally) as voters:
                    await asyncio.sleep(SETTLE_S)
                    for rate in [*arguments.rates, None]:
                        line = await measure(on, kind, voters, tally, rate, arguments.seconds)
                        print(line, flush=True)


def main() -> None:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description="ballots a second through real sockets")
    parser.add_argument("--voters", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--rates", type=float, nargs="*", default=[1000.0, 2000.0])
    parser.add_argument("--kinds", nargs="*", default=["named", "secret"])
    uvloop.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
