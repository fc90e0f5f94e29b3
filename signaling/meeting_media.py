"""
The media of one meeting: what its record wants (`floor_to_media.plan`), and what the media process
was told. The difference is sent, one request after the other: at once when the record changes, and
all of it again when the process was replaced. What the process says comes back as sections
(`media_sections`), and as reports about single peers.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from media.control import (
    CloseRoom,
    CueProgramme,
    Disconnect,
    Howl,
    Layers,
    MediaCode,
    MediaPlane,
    MediaRefused,
    Offered,
    OpenRoom,
    PeerGone,
    Publish,
    Quality,
    Subscribe,
    Watch,
)
from meetings.people import Register
from meetings.state import Meeting
from signaling.counters import Counters
from signaling.cue import progress_only
from signaling.floor_to_media import MediaPlan, Step, Told, after, plan, steps
from signaling.limits import Limits
from signaling.media_sections import MediaSections, Programme, RoomReport, SectionsListener
from signaling.negotiation import Request

log = logging.getLogger(__name__)


class MediaListener(SectionsListener, Protocol):
    """Told by a meeting's media, on the loop; must not block."""

    def peer_reported(self, report: Offered | PeerGone | Layers) -> None:
        """About one peer."""
        ...

    def media_restarted(self) -> None:
        """Every peer is gone."""
        ...

    def lines_reported(self, report: Quality | Howl) -> None:
        """How good the lines are now, or that something howls."""
        ...


class MediaNode(Protocol):
    """What the media of all meetings of a node have in common: see `MediaBridge`."""

    plane: MediaPlane
    limits: Limits
    counters: Counters
    clock_ms: Callable[[], int]
    programmes: Path

    def know(self, peer: str, media: MeetingMedia) -> None:
        """Reports about *peer* belong to *media*."""
        ...

    def forget(self, peer: str) -> None:
        """Nothing more is expected of *peer*."""
        ...

    async def claim(self, meeting: str) -> None:
        """
        Host the meeting's media on this node.

        Raises: MediaRefused: UNAVAILABLE if another node does.
        """
        ...

    async def release(self, meeting: str) -> None:
        """The room is closed; another node may host it."""
        ...


