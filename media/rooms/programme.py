"""
A room's programme, seen from the forwarder: its worker is started, fed, and replaced when it dies.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from struct import Struct
from typing import Final, Literal

from media.control import AlarmKind, Cue, Howl, ProgrammeAlarm, ProgrammeState, Report, SceneShown
from media.forwarding.packets import SourceClock
from media.forwarding.subscription import Subscription
from media.forwarding.track import Track
from media.limits import Limits
from media.peers.port import SEND_SIZE, CodecName
from media.programme.feed import (
    PACKET,
    AlarmNote,
    CueNote,
    Finish,
    Finished,
    HowlNote,
    Keyframe,
    Note,
    PartNote,
    SceneNote,
    SourceDown,
    SourceUp,
    Want,
    encode_report,
)
from media.retry import Retry
from media.rooms.shown import layer_of
from media.rooms.slots import SourceKey
from media.rooms.worker import Launch, WorkerLine, WorkerProcess

_log = logging.getLogger(__name__)

_PREFIX: Final = Struct("!cH")
_DECODED: Final[Mapping[CodecName, Literal["opus", "VP8", "H264"]]] = {
    "opus": "opus",
    "VP8": "VP8",
    "H264": "H264",
}
"""What a worker can show; who sends nothing else is on the link only."""
_SOURCES_MAX: Final = 65_536  # `SourceUp.source` is 16 bits and never used twice


class Tap:
    """
    A track's packets to the worker: a subscription whose packets leave by the worker's line, as
    plain RTP (`media.congestion.outflow.Outlet`). It carries the layer that is large enough for
    where the picture stands, under one numbering and one clock.

    Args:
        source: the worker's number for it.
        track: where they come from.
        line: to the worker.
        limits: bounds.
        clock: monotonic, seconds.
    """

    def __init__(
        self,
        source: int,
        track: Track,
        line: WorkerLine,
        limits: Limits,
        clock: Callable[[], float],
    ) -> None:
        self.source = source
        self.track = track
        self.wanted = False
        self.overhead = 0
        self._line = line
        self._limits = limits
        self._clock = clock
        self._subscription = Subscription(
            source,
            None,
            replace(track.codec, red_payload_type=None),
            buffer=bytearray(SEND_SIZE),
            outlet=self,
        )
        self._prefix = _PREFIX.pack(PACKET, source)
        self._told: SourceClock | None = None

    def want(self, height: int) -> None:
        """The worker wants the packets, of a layer that is so high (pixels) if there is one."""
        self.wanted = True
        now_s = self._clock()
        self._subscription.wish(layer_of(height, len(self.track.layers), self._limits), now_s)
        self._subscription.attach(self.track, now_s)

    def drop(self) -> None:
        """The worker wants nothing of it, or is gone."""
        self.wanted = False
        self._subscription.attach(None, self._clock())

    def settle(self, now_s: float) -> None:
        """Go for the best layer that is to be had."""
        self._subscription.settle(now_s)

    def ask_keyframe(self) -> None:
        """The worker's decoder can't go on."""
        self._subscription.ask_keyframe(self._clock())

    def send_rtp(self, buffer: bytearray, lengths: Sequence[int]) -> int:
        """Hand packets on, the publisher's clocks before them when they were told anew."""
        clock = self._subscription.clock
        if (
            clock is not None
            and clock != self._told
            and self._line.send_packet(encode_report(self.source, clock.ntp, clock.rtp))
        ):
            self._told = clock
        at = 0
        for sent, length in enumerate(lengths):
            if not self._line.send_packet(self._prefix + buffer[at : at + length]):
                # pictures after a drop are of no use until the next keyframe
                self._subscription.interrupted(anew=False)
                self.ask_keyframe()
                return sent
            at += length
        return len(lengths)


