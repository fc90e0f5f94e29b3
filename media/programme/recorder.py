"""
From coded samples to parts in the store.

A part is five slots of pictures, some of which may be shown for several, and the sound that goes
with them; five parts are a segment. Each part is in the store and in its journal before anybody
hears of it.
"""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from media.control import Part
from media.programme import fmp4
from media.programme.encoder import FRAME_TICKS, VIDEO_TICKS, Headers, Sample
from media.programme.planes import HEIGHT, WIDTH
from media.programme.sound import RATE
from media.programme.timing import Timing
from media.segments import names
from media.segments.port import Ended, FileExists, RunStarted, SegmentStore

SLOTS_PER_PART = Timing().slots_per_part
PARTS_PER_SEGMENT = Timing().parts_per_segment
SLOTS_PER_SEGMENT = Timing().slots_per_segment
PART_TICKS = SLOTS_PER_PART * FRAME_TICKS

_log = logging.getLogger(__name__)


class Recorder:
    """
    Writes one run of the programme. The store must have been claimed.

    Disks are slow at times: syncing happens in a thread of its own, so that the clock goes on.
    While one sync lasts, the next is left out; the one after it will cover both.
    """

    def __init__(self, store: SegmentStore, room: str, headers: Headers, at_ms: int) -> None:
        """
        Continue the store's programme: new init segment, next media sequence number.

        Raises:
            OSError: the store can't be written.
        """
        self._store = store
        self._room = room
        runs, self._segment = 0, 0
        for entry in store.journal():
            if isinstance(entry, RunStarted):
                runs = max(runs, entry.run)
            elif isinstance(entry, Part):
                self._segment = entry.segment + 1
        init = fmp4.init_segment(
            headers, width=WIDTH, height=HEIGHT, video_ticks=VIDEO_TICKS, sample_rate=RATE
        )
        self._run = _put_init(store, runs + 1, init)
        self._init = names.init_file(self._run)
        store.note(RunStarted(run=self._run, init=self._init, at_ms=at_ms))
        self._part = 0
        self._fragments = 0
        self._video: list[tuple[Sample, int]] = []
        """Pictures that wait for their part, each with its wall clock."""
        self._audio: list[Sample] = []
        self._video_start = 0
        self._audio_start = 0
        self._syncs = ThreadPoolExecutor(1, "sync")
        self._syncing: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._syncs.shutdown()

    def add(self, picture: Sample, sound: list[Sample], at_ms: int) -> Part | None:
        """
        Take the next picture and the sound that is coded by now.

        Args:
            picture: coded; its part's end must not lie within the time it is shown.
            sound: AAC frames; they may come some pictures later than the time they belong to.
            at_ms: wall clock of the picture.

        Returns: the part that is complete by it, if one is.

        Raises:
            OSError: the store can't be written.
        """
        self._video.append((picture, at_ms))
        self._audio += sound
        coded = sum(waiting.duration for waiting, _ in self._video)
        if coded < PART_TICKS or not self._sounds_until(self._video_start + PART_TICKS):
            return None
        return self._write(last=self._part == PARTS_PER_SEGMENT - 1)

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
            ends = sum(waiting.duration for waiting, _ in self._video) <= PART_TICKS
            parts.append(self._write(last=ends or self._part == PARTS_PER_SEGMENT - 1))
        if ended_ms is not None:
            self._store.note(Ended(at_ms=ended_ms))
        self._syncs.shutdown()
        self._store.sync()
        return parts

    @property
    def skew_s(self) -> float:
        """By how much the sound of what is written is longer than its pictures."""
        return self._audio_start / RATE - self._video_start / VIDEO_TICKS

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
        video: list[Sample] = []
        ticks = 0
        while self._video and ticks < PART_TICKS:
            picture, _ = self._video.pop(0)
            video.append(picture)
            ticks += picture.duration
        audio: list[Sample] = []
        audio_end = self._audio_start
        while self._audio and audio_end * VIDEO_TICKS < (self._video_start + ticks) * RATE:
            audio_end += self._audio[0].duration
            audio.append(self._audio.pop(0))
        self._fragments += 1
        data = fmp4.fragment(self._fragments, video, self._video_start, audio, self._audio_start)
        file = names.segment_file(self._run, self._segment)
        part = Part(
            room=self._room,
            init=self._init,
            segment=self._segment,
            part=self._part,
            file=file,
            start=self._store.append(file, data),
            length=len(data),
            duration_s=ticks / VIDEO_TICKS,
            independent=video[0].keyframe,
            last=last,
            at_ms=at_ms,
        )
        self._store.note(part)
        self._video_start += ticks
        self._audio_start = audio_end
        self._part += 1
        if last:
            self._segment, self._part = self._segment + 1, 0
            self._sync_aside()
        return part

    def _sync_aside(self) -> None:
        if self._syncing is not None:
            if not self._syncing.done():
                return
            self._syncing.result()  # an OSError of the last one ends the run
        self._syncing = self._syncs.submit(self._store.sync)


def _put_init(store: SegmentStore, run: int, init: bytes) -> int:
    """Write the init segment under the first free run number."""
    while True:
        try:
            store.put(names.init_file(run), init)
        except FileExists:
            # Of a run whose journal entry a power cut took.
            run += 1
        else:
            return run
