"""Writes into the record how the calls went that are over; what a crash interrupts is not known."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from meetings.commands import SummariseCall
from meetings.people import PersonId
from meetings.record.port import RecordError
from meetings.service import LiveMeeting, ServiceClosed
from signaling.calls import Calls
from signaling.own_commands import OwnCommands

log = logging.getLogger(__name__)


class CallSummaries:
    """Of one meeting; `run` it."""

    def __init__(self, live: LiveMeeting, calls: Calls, commands: OwnCommands) -> None:
        self._live = live
        self._calls = calls
        self._commands = commands
        self._over: set[PersonId] = set()
        self._some_over = asyncio.Event()

    def finish(self, persons: Iterable[PersonId]) -> None:
        """Their calls are over, if they had any."""
        self._over.update(persons)
        self._some_over.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._some_over.wait()
            self._some_over.clear()
            while self._over:
                person = self._over.pop()
                call, known = self._calls.finish(person), self._live.register.get(person)
                if call is None or known is None:
                    continue  # never on the link, or forgotten since
                try:
                    await self._commands.ask(known, SummariseCall(call=call))
                except (RecordError, ServiceClosed) as error:
                    log.warning("meeting %s: a call is not summarised: %s", self._live.id, error)
