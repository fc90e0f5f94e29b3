"""
The whole service, started for the measurement, with a room camera that publishes the clock.

The camera is a WebRTC client of this process (`demo.link`); its pictures pass the forwarder, the
programme worker and the web process of a real `yishi serve`, and come back over HTTP.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from aiortc import MediaStreamTrack

from benchmarks.livestream import barcode
from demo.client import MeetingClient
from demo.link import PictureTrack, PublishLink, SoundTrack, gather_loopback
from demo.voices import BLOCK
from meetings.commands import OpenMeeting
from tests.fixtures.service import Service

FPS = 25
WIDTH, HEIGHT = 640, 360


class ClockPictures:
    """Moving pictures with the time across the middle."""

    def __init__(self) -> None:
        self._moving = np.add.outer(np.arange(HEIGHT), np.arange(2 * WIDTH)) // 4 % 160 + 40
        self._planes = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
        self._count = 0

    def draw(self) -> av.VideoFrame:
        """The next one."""
        self._count += 1
        shift = self._count * 3 % WIDTH
        self._planes[:HEIGHT] = self._moving[:, shift : shift + WIDTH]
        barcode.draw(self._planes[:HEIGHT], time.time_ns() // 1_000_000)
        return av.VideoFrame.from_ndarray(self._planes, format="yuv420p")


def tracks() -> list[MediaStreamTrack]:
    """What the room publishes."""
    tone = (3_000 * np.sin(2 * np.pi * 5 * np.arange(BLOCK) / BLOCK)).astype(np.int16)
    return [SoundTrack(lambda: tone), PictureTrack(ClockPictures().draw, FPS)]


@dataclass(frozen=True)
class Running:
    """A service with an open meeting."""

    url: str
    meeting: str

    def worker_pid(self) -> int:
        """
        Process id of its programme worker.

        Raises:
            LookupError: there is none.
        """
        for process in Path("/proc").iterdir():
            if process.name.isdigit():
                with contextlib.suppress(OSError):
                    words = (process / "cmdline").read_bytes().split(b"\0")
                    if b"media.programme" in words and self.meeting.encode() in words:
                        return int(process.name)
        raise LookupError("no programme worker")


@contextlib.asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Running]:
    """Start a service on an empty folder, open a meeting, publish the room."""
    gather_loopback()
    service = Service(folder)
    await asyncio.to_thread(service.start)
    try:
        meeting = await asyncio.to_thread(
            lambda: service.new_meeting("延迟", host="主持人", participants=[], agenda=["测量"])
        )
        host = MeetingClient(service.url, meeting.people["主持人"].token)
        room = PublishLink(service.url, meeting.people["room"].token, tracks)
        tasks = [asyncio.create_task(host.run()), asyncio.create_task(room.run())]
        try:
            await host.ask(OpenMeeting())
            yield Running(service.url, meeting.id)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        await asyncio.to_thread(service.stop)


def cpu_s(pid: int) -> float:
    """CPU seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
