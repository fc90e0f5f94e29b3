"""
Carries the record's word to the media plane, and the media plane's reports back to the meeting.

One `MeetingMedia` a meeting. It holds what the meeting's record wants (`floor_to_media.plan`) and
what the media process was told, and sends the difference, one request after the other: at once when
the record changes, and all of it again when the process was replaced. What the process says comes
back as two sections, `links` and `livestream`, and as reports about single peers.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal, Protocol, assert_never

from media.control import (
    AlarmKind,
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
    Part,
    PeerGone,
    ProgrammeAlarm,
    ProgrammeState,
    Publish,
    Quality,
    Report,
    Restarted,
    SceneShown,
    Source,
    Speakers,
    Subscribe,
    Watch,
)
from media.cue import SceneName
from meetings.people import PersonId, Register
from meetings.recording.state import Recording
from meetings.state import Meeting
from signaling.counters import Counters
from signaling.cue import progress_only
from signaling.floor_to_media import MediaPlan, Step, Told, after, plan, steps
from signaling.limits import Limits
from signaling.negotiation import Request
from signaling.nodes.port import NodeDirectory
from signaling.wire.frames import (
    AlarmView,
    CameraView,
    LinksSection,
    LivestreamSection,
    SourceView,
    SpeakersSection,
)
from signaling.written import Written

log = logging.getLogger(__name__)

RoomReport = (
    Source | Speakers | Quality | Howl | Part | ProgrammeState | ProgrammeAlarm | SceneShown
)
"""What happens in a room, and belongs to its meeting."""


class Programme(Protocol):
    """What `media.livestream.Livestream` offers the bridge."""

    state: Literal["starting", "live", "interrupted", "ended"]

    @property
    def since_ms(self) -> int | None:
        """Wall clock of the first picture; None: there is none yet."""
        ...

    @property
    def ended(self) -> bool:
        """The recording is complete."""
        ...

    def feed(self, report: Part | ProgrammeState) -> None:
        """Take a report of the media plane."""
        ...


class MediaListener(Protocol):
    """Told by a meeting's media, on the loop; must not block."""

    def links_changed(self) -> None:
        """The section `links` is another."""
        ...

    def livestream_changed(self) -> None:
        """The section `livestream` is another."""
        ...

    def peer_reported(self, report: Offered | PeerGone | Layers) -> None:
        """About one peer."""
        ...

    def media_restarted(self) -> None:
        """Every peer is gone."""
        ...

    def speakers_changed(self) -> None:
        """The section `speakers` is another."""
        ...

    def lines_reported(self, report: Quality | Howl) -> None:
        """How good the lines are now, or that something howls."""
        ...


