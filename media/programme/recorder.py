"""
From coded samples to parts in the store.

A part is some slots of pictures, some of which may be shown for several, and the sound that goes
with them; some parts are a segment (`Timing`). Each part is in the store in every rendition, and
then in its journal by one line, before anybody hears of it: whatever ends a run, all renditions end
with the same part.
"""

from __future__ import annotations

import errno
import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from types import TracebackType
from typing import Self

from media.control import Part, Piece
from media.programme import fmp4
from media.programme.encoder import FRAME_TICKS, Coded, Headers, Sample
from media.programme.renditions import OTHERS, PICTURES, RENDITIONS, Rendition
from media.programme.sound import RATE
from media.programme.timing import Timing
from media.programme.watchdogs import DISK_RESERVE_BYTES, DiskRoom, disk_room
from media.programme.x264 import TICKS as VIDEO_TICKS
from media.segments import names
from media.segments.port import Ended, FileExists, RunStarted, Sealed, SegmentStore
from media.segments.seals import Whole, seal, unsealed

SYNC_S = 1.0
"""A power cut takes no more than this, and what one sync lasts."""
SOUND_BEGINS = 1
"""
Of a run, in samples: so no AAC frame ends just where a picture does. Every eight seconds one would,
a browser that counts microseconds takes it for one that ends before (7.999999 s), and hls.js may
then look for what comes next in what it has.
"""

_log = logging.getLogger(__name__)


