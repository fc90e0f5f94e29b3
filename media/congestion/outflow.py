"""
All that leaves towards one subscriber with transport-wide numbers: numbered, paced, remembered.

What fits leaves at once. What exceeds the pace (a keyframe, a picture larger than usual) waits and
leaves in small portions; sound and retransmissions never wait. Nobody is dropped here: a picture
asks `full` before it begins, so that it is dropped as a whole.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from struct import Struct
from typing import Final, Protocol

from media.congestion import pad, tuning
from media.congestion.departures import IN_A_ROW, Departures
from media.congestion.estimate import Estimate
from media.congestion.probe import Probe
from media.rtp.transport_feedback import TransportFeedback

_NUMBER_AT: Final = 17
_NUMBER: Final = Struct("!H")
_PADS_MAX: Final = 64  # in one step of a probe: 7 Mbit/s
NEXT: Final = 1 << 8
"""From a packet's extension to that of the next."""

Wake = Callable[[float, Callable[[], None]], object]
"""Calls something after so many seconds."""


def never(after_s: float, call: Callable[[], None]) -> None:
    """A `Wake` for rooms in which nobody takes transport-wide numbers."""


class Outlet(Protocol):
    """What packets leave by: see `media.peers.port.PeerPort`."""

    @property
    def overhead(self) -> int: ...

    def send_rtp(self, buffer: bytearray, lengths: Sequence[int]) -> int: ...


