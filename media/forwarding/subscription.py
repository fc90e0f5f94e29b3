"""
One track to one subscriber: numbers of its own, without gaps but those that can be repaired.

Sequence numbers and timestamps are the publisher's plus an offset. The offset changes where the
source was interrupted (muted, jumped, replaced by another track); each such stretch is a
*segment*, kept for a while so that NACKs find the packet that a number stood for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from media.forwarding.packets import Burst, Packet, SourceClock
from media.forwarding.track import Track
from media.peers.port import RTP_MAX, Codec
from media.rtp import rtx
from media.rtp.rtcp import SenderReport
from media.rtp.sequence import extend

_SEGMENTS: Final = 8
"""Segments remembered to answer NACKs; a subscriber asks within a second or so."""
_NOT_YET: Final = 1 << 62  # no packet has this number: what comes goes the slow way
_FIRST: Final = 0x10000 + 1
"""
First number sent, extended. Low in its cycle: a receiver that misses the first packets then still
guesses SRTP's rollover counter right (RFC 3711, 3.3.1).
"""


@dataclass(slots=True)
class SubscriptionCounters:
    """Plain integers, read when somebody asks."""

    packets: int = 0
    """Sent, without retransmissions."""
    octets: int = 0
    """Of payload, for sender reports; with the byte or so of `packets.level`."""
    late: int = 0
    """Older than the moment from which on it is sent."""
    waiting: int = 0
    """Not sent while a keyframe was waited for."""
    unsent: int = 0
    """The peer's socket took no more; can be asked for again."""
    retransmitted: int = 0
    unavailable: int = 0
    """Asked for, but no longer (or never) there, or more than the subscriber's share."""


class _Segment(NamedTuple):
    first: int
    """Our number of its first packet, extended."""
    offset: int
    """Ours minus the publisher's."""
    timestamp_offset: int


class Outlet(Protocol):
    """The part of a peer that packets leave by: see `PeerPort`."""

    @property
    def overhead(self) -> int: ...

    def send_rtp(self, buffer: bytearray, lengths: Sequence[int]) -> int: ...


