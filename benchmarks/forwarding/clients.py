"""
The load: one publisher and many subscribers as light peers. They speak ICE, DTLS and SRTP like a
browser and encode and decode nothing.

A publisher is the side that offers, a subscriber the one that answers, so each runs the other kind
of `media.peers.peer.Peer` than the server does.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from struct import Struct
from typing import Final, Literal, NamedTuple

from aiortc import rtcdtlstransport

from media.congestion.arrivals import Arrivals
from media.peers.peer import Peer, PeerMaker
from media.peers.port import SEND_SIZE, Inbound, Slot
from media.rtp.extensions import TRANSPORT
from media.rtp.packet import HEADER
from media.rtp.rtcp import Fir, Pli, ReceiverReport, ReportBlock, SenderReport, compound, parse

PICTURE_PAYLOAD: Final = 1_100
"""
Bytes. The second half of a frame's packets are a byte longer, as libwebrtc cuts frames: about
equal, and the remainder at the end.
"""
SOUND_S: Final = 0.02
SOUND_PAYLOAD: Final = 80
REPORTS_PER_S: Final = 2
"""Receiver reports of each subscriber."""
FEEDBACKS_PER_S: Final = 16
"""Transport-wide feedback of each, from a server that numbers its packets: as Chromium sends it."""

_SOUND_SSRC: Final = 0x5001
_PICTURE_SSRC: Final = 0x5002
_PICTURE_RTX_SSRC: Final = 0x5003
_SOUND_TYPE: Final = 111
_PICTURE_TYPE: Final = 96
_KEY: Final = b"\x10\x00"
_INTER: Final = b"\x10\x01"
_CONTINUED: Final = b"\x00\x01"
_NUMBER: Final = Struct("!HII")


CIPHERS: Final = {"gcm": b"SRTP_AEAD_AES_256_GCM", "sha1": b"SRTP_AES128_CM_SHA1_80"}


def use_cipher(name: str) -> None:
    """Offer one SRTP profile alone, so that both servers encrypt with the same."""
    profiles = rtcdtlstransport.SRTP_PROFILES
    profiles[:] = [p for p in profiles if p.openssl_profile == CIPHERS[name]]


class Shape(NamedTuple):
    """A picture, as packets."""

    frames_per_s: int
    packets_per_frame: int


LARGE: Final = Shape(30, 6)
"""6 x 30 x 1,100 x 8 = 1.6 Mbit/s: 720p."""
THUMBNAIL: Final = Shape(15, 1)
"""132 kbit/s: the smallest layer, the others being paused."""


class _Client:
    """What both kinds have in common (`PeerEvents`)."""

    def __init__(self) -> None:
        self.connected = asyncio.Event()
        self.gone: str | None = None

    def on_rtp(self, packet: memoryview, now_s: float) -> None:
        """Media from the server."""

    def on_rtcp(self, packet: memoryview, now_s: float) -> None:
        """Feedback from the server."""

    def on_inbound(self, inbound: Sequence[Inbound]) -> None:
        """The server's m-lines."""

    def on_connected(self) -> None:
        self.connected.set()

    def on_gone(self, reason: Literal["failed", "silent", "closed"]) -> None:
        self.gone = reason


