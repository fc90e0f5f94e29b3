"""
One track to one subscriber: the packets of one of its layers, written with numbers of the
subscriber's own and sent.

Which layer that is, `choice` says; where the numbers stand, `numbering`; what was lost goes again
by `retransmission`. Payloads are shared by all subscribers, but that VP8's picture counters are
moved on in our copy once a replaced source has made that necessary.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from media.congestion.outflow import NEXT, Outflow, Outlet
from media.forwarding.choice import Choice
from media.forwarding.layer import Layer
from media.forwarding.numbering import Numbering
from media.forwarding.packets import Burst, Packet, SourceClock
from media.forwarding.retransmission import Retransmission
from media.forwarding.track import Track
from media.peers.port import Codec
from media.rtp import vp8
from media.rtp.packet import EXTENSION_HEAD, EXTENSION_SIZE, HEADER_SIZE
from media.rtp.rtcp import SenderReport


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


class Subscription:
    """
    What one slot of a subscriber carries (`media.forwarding.packets.Sink`).

    Args:
        ssrc: ours, of the media.
        rtx_ssrc: ours, of retransmissions; None: there are none.
        codec: as the subscriber numbers it.
        buffer: to send from, `SEND_SIZE` bytes; may be shared, it is used only during a send.
        outlet: sends them.
    """

    __slots__ = (
        "_again",
        "_buffer",
        "_choice",
        "_held",
        "_numbering",
        "_outlet",
        "_payload_type",
        "_red_payload_type",
        "_waits",
        "codec",
        "counters",
        "outflow",
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
        self.codec = codec
        self.counters = SubscriptionCounters()
        self._buffer = buffer
        self._outlet = outlet
        self._payload_type = codec.payload_type
        self._red_payload_type = codec.red_payload_type
        self.outflow: Outflow | None = None
        """Set where the subscriber takes transport-wide numbers: packets leave through it."""
        self._waits = codec.name != "opus"
        # dropped for want of room; begins again when there is some
        self._held = False
        self._numbering = Numbering()
        self._choice = Choice(self, self._numbering, self._take_over)
        self._again = Retransmission(
            rtx_ssrc, codec.rtx_payload_type, self._numbering, buffer=buffer, outlet=outlet
        )

    def recode(self, codec: Codec) -> None:
        """
        Number packets as this codec from now on, where a client takes several; between two tracks.
        """
        assert self.track is None, "can't happen: packets of the old codec would be misnamed"
        self.codec = codec
        self._payload_type = codec.payload_type
        self._red_payload_type = codec.red_payload_type
        self._again.payload_type = codec.rtx_payload_type

    # --- source

    @property
    def track(self) -> Track | None:
        """The source; None: the slot is silent."""
        return self._choice.track

    @property
    def layer(self) -> int | None:
        """Index of the layer that is sent, or begins with its next keyframe; None: none is."""
        track, layer = self._choice.track, self._choice.layer
        return None if track is None or layer is None else track.layers.index(layer)

    @property
    def wished(self) -> int | None:
        """Index of the largest layer that may be sent; None: nothing is."""
        return self._choice.wished

    def attach(self, track: Track | None, now_s: float) -> None:
        """Carry this track from now on, or nothing. The last one is let go."""
        if track is not self._choice.track:
            self._choice.attach(track)
            self.settle(now_s)

    def wish(self, layer: int | None, now_s: float) -> None:
        """
        Send this layer if it is to be had, else the best below (`Track.choose`).

        Args:
            layer: index, small to large; larger ones than there are: the largest. None: nothing is
                sent until the next wish.
            now_s: monotonic clock.
        """
        if layer != self._choice.wished:
            self._choice.wish(layer)
            self.settle(now_s)

    def settle(self, now_s: float) -> None:
        """
        See which layer is to be had, and go for it; called at each tick too, since layers come and
        go.

        What is sent goes on until a keyframe of the other layer is there.
        """
        choice = self._choice
        if choice.track is None or choice.wished is None:
            return
        if self._held and (self.outflow is None or self.outflow.ready):
            self._held = False
            self.ask_keyframe(now_s)
        choice.settle(now_s)

    def _take_over(self, layer: Layer, burst: Burst) -> None:
        if self._waits and self.outflow is not None and self.outflow.full:
            return  # the keyframe would be dropped; another is asked for at the next tick
        self._choice.take_up(layer)
        self.forward(burst)

    def interrupted(self, *, anew: bool) -> None:
        """Close the gap, begin with the next keyframe (`Sink`)."""
        if anew:
            self._numbering.restart()
        else:
            self._numbering.close()

    def reported(self, clock: SourceClock) -> None:
        """Clocks are asked for when a report is due (`Sink`)."""

    # --- packets

    def forward(self, burst: Burst) -> None:
        """Send packets on with our numbers; hot path (`Sink`)."""
        outflow = self.outflow
        if outflow is not None and outflow.full and self._drop(burst):
            return
        numbering = self._numbering
        if burst.oldest < numbering.begins_at:
            packets = [
                p for p in burst.packets if p.extended >= numbering.begins_at or self._begins(p)
            ]
            if not packets:
                return
            burst = Burst(packets, red=burst.red)
        newest = burst.newest
        if newest.extended > numbering.highest:
            numbering.highest = newest.extended
            numbering.last = newest
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
        offset, shift = numbering.offset, numbering.timestamp_offset
        overhead = self._outlet.overhead
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
        if numbering.pictures or numbering.bases:
            self._move_pictures(burst, burst.lengths, HEADER_SIZE)
        lengths, octets = burst.lengths, burst.octets
        sent = self._outlet.send_rtp(buffer, lengths)
        counters = self.counters
        if sent < len(lengths):
            counters.unsent += len(lengths) - sent
            octets = sum(lengths[:sent]) - sent * HEADER_SIZE
        counters.packets += sent
        counters.octets += octets

    def _forward_numbered(self, burst: Burst, outflow: Outflow, payload_type: int) -> None:
        """As `forward`, with transport-wide numbers."""
        extended_burst = burst.extended
        lengths = extended_burst.lengths
        extension = outflow.extension
        buffer, ssrc, numbering = self._buffer, self.ssrc, self._numbering
        offset, shift = numbering.offset, numbering.timestamp_offset
        overhead = self._outlet.overhead
        at = 0
        kind = payload_type << 16
        for write, extended, head, timestamp, body, length in extended_burst.rows:
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
        if numbering.pictures or numbering.bases:
            self._move_pictures(burst, lengths, HEADER_SIZE + EXTENSION_SIZE)
        octets = burst.octets
        sent = outflow.send(buffer, lengths, extended_burst.size, waits=self._waits)
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
        numbering = self._numbering
        if numbering.running:
            last = numbering.last
            if last is not None and burst.packets[0].timestamp == last.timestamp:
                return False
            numbering.close()
        self._held = True
        self.counters.dropped += len(burst.packets)
        return True

    def _begins(self, packet: Packet) -> bool:
        """Start a segment with this packet, if one can start here."""
        numbering = self._numbering
        if numbering.running:
            self.counters.late += 1
            return False
        if not packet.keyframe or packet.extended < numbering.resume_at:
            self.counters.waiting += 1
            return False
        if self._held:
            if self.outflow is not None and not self.outflow.ready:
                self.counters.dropped += 1
                return False
            self._held = False
        layer = self._choice.layer
        assert layer is not None, "can't happen: packets come from a layer"
        numbering.begin(packet, layer, self.codec)
        return True

    def _move_pictures(self, burst: Burst, lengths: Sequence[int], header: int) -> None:
        at = header
        overhead = self._outlet.overhead
        pictures, bases = self._numbering.pictures, self._numbering.bases
        for read, length in zip(burst.counts, lengths, strict=True):
            if read is not None:
                vp8.advance(self._buffer, at, read, pictures, bases)
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
            if sent < allowance and self._again.send(sequence, self.outflow):
                sent += 1
            else:
                self.counters.unavailable += 1
        self.counters.retransmitted += sent
        return sent

    def pad(self, count: int) -> int:
        """Send 1..`BURST_MAX` packets of padding where retransmissions go; how many were sent."""
        return self._again.pad(count, self.outflow)

    def lost(self, fraction: int, now_s: float) -> None:
        """The subscriber lost so much of this, in 1/256; who sends a sound is told."""
        layer = self._choice.layer
        if layer is not None and not self._waits:
            layer.lost_beyond(fraction, now_s)

    def ask_keyframe(self, now_s: float) -> None:
        """The subscriber's decoder can't go on."""
        if self._choice.layer is not None:
            self._choice.layer.ask_keyframe(now_s)

    @property
    def clock(self) -> SourceClock | None:
        """
        The publisher's clocks when it last told them, the media clock as we number it; None while
        nothing was sent or the publisher has not told.
        """
        layer, numbering = self._choice.layer, self._numbering
        clock = layer.clock if layer is not None else None
        if clock is None or not numbering.running:
            return None
        return SourceClock(
            clock.ntp, clock.rtp + numbering.timestamp_offset & 0xFFFFFFFF, clock.arrived_s
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