class MeetingMedia:
    """The media of one meeting."""

    def __init__(
        self, meeting: str, node: MediaNode, programme: Programme, listener: MediaListener
    ) -> None:
        self._meeting = meeting
        self._node = node
        self._listener = listener
        self._wanted: MediaPlan | None = None
        self._told = Told()
        self._process = 0  # counts the media processes, to know answers of one that is gone
        self._linked = False
        self._ending: set[str] = set()
        self._progress: asyncio.TimerHandle | None = None
        self.sections = MediaSections(meeting, programme, listener, node.limits, node.clock_ms)
        self._wake = asyncio.Event()
        self._opened = asyncio.Event()

    # --- from the meeting

    def follow(self, meeting: Meeting, register: Register) -> None:
        """The record has moved; whatever must change at the media process is sent at once."""
        self._wanted = plan(meeting, register)
        self._wake.set()
        self.sections.follow(self._wanted, meeting.recording, room=self._told.open)

    @property
    def busy(self) -> bool:
        """There is a room at the media process, or something is still to be told to it."""
        return self._told.open or self._wake.is_set() or bool(self._ending)

    async def request(self, request: Request) -> str | None:
        """
        Carry out one request of a connection; there is a room before the first one.

        Raises: MediaRefused.
        """
        if isinstance(request, Publish | Subscribe | Watch):
            await self._opened_room()
            self._node.know(request.peer, self)
        try:
            return await self._node.plane.request(request)
        except MediaRefused as refused:
            self._node.counters.media_refused[refused.code] += 1
            if refused.code is MediaCode.UNKNOWN_ROOM:
                self._forget_room()
            raise
        finally:
            if isinstance(request, Disconnect):
                self._node.forget(request.peer)

    def disconnect(self, peers: Iterable[str]) -> None:
        """Their connection is gone; end them without anybody waiting for it."""
        self._ending.update(peers)
        self._wake.set()

    def rest(self) -> None:
        """Nobody is there: a room that no programme needs is closed, until the next request."""
        if self._linked and self._told.open and not self._told.programme:
            self._linked = False
            self._wake.set()

    async def _opened_room(self) -> None:
        if not self._linked:
            self._linked = True
            self._wake.set()
        try:
            async with asyncio.timeout(self._node.limits.room_opening_s):
                await self._opened.wait()
        except TimeoutError:
            raise MediaRefused(MediaCode.UNAVAILABLE, "no room in time") from None

    # --- to the media process

    async def run(self) -> None:
        """Tell the media process what it doesn't know yet, for ever."""
        told_all = True
        while True:
            # A microphone that should be closed must not stay open for one lost request.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(None if told_all else self._node.limits.media_retry_s):
                    await self._wake.wait()
            self._wake.clear()
            await self._end_peers()
            told_all = await self._tell_all()

    async def _tell_all(self) -> bool:
        """Returns: False if it has to be tried again later."""
        while (step := self._next_step()) is not None:
            try:
                await self._tell(step)
            except MediaRefused as refused:
                self._node.counters.media_refused[refused.code] += 1
                if refused.code is MediaCode.UNAVAILABLE:  # it is being replaced, mostly
                    return False
                log.warning("meeting %s: %s was refused: %s", self._meeting, step.type, refused)
                if refused.code is MediaCode.UNKNOWN_ROOM:
                    self._forget_room()
                    return False
                if isinstance(step, OpenRoom):
                    return False
                # One person too many, say: not let through, and nobody else is held up by it.
                self._told = after(self._told, step)
        return True

    def _next_step(self) -> Step | None:
        if self._wanted is None:
            return None
        folder = str(self._node.programmes / self._meeting)
        todo = steps(self._wanted, self._told, linked=self._linked, folder=folder)
        if not todo or self._too_soon(todo[0]):
            return None
        return todo[0]

    def _too_soon(self, step: Step) -> bool:
        """
        Whether this tells only how far a vote has come, less than a second after the last time:
        thousands may vote at once. It is told when the second is over.
        """
        if not isinstance(step, CueProgramme) or self._told.cue is None:
            return False
        if not progress_only(self._told.cue, step.cue):
            return False
        loop = asyncio.get_running_loop()
        if self._progress is None or loop.time() >= self._progress.when():
            self._progress = loop.call_later(self._node.limits.progress_tick_s, self._wake.set)
            return False
        return True

    async def _tell(self, step: Step) -> None:
        process = self._process
        match step:
            case OpenRoom():
                await self._node.claim(self._meeting)
            case CloseRoom():
                self._opened.clear()  # whoever comes now waits for the next one
                if self._told.programme:
                    # The last microphone is closed already; the closing card is seen for a moment.
                    await asyncio.sleep(self._node.limits.closing_card_s)
        try:
            await self._node.plane.request(step)
        except MediaRefused:
            if self._told.open:
                self._opened.set()  # it stays for now
            raise
        if process != self._process:
            return
        self._told = after(self._told, step)
        if self._told.open:
            self._opened.set()
        else:
            self._opened.clear()
            await self._node.release(self._meeting)

    def _forget_room(self) -> None:
        """There is none, whatever was told before; it is made again if it is needed."""
        self._told = Told()
        self._opened.clear()
        self._wake.set()

    async def _end_peers(self) -> None:
        while self._ending:
            try:
                await self.request(Disconnect(peer=self._ending.pop()))
            except MediaRefused as refused:
                log.debug("meeting %s: %s", self._meeting, refused)  # it is gone in any case

    # --- from the media process

    def report(self, report: RoomReport | Quality | Howl | Offered | PeerGone | Layers) -> None:
        """Something happened in this meeting's room."""
        match report:
            case Quality() | Howl():
                self._listener.lines_reported(report)
            case Offered() | PeerGone() | Layers():
                self._listener.peer_reported(report)
            case _:
                self.sections.take(report)

    def restarted(self) -> None:
        """The media process was replaced and knows nothing."""
        self._process += 1
        on_air = self._told.programme
        self._told = Told()
        self._opened.clear()
        self._ending.clear()
        self.sections.restarted(on_air=on_air)
        self._listener.media_restarted()
        self._wake.set()
