"""
One encoding of a published track, under one SSRC: from its packets to its sinks. A track without
simulcast has one layer.

The permission gate stands here, before the cache and before every sink: what is forbidden is
counted and dropped, and nobody sees it. A new layer is forbidden.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from media.forwarding.packets import Burst, Packet, PacketCache, Sink, SourceClock, level
from media.forwarding.reception import MAX_DROPOUT, Reception
from media.forwarding.repair import KeyframePace, KeyframeRequests, MissingPackets
from media.forwarding.voice import Voice
from media.limits import Limits
from media.peers.port import BURST_MAX, Codec, CodecName
from media.rtp import red, rtx
from media.rtp.keyframes import av1_keyframe, h264_keyframe, vp8_keyframe, vp9_keyframe
from media.rtp.packet import RtpHeader
from media.rtp.rtcp import Nack, Pli, ReportBlock, Rtcp, SenderReport
from media.rtp.sequence import extend

_NEVER: Final = float("-inf")
_BEYOND_MAX: Final = 51
"""1/256: a fifth. More helps nobody, and one listener shall not spoil the others' sound."""
_BEYOND_S: Final = 6.0
"""Browsers report about sound every 5 s (RFC 3550, 6.2)."""
_DETECT: Final[Mapping[CodecName, Callable[[bytes], bool]]] = {
    "VP8": vp8_keyframe,
    "VP9": vp9_keyframe,
    "H264": h264_keyframe,
    "AV1": av1_keyframe,
}

Later = Callable[[Callable[[], None]], object]
"""Calls something once what can be read now was read."""


def at_once(call: Callable[[], None]) -> None:
    """A `Later` that gathers nothing."""
    call()


@dataclass(slots=True)
class LayerCounters:
    """Packets, by what became of them; plain integers, read when somebody asks."""

    passed: int = 0
    forbidden: int = 0
    """Not allowed at this moment, or sent before it was."""
    payload_type: int = 0
    """A payload type that is not the layer's."""
    duplicate: int = 0
    late: int = 0
    """Older than the cache."""
    jump: int = 0
    """A sequence number far off."""
    malformed: int = 0
    padding: int = 0
    """Retransmissions without a payload."""
    repaired: int = 0
    """Retransmissions that filled a gap; counted in `passed` too."""


