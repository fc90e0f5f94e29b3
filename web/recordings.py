"""
What becomes of recordings: sealed in the record while they grow, kept or deleted, one MP4 each.

The record leads: what it calls deleted is deleted here, now or after a restart; nothing is deleted
that it doesn't call so.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from media.programme.remux import CHAPTERS, Chapter
from media.segments import names
from media.segments.disk import DELETED, JOURNAL
from media.segments.seals import Read, read_seals
from meetings.commands import Asked, ExpireRecording, SealRecording
from meetings.minutes.build import build
from meetings.minutes.moments import chapters
from meetings.people import SERVICE
from meetings.proof.contents import FileLine
from meetings.proof.recording import BEGIN, root
from meetings.record.port import Record, RecordError, read_all
from meetings.recording.rules import DAY_MS
from meetings.refusals import Refused
from meetings.service import LiveMeeting, MeetingService, ServiceClosed, UnknownMeeting
from web.retention import Retention

log = logging.getLogger(__name__)

LOOK_S = 10.0
"""So often the meetings under way are looked at; the end of one is sealed within it."""
SEAL_SEGMENTS = 60
"""Segments that get a seal together: a minute of stream."""
SWEEP_S = 6 * 3_600.0
"""So often all recordings are looked at for what is due to be deleted."""
REMUX_S = 900.0
"""Longest that writing an MP4 may take."""
KEPT = Retention()
MP4 = "recording.mp4"


class NoRecording(Exception):
    """There is none to be had: nothing was recorded, it goes on, or it was deleted."""


@dataclass(slots=True)
class _Sealing:
    """How far a meeting's seals were read."""

    at: int = 0
    files: int = 0
    through: int = -1
    root: bytes = BEGIN
    ended: bool = False


