"""
A camera of the demonstration: `python -m demo.camera --url URL --token TOKEN --clip room`.

It is a WebRTC client in a process of its own, and comes over the network as any other: drawn
pictures with the time on the wall, the Mandarin lines as sound. The room speaks while nobody remote
has the floor; the official speaks while holding it. It comes back by itself when the service does.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import ipaddress
import itertools
import logging
import ssl as tls
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

import av
import numpy as np
from aiortc import MediaStreamTrack

from demo.client import TurnedAwayError
from demo.link import PictureTrack, PublishLink, SoundTrack, gather_loopback
from demo.pictures import Clip, Scene
from demo.voices import SPEECH, Line, Pcm, Voice, load
from signaling.wire.frames import Sections

RATE = 15  # pictures a second

LINES: dict[Clip, tuple[str, ...]] = {
    "room": (
        "02-resident-problem",
        "03-host-call-official",
        "06-resident-question",
        "05-member-advice",
    ),
    "official": ("04-official-reply", "07-official-answer"),
}
VOTE_LINE = SPEECH / "08-host-vote.flac"
"""The host says this in the room when a vote opens."""
SEATS = {"resident": 1, "host": 2, "member": 3}
"""Who sits where in the room's picture."""


def room_may_speak(sections: Sections) -> bool:
    """The room is heard while the meeting is open, and listens while somebody remote speaks."""
    return (
        sections.meeting is not None
        and sections.meeting.state == "open"
        and (sections.floor is None or sections.floor.holder is None)
    )


def holds_floor(sections: Sections) -> bool:
    """A remote participant speaks while holding the floor."""
    return sections.me is not None and sections.me.holding


class Camera:
    """Scene and voice of one place, published over a link."""

    def __init__(
        self,
        url: str,
        token: str,
        clip: Clip,
        banner: str,
        *,
        voice: Sequence[Path] = (),
        may_speak: Callable[[Sections], bool] | None = None,
        ssl: tls.SSLContext | None = None,
    ) -> None:
        """
        Args:
            voice: recordings to speak instead of the usual lines.
            may_speak: when to speak instead of the usual rule.
        """
        paths = voice or [SPEECH / f"{name}.flac" for name in LINES[clip]]
        self._rotation = itertools.cycle(load(paths))
        self._vote_line = None if voice or clip != "room" else load([VOTE_LINE])[0]
        self._vote: int | None = None
        self._may_speak = may_speak or (room_may_speak if clip == "room" else holds_floor)
        self._seats = SEATS if clip == "room" else {}
        self._scene = Scene(clip, banner)
        self._voice = Voice(self._choose)
        self.link = PublishLink(url, token, self._tracks, ssl=ssl)

    async def run(self) -> None:
        """Publish until cancelled; raises as `PublishLink.run`."""
        await self.link.run()

    def _tracks(self) -> list[MediaStreamTrack]:
        return [SoundTrack(self._block), PictureTrack(self._picture, RATE)]

    def _block(self) -> Pcm:
        if not self._may_speak(self.link.client.sections):
            self._voice.hush()
        return self._voice.block()

    def _choose(self) -> Line | None:
        sections = self.link.client.sections
        if not self._may_speak(sections):
            return None
        votes = sections.votes.votes if sections.votes is not None else ()
        newest = votes[0].id if votes and votes[0].state == "open" else None
        if newest != self._vote:
            self._vote = newest
            if newest is not None and self._vote_line is not None:
                return self._vote_line
        return next(self._rotation)

    def _picture(self) -> av.VideoFrame:
        speaker = self._voice.speaker
        seat = None if speaker is None else self._seats.get(speaker, 0)
        now = datetime.now().astimezone()
        picture = self._scene.draw(now, time.monotonic() % 86_400, seat, self._voice.level)
        frame = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
        # One thread: more only wait for each other at this size.
        return frame.reformat(format="yuv420p", threads=1)


def is_loopback(url: str) -> bool:
    """Whether the service is reached on this machine's loopback."""
    host = urlsplit(url).hostname or ""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


async def _until_end_of_input() -> None:
    """Return when whoever started this process is gone: its end of our standard input closes."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while await reader.read(4096):
        pass


async def _run(camera: Camera, *, attached: bool) -> int:
    running = asyncio.create_task(camera.run())
    waiting = {running} | ({asyncio.create_task(_until_end_of_input())} if attached else set())
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        running.cancel()
    status = 0
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await running
    except* TurnedAwayError as group:
        print(f"camera: turned away: {group.exceptions[0]}", file=sys.stderr)
        status = 1
    return status


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one camera; the exit status is 1 if the service does not want it."""
    parser = argparse.ArgumentParser(prog="python -m demo.camera", description=__doc__)
    parser.add_argument("--url", required=True, help="where the service answers")
    parser.add_argument("--token", required=True, help="of a room or participant link")
    parser.add_argument("--clip", choices=get_args(Clip), default="room")
    parser.add_argument("--banner", default="幸福里小区议事室", help="words on the wall")
    parser.add_argument("--voice", type=Path, nargs="*", default=(), help="recordings to speak")
    parser.add_argument("--ca", type=Path, help="certificate to trust, for https")
    parser.add_argument(
        "--attached", action="store_true", help="end when standard input ends, with the starter"
    )
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="camera: %(message)s")
    if is_loopback(options.url):
        gather_loopback()
    camera = Camera(
        options.url,
        options.token,
        options.clip,
        options.banner,
        voice=options.voice,
        ssl=tls.create_default_context(cafile=options.ca) if options.ca else None,
    )
    with contextlib.suppress(KeyboardInterrupt):
        return asyncio.run(_run(camera, attached=options.attached))
    return 0


if __name__ == "__main__":
    sys.exit(main())
