"""
One direction of a bad network, as arithmetic: what becomes of each frame, and when. Pure.

What it does to a frame, in this order: a firewall, an outage, loss, the rate with what waits for
it, delay. Chance comes from one seeded generator, two numbers a frame whatever the conditions, so
the n-th frame has the same luck in every run.
"""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass

IPV4 = 0x0800
TCP, UDP = 6, 17
_ETHERNET = 14  # bytes of a header: two addresses and the type (IEEE 802.3)

QUEUE_MS = 300.0  # of waiting before the rate: a home router's buffer, as one should be
FRAMES_MAX = 10_000  # under way in one direction; beyond, they are dropped


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a direction does to frames; the default is a cable."""

    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    """Uniform in delay ± jitter, for each frame by itself: they overtake one another (as netem)."""
    loss: float = 0.0
    """Chance of each frame by itself, 0..1."""
    rate_kbps: float = 0.0
    """kbit/s, the whole frame counted; 0: as fast as it goes."""
    queue_ms: float = QUEUE_MS
    """What may wait for the rate; a frame that would wait longer is dropped (drop-tail)."""
    cut: bool = False
    """An outage: nothing gets in; what is under way arrives."""
    udp_ports: tuple[int, ...] | None = None
    """Firewall: UDP passes to and from these ports alone; None: to and from all."""
    tcp_ports: tuple[int, ...] | None = None
    """The same for TCP."""


class Lane:
    """One direction; time is the caller's, in seconds."""

    def __init__(self, seed: int, conditions: Conditions = Conditions()) -> None:
        self.conditions = conditions
        """May be changed at any time; what is under way is not touched."""
        self.passed = 0
        self.dropped = 0
        self._random = random.Random(seed)
        self._free_s = 0.0
        self._under_way: list[tuple[float, int, bytes]] = []

    def offer(self, frame: bytes, now_s: float) -> None:
        """Take a frame at this end."""
        now = self.conditions
        luck, shift = self._random.random(), self._random.uniform(-1.0, 1.0)
        protocol, ports = _addressed(frame)
        if protocol is None:  # ARP: a neighbour that is not found for a second is no bad network
            self._pass(frame, now_s)
            return
        allowed = {TCP: now.tcp_ports, UDP: now.udp_ports}.get(protocol)
        blocked = allowed is not None and not set(ports) & set(allowed)
        if blocked or now.cut or luck < now.loss or len(self._under_way) >= FRAMES_MAX:
            self.dropped += 1
            return
        sent_s = now_s
        if now.rate_kbps:
            begins_s = max(now_s, self._free_s)
            if begins_s - now_s > now.queue_ms / 1_000:
                self.dropped += 1
                return
            sent_s = self._free_s = begins_s + len(frame) * 8 / (now.rate_kbps * 1_000)
        self._pass(frame, sent_s + max(0.0, now.delay_ms + shift * now.jitter_ms) / 1_000)

    def _pass(self, frame: bytes, due_s: float) -> None:
        self.passed += 1
        heapq.heappush(self._under_way, (due_s, self.passed, frame))

    def next_s(self) -> float | None:
        """When the next frame comes out; None: nothing is under way."""
        return self._under_way[0][0] if self._under_way else None

    def take(self, now_s: float) -> list[bytes]:
        """Frames that come out at the other end by now, in order."""
        due: list[bytes] = []
        while self._under_way and self._under_way[0][0] <= now_s:
            due.append(heapq.heappop(self._under_way)[2])
        return due


def _addressed(frame: bytes) -> tuple[int | None, tuple[int, ...]]:
    """IPv4 protocol and both ports; None: not IPv4. A fragment has no ports (none is made here)."""
    if int.from_bytes(frame[12:14]) != IPV4:
        return None, ()
    protocol, start = frame[_ETHERNET + 9], _ETHERNET + (frame[_ETHERNET] & 15) * 4
    return protocol, (
        int.from_bytes(frame[start : start + 2]),
        int.from_bytes(frame[start + 2 : start + 4]),
    )
