"""
A livestream for any number of viewers, from measured figures: what each tier has to do, and what it
adds to the delay.

    python -m benchmarks.edge.simulate [--viewers 100000] [--rooms 1] [--part-ms 400] [--edges 40]

Every edge (a machine with Varnish, or a CDN's point of presence) holds one request for the part and
one for the playlist that come next, of each rendition that somebody there watches; a shield between
edges and service, if there is one, does the same for all edges. When a part is there, an edge
answers its viewers one after the other, as fast as processors and line allow; who is last waits
longest. Viewers are spread unevenly (by Zipf, as cities are) and seeded, so that a run can be
repeated.
"""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from media.programme.renditions import RENDITIONS
from media.programme.timing import Timing

VARNISH_S_PER_REQUEST, VARNISH_S_PER_BYTE = 70e-6, 1.3e-9
"""One core, fitted to four runs of `benchmarks.edge` (docs/edge.md)."""
SERVICE_S_PER_REQUEST = 200e-6
"""One core; the same."""
PLAYLIST_BYTES = 900
"""Compressed, with headers both ways."""
HEADER_BYTES = 400
SHARES = (0.70, 0.25, 0.05)
"""Of the viewers, in the order of the renditions: an assumption."""
WAY_S = (0.004, 0.025)
"""Between service, shield and edge, one way: least and most."""
UNEVEN = (0.5, 1.5)
"""How many viewers an edge has: names and routes spread them, not exactly."""
TARGET_USE = 0.5
"""How busy an edge may be on average: parts come at once, and all want them then."""


@dataclass(frozen=True, slots=True)
class Edges:
    """What an edge has."""

    count: int
    cores: float
    gbit_s: float


@dataclass(frozen=True, slots=True)
class Load:
    """What comes of it, for one room."""

    origin_requests_s: float
    origin_cores: float
    edge_requests_s: float
    edge_cores: float
    busiest_cores: float
    """Of the edge with the most viewers."""
    egress_bit_s: float
    added_ms: tuple[float, float]
    """To the delay of a part, median and p95 of all viewers."""


def simulate(viewers: int, timing: Timing, edges: Edges, *, shield: bool, seed: int = 1) -> Load:
    """One room, one part of each rendition."""
    random = np.random.default_rng(seed)
    weights = random.uniform(*UNEVEN, edges.count)
    at = random.choice(edges.count, viewers, p=weights / weights.sum())
    what = random.choice(len(RENDITIONS), viewers, p=SHARES)
    part_bytes = np.array([r.average_bitrate * timing.part_s / 8 for r in RENDITIONS])
    sent = part_bytes + PLAYLIST_BYTES + HEADER_BYTES
    work_s = 2 * VARNISH_S_PER_REQUEST + sent * VARNISH_S_PER_BYTE
    line_s = sent * 8 / (edges.gbit_s * 1e9)
    each_s = np.maximum(work_s / edges.cores, line_s)[what]
    ways = random.uniform(*WAY_S, edges.count) + (random.uniform(*WAY_S) if shield else 0)
    added = ways[at] + _waited(at, each_s, random)
    cores = np.bincount(at, work_s[what], edges.count) / timing.part_s
    present = np.unique(at * len(RENDITIONS) + what)
    tiers = len(set(what.tolist())) if shield else len(present)
    requests_s = 2 * tiers / timing.part_s
    return Load(
        origin_requests_s=requests_s,
        origin_cores=requests_s * SERVICE_S_PER_REQUEST,
        edge_requests_s=2 * viewers / timing.part_s,
        edge_cores=float(cores.sum()),
        busiest_cores=float(cores.max()),
        egress_bit_s=float(sent[what].sum() * 8 / timing.part_s),
        added_ms=(1e3 * float(np.median(added)), 1e3 * float(np.quantile(added, 0.95))),
    )


def _waited(
    at: npt.NDArray[np.int64], each_s: npt.NDArray[np.float64], random: np.random.Generator
) -> npt.NDArray[np.float64]:
    """How long each viewer waits until those before it at the same edge, and itself, are served."""
    waited = np.zeros(len(at))
    order = random.permutation(len(at))
    order = order[np.argsort(at[order], kind="stable")]
    total = np.cumsum(each_s[order])
    starts = np.searchsorted(at[order], np.arange(at.max() + 1))
    before = np.where(starts > 0, total[starts - 1], 0.0)
    waited[order] = total - before[at[order]]
    return waited


def main() -> int:
    """Simulate and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.edge.simulate", description=__doc__)
    parser.add_argument("--viewers", type=int, help="of each room; else 1, 100, ... 100,000")
    parser.add_argument("--rooms", type=int, default=1, help="at once, each with its viewers")
    parser.add_argument("--part-ms", type=int, help="else 200 and 400")
    parser.add_argument("--edges", type=int, help="else as many as it takes")
    parser.add_argument("--cores", type=float, default=8, help="of an edge")
    parser.add_argument("--gbit", type=float, default=10, help="of an edge's line, Gbit/s")
    parser.add_argument("--price", type=float, default=0.2, help="of a gigabyte, for the costs")
    options = parser.parse_args()
    print(
        "viewers   part | edges  shield | service asked/s  cores | edges asked/s   cores  busiest"
    )
    for viewers in [options.viewers] if options.viewers else [1, 100, 1_000, 10_000, 100_000]:
        for part_ms in [options.part_ms] if options.part_ms else [200, 400]:
            timing = Timing.of_parts(part_ms)
            count = options.edges or enough(viewers, timing, options.cores, options.gbit)
            shield = count > 3
            edges = Edges(count, options.cores, options.gbit)
            load = simulate(viewers, timing, edges, shield=shield)
            rooms = options.rooms
            gigabytes = 1e3 * load.egress_bit_s * 3600 / 8e9 / viewers
            print(
                f"{viewers:7} {part_ms:4} ms | {count:5}  {'yes' if shield else 'no':6} |"
                f" {rooms * load.origin_requests_s:15.0f} {rooms * load.origin_cores:6.2f} |"
                f" {rooms * load.edge_requests_s:13.0f} {rooms * load.edge_cores:7.1f}"
                f" {load.busiest_cores:8.1f} | out {rooms * load.egress_bit_s / 1e9:8.3f} Gbit/s |"
                f" adds p50 {load.added_ms[0]:.0f}, p95 {load.added_ms[1]:.0f} ms | 1,000 for an"
                f" hour: {gigabytes:.0f} GB, {options.price * gigabytes:.0f}"
            )
    return 0


def enough(viewers: int, timing: Timing, cores: float, gbit_s: float) -> int:
    """The fewest edges of which none is busier than TARGET_USE."""
    alone = simulate(viewers, timing, Edges(1, cores, gbit_s), shield=False)
    used = max(alone.edge_cores / cores, alone.egress_bit_s / gbit_s / 1e9)
    count = max(1, math.ceil(used / TARGET_USE))
    while count > 1:
        load = simulate(viewers, timing, Edges(count, cores, gbit_s), shield=False)
        share = load.busiest_cores / load.edge_cores
        if share * used < TARGET_USE:
            break
        count += max(1, count // 10)
    return count


if __name__ == "__main__":
    sys.exit(main())
