"""
Captions by a machine, where the operator gave a model: a process (`media.recogniser`) for each
meeting whose captions are on. What it hears goes into the record as what a machine heard.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import sys
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from media.recogniser.job import Job, Said
from meetings.captions.commands import RecogniseCaption
from meetings.captions.events import CAPTION_MAX
from meetings.people import Person, Role
from meetings.record.port import RecordError, UnknownMeeting
from meetings.refusals import Refused
from meetings.service import MeetingService, ServiceClosed
from signaling.hubs import Hubs, ShuttingDown
from web.pushes import ended

LOOK_S = 1.0  # between two looks at which meetings want one
AGAIN_S = 10.0  # until one that ended is started again: a model takes seconds to load
AT_ONCE = 2
"""Meetings at a time: each takes about half a processor."""
MACHINE: Final = Person(id="recogniser", name="机器识别", role=Role.DISPLAY)
"""Who causes its entries; nobody is there of that name."""

log = logging.getLogger(__name__)


class Recognisers:
    """
    Keeps all of them; `run` is its task.

    Args:
        model: folder of the model; None: captions are typed alone.
        programmes: folder with the programmes, a folder a meeting.
    """

    def __init__(
        self, model: Path | None, hubs: Hubs, meetings: MeetingService, programmes: Path
    ) -> None:
        self._model = model
        self._hubs = hubs
        self._meetings = meetings
        self._programmes = programmes
        self._kept: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Start and end processes as meetings want them, until cancelled."""
        if self._model is None:
            return
        async with asyncio.TaskGroup() as tasks:
            while True:
                wanted = [meeting for meeting in self._hubs.serving if await self._wants(meeting)]
                for meeting in self._kept.keys() - set(wanted):
                    self._kept.pop(meeting).cancel()
                for meeting in wanted:
                    if meeting not in self._kept and len(self._kept) < AT_ONCE:
                        task = tasks.create_task(self._keep(meeting, self._model))
                        self._kept[meeting] = task
                await asyncio.sleep(LOOK_S)

    async def _wants(self, meeting: str) -> bool:
        try:
            state = (await self._hubs.hub(meeting)).state
        except (UnknownMeeting, RecordError, ServiceClosed, ShuttingDown):
            return False
        return state.state == "open" and state.captions.on

    async def _keep(self, meeting: str, model: Path) -> None:
        """An edge: whatever happens to one ends it alone, and it is tried anew."""
        try:
            while True:
                await self._once(meeting, model)
                await asyncio.sleep(AGAIN_S)
        except Exception:
            log.exception("meeting %s: its recogniser failed", meeting)
            self._kept.pop(meeting, None)

    async def _once(self, meeting: str, model: Path) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "media.recogniser",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        job = Job(folder=str(self._programmes / meeting), model=str(model))
        try:
            process.stdin.write(job.model_dump_json().encode() + b"\n")
            await process.stdin.drain()
            while line := await process.stdout.readline():
                await self._write(meeting, Said.model_validate_json(line))
        except (ConnectionError, ValidationError):
            log.warning("meeting %s: a recogniser's process broke", meeting)
        finally:
            process.stdin.close()
            await asyncio.shield(ended(process))
        log.info("meeting %s: its recogniser ended", meeting)

    async def _write(self, meeting: str, said: Said) -> None:
        command = RecogniseCaption(
            from_ms=said.from_ms, until_ms=said.until_ms, text=said.text[:CAPTION_MAX]
        )
        command_id = f"heard-{secrets.token_urlsafe(12)}"
        try:
            answer = await self._meetings.submit(meeting, MACHINE, command_id, command)
        except (UnknownMeeting, RecordError, ServiceClosed) as error:
            log.warning("meeting %s: what was heard is lost: %s", meeting, error)
            return
        if isinstance(answer, Refused):
            log.info("meeting %s: what was heard is refused: %s", meeting, answer.code)