class Layer:
    """
    One encoding.

    Args:
        codec: what its packets must be.
        ssrc: of the media; None until a packet names it by MID.
        cache: packets kept; a power of two.
        pace: of keyframe requests, one for all layers of a track.
        reporter: SSRC that feedback comes from.
        send: sends feedback to the publisher.
        limits: bounds.
        later: packets that arrive together (a picture has several) go on together, sink by sink:
            that halves the cost of each, for a delay of microseconds.
    """

    __slots__ = (
        "_allowed",
        "_beyond",
        "_beyond_until_s",
        "_burst",
        "_cache",
        "_detect",
        "_keyframes",
        "_later",
        "_limits",
        "_measured_octets",
        "_measured_s",
        "_missing",
        "_newest",
        "_octets",
        "_open_from",
        "_payload_type",
        "_plain",
        "_prefix",
        "_reception",
        "_red",
        "_reporter",
        "_send",
        "_sinks",
        "clock",
        "codec",
        "counters",
        "passed_s",
        "rate",
        "ssrc",
        "voice",
    )

    def __init__(
        self,
        codec: Codec,
        ssrc: int | None,
        *,
        cache: int,
        pace: KeyframePace,
        reporter: int,
        send: Callable[[Sequence[Rtcp]], None],
        limits: Limits,
        later: Later = at_once,
    ) -> None:
        self.codec = codec
        self.ssrc = ssrc
        self.counters = LayerCounters()
        self.rate = 0
        """What was let through of late, bit/s of payload; measured by `work`."""
        self.clock: SourceClock | None = None
        self.passed_s = _NEVER
        """When a packet was last let through, monotonic clock."""
        self.voice: Voice | None = None
        """Of a sound whose packets tell their level."""
        self._allowed = False
        # worst loss of a listener, and until when it holds
        self._beyond = 0
        self._beyond_until_s = _NEVER
        # let through, not handed on yet
        self._burst: list[Packet] = []
        self._cache = PacketCache(cache)
        self._detect = _DETECT.get(codec.name)
        self._keyframes = KeyframeRequests(limits.keyframe_interval_s, pace)
        self._later = later
        self._limits = limits
        # octets handed on, and how many when the rate was last measured
        self._octets = self._measured_octets = 0
        self._measured_s = _NEVER
        self._missing = MissingPackets(limits)
        # newest number let through; None: what comes next is the first of its kind
        self._newest: int | None = None
        # packets numbered lower were sent while the gate was closed
        self._open_from = 0
        # Who prefers redundant audio sends the codec alone now and then; all goes on as redundant.
        self._red = codec.red_payload_type is not None
        self._payload_type = codec.red_payload_type or codec.payload_type
        self._plain = codec.payload_type
        self._prefix = red.wrap(b"", codec.payload_type) if self._red else b""
        self._reception = Reception(codec.clock_hz)
        self._reporter = reporter
        self._send = send
        self._sinks: tuple[Sink, ...] = ()

    # --- permission and sinks

    @property
    def allowed(self) -> bool:
        """Whether packets are let through."""
        return self._allowed

    def allow(self, allowed: bool, now_s: float) -> None:
        """Open or close the gate. What was sent before it opened stays forbidden for ever."""
        if allowed == self._allowed:
            return
        self._allowed = allowed
        self._burst.clear()
        self._newest = None
        self._missing.clear()
        self._cache.clear()
        if allowed:
            self._open_from = self._reception.highest + 1
            self._interrupt(now_s)

    def add(self, sink: Sink) -> None:
        """Send packets to *sink* too, from the next on."""
        self._sinks = (*self._sinks, sink)

    def remove(self, sink: Sink) -> None:
        """Send nothing more to *sink*; unknown ones are fine."""
        self._sinks = tuple(s for s in self._sinks if s is not sink)

    @property
    def lost(self) -> int:
        """Fraction that never came, at the last receiver report, in 1/256."""
        return self._reception.fraction_lost

    @property
    def jitter_ms(self) -> int:
        """Of arrival (RFC 3550, A.8)."""
        return round(self._reception.jitter * 1000 / self.codec.clock_hz)

    @property
    def highest(self) -> int:
        """Extended number of the newest packet that arrived; 0: none did yet."""
        return self._reception.highest

    def cached(self, extended: int) -> Packet | None:
        """A packet that was let through and is still kept."""
        return self._cache.get(extended)

    def ask_keyframe(self, now_s: float) -> None:
        """A sink can't go on without a keyframe; passed on to the publisher, throttled."""
        if self._detect is not None and self._allowed and self._keyframes.ask(now_s):
            self._request_keyframe()

    def hear(self, extension: int) -> None:
        """Its packets tell how loud they are, in the header extension of this local id."""
        if self.voice is None or self.voice.extension != extension:
            self.voice = Voice(extension)

    # --- from the publisher

    def bind(self, ssrc: int) -> None:
        """The media comes with this SSRC from now on."""
        self._flush()
        self.ssrc = ssrc
        self.clock = None
        self._reception = Reception(self.codec.clock_hz)
        self._newest = None
        self._open_from = 0
        self._missing.clear()
        self._cache.clear()
        for sink in self._sinks:
            sink.interrupted(anew=True)

    def receive(self, packet: memoryview, header: RtpHeader, now_s: float) -> None:
        """Take a packet of the media's SSRC; hot path."""
        prefix = b""
        if header.payload_type != self._payload_type:
            if header.payload_type != self._plain:
                self.counters.payload_type += 1
                return
            prefix = self._prefix
        extended = self._reception.number(header.sequence)
        if extended is None:
            self.counters.jump += 1
            return
        self._reception.count(header.timestamp, now_s)
        if self.voice is not None:
            self.voice.hear(packet, now_s)
        self._take(extended, packet, header, header.start, now_s, prefix)

    def receive_rtx(self, packet: memoryview, header: RtpHeader, now_s: float) -> None:
        """Take a packet of the retransmission's SSRC."""
        if header.payload_type != self.codec.rtx_payload_type:
            self.counters.payload_type += 1
            return
        original = rtx.unwrap(packet, header)
        if original is None:
            self.counters.padding += 1
            return
        highest = self._reception.highest
        extended = extend(original, highest)
        if not self._reception.started or extended > highest:
            # probes may come before the first packet of the media; nobody misses what they carry
            self.counters.late += 1
            return
        before = self.counters.passed
        self._take(extended, packet, header, header.start + rtx.OSN_SIZE, now_s)
        self.counters.repaired += self.counters.passed - before

    def _take(
        self,
        extended: int,
        packet: memoryview,
        header: RtpHeader,
        start: int,
        now_s: float,
        prefix: bytes = b"",
    ) -> None:
        counters = self.counters
        if not self._allowed or extended < self._open_from:
            counters.forbidden += 1
            return
        newest = self._newest
        cache = self._cache
        if newest is None or extended > newest:
            if newest is not None and extended != newest + 1:
                self._gap(newest + 1, extended, now_s)
            self._newest = extended
        elif extended <= newest - cache.capacity:
            counters.late += 1
            return
        elif cache.get(extended) is not None:
            counters.duplicate += 1
            return
        else:
            self._missing.arrived(extended)
        payload = bytes(packet[start : header.end])
        if prefix:
            payload = prefix + payload
        keyframe = self._detect is None or self._detect(payload)
        if keyframe:
            self._keyframes.arrived()
        taken = Packet(extended, header.timestamp, header.marker, payload, now_s, keyframe=keyframe)
        cache.put(taken)
        counters.passed += 1
        self.passed_s = now_s
        burst = self._burst
        burst.append(taken)
        if len(burst) == 1:
            self._later(self._flush)
        elif len(burst) == BURST_MAX:
            self._flush()
        if now_s >= self._missing.next_s:
            self._request_missing(now_s)

    def _flush(self) -> None:
        burst = self._burst
        if burst:
            self._burst = []
            if len(burst) > 1:
                level(burst)
            together = Burst(burst, red=self._red)
            self._octets += together.octets
            for sink in self._sinks:
                sink.forward(together)

    def _gap(self, first: int, end: int, now_s: float) -> None:
        if end - first >= self._cache.capacity:
            self._missing.clear()
            self._interrupt(now_s, anew=end - first > MAX_DROPOUT)
        elif self._detect is not None and not self._missing.gap(first, end, now_s):
            self._interrupt(now_s)

    def _interrupt(self, now_s: float, *, anew: bool = False) -> None:
        self._flush()
        if anew:
            self.clock = None
        for sink in self._sinks:
            sink.interrupted(anew=anew)
        self.ask_keyframe(now_s)

    # --- reports

    def on_sender_report(self, report: SenderReport, now_s: float) -> None:
        """Take the publisher's report of its two clocks."""
        self._reception.on_sender_report(report.ntp, now_s)
        self.clock = SourceClock(report.ntp, report.rtp, now_s)
        if self._allowed:
            for sink in self._sinks:
                sink.reported(self.clock)

    def report(self, now_s: float) -> ReportBlock | None:
        """The block for a receiver report; None before the first packet."""
        if self.ssrc is None or not self._reception.started:
            return None
        block = self._reception.report(self.ssrc, now_s)
        if now_s < self._beyond_until_s and self._beyond > block.fraction_lost:
            return replace(block, fraction_lost=self._beyond)
        return block

    def lost_beyond(self, fraction: int, now_s: float) -> None:
        """
        A listener told that it loses so much of this sound.

        The publisher is told of the worst of them as if it were its own line: an encoder that knows
        of losses repeats what it said a moment ago (Opus, RFC 6716, 2.1.7), and listeners far away
        hear whole words. Bitrates are not affected: they go by the totals, which stay true.

        Args:
            fraction: in 1/256.
        """
        if fraction >= self._beyond or now_s >= self._beyond_until_s:
            self._beyond = min(fraction, _BEYOND_MAX)
            self._beyond_until_s = now_s + _BEYOND_S

    def live(self, now_s: float) -> bool:
        """Whether packets arrive and are let through."""
        return self._allowed and now_s - self.passed_s < self._limits.silent_s

    def work(self, now_s: float) -> None:
        """Do what is due: repeat requests for missing packets and keyframes, measure the rate."""
        passed_s = now_s - self._measured_s
        if passed_s >= self._limits.rate_s:
            # nothing is known before the second look
            self.rate = int((self._octets - self._measured_octets) * 8 / passed_s)
            self._measured_octets, self._measured_s = self._octets, now_s
        if now_s >= self._missing.next_s:
            self._request_missing(now_s)
        # a camera that is off answers no PLI; its next packet comes with one due
        if self.live(now_s) and self._keyframes.due(now_s):
            self._request_keyframe()

    def _request_missing(self, now_s: float) -> None:
        if self._newest is None or self.ssrc is None:
            return
        lost = self._missing.due(self._newest, now_s)
        if lost:
            sequences = tuple(number & 0xFFFF for number in lost)
            self._send((Nack(self._reporter, self.ssrc, sequences),))

    def _request_keyframe(self) -> None:
        if self.ssrc is not None:
            self._send((Pli(self._reporter, self.ssrc),))
