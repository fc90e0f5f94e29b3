"""
The worker's loop: every 40 ms it takes what has arrived and makes a picture.

It ends in three ways: told to finish (the recording is complete), asked to stop, or when the
forwarder is gone; in the last two another worker continues the same recording.
"""

from __future__ import annotations

import errno
import logging
import time
from collections.abc import Callable
from datetime import datetime, tzinfo

import av
from pydantic import ValidationError

from media.control import Cue, Part
from media.cue import SceneName
from media.programme.alarms import Alarms
from media.programme.compositor import Compositor
from media.programme.encoder import FRAME_SAMPLES, Encoder, Sample
from media.programme.feed import (
    NOTE,
    PACKET,
    REPORT,
    CueNote,
    Finish,
    Finished,
    PartNote,
    SceneNote,
    decode_note,
    decode_report,
)
from media.programme.fonts import Font
from media.programme.lettering import Lettering
from media.programme.line import Line
from media.programme.pace import Pace, WallClock
from media.programme.programme import Programme
from media.programme.recorder import Recorder
from media.programme.renditions import FPS
from media.programme.sound import Pcm
from media.programme.timing import Timing
from media.programme.watchdogs import (
    DISK_RESERVE_BYTES,
    UNCONFIRMED_S,
    Camera,
    Seen,
    Watchdogs,
    disk_room,
    luma,
)
from media.segments.port import Claimed, SegmentStore

FIRST_CUE_S = 2.0
"""Wait this long for the first cue, then begin without: a card without a title."""
CLAIM_S = 5.0
"""A worker before this one is given so long to end."""
CLOSING_S = 2.0
"""The programme ends with this much of its closing card, the picture that stays on the screens."""
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
ROOM_LOOK_S = 0.2
"""So often is looked whether a full disk has room again."""
FAREWELL_S = 2.0
"""How long the last note may wait for room in the line."""

_log = logging.getLogger(__name__)


class StoreBusy(Exception):
    """Another worker didn't let go of the store."""


def run(
    line: Line,
    store: SegmentStore,
    *,
    room: str,
    font: Font | None,
    zone: tzinfo | None,
    stopping: Callable[[], bool],
    timing: Timing | None = None,
    reserve: int = DISK_RESERVE_BYTES,
) -> None:
    """
    Work until the programme ends.

    Args:
        line: to the forwarder.
        store: of this programme; claimed here.
        room: its media room's id, for reports.
        font: for everything written; None: nothing is written.
        zone: of the clock on cards; None: the machine's.
        stopping: asked at every picture.
        timing: of a programme that begins; None: the usual one.
        reserve: bytes that are left free on the disk.

    Raises:
        StoreBusy: another worker writes there.
        OSError: the store can't be written, and not because the disk is full.
    """
    _claim(store)
    worker = _Worker(line, room, font, zone, timing, reserve)
    try:
        worker.work(store, stopping)
    finally:
        store.release()


def _claim(store: SegmentStore) -> None:
    until = time.monotonic() + CLAIM_S
    while True:
        try:
            return store.claim()
        except Claimed:
            if time.monotonic() > until:
                raise StoreBusy from None
            time.sleep(0.02)


