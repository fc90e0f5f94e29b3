"""
All that one publisher sends: packets are led to their tracks by SSRC, by MID where the description
named no SSRC (RFC 8843, 9.2), and the feedback for them is sent back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from media.forwarding.track import Later, Track, at_once
from media.limits import Limits
from media.peers.port import Inbound
from media.rtp.errors import MalformedPacket
from media.rtp.packet import RtpHeader, find_extension, parse_header
from media.rtp.rtcp import (
    BLOCKS_MAX,
    ReceiverReport,
    Remb,
    Rtcp,
    SenderReport,
    SourceNames,
    compound,
    parse,
)

MID_URI: Final = "urn:ietf:params:rtp-hdrext:sdes:mid"
REPORTER_SSRC: Final = 1
"""Our own SSRC in feedback; each peer is an RTP session of its own, and this one sends no media."""
REPORTER_NAME: Final = "yishi"


@dataclass(slots=True)
class IngressCounters:
    """Packets dropped before they reached a track."""

    malformed: int = 0
    foreign: int = 0
    """An SSRC that was not announced."""
    malformed_rtcp: int = 0


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
        self._send = send
        self._inbound: dict[str, tuple[Inbound, Track]] = {}
        self._media: dict[int, Track] = {}
        self._rtx: dict[int, Track] = {}
        # m-lines without announced SSRCs, and how many they have bound
        self._unnamed: dict[str, int] = {}
        self._mid_id: int | None = None

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
        self._mid_id = None
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
                )
            kept[line.mid] = (line, track)
            self._route(line, track, retransmitting)
        self._inbound = kept

    def _route(self, line: Inbound, track: Track, bound: dict[int, Track]) -> None:
        retransmitting = set(line.rtx_ssrcs.values())
        media = [ssrc for ssrc in line.ssrcs if ssrc not in retransmitting]
        if not media:
            self._unnamed[line.mid] = 0
            self._mid_id = line.extensions.get(MID_URI, self._mid_id)
            if track.ssrc is not None:
                self._media[track.ssrc] = track
            self._rtx.update((ssrc, t) for ssrc, t in bound.items() if t is track)
            return
        # The first of two m-lines that claim one SSRC keeps it; the other stays silent.
        ssrc = media[0]
        if ssrc in self._media or ssrc in self._rtx:
            return
        if track.ssrc != ssrc:
            track.bind(ssrc)
        self._media[ssrc] = track
        rtx_ssrc = line.rtx_ssrcs.get(ssrc)
        if rtx_ssrc is not None and rtx_ssrc not in self._media:
            self._rtx.setdefault(rtx_ssrc, track)

    def receive(self, packet: memoryview, now_s: float) -> None:
        """Take one plain RTP packet; hot path. Never raises."""
        try:
            header = parse_header(packet)
        except MalformedPacket:
            self.counters.malformed += 1
            return
        track = self._media.get(header.ssrc)
        if track is not None:
            track.receive(packet, header, now_s)
            return
        track = self._rtx.get(header.ssrc)
        if track is not None:
            track.receive_rtx(packet, header, now_s)
            return
        self._receive_unknown(packet, header, now_s)

    def _receive_unknown(self, packet: memoryview, header: RtpHeader, now_s: float) -> None:
        mid = find_extension(packet, self._mid_id) if self._mid_id is not None else None
        name = mid.decode(errors="replace") if mid is not None else None
        bound = self._unnamed.get(name) if name is not None else None
        if name is None or bound is None or bound >= self._limits.ssrcs_per_mid:
            self.counters.foreign += 1
            return
        track = self._inbound[name][1]
        if header.payload_type == track.codec.payload_type:
            if track.ssrc is not None:
                self._media.pop(track.ssrc, None)
            track.bind(header.ssrc)
            self._media[header.ssrc] = track
            self._unnamed[name] = bound + 1
            track.receive(packet, header, now_s)
        elif header.payload_type == track.codec.rtx_payload_type:
            self._rtx = {ssrc: t for ssrc, t in self._rtx.items() if t is not track}
            self._rtx[header.ssrc] = track
            self._unnamed[name] = bound + 1
            track.receive_rtx(packet, header, now_s)
        else:
            self.counters.foreign += 1

    def receive_rtcp(self, packet: memoryview, now_s: float) -> None:
        """Take one compound RTCP packet. Never raises."""
        try:
            reports = parse(packet)
        except MalformedPacket:
            self.counters.malformed_rtcp += 1
            return
        for report in reports:
            if isinstance(report, SenderReport):
                track = self._media.get(report.ssrc)
                if track is not None:
                    track.on_sender_report(report, now_s)

    def work(self, now_s: float) -> None:
        """Do what is due on the tracks."""
        for _, track in self._inbound.values():
            track.work(now_s)

    def report(self, now_s: float) -> None:
        """Send a receiver report of all that came, and the bitrate that is welcome (REMB)."""
        started = [
            (track, block)
            for track in self._media.values()
            if (block := track.report(now_s)) is not None
        ][:BLOCKS_MAX]
        if not started:
            return
        limits = self._limits
        bitrate = sum(
            limits.sound_bitrate if track.kind == "sound" else limits.picture_bitrate
            for track, _ in started
        )
        packets: list[Rtcp] = [
            ReceiverReport(REPORTER_SSRC, tuple(block for _, block in started)),
            SourceNames(((REPORTER_SSRC, REPORTER_NAME),)),
            Remb(REPORTER_SSRC, bitrate, tuple(block.ssrc for _, block in started)),
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
        and dict(old.rtx_ssrcs) == dict(new.rtx_ssrcs)
    )
