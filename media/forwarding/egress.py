"""All that one subscriber is sent: its subscriptions, its feedback, our sender reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from media.congestion.outflow import Outflow
from media.forwarding.allowance import Allowance
from media.forwarding.subscription import Subscription
from media.limits import Limits
from media.rtp.errors import MalformedPacket
from media.rtp.rtcp import (
    Fir,
    Nack,
    Pli,
    ReceiverReport,
    Remb,
    ReportBlock,
    Rtcp,
    SenderReport,
    SourceNames,
    compound,
    parse,
)
from media.rtp.transport_feedback import TransportFeedback

_REPORTS_MAX: Final = 12
"""In one compound: 28 bytes of report and some 60 of CNAME for each stay under 1,200 bytes."""


@dataclass(slots=True)
class EgressCounters:
    """Feedback from a subscriber."""

    malformed_rtcp: int = 0
    foreign: int = 0
    """About an SSRC that is not one of ours."""
    lost: int = 0
    """Worst fraction lost in the newest report, in 1/256."""
    flooding: int = 0
    """Compounds beyond the bound."""
    round_trip_ms: int | None = None
    """By the newest report that answers one of ours (RFC 3550, 6.4.1); None: none did."""
    remb: int = 0
    """What the subscriber says it can take, bit/s; 0: it didn't."""


class Egress:
    """
    The sending side of one subscriber.

    Args:
        send: sends a compound RTCP packet to the subscriber.
        limits: bounds.
    """

    def __init__(self, send: Callable[[bytes], object], limits: Limits) -> None:
        self.counters = EgressCounters()
        self.outflow: Outflow | None = None
        """What packets leave through, if the subscriber takes transport-wide numbers."""
        self._send = send
        self._limits = limits
        self._subscriptions: dict[int, tuple[str, Subscription]] = {}
        # SSRC -> clock in our newest report (as LSR names it), and when it left
        self._reported: dict[int, tuple[int, float]] = {}
        self._rtcp = Allowance(limits.rtcp_per_s, limits.rtcp_burst)
        self._allowance = limits.retransmit_burst
        self._refilled_s: float | None = None

    @property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """In the order of their coming."""
        return tuple(subscription for _, subscription in self._subscriptions.values())

    def add(self, name: str, subscription: Subscription) -> None:
        """
        Care for a subscription's feedback and reports.

        Args:
            name: CNAME, one for all that belongs together on one clock.
            subscription: its SSRC is not used by another.
        """
        self._subscriptions[subscription.ssrc] = (name, subscription)

    def remove(self, subscription: Subscription) -> None:
        """Forget a subscription."""
        self._subscriptions.pop(subscription.ssrc, None)
        self._reported.pop(subscription.ssrc, None)

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
            if isinstance(report, TransportFeedback):
                if self.outflow is not None:
                    self.outflow.told(report, now_s)
            elif isinstance(report, Nack):
                self._retransmit(report, now_s)
            elif isinstance(report, Pli):
                self._ask_keyframe(report.ssrc, now_s)
            elif isinstance(report, Fir):
                for ssrc, _ in report.requests:
                    self._ask_keyframe(ssrc, now_s)
            elif isinstance(report, Remb):
                self.counters.remb = report.bitrate
            elif isinstance(report, (ReceiverReport, SenderReport)) and report.blocks:
                self._lost(report.blocks, now_s)
                self._measure(report.blocks, now_s)

    def _lost(self, blocks: Sequence[ReportBlock], now_s: float) -> None:
        lost: list[int] = []
        for block in blocks:
            found = self._subscriptions.get(block.ssrc)
            if found is not None:  # not retransmissions: of two one may be lost, and all is well
                found[1].lost(block.fraction_lost, now_s)
                lost.append(block.fraction_lost)
        self.counters.lost = max(lost, default=self.counters.lost)

    def _measure(self, blocks: Sequence[ReportBlock], now_s: float) -> None:
        # Our reports carry the publisher's clock, so when they left is remembered by its value.
        for block in blocks:
            name, left_s = self._reported.get(block.ssrc, (0, 0.0))
            if name and name == block.last_report:
                trip_s = now_s - left_s - block.delay / 65_536
                self.counters.round_trip_ms = max(0, round(trip_s * 1000))

    def _retransmit(self, nack: Nack, now_s: float) -> None:
        found = self._subscriptions.get(nack.ssrc)
        if found is None:
            self.counters.foreign += 1
            return
        limits = self._limits
        if self._refilled_s is not None:
            refill = (now_s - self._refilled_s) * limits.retransmit_per_s
            self._allowance = min(limits.retransmit_burst, self._allowance + refill)
        self._refilled_s = now_s
        self._allowance -= found[1].retransmit(nack.sequences, int(self._allowance))

    def _ask_keyframe(self, ssrc: int, now_s: float) -> None:
        found = self._subscriptions.get(ssrc)
        if found is None:
            self.counters.foreign += 1
        else:
            found[1].ask_keyframe(now_s)

    def report(self, now_s: float) -> None:
        """Send sender reports of everything that is sent, in compounds that fit a datagram."""
        packets: list[Rtcp] = []
        names: list[tuple[int, str]] = []
        for name, subscription in self._subscriptions.values():
            report = subscription.sender_report(now_s)
            if report is not None:
                self._reported[subscription.ssrc] = (report.ntp >> 16 & 0xFFFFFFFF, now_s)
                packets.append(report)
                names.append((subscription.ssrc, name))
            if len(names) == _REPORTS_MAX:
                self._send(compound((*packets, SourceNames(tuple(names)))))
                packets, names = [], []
        if packets:
            self._send(compound((*packets, SourceNames(tuple(names)))))