class Recordings:
    """
    Keeps the recordings of this node.

    Args:
        folder: has a folder for each meeting's programme.
        serving: meetings that are under way.
        clock_ms: wall clock.
        retention: how long recordings stay.
        download_days: an MP4 so many days after it was made; it can be made again. None: never.
        forget: told of a recording that is gone.
    """

    def __init__(
        self,
        record: Record,
        meetings: MeetingService,
        folder: Path,
        *,
        serving: Callable[[], Iterable[str]],
        clock_ms: Callable[[], int],
        timezone: str,
        retention: Retention = KEPT,
        download_days: int | None = None,
        forget: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._record = record
        self._meetings = meetings
        self._folder = folder
        self._serving = serving
        self._clock_ms = clock_ms
        self._timezone = ZoneInfo(timezone)
        self._retention = retention
        self._download_days = download_days
        self._forget = forget
        self._sealing: dict[str, _Sealing] = {}
        self._making: dict[str, asyncio.Task[None]] = {}
        self._one = asyncio.Semaphore(1)

    async def run(self) -> None:
        """Look after all recordings until cancelled."""
        swept_s = -SWEEP_S
        while True:
            now_s = time.monotonic()
            due = now_s - swept_s >= SWEEP_S
            if due:
                swept_s = now_s
            for meeting in await asyncio.to_thread(self._recorded) if due else self._serving():
                await self.look(meeting)
            await asyncio.sleep(LOOK_S)

    def _recorded(self) -> list[str]:
        return [path.name for path in self._folder.iterdir() if path.is_dir()]

    async def look(self, meeting: str) -> None:
        """Seal what is whole, and delete what is due; an edge: no recording stops the others."""
        try:
            await self._look(meeting)
        except (RecordError, ServiceClosed, UnknownMeeting, OSError) as error:
            log.warning("the recording of %s was not looked after: %s", meeting, error)

    async def _look(self, meeting: str) -> None:
        folder = self._folder / meeting
        if not (folder / JOURNAL).is_file():
            return
        live = await self._meetings.live(meeting)
        if live.meeting.recording.deleted_ms is None:
            await self._seal(live)
            await self._expire(live)
        if live.meeting.recording.deleted_ms is not None:
            await asyncio.to_thread(_delete, folder)
            self._sealing.pop(meeting, None)
            self._forget(meeting)
            log.info("the recording of %s is deleted", meeting)
        elif self._download_days is not None:
            await asyncio.to_thread(_expire_file, folder / MP4, self._download_days)

    # --- seals

    async def _seal(self, live: LiveMeeting) -> None:
        known = live.meeting.recording
        if known.complete:
            self._sealing.pop(live.id, None)
            return
        state = self._sealing.setdefault(live.id, _Sealing())
        read = await asyncio.to_thread(read_seals, self._folder / live.id, state.at)
        if not self._take(live, state, read):
            return
        whole = state.ended and live.meeting.state == "closed"
        due = state.through - known.through >= SEAL_SEGMENTS
        if state.files and (whole or due):
            sealed = SealRecording(
                files=state.files, through=state.through, root=state.root.hex(), complete=whole
            )
            await self._ask(live, sealed)

    def _take(self, live: LiveMeeting, state: _Sealing, read: Read) -> bool:
        """Go on with what was read; False: the journal is not the one that was sealed before."""
        known = live.meeting.recording
        for seal in read.seals:
            for one in seal.sums:
                state.files += 1
                line = FileLine(name=one.file, bytes=one.bytes, sha256=one.sha256)
                state.root = root(state.root, line)
                if state.files == known.files and state.root.hex() != known.root:
                    log.error("the recording of %s is not the one that was sealed", live.id)
                    state.at = 0
                    return False
            state.through = seal.segment
        if read.at > state.at:
            state.at, state.ended = read.at, read.ended
        return True

    # --- keeping and deleting

    async def _expire(self, live: LiveMeeting) -> None:
        closed_ms, held = live.meeting.closed_ms, live.meeting.recording.held
        days = self._retention.days_of(live.meeting)
        if days is None or closed_ms is None or held is not None:
            return
        if self._clock_ms() - closed_ms >= days * DAY_MS:
            await self._ask(live, ExpireRecording(days=days))

    async def _ask(self, live: LiveMeeting, command: Asked) -> None:
        asked = f"service-{secrets.token_urlsafe(12)}"
        answer = await self._meetings.submit(live.id, SERVICE, asked, command)
        if isinstance(answer, Refused):
            log.warning("meeting %s: %s: %s", live.id, type(command).__name__, answer.code)

    # --- one MP4

    async def file(self, meeting: str) -> Path:
        """
        The MP4 of a recording that is over; made when it is asked for first, then kept.

        Raises:
            NoRecording; UnknownMeeting, RecordError; OSError: it could not be written.
        """
        live = await self._meetings.live(meeting)
        recording = live.meeting.recording
        folder = self._folder / meeting
        if live.meeting.state != "closed" or recording.deleted_ms is not None:
            raise NoRecording(meeting)
        path = folder / MP4
        if not path.is_file():
            if not (folder / JOURNAL).is_file():
                raise NoRecording(meeting)
            making = self._making.get(meeting)
            if making is None:
                making = asyncio.create_task(self._make(live, path))
                self._making[meeting] = making
                making.add_done_callback(lambda _: self._making.pop(meeting, None))
            await asyncio.shield(making)
        return path

    async def _make(self, live: LiveMeeting, path: Path) -> None:
        entries = await read_all(self._record, live.id)
        minutes = await asyncio.to_thread(build, entries, live.register, self._timezone)
        named = [Chapter(label=one.label, at_ms=one.at_ms) for one in chapters(minutes)]
        async with self._one:
            await write_mp4(path.parent, path, named)


async def write_mp4(folder: Path, path: Path, named: list[Chapter]) -> None:
    """
    Write a recording's MP4, in a process of its own with less priority than the meetings.

    Raises:
        NoRecording: there is no picture.
        OSError: it could not be written, or took too long.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "media.programme.remux", str(folder), str(path)),
        stdin=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(REMUX_S):
            await process.communicate(CHAPTERS.dump_json(named))
    except TimeoutError:
        raise OSError(f"{path} took more than {REMUX_S:.0f} s") from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode == NOTHING_RECORDED:
        raise NoRecording(str(folder))
    if process.returncode != 0:
        raise OSError(f"{path} could not be written: exit status {process.returncode}")


NOTHING_RECORDED = 3  # see `media.programme.remux.main`


def _delete(folder: Path) -> None:
    """Delete picture and sound; the journal, with all sums, stays under another name."""
    for path in folder.iterdir():
        if names.is_file(path.name) or path.name == MP4:
            path.unlink()
    # Last: what is cut short before is taken up again.
    (folder / JOURNAL).replace(folder / DELETED)


def _expire_file(path: Path, days: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        if time.time() - path.stat().st_mtime >= days * DAY_MS / 1_000:
            path.unlink()
