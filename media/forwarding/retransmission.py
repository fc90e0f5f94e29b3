"""The stream beside a subscription's own: lost packets again (RFC 4588), and padding."""

from __future__ import annotations

from media.congestion import pad
from media.congestion.outflow import NEXT, Outflow, Outlet
from media.forwarding.numbering import Numbering
from media.peers.port import RTP_MAX
from media.rtp import rtx, vp8
from media.rtp.packet import EXTENSION_SIZE, HEADER_SIZE


class Retransmission:
    """
    Sends what was sent before, as a subscription numbered it.

    Args:
        ssrc: ours; None: there is no such stream.
        payload_type: as the subscriber numbers it; None: it takes none.
        numbering: of the subscription.
        buffer, outlet: as the subscription's.
    """

    __slots__ = ("_buffer", "_numbering", "_outlet", "_sequence", "payload_type", "ssrc")

    def __init__(
        self,
        ssrc: int | None,
        payload_type: int | None,
        numbering: Numbering,
        *,
        buffer: bytearray,
        outlet: Outlet,
    ) -> None:
        self.ssrc = ssrc
        self.payload_type = payload_type
        self._numbering = numbering
        self._buffer = buffer
        self._outlet = outlet
        self._sequence = 0

    def send(self, sequence: int, outflow: Outflow | None) -> bool:
        """
        Send a packet again.

        Args:
            sequence: ours, 0..65535.
            outflow: what packets leave through; None: by the outlet, without numbers.

        Returns: whether it left; it may be there no longer, or never have been.
        """
        if self.ssrc is None or self.payload_type is None:
            return False
        found = self._numbering.find(sequence)
        if found is None:
            return False
        segment, number = found
        # A closed gate has emptied the cache, so nothing forbidden since is sent again.
        packet = segment.layer.cached(number)
        if packet is None or packet.length + rtx.OSN_SIZE > RTP_MAX:
            return False
        length = rtx.wrap(
            self._buffer,
            packet.payload,
            marker=packet.marker,
            payload_type=self.payload_type,
            sequence=self._sequence & 0xFFFF,
            timestamp=packet.timestamp + segment.timestamp_offset & 0xFFFFFFFF,
            ssrc=self.ssrc,
            original=sequence,
            extension=None if outflow is None else outflow.extension,
        )
        if segment.pictures or segment.bases:
            read = vp8.counts(packet.payload)
            if read is not None:
                at = HEADER_SIZE + rtx.OSN_SIZE + (0 if outflow is None else EXTENSION_SIZE)
                vp8.advance(self._buffer, at, read, segment.pictures, segment.bases)
        self._sequence += 1
        if outflow is not None:
            return outflow.send(self._buffer, (length,), length, waits=False) == 1
        return self._outlet.send_rtp(self._buffer, (length,)) == 1

    def pad(self, count: int, outflow: Outflow | None) -> int:
        """
        Send packets of padding (`media.congestion.pad`).

        Args:
            count: 1..`BURST_MAX`.
            outflow: as `send` takes it; without numbers padding tells nothing.

        Returns: how many were sent.
        """
        if outflow is None or self.ssrc is None or self.payload_type is None:
            return 0
        last = self._numbering.last
        timestamp = last.timestamp + self._numbering.timestamp_offset if last is not None else 0
        extension, at = outflow.extension, 0
        for _ in range(count):
            pad.write(
                self._buffer,
                at,
                payload_type=self.payload_type,
                sequence=self._sequence & 0xFFFF,
                timestamp=timestamp & 0xFFFFFFFF,
                ssrc=self.ssrc,
                extension=extension,
            )
            self._sequence += 1
            extension += NEXT
            at += pad.LENGTH + self._outlet.overhead
        return outflow.send(self._buffer, (pad.LENGTH,) * count, pad.LENGTH * count, waits=False)
