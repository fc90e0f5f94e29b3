"""
What arrives of one source: extended sequence numbers, loss and jitter for receiver reports
(RFC 3550, 6.4.1, appendices A.1, A.3, A.8).
"""

from __future__ import annotations

from typing import Final

from media.rtp.rtcp import ReportBlock
from media.rtp.sequence import extend

MAX_DROPOUT: Final = 3_000
"""A forward jump up to this is loss (RFC 3550, A.1)."""
MAX_MISORDER: Final = 1_000
"""A backward jump up to this is reordering. The RFC says 100, from times of fewer packets/s."""


class Reception:
    """
    Statistics of one SSRC.

    Args:
        clock_hz: of the media.
    """

    __slots__ = (
        "_bad",
        "_base",
        "_clock_hz",
        "_expected_before",
        "_received",
        "_received_before",
        "_report_arrived_s",
        "_report_ntp",
        "_transit",
        "fraction_lost",
        "highest",
        "jitter",
        "started",
    )

    def __init__(self, clock_hz: int) -> None:
        self.started = False
        self.highest = 0
        """Extended highest sequence number, once `started`."""
        self.jitter = 0.0
        """Media clock ticks."""
        self.fraction_lost = 0
        """Between the last two reports, in 1/256."""
        self._clock_hz = clock_hz
        self._base = 0
        self._bad: int | None = None
        self._received = 0
        self._expected_before = 0
        self._received_before = 0
        self._transit: float | None = None
        self._report_ntp = 0
        self._report_arrived_s = 0.0

    def number(self, sequence: int) -> int | None:
        """
        Extend a packet's sequence number, and take it for the newest if it is.

        Returns: the extended number; None for a packet far off, which is dropped. A second one in
        order after it shows that the sender began anew: then the number lies in the next cycle.

        Source: RFC 3550, A.1, without probation.
        """
        if not self.started:
            self.started = True
            # one cycle up, so that no reordered packet gets a negative number
            self.highest = self._base = sequence + 0x10000
            return self.highest
        extended = extend(sequence, self.highest)
        distance = extended - self.highest
        if -MAX_MISORDER < distance <= MAX_DROPOUT:
            if distance > 0:
                self.highest = extended
                self._bad = None
            return extended
        if sequence != self._bad:
            self._bad = (sequence + 1) & 0xFFFF
            return None
        self._bad = None
        self.highest = ((self.highest >> 16) + 1 << 16) + sequence
        self._base = self.highest
        self._received = self._received_before = self._expected_before = 0
        self._transit = None
        return self.highest

    def count(self, timestamp: int, now_s: float) -> None:
        """
        Count an arrived packet and follow its jitter.

        Source: RFC 3550, A.8.
        """
        self._received += 1
        transit = now_s * self._clock_hz - timestamp
        if self._transit is not None:
            # timestamps wrap at 32 bits: take the short way
            change = (transit - self._transit + 0x80000000) % 0x100000000 - 0x80000000
            self.jitter += (abs(change) - self.jitter) / 16
        self._transit = transit

    def on_sender_report(self, ntp: int, now_s: float) -> None:
        """Remember a sender report for LSR and DLSR."""
        self._report_ntp = ntp
        self._report_arrived_s = now_s

    def report(self, ssrc: int, now_s: float) -> ReportBlock:
        """
        The report block since the last one.

        Source: RFC 3550, A.3.
        """
        expected = self.highest - self._base + 1
        expected_now = expected - self._expected_before
        received_now = self._received - self._received_before
        self._expected_before, self._received_before = expected, self._received
        lost_now = expected_now - received_now
        fraction = (lost_now << 8) // expected_now if expected_now > 0 and lost_now > 0 else 0
        delay = now_s - self._report_arrived_s if self._report_ntp else 0.0
        self.fraction_lost = min(fraction, 255)
        return ReportBlock(
            ssrc,
            self.fraction_lost,
            expected - self._received,
            self.highest,
            int(self.jitter),
            self._report_ntp >> 16 & 0xFFFFFFFF,
            min(int(delay * 65536), 0xFFFFFFFF),
        )
