"""What the player of a recording shows besides the picture, as a file for each meeting."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from zoneinfo import ZoneInfo

from meetings.events import Entry
from meetings.minutes.build import build
from meetings.minutes.moments import moments
from meetings.record.port import Record, read_all
from meetings.service import LiveMeeting

FILES_KEPT = 32  # meetings, newest: each up to some 2 MB


@dataclass(frozen=True, slots=True)
class MomentsFile:
    """JSON of `Moments`."""

    body: bytes
    tag: str
    """Another one for another body (RFC 9110, 8.8.3)."""


class MomentsFiles:
    """
    Makes each file once for each head of its record, in a thread, one at a time: everybody who was
    there asks for it at the close.
    """

    def __init__(self, record: Record, timezone: str) -> None:
        self._record = record
        self._timezone = ZoneInfo(timezone)
        self._kept: OrderedDict[str, tuple[int, MomentsFile]] = OrderedDict()
        self._making = asyncio.Semaphore(1)

    async def read(self, live: LiveMeeting) -> MomentsFile:
        """The file as the meeting is now. Raises: RecordError."""
        async with self._making:
            offset = live.meeting.offset
            kept = self._kept.get(live.id)
            if kept is None or kept[0] != offset:
                entries = await read_all(self._record, live.id)
                kept = offset, await asyncio.to_thread(self._make, live, entries[:offset])
                self._kept[live.id] = kept
                while len(self._kept) > FILES_KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(live.id)
            return kept[1]

    def _make(self, live: LiveMeeting, entries: Sequence[Entry]) -> MomentsFile:
        meeting, register = live.meeting, live.register
        minutes = build(entries, register, self._timezone)
        body = moments(meeting, minutes, register).model_dump_json().encode()
        return MomentsFile(body, f'"{sha256(body).hexdigest()[:32]}"')
