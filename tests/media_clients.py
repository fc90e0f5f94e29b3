"""
Stock aiortc clients on loopback: what a browser would be, for tests without one.

Every connection is made by `stock_connection`, without ICE servers: a bare `RTCPeerConnection()`
asks a public one.
"""

from __future__ import annotations

import asyncio
import contextlib
import fractions
import socket
from collections.abc import Iterator
from unittest import mock

import av
import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError

PICTURE_HZ = 15


@contextlib.contextmanager
def loopback() -> Iterator[None]:
    """aioice leaves 127.0.0.1 out of a client's addresses; the service has a setting for that."""
    with mock.patch("aioice.ice.get_host_addresses", return_value=["127.0.0.1"]):
        yield


def free_range(size: int) -> tuple[int, int]:
    """Ports of which none is taken at this moment."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as first:
            first.bind(("127.0.0.1", 0))
            low = first.getsockname()[1]
        try:
            for port in range(low, low + size):
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                    sock.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            continue
        return low, low + size - 1


def stock_connection() -> RTCPeerConnection:
    """The one place where tests make a connection."""
    return RTCPeerConnection(RTCConfiguration(iceServers=[]))


class Picture(MediaStreamTrack):
    """A small picture that moves, 15 a second: encoding it costs next to nothing."""

    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        self._number = 0

    async def recv(self) -> av.VideoFrame:
        await asyncio.sleep(1 / PICTURE_HZ)
        self._number += 1
        grey = np.full((90, 160), 20 * self._number % 256, np.uint8)
        frame = av.VideoFrame.from_ndarray(np.repeat(grey[..., None], 3, axis=2), format="rgb24")
        frame.pts = self._number * 90_000 // PICTURE_HZ
        frame.time_base = fractions.Fraction(1, 90_000)
        return frame


class Client:
    """One connection in one direction; `frames` counts what was decoded, by kind."""

    def __init__(self) -> None:
        self.pc = stock_connection()
        self.frames = {"audio": 0, "video": 0}
        self._pulling: list[asyncio.Task[None]] = []
        self.pc.on("track", self._take)

    def _take(self, track: MediaStreamTrack) -> None:
        self._pulling.append(asyncio.ensure_future(self._pull(track)))

    async def _pull(self, track: MediaStreamTrack) -> None:
        with contextlib.suppress(MediaStreamError):
            while True:
                await track.recv()
                self.frames[track.kind] += 1

    async def offer(self, *, sound: bool = True, picture: bool = True) -> str:
        """Offer to send."""
        if sound:
            self.pc.addTrack(AudioStreamTrack())
        if picture:
            self.pc.addTrack(Picture())
        await self.pc.setLocalDescription(await self.pc.createOffer())
        return self.pc.localDescription.sdp

    async def accepted(self, answer: str) -> None:
        await self.pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def answer(self, offer: str) -> str:
        """Answer the service's offer."""
        await self.pc.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await self.pc.setLocalDescription(await self.pc.createAnswer())
        return self.pc.localDescription.sdp

    async def decoded(self, kind: str, count: int = 3, within_s: float = 15.0) -> None:
        """Wait until so many more pictures or sounds were decoded."""
        wanted = self.frames[kind] + count
        async with asyncio.timeout(within_s):
            while self.frames[kind] < wanted:  # noqa: ASYNC110  # aiortc tells it in no other way
                await asyncio.sleep(0.02)

    async def close(self) -> None:
        # aiortc leaves tasks behind when it is closed while it connects.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(3):
                while self.pc.connectionState == "connecting":  # noqa: ASYNC110  # as in `decoded`
                    await asyncio.sleep(0.01)
        await self.pc.close()
        for task in self._pulling:  # a track that never began doesn't end by itself
            task.cancel()
        await asyncio.gather(*self._pulling, return_exceptions=True)
