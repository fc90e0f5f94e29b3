"""
A subscriber behind a simulated link, on a clock of its own: seeded, without I/O.

Everything in between is the real thing: packets bear real extensions, the far end makes real
feedback, and the estimate decides what is sent. Only time and the link are made up.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from media.congestion import pad
from media.congestion.allocation import Demand, Rank, Shares
from media.congestion.arrivals import Arrivals
from media.congestion.outflow import NEXT, Outflow
from media.peers.port import SEND_SIZE
from media.rtp.packet import EXTENSION_HEAD
from media.rtp.rtcp import parse
from media.rtp.transport_feedback import TransportFeedback

IDENT = 5
TELL_S = 0.06
"""Chromium tells of what arrived about 16 times a second."""


class World:
    """Time, and what happens in it."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def clock(self) -> float:
        return self.now_s

    def wake(self, after_s: float, call: Callable[[], None]) -> None:
        heapq.heappush(self._due, (self.now_s + after_s, next(self._order), call))

    def every(self, period_s: float, call: Callable[[], None], first_s: float = 0.0) -> None:
        def again() -> None:
            self.wake(period_s, again)
            call()

        self.wake(first_s, again)

    def run(self, seconds: float) -> None:
        end_s = self.now_s + seconds
        while self._due and self._due[0][0] <= end_s:
            self.now_s, _, call = heapq.heappop(self._due)
            call()
        self.now_s = end_s


@dataclass
class Line:
    """A bottleneck with a queue, then a delay; packets beyond the queue are dropped."""

    world: World
    bps: float
    delay_s: float = 0.02
    jitter_s: float = 0.0
    loss: float = 0.0
    queue_s: float = 0.3
    seed: int = 1
    dropped: int = 0
    _free_s: float = 0.0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def carry(self, octets: int, arrived: Callable[[float], None]) -> None:
        """Take a packet; tells with how much delay it arrived, unless it is lost."""
        now_s = self.world.now_s
        start_s = max(now_s, self._free_s)
        if start_s - now_s > self.queue_s:
            self.dropped += 1
            return
        self._free_s = start_s + octets * 8 / self.bps
        if self.random.random() < self.loss:
            self.dropped += 1
            return
        after_s = self._free_s - now_s + self.delay_s + self.random.random() * self.jitter_s
        self.world.wake(after_s, lambda: arrived(after_s))

    def resume(self, bps: float) -> None:
        """Carry again, after a break; what was under way is gone."""
        self.bps, self._free_s = bps, 0.0


@dataclass
class Picture:
    """Somebody's picture in layers, as it is granted."""

    rates: tuple[int, ...]
    rank: Rank = Rank.THUMBNAIL
    hertz: int = 25
    granted: int | None = None
    arrived: list[float] = field(default_factory=list)
    """When pictures were there, as far as their last packet tells."""
    changes: int = 0
    waiting: bool = True

    def longest_gap_s(self, since_s: float, until_s: float) -> float:
        """The longest time without a picture."""
        times = [since_s, *(t for t in self.arrived if since_s < t < until_s), until_s]
        return max(b - a for a, b in itertools.pairwise(times))