class Outflow:
    """
    Args:
        outlet: sends packets.
        ident: of the header extension, 1..14.
        buffer: to send from what waited; may be shared.
        clock: monotonic, seconds.
        wake: for what waits.
    """

    __slots__ = (
        "_base",
        "_began_s",
        "_buffer",
        "_clock",
        "_departures",
        "_due_s",
        "_heard_s",
        "_outlet",
        "_probe",
        "_probed_from",
        "_queue",
        "_queued",
        "_s_per_byte",
        "_send_rtp",
        "_sent",
        "_timed",
        "_wake",
        "estimate",
        "extension",
        "full",
        "padder",
        "waited",
        "wanted_bps",
    )

    def __init__(
        self,
        outlet: Outlet,
        ident: int,
        buffer: bytearray,
        clock: Callable[[], float],
        wake: Wake,
    ) -> None:
        self.estimate = Estimate()
        self.wanted_bps = 0
        """What would be sent if it fitted; more than the estimate: find out whether it does."""
        self.padder: Callable[[int], int] | None = None
        """Sends so many packets of padding at most, returns how many it sent. None: nobody can."""
        self.extension: int
        """
        The element of the next packet's header extension, as a word; that of the one after it is
        higher by `NEXT`, and so on for as many as an outlet takes at once.
        """
        self.full = False
        """So much waits that no picture should begin."""
        self.waited = 0
        """Packets that did not leave at once."""
        self._base = (ident << 4 | 1) << 24
        self._buffer = buffer
        self._clock = clock
        self._departures = Departures()
        self.extension = self._base | (self._departures.next & 0xFFFF) << 8
        self._outlet = outlet
        self._send_rtp = outlet.send_rtp
        self._wake = wake
        # what waits: packets, whole but for their numbers
        self._queue: deque[bytes] = deque()
        self._queued = 0
        self._timed = False
        self._began_s: float | None = None
        # when the newest feedback came; None: none did
        self._heard_s: float | None = None
        # when what was sent is paid for, at the pace
        self._due_s = 0.0
        self._s_per_byte = 0.0
        self._set_pace()
        self._probe = Probe()
        # when the probe began and what had been sent by then
        self._probed_from = (0.0, 0)
        self._sent = 0

    # --- packets

    def send(self, buffer: bytearray, lengths: Sequence[int], size: int, *, waits: bool) -> int:
        """
        Send packets with such extensions, or let them wait; hot path.

        Args:
            buffer, lengths: as `Outlet.send_rtp` takes them; *lengths* is kept.
            size: of all.
            waits: whether they may: pictures do, sound doesn't.

        Returns: how many left or wait; the others are lost.
        """
        now_s = self._clock()
        due_s = self._due_s
        if due_s < now_s:
            due_s = now_s
        due_s += size * self._s_per_byte
        if waits and (self._queue or due_s > now_s + tuning.BURST_S):
            return self._wait(buffer, lengths)
        self._due_s = due_s
        sent = self._send_rtp(buffer, lengths)
        if sent:
            self._left(lengths, sent, size, now_s)
        return sent

    def _left(self, lengths: Sequence[int], sent: int, size: int, now_s: float) -> None:
        departures = self._departures
        departures.sent(lengths, sent, size, now_s)
        self.extension = self._base | (departures.next & 0xFFFF) << 8
        self._sent += size

    @property
    def ready(self) -> bool:
        """So little waits that a picture that was dropped may begin again."""
        return self._queued * self._s_per_byte < tuning.RESUME_S

    def _wait(self, buffer: bytearray, lengths: Sequence[int]) -> int:
        overhead, at, taken = self._outlet.overhead, 0, 0
        for length in lengths:
            if self._queued + length > tuning.QUEUED_BYTES:
                break
            self._queue.append(bytes(buffer[at : at + length]))
            self._queued += length
            at += length + overhead
            taken += 1
        self.waited += taken
        self.full = self._queued * self._s_per_byte > tuning.QUEUED_S
        self._pump()
        return taken

    def _pump(self) -> None:
        """Send of what waits as much as is due, and of padding; come back if there is more."""
        now_s = self._clock()
        while self._queue and self._due_s < now_s + tuning.DRAIN_S:
            self._drain(now_s)
        if self._probe.padding(now_s):
            self._pad(now_s)
        if self._timed:
            return
        if self._queue or self._probe.padding(now_s):
            self._timed = True
            self._wake(tuning.DRAIN_S if self._queue else tuning.PROBE_STEP_S, self._timer)

    def _timer(self) -> None:
        self._timed = False
        self._pump()

    def _drain(self, now_s: float) -> None:
        buffer, overhead, queue = self._buffer, self._outlet.overhead, self._queue
        number = self._departures.next
        lengths: list[int] = []
        at = size = 0
        due_s = max(self._due_s, now_s)
        while queue and len(lengths) < IN_A_ROW and due_s < now_s + tuning.DRAIN_S:
            packet = queue.popleft()
            length = len(packet)
            buffer[at : at + length] = packet
            _NUMBER.pack_into(buffer, at + _NUMBER_AT, number + len(lengths) & 0xFFFF)
            lengths.append(length)
            at += length + overhead
            size += length
            due_s += length * self._s_per_byte
        self._queued -= size
        self.full = self._queued * self._s_per_byte > tuning.QUEUED_S
        self._due_s = due_s
        sent = self._send_rtp(buffer, lengths)
        if sent:
            self._left(lengths, sent, size, now_s)

    def _pad(self, now_s: float) -> None:
        began_s, sent = self._probed_from
        lacking = self._probe.target_bps * (now_s - began_s) / 8 - (self._sent - sent)
        count = min(_PADS_MAX, int(lacking / pad.LENGTH))
        while count > 0 and self.padder is not None:
            taken = self.padder(min(count, IN_A_ROW))
            if not taken:
                return
            count -= taken

    # --- feedback and time

    def told(self, feedback: TransportFeedback, now_s: float) -> None:
        """Take a feedback of the subscriber's."""
        self._heard_s = now_s
        estimate, probe = self.estimate, self._probe
        calm = estimate.calm and not probe.running
        estimate.told(self._departures.told(feedback, now_s, calm=calm), now_s)
        probe.told(estimate, now_s)
        self._set_pace()

    def work(self, now_s: float) -> None:
        """Do what is due; called every tick."""
        estimate = self.estimate
        self._probe.work(estimate, now_s)
        if self._heard_s is None:
            return
        if now_s - self._heard_s > tuning.DEAF_S and self._departures.left_s > self._heard_s:
            self._heard_s = now_s
            estimate.deaf(now_s)
        if self.padder is not None and self._probe.begin(estimate, self.wanted_bps, now_s):
            self._probed_from = (now_s, self._sent)
            self._pump()
        self._set_pace()

    def unheard(self, now_s: float) -> bool:
        """Packets leave for long, and no feedback ever came: the promise of it was empty."""
        if self._heard_s is not None or not self._sent:
            return False
        if self._began_s is None:
            self._began_s = now_s
        return now_s - self._began_s > tuning.UNHEARD_S

    def _set_pace(self) -> None:
        estimate = self.estimate
        pace = tuning.PACE_QUEUED if estimate.queueing else tuning.PACE
        least = tuning.PACE_START_BPS if self._heard_s is None else tuning.PACE_MIN_BPS
        self._s_per_byte = 8 / max(least, pace * estimate.bps)
