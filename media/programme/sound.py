"""
The sound of one source: Opus packets in, a steady stream of samples out.

Sound is played on the programme's clock, some packets behind their arrival. The distance grows when
packets come too late, and shrinks again when it proved too long.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import av
import numpy as np
import numpy.typing as npt

from media.programme.reorder import parse

Pcm = npt.NDArray[np.float32]
"""Mono, 48 kHz, -1..1, shape (samples,)."""

RATE = 48_000  # samples per second; also Opus' RTP clock (RFC 7587, 4.1)
STEP = 960  # samples of 20 ms, the usual packet
DELAY_MIN = 3 * STEP
"""60 ms: covers the 40 ms that a frame takes from the buffer at once, and 20 ms of jitter."""
DELAY_MAX = 10 * STEP
SLACK = 2 * STEP
"""The distance may be this much longer than needed before it is cut."""
QUEUE_MAX = 50
"""Packets; a second. More, and the oldest are dropped."""
JUMP = 2 * RATE
"""A timestamp farther off than this is a restarted sender."""
BLEND = 240  # samples of 5 ms, over a cut

_log = logging.getLogger(__name__)


def opus_decoder() -> Callable[[bytes], Pcm]:
    """A decoder of its own for one source. It raises `av.error.FFmpegError`."""
    context = av.AudioCodecContext.create("libopus", "r")
    context.sample_rate = RATE
    context.layout = "mono"

    def decode(payload: bytes) -> Pcm:
        frames = context.decode(av.Packet(payload))
        chunks = [f.to_ndarray().reshape(-1).astype(np.float32) / 32_768 for f in frames]
        return np.concatenate(chunks) if chunks else np.zeros(0, np.float32)

    return decode


class SoundSource:
    """One source of sound."""

    def __init__(self, decode: Callable[[bytes], Pcm]) -> None:
        self._decode = decode
        self._queue: dict[int, bytes] = {}
        self._newest = 0
        self._head = 0
        """Timestamp of the first sample behind `_ready`, extended beyond 32 bits."""
        self._ready: Pcm = np.zeros(0, np.float32)
        self._starved = True
        self._starved_for = 0
        self._delay = DELAY_MIN
        self._last: Pcm = np.zeros(STEP, np.float32)
        self._blend: Pcm | None = None
        self._lowest = RATE
        self._watched = 0
        self._hold = 0
        self.late = 0
        self.broken = 0

    @property
    def delay(self) -> int:
        """Samples between arrival and playing that are aimed at."""
        return self._delay

    @property
    def playing(self) -> int | None:
        """Timestamp of what `pull` gives next, 32 bits; None: nothing is heard."""
        return None if self._starved else (self._head - len(self._ready)) & 0xFFFFFFFF

    def hold(self, samples: int) -> None:
        """
        Stay so much farther behind than the line needs, from now on.

        More is a gap of silence, with soft edges; less is cut when `_watch` finds it.
        """
        more = samples - self._hold
        self._hold = samples
        self._delay = max(DELAY_MIN, self._delay + more)
        while len(self._ready) < BLEND and not self._starved:
            self._ready = np.concatenate((self._ready, self._next()))
        if more <= BLEND or self._starved:
            return
        edge, rise = self._ready[:BLEND], np.linspace(0, 1, BLEND, dtype=np.float32)
        silence = np.zeros(more - BLEND, np.float32)
        self._ready = np.concatenate((edge * rise[::-1], silence, edge * rise, self._ready[BLEND:]))

    def push(self, data: bytes) -> None:
        """Take an RTP packet; what isn't one is dropped."""
        packet = parse(data)
        if packet is None or not packet.payload:
            return
        timestamp = self._newest + ((packet.timestamp - self._newest + 2**31) % 2**32 - 2**31)
        if abs(timestamp - self._newest) > JUMP:
            self._queue.clear()
            self._starved = True
        if self._starved:
            self._restart(timestamp)
        elif timestamp < self._head:
            self.late += 1
            return
        self._queue[timestamp] = packet.payload
        self._newest = max(self._newest, timestamp)
        if len(self._queue) > QUEUE_MAX:
            self._head = sorted(self._queue)[-self._delay // STEP]
            self._queue = {at: load for at, load in self._queue.items() if at >= self._head}

    def _restart(self, timestamp: int) -> None:
        # A short silence was jitter, not a pause: keep more in hand from now on.
        if 0 < self._starved_for < 10 * STEP:
            self._delay = min(self._delay + STEP, DELAY_MAX + self._hold)
        self._head, self._newest = timestamp, timestamp
        self._ready = np.concatenate((self._ready, np.zeros(self._delay, np.float32)))
        self._starved, self._starved_for = False, 0
        self._lowest, self._watched = RATE, 0

    def pull(self, samples: int) -> Pcm:
        """The next *samples*; silence where there is nothing. Never blocks."""
        while len(self._ready) < samples:
            self._ready = np.concatenate((self._ready, self._next()))
        block, self._ready = self._ready[:samples], self._ready[samples:]
        self._watch(samples)
        return block

    def _next(self) -> Pcm:
        if not self._queue:
            self._starved = True
            self._starved_for += STEP
            return self._conceal(STEP)
        timestamp = min(self._queue)
        if timestamp > self._head:
            missing = min(timestamp - self._head, STEP)
            self._head += missing
            return self._conceal(missing)
        pcm = self._take(timestamp)
        self._last = pcm[-STEP:]
        return pcm

    def _take(self, timestamp: int) -> Pcm:
        try:
            pcm = self._decode(self._queue.pop(timestamp))
        except av.error.FFmpegError as error:
            _log.debug("sound not decodable: %s", error)
            self.broken += 1
            pcm = np.zeros(STEP, np.float32)
        self._head = timestamp + len(pcm)
        if self._blend is not None and len(pcm) >= BLEND:
            rise = np.linspace(0, 1, BLEND, dtype=np.float32)
            pcm[:BLEND] = pcm[:BLEND] * rise + self._blend * (1 - rise)
            self._blend = None
        return pcm

    def _conceal(self, samples: int) -> Pcm:
        """The last sound once more, dying away; then silence."""
        tail = self._last[-samples:]
        self._last = np.zeros(STEP, np.float32)
        if len(tail) < samples:
            return np.zeros(samples, np.float32)
        return tail * np.linspace(1, 0, samples, dtype=np.float32)

    def _watch(self, samples: int) -> None:
        """Once a second, cut what was in hand all that second beyond what is needed."""
        in_hand = len(self._ready) + max(0, self._newest + STEP - self._head)
        self._lowest = min(self._lowest, in_hand)
        self._watched += samples
        if self._watched < RATE:
            return
        excess = self._lowest - self._delay
        if excess > SLACK:
            while excess >= STEP and self._queue:
                cut = self._take(min(self._queue))
                excess -= len(cut)
                self._blend = cut[:BLEND] if len(cut) >= BLEND else None
        elif self._delay > DELAY_MIN + self._hold:
            self._delay -= STEP // 20
        self._lowest, self._watched = RATE, 0
