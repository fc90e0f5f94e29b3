"""
The notary: signs each record at least once a minute while entries come, and at its close.

It runs beside the service and never holds it up: what is appended is durable before it is signed.
What was not signed when a process was killed is signed when the next one starts.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from meetings.proof.checkpoint import sign_head
from meetings.proof.keys import SigningKey
from meetings.record.port import Record, RecordError, UnknownMeeting
from meetings.service import MeetingService, ServiceClosed

log = logging.getLogger(__name__)

SIGN_S = 50.0  # longest that an entry waits; with time to spare before the minute is full
RETRY_S = 5.0  # pause after the store failed


class Notary:
    """
    Signs the records of one service.

    Args:
        clock_ms: wall clock, milliseconds since 1970-01-01 UTC.
        wake: waits until something was appended; returns meeting -> offset (see the bus).
        sign_s: longest that an entry waits, seconds.
    """

    def __init__(
        self,
        record: Record,
        meetings: MeetingService,
        key: SigningKey,
        *,
        clock_ms: Callable[[], int],
        wake: Callable[[], Awaitable[Mapping[str, int]]],
        sign_s: float = SIGN_S,
    ) -> None:
        self._record = record
        self._meetings = meetings
        self._key = key
        self._clock_ms = clock_ms
        self._wake = wake
        self._sign_s = sign_s
        self._due: dict[str, float] = {}
        """Meeting with unsigned entries -> instant of the loop's clock at which to sign."""
        self._ended: set[str] = set()
        """Meetings that were signed since their close."""

    async def run(self) -> None:
        """Sign until cancelled."""
        await self._attempt(self._take_up)
        while True:
            heard = await self._hear()
            now = asyncio.get_running_loop().time()
            for meeting in heard:
                self._due.setdefault(meeting, now + self._sign_s)
                if meeting not in self._ended and await self._closed(meeting):
                    self._ended.add(meeting)
                    self._due[meeting] = now
            for meeting in [meeting for meeting, at in self._due.items() if at <= now]:
                await self._sign(meeting)

    async def finish(self) -> None:
        """Sign what waits; called when nothing is appended any more."""
        await self._attempt(self._take_up)

    async def _hear(self) -> Mapping[str, int]:
        """Wait until something was appended, or something is due."""
        try:
            async with asyncio.timeout_at(min(self._due.values(), default=None)):
                return await self._wake()
        except TimeoutError:
            return {}

    async def _closed(self, meeting: str) -> bool:
        try:
            return (await self._meetings.live(meeting)).meeting.state == "closed"
        except (RecordError, ServiceClosed):
            return False  # it is signed in time, if not at once

    async def _take_up(self) -> None:
        while unsigned := await self._record.unsigned():
            for meeting in unsigned:
                await sign_head(self._record, meeting, self._clock_ms(), self._key)
                self._due.pop(meeting, None)

    async def _sign(self, meeting: str) -> None:
        async def sign() -> None:
            await sign_head(self._record, meeting, self._clock_ms(), self._key)
            del self._due[meeting]

        if not await self._attempt(sign):
            self._due[meeting] = asyncio.get_running_loop().time() + RETRY_S

    async def _attempt(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Do *work*; a store that fails is told in a line, and asked again later."""
        try:
            await work()
        except UnknownMeeting:
            raise AssertionError("can't happen: records are never deleted") from None
        except RecordError as error:
            log.error("checkpoints were not written: %s", error)
            return False
        return True