class LoadPublisher(_Client):
    """Sends one sound and one picture."""

    def __init__(self, maker: PeerMaker, shape: Shape = LARGE) -> None:
        super().__init__()
        self._shape = shape
        self.peer: Peer = maker(self, "subscriber")
        self.packets = 0
        self._offer = 0
        self._buffer = bytearray(SEND_SIZE)
        self._keyframe_wanted = True
        self._frames = self._picture_sequence = self._sounds = 0

    async def offer(self) -> str:
        """Our description."""
        slots = (
            Slot("0", "sound", "load", "opus", _SOUND_SSRC, None),
            Slot("1", "picture", "load", "VP8", _PICTURE_SSRC, _PICTURE_RTX_SSRC),
        )
        self._offer, sdp = await self.peer.offer(slots)
        return sdp

    async def answered(self, sdp: str) -> None:
        """The server's description."""
        assert len(await self.peer.accept(self._offer, sdp)) == 2, "the server refused an m-line"

    def on_rtcp(self, packet: memoryview, now_s: float) -> None:  # noqa: ARG002 - PeerEvents
        if any(isinstance(report, (Pli, Fir)) for report in parse(packet)):
            self._keyframe_wanted = True

    async def run(self, seconds: float) -> None:
        """Send for a while, frames in bursts as an encoder's output comes."""
        start = time.monotonic()
        frames = sounds = reports = 0
        while (elapsed := time.monotonic() - start) < seconds:
            while frames <= elapsed * self._shape.frames_per_s:
                self._send_frame()
                frames += 1
            while sounds <= elapsed / SOUND_S:
                self._send_sound()
                sounds += 1
            if reports <= elapsed:
                reports += 1
                self._send_reports()
            due = min(frames / self._shape.frames_per_s, sounds * SOUND_S)
            await asyncio.sleep(max(0.0, start + due - time.monotonic()))

    def _send_frame(self) -> None:
        first = _KEY if self._keyframe_wanted else _INTER
        self._keyframe_wanted = False
        count = self._shape.packets_per_frame
        for index in range(count):
            filler = bytes(PICTURE_PAYLOAD - 2 + (index >= count // 2))
            last = 0x80 if index == count - 1 else 0
            payload = (_CONTINUED if index else first) + filler
            self._send(
                last | _PICTURE_TYPE,
                self._picture_sequence,
                self._ticks(),
                _PICTURE_SSRC,
                payload,
            )
            self._picture_sequence += 1
        self._frames += 1

    def _ticks(self) -> int:
        return self._frames * (90_000 // self._shape.frames_per_s)

    def _send_sound(self) -> None:
        ticks = self._sounds * 960
        self._send(_SOUND_TYPE, self._sounds, ticks, _SOUND_SSRC, bytes(SOUND_PAYLOAD))
        self._sounds += 1

    def _send(self, second: int, sequence: int, timestamp: int, ssrc: int, payload: bytes) -> None:
        HEADER.pack_into(self._buffer, 0, 0x80, second, sequence & 0xFFFF, timestamp, ssrc)
        end = HEADER.size + len(payload)
        self._buffer[HEADER.size : end] = payload
        self.packets += self.peer.send_rtp(self._buffer, (end,))

    def _send_reports(self) -> None:
        ntp = int(time.monotonic() * (1 << 32))
        for ssrc, ticks in (
            (_SOUND_SSRC, self._sounds * 960),
            (_PICTURE_SSRC, self._ticks()),
        ):
            self.peer.send_rtcp(SenderReport(ssrc, ntp, ticks, 1, 1).pack())


class LoadSubscriber(_Client):
    """Counts what it gets, and whether anything is missing; tells the server as a browser does."""

    def __init__(self, maker: PeerMaker) -> None:
        super().__init__()
        self.peer: Peer = maker(self, "publisher")
        self.packets = 0
        self.gaps = 0
        """Sequence numbers that were jumped over or came late."""
        self._next: dict[int, int] = {}
        self._arrivals: Arrivals | None = None

    def on_inbound(self, inbound: Sequence[Inbound]) -> None:
        for line in inbound:
            if TRANSPORT in line.extensions and self._arrivals is None:
                self._arrivals = Arrivals(1, line.extensions[TRANSPORT])

    def on_rtp(self, packet: memoryview, now_s: float) -> None:
        sequence, _, ssrc = _NUMBER.unpack_from(packet, 2)
        expected = self._next.get(ssrc)
        if expected is not None and sequence != expected:
            self.gaps += 1
        self._next[ssrc] = sequence + 1 & 0xFFFF
        self.packets += 1
        if self._arrivals is not None:
            self._arrivals.receive(packet, now_s)

    def report(self) -> None:
        """Tell the server that nothing is lost."""
        blocks = tuple(ReportBlock(ssrc, 0, 0, n, 10) for ssrc, n in self._next.items())
        self.peer.send_rtcp(compound((ReceiverReport(1, blocks),)))

    def feedback(self) -> None:
        """Tell when what came since the last time came, if the server wants to know."""
        if self._arrivals is not None and self._next:
            told = self._arrivals.tell(next(iter(self._next)), time.monotonic())
            if told is not None:
                self.peer.send_rtcp(told.pack())


async def report(subscribers: Sequence[LoadSubscriber]) -> None:
    """Send reports and feedback of all, spread over time, until cancelled."""
    pause_s = 1 / FEEDBACKS_PER_S / max(1, len(subscribers))
    for turn in itertools.count():
        for number, subscriber in enumerate(subscribers):
            subscriber.feedback()
            if (turn + number) % (FEEDBACKS_PER_S // REPORTS_PER_S) == 0:
                subscriber.report()
            await asyncio.sleep(pause_s)
