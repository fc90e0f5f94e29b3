"""
The programme for viewers: playlists that wait for the next part, and the bytes they name.

Fed with the media plane's reports; restores itself from the store's journal when it is made, and
whenever a report was missed. One condition for each livestream wakes everybody who waits.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable
from typing import Literal

from media.control import Part, ProgrammeState
from media.programme import playlist
from media.programme.playlist import LIVE, RECORDING, Written
from media.programme.renditions import HIGH, RENDITIONS, Rendition, marked
from media.programme.timeline import Extent, Segment, Timeline, extent
from media.programme.timing import Timing
from media.segments import names
from media.segments.port import Claimed, Ended, SegmentStore, UnknownFile
from media.segments.seals import seal, unsealed

WAIT_S = 6.0
"""A request waits at most this long for a part: a worker that is replaced is back before."""
SEGMENTS_AHEAD = 2
AHEAD_S = 3
"""A request for a part farther off is wrong (RFC 8216bis, 6.2.5.2: Advance Part Limit)."""
CACHED_MAX = 32
"""Parts and segments kept in memory: what all viewers ask for at the same time."""

State = Literal["starting", "live", "interrupted", "ended"]

_log = logging.getLogger(__name__)


class TooFarAhead(Exception):
    """Asked for a part that won't come soon."""


class NotYet(Exception):
    """Nothing came in time."""


