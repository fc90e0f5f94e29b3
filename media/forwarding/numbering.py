"""
The numbers of what one subscriber is sent: its own, without gaps but those that can be repaired.

Sequence numbers and timestamps are the publisher's plus an offset. The offset changes where the
source was interrupted (muted, jumped) or replaced (by another layer, by another track); each such
stretch is a *segment*, kept for a while so that NACKs find the packet that a number stood for.
"""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

from media.forwarding.continuity import continued, ticks_between
from media.forwarding.layer import Layer
from media.forwarding.packets import Packet
from media.peers.port import Codec
from media.rtp.sequence import extend

_SEGMENTS: Final = 8
"""Segments remembered to answer NACKs; a subscriber asks within a second or so."""
_NOT_YET: Final = 1 << 62  # no packet has this number: what comes goes the slow way
_FIRST: Final = 0x10000 + 1
"""
First number sent, extended. Low in its cycle: a receiver that misses the first packets then still
guesses SRTP's rollover counter right (RFC 3711, 3.3.1).
"""


class Segment(NamedTuple):
    """A stretch of what one subscriber was sent, under one offset."""

    first: int
    """Our number of its first packet, extended."""
    offset: int
    """Ours minus the publisher's."""
    timestamp_offset: int
    layer: Layer
    pictures: int
    """Added to VP8's PictureID."""
    bases: int
    """Added to VP8's TL0PICIDX."""


class Numbering:
    """
    Where a subscriber's numbers stand. The attributes are read at each burst, and `highest` and
    `last` moved on there (`Subscription.forward`).
    """

    __slots__ = (
        "_anew",
        "_next",
        "_segments",
        "bases",
        "begins_at",
        "highest",
        "last",
        "offset",
        "pictures",
        "resume_at",
        "timestamp_offset",
    )

    def __init__(self) -> None:
        self.begins_at = _NOT_YET
        """The publisher's number that the segment begins with; beyond all until it begins."""
        self.highest = 0
        """The publisher's number of `last`."""
        self.last: Packet | None = None
        """Newest packet sent."""
        self.resume_at = 0
        """Where no segment runs: older packets, by the publisher's number, don't begin one."""
        self.offset = 0
        """Of the newest segment, as what follows: see `Segment`."""
        self.timestamp_offset = 0
        self.pictures = 0
        self.bases = 0
        self._segments: deque[Segment] = deque(maxlen=_SEGMENTS)
        # where no segment runs: our next number
        self._next = _FIRST
        # the clock of what comes is another
        self._anew = False

    @property
    def running(self) -> bool:
        """Whether a segment has begun and goes on."""
        return self.begins_at != _NOT_YET

    def begin(self, packet: Packet, layer: Layer, codec: Codec) -> None:
        """
        Begin a segment, which follows what was sent last in number, time and count of pictures.

        Args:
            packet: its first.
            layer: where it comes from.
            codec: as the subscriber numbers it.
        """
        last = self.last
        before = self._segments[-1].layer if self._segments else None
        if last is not None and (self._anew or before is not layer):
            # Another clock: go on by the time that passed, at least one tick.
            clock = None if self._anew else before
            passed = max(1, ticks_between(last, clock, packet, layer, codec.clock_hz))
            self.timestamp_offset += last.timestamp - packet.timestamp + passed
            if codec.name == "VP8":
                self.pictures, self.bases = continued(
                    last, before, packet, self.pictures, self.bases
                )
        self._anew = False
        self.begins_at = self.highest = packet.extended
        self.last = packet
        self.offset = self._next - packet.extended
        self._segments.append(
            Segment(
                self._next, self.offset, self.timestamp_offset, layer, self.pictures, self.bases
            )
        )

    def close(self) -> None:
        """End the segment, if one runs; what is sent next has the number behind it."""
        if self.running:
            self.begins_at = _NOT_YET
            self._next = self.highest + self.offset + 1
            self.resume_at = self.highest + 1

    def replace(self) -> None:
        """End the segment; what comes next is of another layer, with numbers of its own."""
        self.close()
        self.resume_at = 0

    def restart(self) -> None:
        """
        End the segment; of what comes next neither numbers nor clock are known, and nothing from
        before is sent again.
        """
        self.replace()
        self._anew = True
        self._segments.clear()

    def find(self, sequence: int) -> tuple[Segment, int] | None:
        """
        What a number stood for.

        Args:
            sequence: ours, 0..65535.

        Returns: its segment, and the publisher's number, extended; None: nothing was sent under
        this number, or too long ago.
        """
        highest = self.highest + self.offset if self.running else self._next - 1
        number = extend(sequence, highest)
        if number > highest:
            return None
        for segment in reversed(self._segments):
            if segment.first <= number:
                return segment, number - segment.offset
        return None