class Recorder:
    """
    Writes one run of the programme. The store must have been claimed.

    Disks are slow at times: syncing and sealing happen in a thread of its own, so that the clock
    goes on. There is one with each segment, and each SYNC_S; while one lasts, the next waits for
    the part after it, and covers what was written meanwhile.

    It stops before the disk is full: what is left belongs to the record, so that votes go on.
    """

    def __init__(
        self,
        store: SegmentStore,
        room: str,
        headers: Headers,
        at_ms: int,
        timing: Timing | None = None,
        reserve: int = DISK_RESERVE_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        Continue the store's programme: new init segments, next media sequence number.

        Args:
            timing: of a programme that begins; one that goes on keeps its own. None: the usual one.
            reserve: bytes that are left free on the disk.
            clock: monotonic, seconds.

        Raises:
            OSError: the store can't be written; ENOSPC: it has no room.
        """
        self._store = store
        self._room = room
        self._reserve = reserve
        self.disk: DiskRoom = disk_room(store.free(), reserve, "plenty")
        """What the disk has room for, looked at with each segment."""
        self._keep_reserve()
        runs, self._segment = 0, 0
        kept: Timing | None = None
        journal = store.journal()
        self._whole = unsealed(journal, over=True)
        """Segments that wait for their seal."""
        for entry in journal:
            if isinstance(entry, RunStarted):
                runs = max(runs, entry.run)
                kept = kept or Timing(entry.part_ms, entry.segment_ms)
            elif isinstance(entry, Part):
                self._segment = entry.segment + 1
        self.timing = kept or timing or Timing()
        self._part_ticks = self.timing.slots_per_part * FRAME_TICKS
        self._run = _put_inits(store, runs + 1, headers)
        self._init = names.init_file(self._run)
        store.note(
            RunStarted(
                run=self._run,
                init=self._init,
                at_ms=at_ms,
                others=tuple(names.init_file(self._run, other.mark) for other in OTHERS),
                part_ms=self.timing.part_ms,
                segment_ms=self.timing.segment_ms,
            )
        )
        self._part = 0
        self._fragments = 0
        self._video: list[tuple[Coded, int]] = []
        """Pictures that wait for their part, each with its wall clock."""
        self._audio: list[Sample] = []
        self._video_start = 0
        self._audio_start = SOUND_BEGINS
        self._clock = clock
        self._synced_s = self._confirmed_s = clock()
        """When the last sync began, and when the last one ended."""
        self._syncs = ThreadPoolExecutor(1, "sync")
        self._syncing: Future[tuple[Sealed, ...]] | None = None
        self._files: list[str] = [names.init_file(self._run, one.mark) for one in RENDITIONS]
        """Of the segment that grows, and before the run's first one the init segments."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._syncs.shutdown()

    def add(self, picture: Coded, sound: list[Sample], at_ms: int) -> Part | None:
        """
        Take the next picture and the sound that is coded by now.

        Args:
            picture: in every rendition; its part's end must not lie within the time it is shown.
            sound: AAC frames; they may come some pictures later than the time they belong to.
            at_ms: wall clock of the picture.

        Returns: the part that is complete by it, if one is.

        Raises:
            OSError: the store can't be written.
        """
        self._video.append((picture, at_ms))
        return self._goes_on(sound)

    def hold(self, slots: int, sound: list[Sample]) -> Part | None:
        """
        Take, in place of a picture, that the last one is shown for so much longer.

        Args:
            slots: in FRAME_TICKS; they end with the last picture's part at the latest.
            sound: as for `add`.

        Returns: the part that is complete by it, if one is.

        Raises:
            OSError: the store can't be written.
        """
        last, at_ms = self._video[-1]
        more = slots * FRAME_TICKS
        self._video[-1] = (tuple(replace(s, duration=s.duration + more) for s in last), at_ms)
        return self._goes_on(sound)

    def _goes_on(self, sound: list[Sample]) -> Part | None:
        self._audio += sound
        coded = sum(waiting[0].duration for waiting, _ in self._video)
        part_end = self._video_start + self._part_ticks
        if coded < self._part_ticks or not self._sounds_until(part_end):
            return None
        return self._write(last=self._fills_segment())

    def close(self, sound: list[Sample], ended_ms: int | None) -> list[Part]:
        """
        Write what is left, and make everything safe on the disk.

        Args:
            sound: the last of it.
            ended_ms: wall clock at which the programme ended for good; None: it may be continued.

        Returns: the last parts.
        """
        self._audio += sound
        parts = []
        while self._video:
            rest = sum(waiting[0].duration for waiting, _ in self._video)
            ends = rest <= self._part_ticks
            parts.append(self._write(last=ends or self._fills_segment()))
        self._syncs.shutdown()
        if self._syncing is not None:
            self._seal(self._syncing.result())
        self._seal(seal(self._store, whole) for whole in self._whole)
        if ended_ms is not None:
            self._store.note(Ended(at_ms=ended_ms))
        self._store.sync()
        return parts

    def _fills_segment(self) -> bool:
        """The next part is its segment's last."""
        return self._part == self.timing.parts_per_segment - 1

    @property
    def skew_s(self) -> float:
        """By how much the sound of what is written is longer than its pictures."""
        return self._audio_start / RATE - self._video_start / VIDEO_TICKS

    @property
    def unconfirmed_s(self) -> float:
        """How long the disk has confirmed nothing."""
        return self._clock() - self._confirmed_s

    def _sounds_until(self, video_end: int) -> bool:
        """Whether the sound that is there covers the pictures up to a time in VIDEO_TICKS."""
        coded = sum(sample.duration for sample in self._audio)
        return (self._audio_start + coded) * VIDEO_TICKS >= video_end * RATE

    def _write(self, *, last: bool) -> Part:
        """
        A part of the next pictures and the sound that begins while they are shown.

        Sound covers the pictures of every part: whatever ends a run, even SIGKILL, leaves no hole
        in which a player would hang.
        """
        at_ms = self._video[0][1]
        video: list[Coded] = []
        ticks = 0
        while self._video and ticks < self._part_ticks:
            picture, _ = self._video.pop(0)
            video.append(picture)
            ticks += picture[0].duration
        audio: list[Sample] = []
        audio_end = self._audio_start
        while self._audio and audio_end * VIDEO_TICKS < (self._video_start + ticks) * RATE:
            audio_end += self._audio[0].duration
            audio.append(self._audio.pop(0))
        self._fragments += 1
        if self._part == 0:
            self._keep_reserve()
            self._files += [
                names.segment_file(self._run, self._segment, one.mark) for one in RENDITIONS
            ]
        highest, *others = (self._append(rendition, video, audio) for rendition in RENDITIONS)
        part = Part(
            room=self._room,
            init=self._init,
            segment=self._segment,
            part=self._part,
            file=highest.file,
            start=highest.start,
            length=highest.length,
            duration_s=ticks / VIDEO_TICKS,
            independent=video[0][0].keyframe,
            last=last,
            at_ms=at_ms,
            others=tuple(others),
        )
        self._store.note(part)
        self._video_start += ticks
        self._audio_start = audio_end
        self._part += 1
        if last:
            self._whole.append(Whole(self._segment, tuple(self._files)))
            self._files.clear()
            self._segment, self._part = self._segment + 1, 0
        if last or self._clock() - self._synced_s >= SYNC_S:
            self._sync_aside()
        return part

    def _append(self, rendition: Rendition, video: list[Coded], audio: list[Sample]) -> Piece:
        """The part's fragment in one rendition."""
        samples: list[Sample] = []
        if rendition in PICTURES:
            place = PICTURES.index(rendition)
            samples = [picture[place] for picture in video]
        data = fmp4.fragment(self._fragments, samples, self._video_start, audio, self._audio_start)
        file = names.segment_file(self._run, self._segment, rendition.mark)
        start = self._store.append(file, data)
        return Piece(rendition=rendition.name, file=file, start=start, length=len(data))

    def _sync_aside(self) -> None:
        if self._syncing is not None:
            if not self._syncing.done():
                return
            self._seal(self._syncing.result())  # an OSError of the last one ends the run
        waiting, self._whole = tuple(self._whole), []
        self._synced_s = self._clock()
        self._syncing = self._syncs.submit(self._settle, waiting)

    def _settle(self, waiting: tuple[Whole, ...]) -> tuple[Sealed, ...]:
        """In the other thread: see that all is on the disk, and what it is."""
        self._store.sync()
        self._confirmed_s = self._clock()
        self.disk = disk_room(self._store.free(), self._reserve, self.disk)
        return tuple(seal(self._store, whole) for whole in waiting)

    def _seal(self, seals: Iterable[Sealed]) -> None:
        for one in seals:
            self._store.note(one)

    def _keep_reserve(self) -> None:
        if self.disk == "full":
            raise OSError(errno.ENOSPC, "what is left on the disk is kept for the record")


def _put_inits(store: SegmentStore, run: int, headers: Headers) -> int:
    """Write the init segments under the first free run number."""
    while True:
        try:
            for rendition in RENDITIONS:
                store.put(names.init_file(run, rendition.mark), _init(rendition, headers))
        except FileExists:
            # Of a run whose journal entry a power cut took.
            run += 1
        else:
            return run


def _init(rendition: Rendition, headers: Headers) -> bytes:
    video = None
    if rendition in PICTURES:
        sets = headers.pictures[PICTURES.index(rendition)]
        video = fmp4.VideoTrack(sets, rendition.width, rendition.height, VIDEO_TICKS)
    return fmp4.init_segment(video, headers.audio_config, sample_rate=RATE)