class Client:
    """The far end and what is sent to it."""

    def __init__(
        self, world: World, line: Line, pictures: Sequence[Picture], sounds: int = 1
    ) -> None:
        self.world = world
        self.line = line
        self.pictures = pictures
        self.buffer = bytearray(SEND_SIZE)
        self.overhead = 10
        self.outflow = Outflow(self, IDENT, self.buffer, world.clock, world.wake)
        self.outflow.padder = self.pad
        self.arrivals = Arrivals(1, IDENT)
        self.sounds: list[tuple[float, float]] = []
        self.sound_bps = sounds * 40_000
        self.trace: list[tuple[float, int]] = []
        self.shares = Shares()
        self.random = random.Random(line.seed + 1)
        for index, picture in enumerate(pictures):
            world.every(1 / picture.hertz, partial(self._frame, picture), 0.3 + index * 0.007)
        for index in range(sounds):
            world.every(0.02, self._sound, 0.003 * index)
        world.every(TELL_S, self._tell)
        world.every(0.1, self._tick)

    def sound_delay_s(self, since_s: float, share: float) -> float:
        """Delay that so much of the sound did not exceed, of what left since then."""
        delays = sorted(delay for left_s, delay in self.sounds if left_s >= since_s)
        return delays[int(share * (len(delays) - 1))]

    def sound_lost(self, since_s: float) -> float:
        """Share of the sound that never came, of what left since then."""
        sent = (self.world.now_s - self.line.delay_s - since_s) * 50 * self.sound_bps / 40_000
        return 1 - sum(left_s >= since_s for left_s, _ in self.sounds) / sent

    # --- as an outlet

    def send_rtp(self, buffer: bytearray, lengths: Sequence[int]) -> int:
        at = 0
        for length in lengths:
            assert buffer[at + 12 : at + 16] == b"\xbe\xde\x00\x01"
            assert buffer[at + 16] == IDENT << 4 | 1
            number = int.from_bytes(buffer[at + 17 : at + 19])
            kind = buffer[at + 1]
            stamp = int.from_bytes(buffer[at + 4 : at + 8])
            at += length + self.overhead

            def arrived(
                _: float, number: int = number, kind: int = kind, stamp: int = stamp
            ) -> None:
                self.arrivals.add(number, self.world.now_s + 5_000)
                if kind == 111:
                    self.sounds.append((stamp / 10_000, self.world.now_s - stamp / 10_000))
                elif kind >= 0xC0:
                    self.pictures[kind & 0x3F].arrived.append(self.world.now_s)

            self.line.carry(length + 38, arrived)
        return len(lengths)

    # --- sources

    def _packets(self, sizes: Sequence[int], kinds: Sequence[int], *, waits: bool) -> None:
        extension, at = self.outflow.extension, 0
        for size, kind in zip(sizes, kinds, strict=True):
            stamp = int(self.world.now_s * 10_000)
            self.buffer[at : at + 2] = bytes((0x90, kind))
            self.buffer[at + 4 : at + 8] = stamp.to_bytes(4)
            self.buffer[at + 12 : at + 20] = (EXTENSION_HEAD << 32 | extension).to_bytes(8)
            extension += NEXT
            at += size + self.overhead
        self.outflow.send(self.buffer, list(sizes), sum(sizes), waits=waits)

    def _sound(self) -> None:
        self._packets([100], [111], waits=False)

    def _frame(self, picture: Picture) -> None:
        if picture.granted is None:
            picture.waiting = True
            return
        key = picture.waiting
        if self.outflow.full or (key and not self.outflow.ready):
            picture.waiting = True
            return
        picture.waiting = False
        size = picture.rates[picture.granted] / picture.hertz / 8
        octets = int(size * (6 if key else self.random.uniform(0.7, 1.2)))
        count = -(-octets // 1_150)
        sizes = [max(60, octets // count)] * count
        index = self.pictures.index(picture)
        for begin in range(0, count, 16):
            part = sizes[begin : begin + 16]
            last = begin + 16 >= count
            kinds = [96] * len(part)
            if last:
                kinds[-1] = 0xC0 | index
            self._packets(part, kinds, waits=True)

    def pad(self, count: int) -> int:
        extension, lengths = self.outflow.extension, [pad.LENGTH] * count
        for i in range(count):
            pad.write(
                self.buffer,
                i * (pad.LENGTH + self.overhead),
                payload_type=97,
                sequence=0,
                timestamp=0,
                ssrc=9,
                extension=extension + i * NEXT,
            )
        return self.outflow.send(self.buffer, lengths, sum(lengths), waits=False)

    # --- feedback

    def _tell(self) -> None:
        feedback = self.arrivals.tell(9, self.world.now_s)
        if feedback is not None:
            (report,) = parse(feedback.pack())
            assert isinstance(report, TransportFeedback)
            self.world.wake(self.line.delay_s, lambda: self.outflow.told(report, self.world.now_s))

    def _tick(self) -> None:
        now_s, outflow = self.world.now_s, self.outflow
        outflow.estimate.rtt_s = 2 * self.line.delay_s
        outflow.work(now_s)
        known = outflow.estimate.lately_bps > 0  # until then small ones, as `media.rooms.flow`
        demands = [
            Demand(p.rank, p.rates, len(p.rates) - 1 if known else 0, p.granted)
            for p in self.pictures
        ]
        shares = self.shares.divide(outflow.estimate.bps, self.sound_bps, demands, now_s)
        outflow.wanted_bps = self.shares.needed_bps
        for picture, layer in zip(self.pictures, shares, strict=True):
            if layer != picture.granted:
                picture.granted, picture.waiting = layer, True
                picture.changes += 1
        self.trace.append((now_s, outflow.estimate.bps))