class _Worker:
    def __init__(
        self,
        line: Line,
        room: str,
        font: Font | None,
        zone: tzinfo | None,
        timing: Timing | None,
        reserve: int,
    ) -> None:
        self._timing = timing
        self._reserve = reserve
        self._line = line
        self._room = room
        self._zone = zone
        self._programme = Programme(Compositor(Lettering(font, zone)))
        self._encoder = Encoder()
        self._cued = False
        self._finish = False
        self._slot = 0
        """Time slots of this run so far, one picture each unless the machine is too slow."""
        self._watched = 0
        """Time slots of all runs, and between them."""
        self._lost = 0
        """Those between runs that no watchdog has seen yet."""
        self._next_s: float | None = None
        """When the run before would have gone on."""
        self._due_s = 0.0
        """When the picture was due that is being made."""
        self._closing = 0
        """Slots of the closing card so far."""
        self._composed = 0
        """Of the last picture that was recorded: `Programme.composed`."""
        self._scene: SceneName | None = None
        """The last one that was told."""
        self._watchdogs = Watchdogs()
        self._alarms = Alarms(line.send)

    def work(self, store: SegmentStore, stopping: Callable[[], bool]) -> None:
        self._await_cue(stopping)
        while not self._recorded(store, stopping) and self._await_room(store, stopping):
            # Nothing of before is repeated: a new run, after a discontinuity.
            self._encoder, self._slot, self._watchdogs = Encoder(), 0, Watchdogs()
            self._next_s = None

    def _recorded(self, store: SegmentStore, stopping: Callable[[], bool]) -> bool:
        """Record until the end; False: the disk is full."""
        try:
            while self._run(store, stopping):
                self._encoder, self._slot = Encoder(), 0
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            _log.error("the programme pauses: %s", error)
            return False
        return True

    def _await_room(self, store: SegmentStore, stopping: Callable[[], bool]) -> bool:
        """
        Wait for room on the disk; the host is told.

        Returns: False if the programme ends before.
        """
        self._alarms.clear()
        self._alarms.set("disk_full", raised=True)
        looked_s = time.monotonic()
        while not (self._finish or self._line.closed or stopping()):
            time.sleep(1 / FPS)
            self._read()
            self._alarms.tell()
            if time.monotonic() - looked_s < ROOM_LOOK_S:
                continue
            looked_s = time.monotonic()
            if disk_room(store.free(), self._reserve, "full") != "full":
                self._alarms.set("disk_full", raised=False)
                return True
        return False

    def _run(self, store: SegmentStore, stopping: Callable[[], bool]) -> bool:
        """
        One run: from its first picture to the end, or until the disk is full.

        Returns: True if another one must follow, since times within this one would jump.
        """
        begun_ms = _wall_ms()
        headers = self._encoder.headers
        with Recorder(
            store, self._room, headers, begun_ms, self._timing, self._reserve
        ) as recorder:
            start = time.monotonic()
            if self._next_s is not None:
                self._lost += max(0, round((start - self._next_s) * FPS))
            pace, wall = Pace(start, 1 / FPS), WallClock(start, begun_ms)
            due_ms, jumped = begun_ms, False
            while not (self._finish or self._line.closed or stopping()):
                time.sleep(pace.wait_s(time.monotonic()))
                now = time.monotonic()
                in_part = recorder.timing.slots_per_part
                due, slots = pace.take(now, in_part - self._slot % in_part)
                at_ms = wall.at_ms(due, now, _wall_ms())
                self._due_s = due
                if jumped := wall.stepped or pace.given_up_s > 0:
                    _log.warning("the times of pictures jump by %d ms", at_ms - due_ms)
                    break
                due_ms = at_ms
                self._read()
                self._make(recorder, now, due_ms, slots)
                self._next_s = due + slots / FPS
                due_ms += (slots - 1) * 1_000 // FPS  # of the last slot that it was shown for
            if pace.skipped or pace.given_up_s:
                _log.warning(
                    "the machine was too slow: %d of %d pictures were skipped, %.1f s given up",
                    *(pace.skipped, self._slot, pace.given_up_s),
                )
            if self._finish and not jumped:
                self._close(recorder, due_ms)
                return False
            for part in recorder.close(self._encoder.finish(), None):
                self._line.send(PartNote(part=part))
        return jumped

    def _await_cue(self, stopping: Callable[[], bool]) -> None:
        until = time.monotonic() + FIRST_CUE_S
        while not (self._cued or self._finish or self._line.closed or stopping()):
            if time.monotonic() > until:
                return
            time.sleep(1 / FPS)
            self._read()

    def _read(self) -> None:
        for arrived_s, message in self._line.messages():
            kind = message[:1]
            if kind == PACKET and len(message) > 3:
                source = int.from_bytes(message[1:3], "big")
                self._programme.packet(source, message[3:], arrived_s)
            elif kind == NOTE:
                self._note(message)
            elif kind == REPORT and (report := decode_report(message)) is not None:
                self._programme.report(*report)

    def _note(self, message: bytes) -> None:
        try:
            note = decode_note(message)
        except ValidationError as error:
            _log.error("a note that is none: %s", error)
            return
        if isinstance(note, Finish):
            self._finish = True
        elif isinstance(note, CueNote):
            self._cued = True
        self._programme.note(note)

    def _make(self, recorder: Recorder, now: float, at_ms: int, slots: int) -> None:
        """One picture, shown for so many slots, and its sound."""
        shot = self._programme.decide(now, at_ms)
        card = shot.scene.card
        self._closing = self._closing + slots if card and card.kind == "closing" else 0
        if shot.scene.name != self._scene and self._line.send(SceneNote(scene=shot.scene.name)):
            self._scene = shot.scene.name
        want = self._programme.wants()
        if want is not None and self._line.send(want):
            self._programme.told(want)
        for ask in self._programme.keyframes(now):
            self._line.send(ask)
        at = datetime.fromtimestamp(at_ms / 1_000, self._zone)
        frame = self._programme.picture(f"{at:%H:%M}")
        pcm = self._programme.sound(slots * FRAME_SAMPLES)
        sound = self._encoder.sound(pcm)
        for howl in self._programme.howls():
            self._line.send(howl)
        if not self._finish:
            self._watch(frame, pcm, slots, recorder.skew_s)
            self._alarms.set("disk_low", raised=recorder.disk == "low")
            self._alarms.set("disk_stuck", raised=recorder.unconfirmed_s > UNCONFIRMED_S)
            self._alarms.tell()
        part = self._record(recorder, frame, sound, at_ms, slots)
        self._slot += slots
        self._watched += slots
        # A report that finds no room is left out: the journal has it, and the web process looks
        # there when it misses one.
        if part is not None:
            self._line.send(PartNote(part=part))

    def _record(
        self, recorder: Recorder, frame: av.VideoFrame, sound: list[Sample], at_ms: int, slots: int
    ) -> Part | None:
        """Encode the picture, unless the last one says the same, and hand it on with its sound."""
        composed, self._composed = self._composed, self._programme.composed
        begins = self._slot % recorder.timing.slots_per_part == 0
        if composed == self._composed and not begins:
            # A card never moves, and cameras give 15 pictures a second: the dearest step is saved.
            self._encoder.hold(slots)
            return recorder.hold(slots, sound)
        keyframe = self._slot % recorder.timing.slots_per_segment == 0
        picture = self._encoder.picture(frame, slots=slots, keyframe=keyframe)
        return recorder.add(picture, sound, at_ms)

    def _watch(self, frame: av.VideoFrame, pcm: Pcm, slots: int, skew_s: float) -> None:
        """Tell what is the matter with this picture, and what is no longer."""
        camera, now_s = self._programme.camera, time.monotonic()
        lost, self._lost = self._lost, 0
        self._watched += lost
        newest = camera[1].frame if camera is not None else None
        seen = Seen(
            now_s=now_s,
            wall_ms=_wall_ms() - round((now_s - self._due_s) * 1_000),
            stream_ms=self._watched * 1_000 // FPS,
            picture=luma(frame) if camera is not None else None,
            camera=(
                Camera(camera[0], camera[1].count, luma(newest))
                if camera is not None and newest is not None
                else None
            ),
            sound=pcm if self._programme.sounds else None,
            slots=slots + lost,
            skew_s=skew_s,
        )
        for kind, raised in self._watchdogs.look(seen):
            self._alarms.set(kind, raised=raised)

    def _close(self, recorder: Recorder, last_ms: int) -> None:
        """The closing card, faster than it plays; then the end."""
        cue = self._programme.cue
        self._programme.note(CueNote(cue=Cue(mode="closing", title=cue.title, place=cue.place)))
        while self._closing < CLOSING_S * FPS:
            last_ms += 1_000 // FPS
            self._make(recorder, time.monotonic(), last_ms, 1)
        for part in recorder.close(self._encoder.finish(), ended_ms=_wall_ms()):
            self._line.send(PartNote(part=part), FAREWELL_S)
        self._line.send(Finished(), FAREWELL_S)


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000
