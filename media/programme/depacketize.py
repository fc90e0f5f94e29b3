"""
Pictures from RTP payloads: VP8 (RFC 7741) and H.264 (RFC 6184, packetization modes 0 and 1). Pure.

After a loss everything up to the next keyframe is dropped: a broken picture is never shown.
Interleaved H.264 (STAP-B, MTAP, FU-B) is refused; no browser sends it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from media.programme.reorder import Packet

UNIT_MAX = 2_000_000
"""Bytes of one coded picture; a 1080p keyframe of a camera is a tenth of it."""

START_CODE = b"\x00\x00\x00\x01"

# RFC 6184, table 1
NAL_IDR = 5
NAL_STAP_A = 24
NAL_FU_A = 28


class Malformed(Exception):
    """The payload doesn't follow its format."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What one payload adds to a coded picture."""

    data: bytes
    begins: bool
    """Can be the first of a picture."""
    keyframe: bool


@dataclass(frozen=True, slots=True)
class Unit:
    """One coded picture, ready for the decoder."""

    data: bytes
    keyframe: bool
    timestamp: int


def vp8(payload: bytes) -> Piece:
    """
    Strip the VP8 payload descriptor.

    Raises:
        Malformed: shorter than its descriptor says.

    Source: RFC 7741, 4.2 (descriptor) and 4.3 (the inverse key frame flag).
    """
    try:
        at = 1
        if payload[0] & 0x80:  # X
            flags = payload[1]
            at = 2
            if flags & 0x80:  # I: a picture id of 7 or 15 bits
                at += 2 if payload[at] & 0x80 else 1
            at += bool(flags & 0x40)  # L: TL0PICIDX
            at += bool(flags & 0x30)  # T or K: TID, Y, KEYIDX share a byte
        begins = payload[0] & 0x17 == 0x10  # S, and partition 0
        return Piece(payload[at:], begins, begins and payload[at] & 0x01 == 0)
    except IndexError:
        raise Malformed("VP8 descriptor is cut off") from None


def h264(payload: bytes) -> Piece:
    """
    Turn a payload into NAL units with start codes (Annex B).

    Raises:
        Malformed: cut off, or of the interleaved mode.

    Source: RFC 6184, 5.6 (single NAL unit), 5.7.1 (STAP-A), 5.8 (FU-A).
    """
    if len(payload) < 2:
        raise Malformed("H.264 payload is cut off")
    kind = payload[0] & 0x1F
    if 1 <= kind < NAL_STAP_A:
        return Piece(START_CODE + payload, begins=True, keyframe=kind == NAL_IDR)
    if kind == NAL_STAP_A:
        units = tuple(_stap_a(payload))
        keyframe = any(unit[0] & 0x1F == NAL_IDR for unit in units)
        return Piece(b"".join(START_CODE + unit for unit in units), True, keyframe)
    if kind == NAL_FU_A:
        fu = payload[1]
        if not fu & 0x80:  # S
            return Piece(payload[2:], begins=False, keyframe=False)
        header = bytes((payload[0] & 0xE0 | fu & 0x1F,))
        return Piece(START_CODE + header + payload[2:], True, fu & 0x1F == NAL_IDR)
    raise Malformed(f"H.264 payload type {kind}")


def _stap_a(payload: bytes) -> Iterable[bytes]:
    at = 1
    while at < len(payload):
        size = int.from_bytes(payload[at : at + 2], "big")
        unit = payload[at + 2 : at + 2 + size]
        if not size or len(unit) != size:
            raise Malformed("STAP-A is cut off")
        yield unit
        at += 2 + size


class Assembler:
    """Coded pictures of one source, from payloads in order."""

    def __init__(self, parse: Callable[[bytes], Piece]) -> None:
        self._parse = parse
        self._pieces: list[Piece] = []
        self._size = 0
        self._timestamp: int | None = None
        self.waiting = True
        """Nothing is given out until the next keyframe."""
        self.malformed = 0

    def damage(self) -> None:
        """Something is missing or couldn't be decoded: wait for a keyframe."""
        self._clear()
        self.waiting = True

    def push(self, packet: Packet, *, lost: bool) -> tuple[Unit, ...]:
        """
        Take the next packet.

        Args:
            packet: in order.
            lost: something between this packet and the last one will never come.

        Returns: the pictures that are complete by it: none or one; two if the one before ended
        without a marker bit.
        """
        if lost:
            self.damage()
        if not packet.payload:
            return ()  # padding that a sender probes the line with
        done: tuple[Unit, ...] = ()
        if self._pieces and packet.timestamp != self._timestamp:
            done = self._finish()
        self._timestamp = packet.timestamp
        try:
            piece = self._parse(packet.payload)
        except Malformed:
            self.malformed += 1
            self.damage()
            return done
        self._pieces.append(piece)
        self._size += len(piece.data)
        if self._size > UNIT_MAX:
            self.malformed += 1
            self.damage()
        elif packet.marker:
            done += self._finish()
        return done

    def _finish(self) -> tuple[Unit, ...]:
        pieces, timestamp = self._pieces, self._timestamp
        self._clear()
        if not pieces or timestamp is None:
            return ()
        keyframe = any(piece.keyframe for piece in pieces)
        if not pieces[0].begins or (self.waiting and not keyframe):
            self.waiting = True
            return ()
        self.waiting = False
        return (Unit(b"".join(piece.data for piece in pieces), keyframe, timestamp),)

    def _clear(self) -> None:
        self._pieces = []
        self._size = 0
