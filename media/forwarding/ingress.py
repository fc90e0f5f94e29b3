"""
All that one publisher sends: packets are led to their layers by SSRC, and the feedback for them is
sent back. Where the description named no SSRC, the first packets tell by MID (RFC 8843, 9.2) and,
with simulcast, by RID (RFC 8852) where they belong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from media.congestion.arrivals import Arrivals
from media.forwarding.allowance import Allowance
from media.forwarding.layer import Layer
from media.forwarding.track import Later, Track, at_once
from media.limits import Limits
from media.peers.port import Inbound
from media.rtp import extensions
from media.rtp.errors import MalformedPacket
from media.rtp.packet import RtpHeader, find_extension, parse_header
from media.rtp.rtcp import (
    BLOCKS_MAX,
    ReceiverReport,
    Remb,
    ReportBlock,
    Rtcp,
    SenderReport,
    SourceNames,
    compound,
    parse,
)

REPORTER_SSRC: Final = 1
"""Our own SSRC in feedback; each peer is an RTP session of its own, and this one sends no media."""
REPORTER_NAME: Final = "yishi"


@dataclass(slots=True)
class IngressCounters:
    """Packets dropped before they reached a layer."""

    malformed: int = 0
    foreign: int = 0
    """An SSRC that was not announced."""
    malformed_rtcp: int = 0
    flooding: int = 0
    """RTCP compounds beyond the bound."""


class Ingress:
    """
    The receiving side of one publisher.

    Args:
        send: sends a compound RTCP packet to the publisher.
        limits: bounds.
        later: as `Track` takes it.
    """

    def __init__(
        self, send: Callable[[bytes], object], limits: Limits, later: Later = at_once
    ) -> None:
        self.counters = IngressCounters()
        self._later = later
        self._limits = limits
        self._rtcp = Allowance(limits.rtcp_per_s, limits.rtcp_burst)
        self._send = send
        self._inbound: dict[str, tuple[Inbound, Track]] = {}
        self._media: dict[int, Layer] = {}
        self._rtx: dict[int, Layer] = {}
        # m-lines without announced SSRCs, and how many each of their layers has bound
        self._unnamed: dict[str, tuple[Track, list[int]]] = {}
        self._ids: dict[str, int] = {}  # of header extensions, one for the whole bundle
        # transport-wide numbers; None: the client does not send them
        self._arrivals: Arrivals | None = None

    @property
    def tracks(self) -> tuple[Track, ...]:
        """In the order of the m-lines."""
        return tuple(track for _, track in self._inbound.values())

    def update(self, inbound: Sequence[Inbound]) -> None:
        """
        A negotiation ended. M-lines that stayed as they were keep their track; new and changed ones
        get a new one, forbidden as every new track.
        """
        kept: dict[str, tuple[Inbound, Track]] = {}
        retransmitting, self._rtx = self._rtx, {}
        self._media, self._unnamed = {}, {}
        self._ids = {}
        for line in inbound:
            if not line.codecs:
                continue
            known = self._inbound.get(line.mid)
            if known is not None and _same(known[0], line):
                track = known[1]
            else:
                track = Track(
                    line.kind,
                    line.codecs[0],
                    None,
                    reporter=REPORTER_SSRC,
                    send=self._feedback,
                    limits=self._limits,
                    later=self._later,
                    rids=line.rids,
                )
            if line.kind == "sound" and (level := line.extensions.get(extensions.LEVEL)):
                track.layers[0].hear(level)
            kept[line.mid] = (line, track)
            self._route(line, track, retransmitting)
        self._inbound = kept
        self._number(inbound)

    def _number(self, inbound: Sequence[Inbound]) -> None:
        ids = {line.extensions.get(extensions.TRANSPORT) for line in inbound} - {None}
        ident = ids.pop() if len(ids) == 1 else None
        if ident is None:
            self._arrivals = None
        elif self._arrivals is None or self._arrivals.ident != ident:
            self._arrivals = Arrivals(REPORTER_SSRC, ident)

    def _route(self, line: Inbound, track: Track, bound: dict[int, Layer]) -> None:
        retransmitting = set(line.rtx_ssrcs.values())
        media = [ssrc for ssrc in line.ssrcs if ssrc not in retransmitting]
        if line.rids or not media:
            self._unnamed[line.mid] = (track, [0] * len(track.layers))
            self._ids.update(line.extensions)
            for layer in track.layers:
                if layer.ssrc is not None:
                    self._media[layer.ssrc] = layer
            self._rtx.update(
                (ssrc, layer) for ssrc, layer in bound.items() if layer in track.layers
            )
            return
        # The first of two m-lines that claim one SSRC keeps it; the other stays silent.
        ssrc = media[0]
        if ssrc in self._media or ssrc in self._rtx:
            return
        (layer,) = track.layers
        if layer.ssrc != ssrc:
            layer.bind(ssrc)
        self._media[ssrc] = layer
        rtx_ssrc = line.rtx_ssrcs.get(ssrc)
        if rtx_ssrc is not None and rtx_ssrc not in self._media:
            self._rtx.setdefault(rtx_ssrc, layer)

    def receive(self, packet: memoryview, now_s: float) -> None:
        """Take one plain RTP packet; hot path. Never raises."""
        try:
            header = parse_header(packet)
        except MalformedPacket:
            self.counters.malformed += 1
            return
        if self._arrivals is not None:
            self._arrivals.receive(packet, now_s)
        layer = self._media.get(header.ssrc)
        if layer is not None:
            layer.receive(packet, header, now_s)
            return
        layer = self._rtx.get(header.ssrc)
        if layer is not None:
            layer.receive_rtx(packet, header, now_s)
            return
        self._receive_unknown(packet, header, now_s)

    def _receive_unknown(self, packet: memoryview, header: RtpHeader, now_s: float) -> None:
        found = self._unnamed.get(self._element(packet, extensions.MID) or "")
        if found is None:
            self.counters.foreign += 1
            return
        track, bound = found
        index = self._layer_of(packet, track)
        if index is None or bound[index] >= self._limits.ssrcs_per_mid:
            self.counters.foreign += 1
            return
        layer = track.layers[index]
        if header.payload_type == track.codec.payload_type:
            if layer.ssrc is not None:
                self._media.pop(layer.ssrc, None)
            layer.bind(header.ssrc)
            self._media[header.ssrc] = layer
            bound[index] += 1
            layer.receive(packet, header, now_s)
        elif header.payload_type == track.codec.rtx_payload_type:
            self._rtx = {ssrc: other for ssrc, other in self._rtx.items() if other is not layer}
            self._rtx[header.ssrc] = layer
            bound[index] += 1
            layer.receive_rtx(packet, header, now_s)
        else:
            self.counters.foreign += 1

    def _layer_of(self, packet: memoryview, track: Track) -> int | None:
        if not track.rids:
            return 0
        rid = self._element(packet, extensions.RID) or self._element(
            packet, extensions.REPAIRED_RID
        )
        return track.rids.index(rid) if rid in track.rids else None

    def _element(self, packet: memoryview, uri: str) -> str | None:
        ident = self._ids.get(uri)
        value = find_extension(packet, ident) if ident is not None else None
        return None if value is None else value.decode(errors="replace")

    def receive_rtcp(self, packet: memoryview, now_s: float) -> None:
        """Take one compound RTCP packet. Never raises."""
        if not self._rtcp.take(now_s):
            self.counters.flooding += 1
            return
        try:
            reports = parse(packet)
        except MalformedPacket:
            self.counters.malformed_rtcp += 1
            return
        for report in reports:
            if isinstance(report, SenderReport):
                layer = self._media.get(report.ssrc)
                if layer is not None:
                    layer.on_sender_report(report, now_s)

    def work(self, now_s: float) -> None:
        """Do what is due on the tracks, and tell what arrived."""
        for _, track in self._inbound.values():
            track.work(now_s)
        arrivals = self._arrivals
        if arrivals is not None and arrivals.due(now_s):
            feedback = arrivals.tell(next(iter(self._media), 0), now_s)
            if feedback is not None:
                self._feedback((feedback,))

    def report(self, now_s: float) -> None:
        """Send a receiver report of all that came, and the bitrate that is welcome (REMB)."""
        limits = self._limits
        blocks: list[ReportBlock] = []
        bitrate = 0
        for _, track in self._inbound.values():
            # Of each layer: a browser that hears nothing of one does not let it grow.
            started = [block for layer in track.layers if (block := layer.report(now_s))]
            if started:
                blocks += started
                bitrate += limits.sound_bitrate if track.kind == "sound" else limits.picture_bitrate
        del blocks[BLOCKS_MAX:]
        if not blocks:
            return
        packets: list[Rtcp] = [
            ReceiverReport(REPORTER_SSRC, tuple(blocks)),
            SourceNames(((REPORTER_SSRC, REPORTER_NAME),)),
            Remb(REPORTER_SSRC, bitrate, tuple(block.ssrc for block in blocks)),
        ]
        self._send(compound(packets))

    def _feedback(self, packets: Sequence[Rtcp]) -> None:
        # RFC 4585, 3.1: feedback goes in a compound packet that begins with a report and SDES.
        names = SourceNames(((REPORTER_SSRC, REPORTER_NAME),))
        self._send(compound((ReceiverReport(REPORTER_SSRC), names, *packets)))


def _same(old: Inbound, new: Inbound) -> bool:
    return (
        old.kind == new.kind
        and old.codecs[0] == new.codecs[0]
        and old.ssrcs == new.ssrcs
        and old.rids == new.rids
        and dict(old.rtx_ssrcs) == dict(new.rtx_ssrcs)
    )