class Livestream:
    """One programme. Belongs to one event loop."""

    def __init__(self, store: SegmentStore) -> None:
        """
        Reads the journal, which takes about 0.3 s for a recording of three hours.

        Raises:
            OSError: the store can't be read.
        """
        self._store = store
        self._changed = asyncio.Event()
        self._texts: dict[tuple[str, str, bool], str] = {}
        """Playlists as they are until something changes: kind, rendition, whether it skips."""
        self._written = {rendition.name: Written() for rendition in RENDITIONS}
        self._cache: dict[str, asyncio.Future[bytes]] = {}
        self._timeline = Timeline.of(store.journal())
        self.state: State = "ended" if self._timeline.ended else "starting"

    def feed(self, report: Part | ProgrammeState) -> None:
        """Take a report of the media plane about this programme."""
        if isinstance(report, Part):
            # A new run: its beginning, of which nobody is told, is in the journal.
            if report.init not in self._timeline.inits or not self._timeline.add(report):
                self._restore()
            self.state = "live"
        else:
            self.state = report.state
            if report.state == "ended":
                self._end()
        self._wake()

    def _restore(self) -> None:
        self._written = {rendition.name: Written() for rendition in RENDITIONS}
        self._timeline = Timeline.of(self._store.journal())

    def _end(self) -> None:
        self._restore()
        if self._timeline.ended or not self._timeline.segments:
            return
        # The worker was gone before it could say so, and nobody else will.
        ended = Ended(at_ms=time.time_ns() // 1_000_000)
        try:
            self._store.claim()
        except Claimed:
            _log.warning("the programme ended, but its worker still writes")
            return
        try:
            for whole in unsealed(self._store.journal(), over=True):
                self._store.note(seal(self._store, whole))
            self._store.note(ended)
            self._store.sync()
        except (OSError, UnknownFile) as error:  # the disk is full, say: viewers see its end anyway
            _log.error("the end of a recording could not be written: %s", error)
        finally:
            self._store.release()
        self._timeline.add(ended)

    def _wake(self) -> None:
        self._texts.clear()
        self._changed.set()
        self._changed = asyncio.Event()

    async def live(
        self, segment: int | None = None, part: int | None = None, rendition: Rendition = HIGH
    ) -> str:
        """
        The live playlist.

        Args:
            segment: wait for this media sequence number (_HLS_msn).
            part: wait for this part of it (_HLS_part).
            rendition: which one's.

        Raises:
            TooFarAhead: the asked-for part is too far off.
            NotYet: nothing to play within WAIT_S, or not what was asked for.
        """
        await self._reached(segment, part)
        return self._text(LIVE, rendition, skip=False)

    async def recording(
        self,
        segment: int | None = None,
        part: int | None = None,
        rendition: Rendition = HIGH,
        *,
        skip: bool = False,
    ) -> str:
        """
        The recording's playlist, from the beginning; live at its end while the programme lasts.

        Args:
            skip: leave out what is older than the skip boundary (_HLS_skip).

        Otherwise as `live`.
        """
        await self._reached(segment, part)
        return self._text(RECORDING, rendition, skip=skip)

    async def timeline(self, segment: int | None = None, part: int | None = None) -> Timeline:
        """
        What can be played, for captions; not to be changed. Waits as `live`.

        Raises: as `live`.
        """
        await self._reached(segment, part)
        return self._timeline

    async def multivariant(self, kind: str) -> str:
        """
        The renditions of the live playlist (LIVE) or of the recording (RECORDING).

        Raises:
            NotYet: nothing to play within WAIT_S.
        """
        await self._reached(None, None)
        key = (f"variants of {kind}", "", False)
        if key not in self._texts:
            self._texts[key] = playlist.multivariant(self._timeline, kind)
        return self._texts[key]

    def _text(self, kind: str, rendition: Rendition, *, skip: bool) -> str:
        key = (kind, rendition.name, skip)
        if key not in self._texts:
            if kind == LIVE:
                text = playlist.live(self._timeline, rendition)
            else:
                written = self._written[rendition.name]
                text = playlist.recording(self._timeline, rendition, skip=skip, written=written)
            self._texts[key] = text
        return self._texts[key]

    async def _reached(self, segment: int | None, part: int | None) -> None:
        """The playlist shows this segment or part; None: one whole segment, or players refuse."""
        if segment is None:
            await self._until(lambda: any(s.complete for s in self._timeline.segments[:1]))
        else:
            self._check(segment, part)
            await self._until(lambda: self._timeline.ended or self._timeline.has(segment, part))

    def _check(self, segment: int, part: int | None) -> None:
        segments = self._timeline.segments
        last = segments[-1].number if segments else 0
        if segment > last + SEGMENTS_AHEAD:
            raise TooFarAhead(f"segment {segment} after {last}")
        if part is not None and segment >= last:
            here = len(segments[-1].parts) if segments and segment == last else 0
            if part > here + math.ceil(AHEAD_S / self.timing.part_s):
                raise TooFarAhead(f"part {part} of segment {segment}")

    @property
    def timing(self) -> Timing:
        """How long its parts and segments are."""
        return self._timeline.timing or Timing()

    @property
    def since_ms(self) -> int | None:
        """Wall clock of the first picture; None: there is none yet."""
        segments = self._timeline.segments
        return segments[0].at_ms if segments else None

    @property
    def ended(self) -> bool:
        """The recording is complete."""
        return self._timeline.ended

    async def media(self, name: str) -> bytes:
        """
        The bytes of an init segment, a segment or a part that a playlist names. Waits for the part
        that the live playlist hints at.

        Raises:
            UnknownFile: no playlist names it, or the hinted part didn't come within WAIT_S.
        """
        place = self._place(name)
        if place is None:
            if not self._hinted(name):
                raise UnknownFile(name)
            try:
                await self._until(lambda: self._place(name) is not None or not self._hinted(name))
            except NotYet:
                raise UnknownFile(name) from None
            place = self._place(name)
            if place is None:
                raise UnknownFile(name)
        future = self._cache.get(name)
        if future is None:
            loop = asyncio.get_running_loop()
            future = loop.run_in_executor(None, self._store.read, *place)
            if len(self._cache) >= CACHED_MAX:
                del self._cache[next(iter(self._cache))]
            self._cache[name] = future
        try:
            return await asyncio.shield(future)
        except (OSError, UnknownFile):
            self._cache.pop(name, None)
            raise

    def _hinted(self, name: str) -> bool:
        timeline = self._timeline
        if not timeline.segments or timeline.ended:
            return False
        return any(name == playlist.hint(timeline, rendition) for rendition in RENDITIONS)

    def _place(self, name: str) -> tuple[str, int, int | None] | None:
        """Where the bytes of an address are: file, start, length (None: to its end)."""
        parsed = names.parse(name)
        if parsed is None:
            return None
        if parsed.segment is None:
            return (name, 0, None) if name in self._timeline.inits else None
        segment = self._timeline.segment(parsed.segment)
        place = segment and _extent(segment, name, parsed)
        return (place.file, place.start, place.length) if place else None

    async def _until(self, done: Callable[[], bool]) -> None:
        """
        Return once *done*, asked after each report.

        Raises:
            NotYet: not within WAIT_S.
        """
        try:
            async with asyncio.timeout(WAIT_S):
                while not done():
                    await self._changed.wait()
        except TimeoutError:
            raise NotYet from None


def _extent(segment: Segment, name: str, parsed: names.Name) -> Extent | None:
    """Where a segment or a part of it is; None: it isn't there by this name."""
    rendition = marked(parsed.mark)
    whole = segment.extent(rendition)
    if parsed.part is None:
        return whole if segment.complete and name == whole.file else None
    if parsed.part >= len(segment.parts) or name != names.part_address(whole.file, parsed.part):
        return None
    return extent(segment.parts[parsed.part], rendition)
