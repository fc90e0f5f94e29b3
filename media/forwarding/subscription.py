"""
One track to one subscriber: numbers of its own, without gaps but those that can be repaired.

Sequence numbers and timestamps are the publisher's plus an offset. The offset changes where the
source was interrupted (muted, jumped) or replaced (by another layer, by another track); each such
stretch is a *segment*, kept for a while so that NACKs find the packet that a number stood for.

Of a track with layers one is sent. Another takes over at a keyframe of its own: until then it is
*awaited*, and the old one goes on. Payloads are shared by all subscribers, but that VP8's picture
counters are moved on in our copy once a replaced source has made that necessary.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from media.congestion import pad
from media.congestion.outflow import NEXT, Outflow
from media.forwarding.continuity import Awaited, Segment, continued, ticks_between
from media.forwarding.layer import Layer
from media.forwarding.packets import Burst, Packet, SourceClock
from media.forwarding.track import Track
from media.peers.port import RTP_MAX, Codec
from media.rtp import rtx, vp8
from media.rtp.packet import EXTENSION_HEAD, EXTENSION_SIZE, HEADER_SIZE
from media.rtp.rtcp import SenderReport
from media.rtp.sequence import extend

_SEGMENTS: Final = 8
"""Segments remembered to answer NACKs; a subscriber asks within a second or so."""
LARGEST: Final = 255
"""A wish for the largest layer, however many there are."""
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
    dropped: int = 0
    """Not begun because too much waited to be sent, up to the next keyframe."""
    unsent: int = 0
    """The peer's socket took no more; can be asked for again."""
    retransmitted: int = 0
    unavailable: int = 0
    """Asked for, but no longer (or never) there, or more than the subscriber's share."""


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
        "_awaited",
        "_bases",
        "_buffer",
        "_first_source",
        "_held",
        "_highest_source",
        "_last",
        "_layer",
        "_next",
        "_offset",
        "_outlet",
        "_payload_type",
        "_pictures",
        "_red_payload_type",
        "_resume_at",
        "_rtx_payload_type",
        "_rtx_sequence",
        "_segments",
        "_timestamp_offset",
        "_track",
        "_waits",
        "codec",
        "counters",
        "outflow",
        "rtx_ssrc",
        "ssrc",
        "wished",
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
        self._red_payload_type = codec.red_payload_type
        self._rtx_payload_type = codec.rtx_payload_type
        self._rtx_sequence = 0
        self.outflow: Outflow | None = None
        """Set where the subscriber takes transport-wide numbers: packets leave through it."""
        self._waits = codec.name != "opus"
        # dropped for want of room; begins again when there is some
        self._held = False
        self.wished: int | None = LARGEST
        """Index of the largest layer that may be sent; None: nothing is."""
        self._track: Track | None = None
        self._layer: Layer | None = None
        self._awaited: tuple[Awaited, ...] = ()
        self._segments: deque[Segment] = deque(maxlen=_SEGMENTS)
        # of the newest segment; `_first_source` is `_NOT_YET` until its first packet
        self._first_source = _NOT_YET
        self._offset = 0
        self._timestamp_offset = 0
        self._pictures = self._bases = 0
        # newest packet sent, and its number at the publisher
        self._last: Packet | None = None
        self._highest_source = 0
        # after an interruption: our next number; packets older than `_resume_at` are no beginning;
        # `_anew`: the source's clock is another
        self._next = _FIRST
        self._resume_at = 0
        self._anew = False

    def recode(self, codec: Codec) -> None:
        """
        Number packets as this codec from now on, where a client takes several; between two tracks.
        """
        assert self._track is None, "can't happen: packets of the old codec would be misnamed"
        self.codec = codec
        self._payload_type = codec.payload_type
        self._red_payload_type = codec.red_payload_type
        self._rtx_payload_type = codec.rtx_payload_type

    # --- source

    @property
    def track(self) -> Track | None:
        """The source; None: the slot is silent."""
        return self._track

    def attach(self, track: Track | None, now_s: float) -> None:
        """Carry this track from now on, or nothing. The last one is let go."""
        if track is self._track:
            return
        self._let_go()
        self._track = track
        self.settle(now_s)

    @property
    def layer(self) -> int | None:
        """Index of the layer that is sent, or begins with its next keyframe; None: none is."""
        if self._track is None or self._layer is None:
            return None
        return self._track.layers.index(self._layer)

    def wish(self, layer: int | None, now_s: float) -> None:
        """
        Send this layer if it is to be had, else the best below (`Track.choose`).

        Args:
            layer: index, small to large; larger ones than there are: the largest. None: nothing is
                sent until the next wish.
            now_s: monotonic clock.
        """
        if layer == self.wished:
            return
        self.wished = layer
        if layer is None:
            self._let_go()
        else:
            self.settle(now_s)

    def settle(self, now_s: float) -> None:
        """
        See which layer is to be had, and go for it; called at each tick too, since layers come and
        go.

        What is sent goes on until a keyframe of the other layer is there.
        """
        track = self._track
        if track is None or self.wished is None:
            return
        if self._held and (self.outflow is None or self.outflow.ready):
            self._held = False
            self.ask_keyframe(now_s)
        layers = track.layers
        best = layers[track.choose(self.wished)]
        if best is not self._layer:
            if self._first_source == _NOT_YET:
                self._take_up(best)
            best.ask_keyframe(now_s)
        if len(layers) > 1:
            # The one wished for may come back with a keyframe at any time: that is not missed.
            top = layers[min(self.wished, len(layers) - 1)]
            self._await({best, top} - {self._layer})

    def _take_up(self, layer: Layer) -> None:
        """Go on with this layer, at its next keyframe."""
        if self._layer is not None:
            self._layer.remove(self)
        self._close()
        self._resume_at = 0
        self._layer = layer
        layer.add(self)

    def _take_over(self, layer: Layer, burst: Burst) -> None:
        if self._waits and self.outflow is not None and self.outflow.full:
            return  # the keyframe would be dropped; another is asked for at the next tick
        self._await({one.layer for one in self._awaited} - {layer})
        self._take_up(layer)
        self.forward(burst)

    def _await(self, layers: set[Layer]) -> None:
        if {one.layer for one in self._awaited} == layers:
            return
        kept: list[Awaited] = []
        for one in self._awaited:
            if one.layer in layers:
                kept.append(one)
            else:
                one.layer.remove(one)
        for layer in layers - {one.layer for one in kept}:
            kept.append(Awaited(layer, self._take_over))
            layer.add(kept[-1])
        self._awaited = tuple(kept)

    def _let_go(self) -> None:
        self._await(set())
        if self._layer is not None:
            self._layer.remove(self)
            self._layer = None
        self.interrupted(anew=True)

    def interrupted(self, *, anew: bool) -> None:
        """Close the gap, begin with the next keyframe (`Sink`)."""
        self._close()
        if anew:
            self._resume_at = 0
            self._anew = True
            self._segments.clear()

    def _close(self) -> None:
        if self._first_source != _NOT_YET:
            self._first_source = _NOT_YET
            self._next = self._highest_source + self._offset + 1
            self._resume_at = self._highest_source + 1

    def reported(self, clock: SourceClock) -> None:
        """Clocks are asked for when a report is due (`Sink`)."""

    # --- packets

    def forward(self, burst: Burst) -> None:
        """Send packets on with our numbers; hot path (`Sink`)."""
        outflow = self.outflow
        if outflow is not None and outflow.full and self._drop(burst):
            return
        if burst.oldest < self._first_source:
            packets = [
                p for p in burst.packets if p.extended >= self._first_source or self._begins(p)
            ]
            if not packets:
                return
            burst = Burst(packets, red=burst.red)
        newest = burst.newest
        if newest.extended > self._highest_source:
            self._highest_source = newest.extended
            self._last = newest
        payload_type = self._payload_type
        if burst.red:
            if self._red_payload_type is None:
                burst = burst.plain
            else:
                payload_type = self._red_payload_type
        if outflow is not None:
            self._forward_numbered(burst, outflow, payload_type)
            return
        buffer, ssrc = self._buffer, self.ssrc
        offset, shift, overhead = self._offset, self._timestamp_offset, self._outlet.overhead
        at = 0
        kind = payload_type << 16
        for write, extended, head, timestamp, body, length in burst.rows:
            write(
                buffer,
                at,
                head | kind | extended + offset & 0xFFFF,
                timestamp + shift & 0xFFFFFFFF,
                ssrc,
                body,
            )
            at += length + overhead
        if self._pictures or self._bases:
            self._move_pictures(burst, burst.lengths, HEADER_SIZE)
        lengths, octets = burst.lengths, burst.octets
        sent = self._outlet.send_rtp(buffer, lengths)
        counters = self.counters
        if sent < len(lengths):
            counters.unsent += len(lengths) - sent
            octets = sum(lengths[:sent]) - sent * 12
        counters.packets += sent
        counters.octets += octets

    def _forward_numbered(self, burst: Burst, outflow: Outflow, payload_type: int) -> None:
        """As `forward`, with transport-wide numbers."""
        rows, lengths, size = burst.extended
        extension = outflow.extension
        buffer, ssrc = self._buffer, self.ssrc
        offset, shift, overhead = self._offset, self._timestamp_offset, self._outlet.overhead
        at = 0
        kind = payload_type << 16
        for write, extended, head, timestamp, body, length in rows:
            write(
                buffer,
                at,
                head | kind | extended + offset & 0xFFFF,
                timestamp + shift & 0xFFFFFFFF,
                ssrc,
                EXTENSION_HEAD,
                extension,
                body,
            )
            extension += NEXT
            at += length + overhead
        if self._pictures or self._bases:
            self._move_pictures(burst, lengths, HEADER_SIZE + EXTENSION_SIZE)
        octets = burst.octets
        sent = outflow.send(buffer, lengths, size, waits=self._waits)
        counters = self.counters
        if sent < len(lengths):
            counters.unsent += len(lengths) - sent
            octets = sum(burst.lengths[:sent]) - sent * HEADER_SIZE
        counters.packets += sent
        counters.octets += octets

    def _drop(self, burst: Burst) -> bool:
        """
        Too much waits: drop a picture, but not in the middle. What follows needs it, so all is
        dropped up to a keyframe, which is asked for when there is room again.
        """
        if not self._waits:
            return False
        if self._first_source != _NOT_YET:
            last = self._last
            if last is not None and burst.packets[0].timestamp == last.timestamp:
                return False
            self._close()
        self._held = True
        self.counters.dropped += len(burst.packets)
        return True

    def _begins(self, packet: Packet) -> bool:
        """Start a segment with this packet, if one can start here."""
        if self._first_source != _NOT_YET:
            self.counters.late += 1
            return False
        if not packet.keyframe or packet.extended < self._resume_at:
            self.counters.waiting += 1
            return False
        if self._held:
            if self.outflow is not None and not self.outflow.ready:
                self.counters.dropped += 1
                return False
            self._held = False
        layer = self._layer
        assert layer is not None, "can't happen: packets come from a layer"
        last = self._last
        before = self._segments[-1].layer if self._segments else None
        if last is not None and (self._anew or before is not layer):
            # Another clock: go on by the time that passed, at least one tick.
            clock = None if self._anew else before
            passed = max(1, ticks_between(last, clock, packet, layer, self.codec.clock_hz))
            self._timestamp_offset += last.timestamp - packet.timestamp + passed
            if self.codec.name == "VP8":
                self._pictures, self._bases = continued(
                    last, before, packet, self._pictures, self._bases
                )
        self._anew = False
        self._first_source = self._highest_source = packet.extended
        self._last = packet
        self._offset = self._next - packet.extended
        self._segments.append(
            Segment(
                self._next,
                self._offset,
                self._timestamp_offset,
                layer,
                self._pictures,
                self._bases,
            )
        )
        return True

    def _move_pictures(self, burst: Burst, lengths: Sequence[int], header: int) -> None:
        at = header
        overhead = self._outlet.overhead
        for read, length in zip(burst.counts, lengths, strict=True):
            if read is not None:
                vp8.advance(self._buffer, at, read, self._pictures, self._bases)
            at += length + overhead

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
        if self.rtx_ssrc is None or self._rtx_payload_type is None:
            return False
        running = self._first_source != _NOT_YET
        highest = self._highest_source + self._offset if running else self._next - 1
        number = extend(sequence, highest)
        segment = next((s for s in reversed(self._segments) if s.first <= number), None)
        if segment is None or number > highest:
            return False
        # A closed gate has emptied the cache, so nothing forbidden since is sent again.
        packet = segment.layer.cached(number - segment.offset)
        if packet is None or packet.length + rtx.OSN_SIZE > RTP_MAX:
            return False
        outflow = self.outflow
        length = rtx.wrap(
            self._buffer,
            packet.payload,
            marker=packet.marker,
            payload_type=self._rtx_payload_type,
            sequence=self._rtx_sequence & 0xFFFF,
            timestamp=packet.timestamp + segment.timestamp_offset & 0xFFFFFFFF,
            ssrc=self.rtx_ssrc,
            original=sequence,
            extension=None if outflow is None else outflow.extension,
        )
        if segment.pictures or segment.bases:
            read = vp8.counts(packet.payload)
            if read is not None:
                at = HEADER_SIZE + rtx.OSN_SIZE + (0 if outflow is None else EXTENSION_SIZE)
                vp8.advance(self._buffer, at, read, segment.pictures, segment.bases)
        self._rtx_sequence += 1
        if outflow is not None:
            return outflow.send(self._buffer, (length,), length, waits=False) == 1
        return self._outlet.send_rtp(self._buffer, (length,)) == 1

    def pad(self, count: int) -> int:
        """
        Send packets of padding where retransmissions go (`media.congestion.pad`).

        Args:
            count: 1..`BURST_MAX`.

        Returns: how many were sent.
        """
        outflow, payload_type = self.outflow, self._rtx_payload_type
        if outflow is None or self.rtx_ssrc is None or payload_type is None:
            return 0
        extension, at = outflow.extension, 0
        timestamp = self._last.timestamp + self._timestamp_offset if self._last is not None else 0
        for _ in range(count):
            pad.write(
                self._buffer,
                at,
                payload_type=payload_type,
                sequence=self._rtx_sequence & 0xFFFF,
                timestamp=timestamp & 0xFFFFFFFF,
                ssrc=self.rtx_ssrc,
                extension=extension,
            )
            self._rtx_sequence += 1
            extension += NEXT
            at += pad.LENGTH + self._outlet.overhead
        return outflow.send(self._buffer, (pad.LENGTH,) * count, pad.LENGTH * count, waits=False)

    def lost(self, fraction: int, now_s: float) -> None:
        """The subscriber lost so much of this, in 1/256; who sends a sound is told."""
        if self._layer is not None and not self._waits:
            self._layer.lost_beyond(fraction, now_s)

    def ask_keyframe(self, now_s: float) -> None:
        """The subscriber's decoder can't go on."""
        if self._layer is not None:
            self._layer.ask_keyframe(now_s)

    @property
    def clock(self) -> SourceClock | None:
        """
        The publisher's clocks when it last told them, the media clock as we number it; None while
        nothing was sent or the publisher has not told.
        """
        clock = self._layer.clock if self._layer is not None else None
        if clock is None or self._first_source == _NOT_YET:
            return None
        return SourceClock(
            clock.ntp, clock.rtp + self._timestamp_offset & 0xFFFFFFFF, clock.arrived_s
        )

    def sender_report(self, now_s: float) -> SenderReport | None:
        """
        The publisher's clocks at this moment, the media clock as we number it.

        The wall clock stays the publisher's in sound and picture alike, so that a receiver plays
        both together (RFC 3550, 6.4.1). Both clocks are advanced by the time since the publisher's
        report; that moves the pair along its line and adds no error.

        Returns: None while nothing was sent or the publisher has not reported.
        """
        clock = self.clock
        if clock is None:
            return None
        passed_s = now_s - clock.arrived_s
        ticks = round(passed_s * self.codec.clock_hz)
        ntp = clock.ntp + (ticks << 32) // self.codec.clock_hz
        return SenderReport(
            self.ssrc,
            ntp & 0xFFFFFFFFFFFFFFFF,
            clock.rtp + ticks & 0xFFFFFFFF,
            self.counters.packets,
            self.counters.octets,
        )