class Programme:
    """
    Args:
        room: the room's id.
        folder: where segments are written.
        launch: starts a worker.
        emit: takes reports.
        limits: bounds.
        clock: monotonic, seconds.
    """

    def __init__(
        self,
        room: str,
        folder: str,
        launch: Launch,
        emit: Callable[[Report], None],
        limits: Limits,
        clock: Callable[[], float],
    ) -> None:
        self._room = room
        self._folder = folder
        self._launch = launch
        self._emit = emit
        self._limits = limits
        self._clock = clock
        self._sources: dict[SourceKey, Track] = {}
        self._cue: Cue | None = None
        # of the running worker; empty between two
        self._line: WorkerLine | None = None
        self._taps: dict[SourceKey, Tap] = {}
        self._howling: set[str] = set()
        self._alarms: set[AlarmKind] = set()
        self._next_source = 0
        self._live = False
        self._complete = False
        self._finishing = asyncio.Event()
        self._leaving = False
        self._ended = asyncio.Event()

    # --- what the room tells

    def sources_changed(self, sources: Mapping[SourceKey, Track]) -> None:
        """These tracks exist from now on, and no others."""
        self._sources = dict(sources)
        self._announce()

    def settle(self, now_s: float) -> None:
        """Layers come and go: take the best that are to be had."""
        for tap in self._taps.values():
            tap.settle(now_s)

    def watches(self, track: Track) -> bool:
        """Whether this track is shown or heard in the programme now."""
        return any(tap.wanted and tap.track is track for tap in self._taps.values())

    def cue(self, cue: Cue) -> None:
        """What the programme is about; a worker that is started later is told too."""
        self._cue = cue
        if self._line is not None:
            self._line.send_note(CueNote(cue=cue))

    async def finish(self) -> None:
        """Complete the recording; the worker is killed if that takes over `worker_finish_s`."""
        self._finishing.set()
        if self._line is not None:
            self._line.send_note(Finish())
        try:
            async with asyncio.timeout(self._limits.worker_finish_s):
                await self._ended.wait()
        except TimeoutError:
            _log.warning("the programme of %s did not finish in time", self._room)
            if self._line is not None:
                self._line.end()
            await self._ended.wait()

    async def leave(self) -> None:
        """
        End the worker, but not the programme: this process ends, and the next one goes on with it.

        The worker writes what it has; players must not read that nothing more will come.
        """
        self._leaving = True
        self._finishing.set()
        if self._line is not None:
            self._line.end()
        await self._ended.wait()

    # --- the worker's life

    async def run(self) -> None:
        """Keep a worker running until `finish`."""
        retry = Retry(self._limits.worker_restarts_s)
        try:
            while not self._finishing.is_set():
                self._state("starting")
                started_s = self._clock()
                await self._serve()
                if self._complete or self._finishing.is_set():
                    break
                self._state("interrupted")
                well = self._clock() - started_s >= self._limits.worker_well_s
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(retry.ended(well=well)):
                        await self._finishing.wait()
            if self._leaving:
                self._state("interrupted")
            else:
                lacking = "" if self._complete else "the recording may lack its last second"
                self._state("ended", lacking)
        finally:
            self._ended.set()

    async def _serve(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                process = await self._launch(self._room, self._folder, theirs)
            except OSError as error:
                _log.error("the programme worker of %s can't be started: %s", self._room, error)
                ours.close()
                return
        line = WorkerLine(ours, self._on_note, self._limits.notes_queued)
        self._line = line
        self._live = self._complete = False
        self._next_source = 0
        try:
            self._announce()
            if self._cue is not None:
                line.send_note(CueNote(cue=self._cue))
            if self._leaving:
                line.end()
            elif self._finishing.is_set():
                line.send_note(Finish())
            await line.ended.wait()
            async with asyncio.timeout(self._limits.worker_exit_s):
                await process.wait()
        except TimeoutError:
            pass
        finally:
            line.end()
            self._line = None
            for person in tuple(self._howling):  # nobody listens any more
                self._howls(person, howling=False)
            for kind in tuple(self._alarms):
                self._alarm(kind, None)
            for tap in self._taps.values():
                tap.drop()
            self._taps.clear()
            await _reap(process)

    def _announce(self) -> None:
        line = self._line
        if line is None:
            return
        for key, tap in list(self._taps.items()):
            if self._sources.get(key) is not tap.track:
                tap.drop()
                del self._taps[key]
                line.send_note(SourceDown(source=tap.source))
        for key, track in self._sources.items():
            codec = _DECODED.get(track.codec.name)
            if key in self._taps or codec is None:
                continue
            if self._next_source == _SOURCES_MAX:
                line.end()  # a new worker counts from 0
                return
            source = self._next_source
            self._next_source += 1
            self._taps[key] = Tap(source, track, line, self._limits, self._clock)
            line.send_note(
                SourceUp(
                    source=source,
                    person=key.person,
                    kind=key.kind,
                    codec=codec,
                    clock_hz=track.codec.clock_hz,
                )
            )

    def _on_note(self, note: Note) -> None:
        match note:
            case Want(sources=heights):
                for tap in self._taps.values():
                    height = heights.get(tap.source)
                    if height is None:
                        tap.drop()
                    else:
                        tap.want(height)
            case Keyframe():
                for tap in self._taps.values():
                    if tap.source == note.source:
                        tap.ask_keyframe()
            case PartNote():
                if not self._live:
                    self._live = True
                    self._state("live")
                self._emit(note.part)
            case HowlNote():
                self._howls(note.person, howling=note.howling, frequency_hz=note.frequency_hz)
            case AlarmNote():
                self._alarm(note.kind, note.since_ms)
            case SceneNote():
                self._emit(SceneShown(room=self._room, scene=note.scene))
            case Finished():
                self._complete = True
            case SourceUp() | SourceDown() | CueNote() | Finish():
                _log.warning("the programme worker sent a note that is ours to send: %s", note.type)

    def _howls(self, person: str, *, howling: bool, frequency_hz: int = 0) -> None:
        (self._howling.add if howling else self._howling.discard)(person)
        self._emit(Howl(room=self._room, person=person, howling=howling, frequency_hz=frequency_hz))

    def _alarm(self, kind: AlarmKind, since_ms: int | None) -> None:
        (self._alarms.discard if since_ms is None else self._alarms.add)(kind)
        self._emit(ProgrammeAlarm(room=self._room, kind=kind, since_ms=since_ms))
        if kind == "disk_full" and since_ms is not None:
            self._live = False  # until the next part
            self._state("interrupted", "the disk is full")

    def _state(
        self, state: Literal["starting", "live", "interrupted", "ended"], detail: str = ""
    ) -> None:
        self._emit(ProgrammeState(room=self._room, state=state, detail=detail))


async def _reap(process: WorkerProcess) -> None:
    if process.returncode is None:
        try:
            process.kill()
        except ProcessLookupError:
            return  # it ended between the look and the kill
    await process.wait()