class MeetingMedia:
    """The media of one meeting."""

    def __init__(
        self, meeting: str, bridge: MediaBridge, programme: Programme, listener: MediaListener
    ) -> None:
        self._meeting = meeting
        self._bridge = bridge
        self._programme = programme
        self._listener = listener
        self._wanted: MediaPlan | None = None
        self._told = Told()
        self._process = 0  # counts the media processes, to know answers of one that is gone
        self._linked = False
        self._ending: set[str] = set()
        self._sources: dict[PersonId, SourceView] = {}
        self._cameras: tuple[CameraView, ...] = ()
        self._speakers: tuple[PersonId, ...] = ()
        self._scene: SceneName | None = None
        self._progress: asyncio.TimerHandle | None = None
        self._alarms: dict[AlarmKind, int] = {}
        self._kept = Recording()
        loop = asyncio.get_running_loop()
        self._written = Written(
            bridge.limits,
            listener.livestream_changed,
            monotonic=loop.time,
            clock_ms=bridge.clock_ms,
            call_later=loop.call_later,
        )
        self._wake = asyncio.Event()
        self._opened = asyncio.Event()

    # --- from the meeting

    def follow(self, meeting: Meeting, register: Register) -> None:
        """The record has moved; whatever must change at the media process is sent at once."""
        before = None if self._wanted is None else self._wanted.cue.layout
        self._wanted = plan(meeting, register)
        if before is not None and self._wanted.cue.layout != before:
            self._listener.livestream_changed()
        self._wake.set()
        if meeting.recording != self._kept:
            self._kept = meeting.recording
            self._listener.livestream_changed()
        self._written.expect(expected=self._wanted.programme and not self._wanted.over)
        dangling = self._wanted.over and not self._told.open and not self._programme.ended
        if dangling and self._programme.since_ms is not None:
            # The service died between the close and the end of the programme.
            self._feed(ProgrammeState(room=self._meeting, state="ended"))

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
            self._bridge.know(request.peer, self)
        try:
            return await self._bridge.plane.request(request)
        except MediaRefused as refused:
            self._bridge.counters.media_refused[refused.code] += 1
            if refused.code is MediaCode.UNKNOWN_ROOM:
                self._forget_room()
            raise
        finally:
            if isinstance(request, Disconnect):
                self._bridge.forget(request.peer)

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
            async with asyncio.timeout(self._bridge.limits.room_opening_s):
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
                async with asyncio.timeout(None if told_all else self._bridge.limits.media_retry_s):
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
                self._bridge.counters.media_refused[refused.code] += 1
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
        folder = str(self._bridge.programmes / self._meeting)
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
            self._progress = loop.call_later(self._bridge.limits.progress_tick_s, self._wake.set)
            return False
        return True

    async def _tell(self, step: Step) -> None:
        process = self._process
        match step:
            case OpenRoom():
                await self._bridge.claim(self._meeting)
            case CloseRoom():
                self._opened.clear()  # whoever comes now waits for the next one
                if self._told.programme:
                    # The last microphone is closed already; the closing card is seen for a moment.
                    await asyncio.sleep(self._bridge.limits.closing_card_s)
        try:
            await self._bridge.plane.request(step)
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
            await self._bridge.release(self._meeting)

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

    def report(self, report: RoomReport | Offered | PeerGone | Layers) -> None:
        """Something happened in this meeting's room."""
        match report:
            case Source():
                self._take_source(report)
            case Speakers():
                self._speakers = report.persons
                self._listener.speakers_changed()
            case Quality() | Howl():
                self._listener.lines_reported(report)
            case Part() | ProgrammeState():
                self._feed(report)
            case ProgrammeAlarm():
                self._take_alarm(report)
            case SceneShown():
                self._scene = report.scene
                self._listener.livestream_changed()
            case Offered() | PeerGone() | Layers():
                self._listener.peer_reported(report)
            case _:
                assert_never(report)

    def restarted(self) -> None:
        """The media process was replaced and knows nothing."""
        self._process += 1
        if self._told.programme:
            self._feed(ProgrammeState(room=self._meeting, state="interrupted"))
        self._told = Told()
        self._opened.clear()
        self._ending.clear()
        self._sources.clear()
        self._speakers = ()
        self._alarms.clear()
        self._scene = None
        self._listener.links_changed()
        self._listener.speakers_changed()
        self._listener.livestream_changed()
        self._listener.media_restarted()
        self._wake.set()

    def _take_source(self, report: Source) -> None:
        if report.linked:
            self._sources[report.person] = SourceView(
                person=report.person,
                sound=report.sound,
                picture=report.picture,
                screen=report.screen,
            )
        else:
            self._sources.pop(report.person, None)
        self._listener.links_changed()

    def _feed(self, report: Part | ProgrammeState) -> None:
        before = self.livestream_section()
        self._programme.feed(report)
        if isinstance(report, Part):
            self._written.wrote()
        elif report.state == "ended":
            self._written.ended()
        if self.livestream_section() != before:
            self._listener.livestream_changed()

    def _take_alarm(self, report: ProgrammeAlarm) -> None:
        if report.since_ms is None:
            self._alarms.pop(report.kind, None)
        else:
            self._alarms[report.kind] = report.since_ms
        self._listener.livestream_changed()

    @property
    def alarms(self) -> tuple[AlarmView, ...]:
        """What is the matter with the programme now, in the order of beginning."""
        found = [AlarmView(kind=kind, since_ms=at) for kind, at in self._alarms.items()]
        if self._written.missing_since_ms is not None:
            found.append(AlarmView(kind="no_bytes", since_ms=self._written.missing_since_ms))
        return tuple(sorted(found, key=lambda alarm: alarm.since_ms))

    @property
    def recording(self) -> bool:
        """Bytes of the programme are being written, and the disk confirms it."""
        return self._written.lit and "disk_stuck" not in self._alarms

    def stop(self) -> None:
        """Nobody looks any more."""
        self._written.stop()

    # --- sections

    def links_section(self) -> LinksSection:
        """Everybody on the video link, in the order of coming."""
        return LinksSection(sources=tuple(self._sources.values()), cameras=self._cameras)

    def show_cameras(self, cameras: tuple[CameraView, ...]) -> None:
        """How the room's IP cameras are reached, from now on."""
        if cameras != self._cameras:
            self._cameras = cameras
            self._listener.links_changed()

    def speakers_section(self) -> SpeakersSection:
        """Who is heard speaking at this moment."""
        return SpeakersSection(persons=self._speakers)

    def livestream_section(self, *, desk: bool = False) -> LivestreamSection:
        """
        The programme, as it can be watched now.

        Args:
            desk: with what is the matter with it.
        """
        since_ms, state = self._programme.since_ms, self._programme.state
        if self._kept.deleted_ms is not None:
            return LivestreamSection(
                state="off", live_url=None, recording_url=None, since_ms=None, deleted=True
            )
        if since_ms is None and not (self._wanted is not None and self._wanted.programme):
            return LivestreamSection(state="off", live_url=None, recording_url=None, since_ms=None)
        folder = f"/hls/{self._meeting}"
        watchable = since_ms is not None
        return LivestreamSection(
            state=state,
            live_url=f"{folder}/programme.m3u8" if watchable and state != "ended" else None,
            recording_url=f"{folder}/whole.m3u8" if watchable else None,
            since_ms=since_ms,
            layout="auto" if self._wanted is None else self._wanted.cue.layout,
            scene=None if state == "ended" else self._scene,
            recording=self.recording,
            held=self._kept.held if desk else None,
            alarms=self.alarms if desk else (),
        )


