"""
How a stream goes on where another source takes over: at which time, and with which counts of
pictures. Used at switches, not for each packet.
"""

from __future__ import annotations

from typing import Final

from media.forwarding.layer import Layer
from media.forwarding.packets import Packet
from media.rtp import vp8

_PADDING_MAX: Final = 16
"""Packets of padding looked behind for the last picture; libwebrtc pads on the RTX stream."""


def ticks_between(
    last: Packet, before: Layer | None, packet: Packet, layer: Layer, clock_hz: int
) -> int:
    """
    Time between the last packet of a source and the first of another, media clock ticks.

    Between layers it is the time between the *captures*, as the publisher's reports tell (RFC 3550,
    6.4.1): often the same picture is sent in both, and its keyframe takes longer on the way.

    Args:
        before: where *last* came from; None: nothing is known of its clock any more.

    Returns: not more than a second from what the arrivals say; may be negative.
    """
    arrived = int((packet.arrived_s - last.arrived_s) * clock_hz)
    old = before.clock if before is not None else None
    new = layer.clock
    if old is None or new is None:
        return arrived
    captured = (
        ((new.ntp - old.ntp) * clock_hz >> 32)
        + _signed(packet.timestamp - new.rtp)
        - _signed(last.timestamp - old.rtp)
    )
    # A publisher whose reports contradict what arrives is not believed.
    return captured if abs(captured - arrived) < clock_hz else arrived


def continued(
    last: Packet, before: Layer | None, packet: Packet, pictures: int, bases: int
) -> tuple[int, int]:
    """
    What VP8's counters are moved by from a packet on, so that they go on by one (RFC 7741, 4.2).

    Args:
        pictures, bases: what those of *last* were moved by.

    Returns: what is added to PictureID and to TL0PICIDX; as it was if either packet has none.
    """
    old = vp8.counts(last.payload)
    for back in range(1, _PADDING_MAX):
        if last.payload or before is None:
            break
        earlier = before.cached(last.extended - back)
        if earlier is not None and earlier.payload:
            old = vp8.counts(earlier.payload)
            break
    new = vp8.counts(packet.payload)
    if old is None or new is None:
        return pictures, bases
    return old.picture + pictures + 1 - new.picture & 0x7FFF, old.base + bases + 1 - new.base & 0xFF


def _signed(ticks: int) -> int:
    """A difference of timestamps, -2^31 .. 2^31 - 1."""
    return (ticks + 0x80000000 & 0xFFFFFFFF) - 0x80000000
