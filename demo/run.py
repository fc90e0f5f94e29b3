"""
Starts the demonstration against a running service, and prints its links.

`yishi demo` makes the meeting (`demo.seed`) and the tokens, then calls `play`. Everything here
comes over the network: cameras in processes of their own, the others over sockets in this one.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import random
import ssl as tls
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import segno

from demo.client import MeetingClient, TurnedAwayError, enter
from demo.script import Clerk, Tempo, curious_resident, official, residents, voter
from demo.seed import CAMERA, CLERK, OFFICIAL, ROOM, ROOM_NAME, VIEWERS, WISHES

SEED = 20_251_101
"""The same comments and choices in every run."""
CAMERA_AGAIN_S = 5.0
"""Pause before a camera process that ended is started again."""
CAMERA_END_S = 5.0
"""A camera that has not gone by then is killed."""
ENTER_AGAIN_S = 1.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Service:
    """Where the meeting is."""

    url: str
    """How this machine reaches the service, e.g. http://127.0.0.1:8000."""
    tokens: Mapping[str, str]
    """Person id -> token, for `demo.seed.PEOPLE`."""
    room: str = ROOM
    ca: Path | None = None
    """For https: the certificate to trust."""


@dataclass(frozen=True, slots=True)
class Links:
    """What newcomers open."""

    host: str
    participant: str
    viewer: str
    display: str


def invitation(links: Links) -> str:
    """Text for the terminal: the links, and the viewer's one as a QR code."""
    code = io.StringIO()
    segno.make(links.viewer, error="l", micro=False).terminal(out=code, border=2, compact=True)
    lines = (
        ("主持人 host", links.host),
        ("参会人 participant", links.participant),
        ("会场大屏 room display", links.display),
        ("居民 viewer (扫码 scan)", links.viewer),
    )
    text = "\n".join(f"  {name}\n    {link}" for name, link in lines)
    return (
        f"\n演示会议已经开始，请在浏览器中打开：\nThe demonstration is on. Open in a browser:\n\n"
        f"{text}\n\n{code.getvalue()}\n"
        "按 Ctrl+C 结束。 Ctrl+C ends it.\n"
    )


async def play(service: Service, tempo: Tempo | None = None) -> None:
    """
    Play until cancelled.

    Raises:
        TurnedAwayError: the service refuses the tokens (in an ExceptionGroup).
    """
    tempo = tempo or Tempo()
    ssl = tls.create_default_context(cafile=service.ca) if service.ca else None
    clerk = MeetingClient(service.url, service.tokens[CLERK.id], ssl=ssl)
    speaker = MeetingClient(service.url, service.tokens[OFFICIAL.id], ssl=ssl)
    viewers = [
        MeetingClient(service.url, await _viewer_token(service, name, ssl), ssl=ssl)
        for name in VIEWERS
    ]
    chance = random.Random(SEED)  # noqa: S311 - a show, no secret
    async with asyncio.TaskGroup() as tasks:
        for client in (clerk, speaker, *viewers):
            tasks.create_task(client.run())
        tasks.create_task(_camera(service, CAMERA.id, "room", ROOM_NAME))
        tasks.create_task(_camera(service, OFFICIAL.id, "official", "区住房和建设局"))
        tasks.create_task(_run_meeting(clerk, tempo))
        tasks.create_task(official(speaker, tempo))
        tasks.create_task(residents(viewers, tempo, chance))
        for viewer, wish in zip(viewers, WISHES, strict=False):
            tasks.create_task(curious_resident(viewer, tempo, wish))
        for voting in (speaker, *viewers):
            tasks.create_task(voter(voting, tempo, chance))


async def _run_meeting(client: MeetingClient, tempo: Tempo) -> None:
    await Clerk(client, tempo).play()
    _log.info("somebody runs the meeting as host: the demonstration's clerk lets go")


async def _viewer_token(service: Service, name: str, ssl: tls.SSLContext | None) -> str:
    while True:
        try:
            return str((await enter(service.url, service.room, name, ssl=ssl))["token"])
        except OSError:  # not up yet, or busy
            await asyncio.sleep(ENTER_AGAIN_S)


async def _camera(service: Service, person: str, clip: str, banner: str) -> None:
    """Keep one camera process running."""
    command = [sys.executable, "-m", "demo.camera", "--attached", "--url", service.url]
    command += ["--token", service.tokens[person], "--clip", clip, "--banner", banner]
    command += ["--ca", str(service.ca)] if service.ca else []
    while True:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl+C is for us; we end it
        )
        try:
            status = await process.wait()
            _log.warning("the %s camera ended with %s, starting it again", clip, status)
        finally:
            await _end(process)
        await asyncio.sleep(CAMERA_AGAIN_S)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(CAMERA_END_S):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


__all__ = ["Links", "Service", "TurnedAwayError", "invitation", "play"]
