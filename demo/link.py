"""
The sending half of a video link, on aiortc's own peer connection.

A stock client on purpose: it knows nothing of the service but docs/protocol.md. It is made anew
after every welcome, after `link.reset` and when the connection fails.
"""

from __future__ import annotations

import asyncio
import fractions
import logging
import time
from collections.abc import Callable
from typing import Any

import aioice.ice
import av
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from demo.client import LinkFrame, MeetingClient
from demo.voices import BLOCK, RATE, Pcm
from signaling.wire.frames import ErrorFrame, LinkPublish, LinkPublished, LinkReset, Welcome

ANSWER_S = 6.0
"""How long an answer may take before the offer is made again."""
AGAIN_S = 1.0
"""Pause before a link is made again."""
BEHIND_S = 0.5
"""A track that is later than this skips instead of hurrying."""

_log = logging.getLogger(__name__)


def gather_loopback() -> None:
    """
    Offer 127.0.0.1 among the host candidates, for a service that listens on loopback alone.

    aioice leaves loopback out (RFC 8445, 5.1.1.1) and has no setting for it.
    """
    found: Callable[..., list[str]] = aioice.ice.get_host_addresses

    def with_loopback(*args: Any, **kwargs: Any) -> list[str]:
        return ["127.0.0.1", *(a for a in found(*args, **kwargs) if a != "127.0.0.1")]

    aioice.ice.get_host_addresses = with_loopback


class Pace:
    """Ticks at a fixed rate, without drift."""

    def __init__(self, period_s: float) -> None:
        self._period_s = period_s
        self._next_s = 0.0

    async def tick(self) -> None:
        """Return when the next period begins."""
        now_s = time.monotonic()
        if now_s - self._next_s > BEHIND_S:
            self._next_s = now_s
        await asyncio.sleep(max(0.0, self._next_s - now_s))
        self._next_s += self._period_s


class SoundTrack(MediaStreamTrack):
    """Mono sound, a block each 20 ms."""

    kind = "audio"

    def __init__(self, block: Callable[[], Pcm]) -> None:
        super().__init__()
        self._block = block
        self._pace = Pace(BLOCK / RATE)
        self._pts = 0

    async def recv(self) -> av.AudioFrame:
        """The next block, when its time has come."""
        await self._pace.tick()
        frame = av.AudioFrame.from_ndarray(
            self._block().reshape(1, -1), format="s16", layout="mono"
        )
        frame.sample_rate = RATE
        frame.pts = self._pts
        frame.time_base = fractions.Fraction(1, RATE)
        self._pts += BLOCK
        return frame


class PictureTrack(MediaStreamTrack):
    """Pictures at a fixed rate."""

    kind = "video"

    def __init__(self, picture: Callable[[], av.VideoFrame], rate: int) -> None:
        """
        Args:
            picture: draws one, in a thread.
            rate: pictures a second.
        """
        super().__init__()
        self._picture = picture
        self._pace = Pace(1 / rate)
        self._start_s = time.monotonic()

    async def recv(self) -> av.VideoFrame:
        """The next picture, when its time has come."""
        await self._pace.tick()
        frame = await asyncio.to_thread(self._picture)
        frame.pts = round((time.monotonic() - self._start_s) * 90_000)
        frame.time_base = fractions.Fraction(1, 90_000)
        return frame


class PublishLink:
    """Keeps one person's sound and pictures published. `run` is its task."""

    def __init__(
        self,
        url: str,
        token: str,
        tracks: Callable[[], list[MediaStreamTrack]],
        **client_options: Any,
    ) -> None:
        """
        Args:
            tracks: makes the tracks of a new connection.
            client_options: more for MeetingClient.
        """
        self.client = MeetingClient(
            url,
            token,
            on_welcome=self._on_welcome,
            on_link=self._on_link,
            on_error=self._on_error,
            **client_options,
        )
        self._tracks = tracks
        self._wanted = asyncio.Event()
        self._answers: asyncio.Queue[str | None] = asyncio.Queue(4)
        self.connection: RTCPeerConnection | None = None

    async def run(self) -> None:
        """
        Publish until cancelled.

        Raises:
            TurnedAwayError: the service said to stop (in an ExceptionGroup).
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.client.run())
                tasks.create_task(self._keep())
        finally:
            await self._close()

    def _on_welcome(self, _: Welcome) -> None:
        self._wanted.set()

    def _on_link(self, frame: LinkFrame) -> None:
        if isinstance(frame, LinkPublished) and not self._answers.full():
            self._answers.put_nowait(frame.sdp)
        elif isinstance(frame, LinkReset):
            _log.info("link reset: %s", frame.reason)
            self._wanted.set()

    def _on_error(self, frame: ErrorFrame) -> None:
        if frame.code.startswith("link.") and not self._answers.full():
            _log.info("link refused: %s %s", frame.code, frame.detail)
            self._answers.put_nowait(None)

    async def _keep(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            await self.client.until(lambda s: s.meeting is not None and s.meeting.state != "closed")
            try:
                async with asyncio.timeout(ANSWER_S):
                    answered = await self._connect()
            except TimeoutError:
                answered = False
            if not answered:  # the media process may be starting: offer again
                self._wanted.set()
            await asyncio.sleep(AGAIN_S)

    async def _connect(self) -> bool:
        await self._close()
        while not self._answers.empty():
            self._answers.get_nowait()
        # No ICE servers, said aloud: aiortc would ask a public one otherwise.
        connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.connection = connection

        def changed() -> None:
            if connection is self.connection and connection.connectionState == "failed":
                self._wanted.set()

        connection.on("connectionstatechange", changed)
        for track in self._tracks():
            connection.addTrack(track)
        await connection.setLocalDescription(await connection.createOffer())
        await self.client.send(LinkPublish(sdp=connection.localDescription.sdp))
        answer = await self._answers.get()
        if answer is None:
            return False
        await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        return True

    async def _close(self) -> None:
        closing, self.connection = self.connection, None
        if closing is not None:
            await closing.close()
