"""
Captions by a machine, where the operator gave a model: a process (`media.recogniser`) for each
meeting whose captions are on. What it hears goes into the record as what a machine heard.
"""

from __future__ import annotations

import logging
import secrets
from functools import partial
from pathlib import Path
from typing import Final

from media.recogniser.job import Job, Said
from meetings.captions.commands import RecogniseCaption
from meetings.captions.events import CAPTION_MAX
from meetings.people import Person, Role
from meetings.record.port import RecordError, UnknownMeeting
from meetings.refusals import Refused
from meetings.service import MeetingService, ServiceClosed
from signaling.hubs import Hubs, ShuttingDown
from web.helpers import RECOGNISERS, Helpers, Keeping, Try, talk

MACHINE: Final = Person(id="recogniser", name="机器识别", role=Role.DISPLAY)
"""Who causes its entries; nobody is there of that name."""

log = logging.getLogger(__name__)


class Recognisers:
    """
    Keeps all of them; `run` is its task.

    Args:
        model: folder of the model; None: captions are typed alone.
        programmes: folder with the programmes, a folder a meeting.
        keeping: bounds.
    """

    def __init__(
        self,
        model: Path | None,
        hubs: Hubs,
        meetings: MeetingService,
        programmes: Path,
        keeping: Keeping = RECOGNISERS,
    ) -> None:
        self._model = model
        self._hubs = hubs
        self._meetings = meetings
        self._programmes = programmes
        self._helpers = Helpers(keeping, self._wanted)

    async def run(self) -> None:
        """Start and end processes as meetings want them, until cancelled."""
        if self._model is not None:
            await self._helpers.run()

    async def _wanted(self) -> dict[str, Try]:
        assert self._model is not None
        return {
            meeting: partial(self._once, meeting, self._model)
            for meeting in self._hubs.serving
            if await self._wants(meeting)
        }

    async def _wants(self, meeting: str) -> bool:
        try:
            state = (await self._hubs.hub(meeting)).state
        except (UnknownMeeting, RecordError, ServiceClosed, ShuttingDown):
            return False
        return state.state == "open" and state.captions.on

    async def _once(self, meeting: str, model: Path) -> bool:
        job = Job(folder=str(self._programmes / meeting), model=str(model))
        await talk("media.recogniser", job, Said, partial(self._write, meeting))
        log.info("meeting %s: its recogniser ended", meeting)
        return True

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