class MediaBridge:
    """All meetings of this node, and the one media plane."""

    def __init__(
        self,
        plane: MediaPlane,
        nodes: NodeDirectory,
        *,
        node: str,
        programme: Callable[[str], Programme],
        programmes: Path,
        limits: Limits,
        counters: Counters,
        clock_ms: Callable[[], int],
    ) -> None:
        """
        Args:
            node: this node's name in the directory.
            programme: gives a meeting's programme, the same that is served to viewers.
            programmes: folder that has a folder for each meeting's programme.
            clock_ms: wall clock.
        """
        self.plane = plane
        self.limits = limits
        self.counters = counters
        self.clock_ms = clock_ms
        self._nodes = nodes
        self._node = node
        self._programme = programme
        self.programmes = programmes
        self._meetings: dict[str, MeetingMedia] = {}
        self._peers: dict[str, MeetingMedia] = {}

    def open(self, meeting: str, listener: MediaListener) -> MeetingMedia:
        """The media of a meeting that this node has begun to serve; `run` it."""
        media = MeetingMedia(meeting, self, self._programme(meeting), listener)
        self._meetings[meeting] = media
        return media

    def close(self, gone: MeetingMedia) -> None:
        """The meeting is no longer served, or by another one already."""
        gone.stop()
        self._meetings = {
            name: media for name, media in self._meetings.items() if media is not gone
        }
        self._peers = {peer: media for peer, media in self._peers.items() if media is not gone}

    def know(self, peer: str, media: MeetingMedia) -> None:
        """Reports about *peer* belong to *media*."""
        self._peers[peer] = media

    def forget(self, peer: str) -> None:
        """Nothing more is expected of *peer*."""
        self._peers.pop(peer, None)

    async def claim(self, meeting: str) -> None:
        """
        Host the meeting's media on this node.

        Raises: MediaRefused: UNAVAILABLE if another node does.
        """
        host = await self._nodes.claim(meeting, self._node)
        if host != self._node:
            raise MediaRefused(MediaCode.UNAVAILABLE, f"hosted by {host}")

    async def release(self, meeting: str) -> None:
        """The room is closed; another node may host it."""
        await self._nodes.release(meeting, self._node)

    async def run(self) -> None:
        """Hand the media plane's reports to their meetings, until it is closed."""
        async for report in self.plane.reports():
            self._dispatch(report)

    def _dispatch(self, report: Report) -> None:
        match report:
            case Restarted():
                self._peers.clear()
                for media in self._meetings.values():
                    media.restarted()
            case Offered() | PeerGone() | Layers():
                known = self._peers.get(report.peer)
                if known is not None:
                    known.report(report)
            case (
                Source()
                | Speakers()
                | Quality()
                | Howl()
                | Part()
                | ProgrammeState()
                | ProgrammeAlarm()
                | SceneShown()
            ):
                here = self._meetings.get(report.room)
                if here is not None:
                    here.report(report)
            case _:
                assert_never(report)