class Subscription:
    """
    What one slot of a subscriber carries.

    Args:
        ssrc: ours, of the media.
        rtx_ssrc: ours, of retransmissions; None: there are none.
        codec: as the subscriber numbers it.
        buffer: to send from, `SEND_SIZE` bytes; may be shared, it is used only during a send.
        outlet: sends them.
    """

    __slots__ = (
        "_anew",
        "_buffer",
        "_first_source",
        "_highest_source",
        "_last",
        "_next",
        "_offset",
        "_outlet",
        "_payload_type",
        "_resume_at",
        "_rtx_payload_type",
        "_rtx_sequence",
        "_segments",
        "_timestamp_offset",
        "_track",
        "codec",
        "counters",
        "rtx_ssrc",
        "ssrc",
    )

    def __init__(
        self,
        ssrc: int,
        rtx_ssrc: int | None,
        codec: Codec,
        *,
        buffer: bytearray,
        outlet: Outlet,
    ) -> None:
        self.ssrc = ssrc
        self.rtx_ssrc = rtx_ssrc
        self.codec = codec
        self.counters = SubscriptionCounters()
        self._buffer = buffer
        self._outlet = outlet
        self._payload_type = codec.payload_type
        self._rtx_payload_type = codec.rtx_payload_type
        self._rtx_sequence = 0
        self._track: Track | None = None
        self._segments: deque[_Segment] = deque(maxlen=_SEGMENTS)
        # of the newest segment; `_first_source` is `_NOT_YET` until its first packet
        self._first_source = _NOT_YET
        self._offset = 0
        self._timestamp_offset = 0
        # newest packet sent, and its number at the publisher
        self._last: Packet | None = None
        self._highest_source = 0
        # after an interruption: our next number; packets older than `_resume_at` are no beginning;
        # `_anew`: the source's clock is another
        self._next = _FIRST
        self._resume_at = 0
        self._anew = False

    # --- source

    @property
    def track(self) -> Track | None:
        """The source; None: the slot is silent."""
        return self._track

    def attach(self, track: Track | None, now_s: float) -> None:
        """Carry this track from now on, or nothing. The last one is let go."""
        if track is self._track:
            return
        if self._track is not None:
            self._track.remove(self)
        self.interrupted(anew=True)
        self._track = track
        if track is not None:
            track.add(self)
            track.ask_keyframe(now_s)

    def interrupted(self, *, anew: bool) -> None:
        """Close the gap, begin with the next keyframe (`Sink`)."""
        if self._first_source != _NOT_YET:
            self._first_source = _NOT_YET
            self._next = self._highest_source + self._offset + 1
            self._resume_at = self._highest_source + 1
        if anew:
            self._resume_at = 0
            self._anew = True
            self._segments.clear()

    def reported(self, clock: SourceClock) -> None:
        """Clocks are asked for when a report is due (`Sink`)."""

    # --- packets

    def forward(self, burst: Burst) -> None:
        """Send packets on with our numbers; hot path (`Sink`)."""
        if burst.oldest < self._first_source:
            packets = [
                p for p in burst.packets if p.extended >= self._first_source or self._begins(p)
            ]
            if not packets:
                return
            burst = Burst(packets)
        newest = burst.newest
        if newest.extended > self._highest_source:
            self._highest_source = newest.extended
            self._last = newest
        buffer, ssrc, payload_type = self._buffer, self.ssrc, self._payload_type
        offset, shift, overhead = self._offset, self._timestamp_offset, self._outlet.overhead
        at = 0
        for write, extended, first, marker, timestamp, body, length in burst.rows:
            write(
                buffer,
                at,
                first,
                marker | payload_type,
                extended + offset & 0xFFFF,
                timestamp + shift & 0xFFFFFFFF,
                ssrc,
                body,
            )
            at += length + overhead
        lengths, octets = burst.lengths, burst.octets
        sent = self._outlet.send_rtp(buffer, lengths)
        counters = self.counters
        if sent < len(lengths):
            counters.unsent += len(lengths) - sent
            octets = sum(lengths[:sent]) - sent * 12
        counters.packets += sent
        counters.octets += octets

    def _begins(self, packet: Packet) -> bool:
        """Start a segment with this packet, if one can start here."""
        if self._first_source != _NOT_YET:
            self.counters.late += 1
            return False
        if not packet.keyframe or packet.extended < self._resume_at:
            self.counters.waiting += 1
            return False
        shift = self._timestamp_offset
        if self._anew and self._last is not None:
            # Another clock: go on by the time that passed, at least one tick.
            passed = int((packet.arrived_s - self._last.arrived_s) * self.codec.clock_hz)
            shift += self._last.timestamp - packet.timestamp + max(1, passed)
        self._anew = False
        self._first_source = self._highest_source = packet.extended
        self._last = packet
        self._offset = self._next - packet.extended
        self._segments.append(_Segment(self._next, self._offset, shift))
        self._timestamp_offset = shift
        return True

    # --- feedback

    def retransmit(self, sequences: Iterable[int], allowance: int) -> int:
        """
        Send lost packets again (RFC 4588).

        Args:
            sequences: our numbers, 0..65535.
            allowance: packets at most.

        Returns: packets sent.
        """
        sent = 0
        for sequence in sequences:
            if sent < allowance and self._retransmit_one(sequence):
                sent += 1
            else:
                self.counters.unavailable += 1
        self.counters.retransmitted += sent
        return sent

    def _retransmit_one(self, sequence: int) -> bool:
        if self._track is None or self.rtx_ssrc is None or self._rtx_payload_type is None:
            return False
        running = self._first_source != _NOT_YET
        highest = self._highest_source + self._offset if running else self._next - 1
        number = extend(sequence, highest)
        segment = next((s for s in reversed(self._segments) if s.first <= number), None)
        if segment is None or number > highest:
            return False
        # A closed gate has emptied the cache, so nothing forbidden since is sent again.
        packet = self._track.cached(number - segment.offset)
        if packet is None or packet.length + rtx.OSN_SIZE > RTP_MAX:
            return False
        length = rtx.wrap(
            self._buffer,
            packet.payload,
            marker=packet.marker,
            payload_type=self._rtx_payload_type,
            sequence=self._rtx_sequence & 0xFFFF,
            timestamp=packet.timestamp + segment.timestamp_offset & 0xFFFFFFFF,
            ssrc=self.rtx_ssrc,
            original=sequence,
        )
        self._rtx_sequence += 1
        return self._outlet.send_rtp(self._buffer, (length,)) == 1

    def ask_keyframe(self, now_s: float) -> None:
        """The subscriber's decoder can't go on."""
        if self._track is not None:
            self._track.ask_keyframe(now_s)

    def sender_report(self, now_s: float) -> SenderReport | None:
        """
        The publisher's clocks at this moment, the media clock as we number it.

        The wall clock stays the publisher's in sound and picture alike, so that a receiver plays
        both together (RFC 3550, 6.4.1). Both clocks are advanced by the time since the publisher's
        report; that moves the pair along its line and adds no error.

        Returns: None while nothing was sent or the publisher has not reported.
        """
        track = self._track
        if track is None or track.clock is None or self._first_source == _NOT_YET:
            return None
        clock = track.clock
        passed_s = now_s - clock.arrived_s
        ticks = round(passed_s * self.codec.clock_hz)
        ntp = clock.ntp + (ticks << 32) // self.codec.clock_hz
        return SenderReport(
            self.ssrc,
            ntp & 0xFFFFFFFFFFFFFFFF,
            clock.rtp + ticks + self._timestamp_offset & 0xFFFFFFFF,
            self.counters.packets,
            self.counters.octets,
        )
