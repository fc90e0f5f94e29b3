"""
Carries the records' word to the media plane, and its reports back to their meetings.

One `MeetingMedia` a meeting decides what is told; here stands what all of a node have in common.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import assert_never

from media.control import (
    Howl,
    Layers,
    MediaCode,
    MediaPlane,
    MediaRefused,
    Offered,
    Part,
    PeerGone,
    ProgrammeAlarm,
    ProgrammeState,
    Quality,
    Report,
    Restarted,
    SceneShown,
    Source,
    Speakers,
)
from signaling.counters import Counters
from signaling.limits import Limits
from signaling.media_sections import Programme
from signaling.meeting_media import MediaListener, MeetingMedia
from signaling.nodes.port import NodeDirectory


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
        gone.sections.stop()
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
