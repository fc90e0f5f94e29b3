"""
What is shown of a meeting's media: who is on the link, who speaks, how the programme goes.

Kept from the media process's reports; what the record wants of the programme comes along.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal, Protocol, assert_never

from media.control import (
    AlarmKind,
    Part,
    ProgrammeAlarm,
    ProgrammeState,
    SceneShown,
    Source,
    Speakers,
)
from media.cue import SceneName
from meetings.people import PersonId
from meetings.recording.state import Recording
from signaling.floor_to_media import MediaPlan
from signaling.limits import Limits
from signaling.wire.frames import (
    AlarmView,
    CameraView,
    LinksSection,
    LivestreamSection,
    SourceView,
    SpeakersSection,
)
from signaling.written import Written


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


RoomReport = Source | Speakers | Part | ProgrammeState | ProgrammeAlarm | SceneShown
"""What happens in a room, and is shown."""


class SectionsListener(Protocol):
    """Told when a section is another, on the loop; must not block."""

    def links_changed(self) -> None:
        """The section `links` is another."""
        ...

    def livestream_changed(self) -> None:
        """The section `livestream` is another."""
        ...

    def speakers_changed(self) -> None:
        """The section `speakers` is another."""
        ...


class MediaSections:
    """Of one meeting."""

    def __init__(
        self,
        meeting: str,
        programme: Programme,
        listener: SectionsListener,
        limits: Limits,
        clock_ms: Callable[[], int],
    ) -> None:
        self._meeting = meeting
        self._programme = programme
        self._listener = listener
        self._wanted: MediaPlan | None = None
        self._kept = Recording()
        self._sources: dict[PersonId, SourceView] = {}
        self._cameras: tuple[CameraView, ...] = ()
        self._speakers: tuple[PersonId, ...] = ()
        self._scene: SceneName | None = None
        self._alarms: dict[AlarmKind, int] = {}
        loop = asyncio.get_running_loop()
        self._written = Written(
            limits,
            listener.livestream_changed,
            monotonic=loop.time,
            clock_ms=clock_ms,
            call_later=loop.call_later,
        )

    # --- what comes in

    def follow(self, wanted: MediaPlan, kept: Recording, *, room: bool) -> None:
        """
        The record has moved.

        Args:
            room: whether there is one at the media process.
        """
        before, self._wanted = self._wanted, wanted
        if before is not None and wanted.cue.layout != before.cue.layout:
            self._listener.livestream_changed()
        if kept != self._kept:
            self._kept = kept
            self._listener.livestream_changed()
        self._written.expect(expected=wanted.programme and not wanted.over)
        dangling = wanted.over and not room and not self._programme.ended
        if dangling and self._programme.since_ms is not None:
            # The service died between the close and the end of the programme.
            self._feed(ProgrammeState(room=self._meeting, state="ended"))

    def take(
        self, report: Source | Speakers | Part | ProgrammeState | ProgrammeAlarm | SceneShown
    ) -> None:
        """The media process tells something of this meeting's room."""
        match report:
            case Source():
                self._take_source(report)
            case Speakers():
                self._speakers = report.persons
                self._listener.speakers_changed()
            case Part() | ProgrammeState():
                self._feed(report)
            case ProgrammeAlarm():
                self._take_alarm(report)
            case SceneShown():
                self._scene = report.scene
                self._listener.livestream_changed()
            case _:
                assert_never(report)

    def restarted(self, *, on_air: bool) -> None:
        """
        Everybody's link is gone with the media process.

        Args:
            on_air: it made the programme.
        """
        if on_air:
            self._feed(ProgrammeState(room=self._meeting, state="interrupted"))
        self._sources.clear()
        self._speakers = ()
        self._alarms.clear()
        self._scene = None
        self._listener.links_changed()
        self._listener.speakers_changed()
        self._listener.livestream_changed()

    def show_cameras(self, cameras: tuple[CameraView, ...]) -> None:
        """How the room's IP cameras are reached, from now on."""
        if cameras != self._cameras:
            self._cameras = cameras
            self._listener.links_changed()

    def stop(self) -> None:
        """Nobody looks any more."""
        self._written.stop()

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
        before = self.livestream()
        self._programme.feed(report)
        if isinstance(report, Part):
            self._written.wrote()
        elif report.state == "ended":
            self._written.ended()
        if self.livestream() != before:
            self._listener.livestream_changed()

    def _take_alarm(self, report: ProgrammeAlarm) -> None:
        if report.since_ms is None:
            self._alarms.pop(report.kind, None)
        else:
            self._alarms[report.kind] = report.since_ms
        self._listener.livestream_changed()

    # --- what is shown

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

    def links(self) -> LinksSection:
        """Everybody on the video link, in the order of coming."""
        return LinksSection(sources=tuple(self._sources.values()), cameras=self._cameras)

    def speakers(self) -> SpeakersSection:
        """Who is heard speaking at this moment."""
        return SpeakersSection(persons=self._speakers)

    def livestream(self, *, desk: bool = False) -> LivestreamSection:
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
