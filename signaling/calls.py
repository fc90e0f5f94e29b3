"""
How good everybody's line is: what the forwarder measured and what the pages say, put together, one
word for what is the matter, and at the end one summary for the record. Pure.

Nothing here decides what is sent: that is the forwarder's business (`media.congestion`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from media.control import Howl, PeerQuality
from meetings.link.events import Call
from meetings.people import PersonId
from signaling.wire.frames import (
    CallsSection,
    CallTrack,
    CallView,
    HowlView,
    LinkStats,
    Trouble,
)

LOST: Final = 50
"""Of a thousand packets: speech and pictures break in spite of repair (5 %)."""
SLOW_MS: Final = 400
"""Round trip at which people begin to talk over each other (ITU-T G.114: 400 ms one way is too
much; here a way has two lines, the own and the other's)."""
FROZEN_MS: Final = 500
"""In five seconds, at which one speaks of a picture that stands still (10 %)."""
CONCEALED: Final = 30
"""Of a thousand samples of sound, made up: words are lost (3 %)."""
KEPT_MS: Final = 10_000
"""So long what a peer or a page said last is taken for true."""

Owner = Callable[[str], PersonId | None]
"""Whose a peer is; None: it is gone, or another meeting's."""


@dataclass(slots=True)
class _Line:
    """What is known of one person's line now."""

    sender: PeerQuality | None = None
    sender_ms: int = 0
    receiver: PeerQuality | None = None
    receiver_ms: int = 0
    page: LinkStats | None = None
    page_ms: int = 0
    before: LinkStats | None = None
    """What the page said the time before."""


@dataclass(slots=True)
class _Mean:
    total: int = 0
    count: int = 0

    def add(self, value: int | None) -> None:
        if value is not None:
            self.total += value
            self.count += 1

    @property
    def value(self) -> int | None:
        return round(self.total / self.count) if self.count else None


@dataclass(slots=True)
class _Tally:
    """Of one call so far."""

    from_ms: int
    to_ms: int
    round_trip: _Mean = field(default_factory=_Mean)
    up: _Mean = field(default_factory=_Mean)
    down: _Mean = field(default_factory=_Mean)
    concealed: _Mean = field(default_factory=_Mean)
    frozen_ms: int | None = None
    weak_ms: int = 0
    breaks: int = 0


class Calls:
    """The lines of one meeting."""

    def __init__(self) -> None:
        self._lines: dict[PersonId, _Line] = {}
        self._tallies: dict[PersonId, _Tally] = {}
        self._howls: dict[PersonId, int] = {}

    # --- what is told

    def measured(self, peers: tuple[PeerQuality, ...], owner: Owner, now_ms: int) -> None:
        """
        The forwarder told how all peers are.

        Args:
            now_ms: wall clock; summaries carry it.
        """
        persons: set[PersonId] = set()
        for peer in peers:
            person = owner(peer.peer)
            if person is None:
                continue
            persons.add(person)
            line = self._lines.setdefault(person, _Line())
            if peer.sends:
                line.sender, line.sender_ms = peer, now_ms
            else:
                line.receiver, line.receiver_ms = peer, now_ms
        self._lines = {
            person: line
            for person, line in self._lines.items()
            if now_ms - max(line.sender_ms, line.receiver_ms) < KEPT_MS
        }
        for person in persons:
            self._count(person, now_ms)

    def said(self, person: PersonId, stats: LinkStats, now_ms: int) -> None:
        """A page told how it saw and heard; of somebody without a link nothing is kept."""
        line, tally = self._lines.get(person), self._tallies.get(person)
        if line is None or tally is None:
            return
        line.before = line.page if now_ms - line.page_ms < KEPT_MS else None
        line.page, line.page_ms = stats, now_ms
        tally.frozen_ms = (tally.frozen_ms or 0) + stats.frozen_ms
        tally.concealed.add(stats.concealed)
        if line.receiver is None or line.receiver.round_trip_ms is None:
            tally.round_trip.add(stats.round_trip_ms)

    def broke(self, person: PersonId) -> None:
        """The link failed or fell silent."""
        if (tally := self._tallies.get(person)) is not None:
            tally.breaks += 1

    def howled(self, report: Howl) -> None:
        """Somebody's sound rings, or does no longer."""
        if report.howling:
            self._howls[report.person] = report.frequency_hz
        else:
            self._howls.pop(report.person, None)

    def silenced(self) -> None:
        """The media process was replaced: nobody listens for howls until it is told of one anew."""
        self._howls.clear()

    def _count(self, person: PersonId, now_ms: int) -> None:
        tally = self._tallies.setdefault(person, _Tally(now_ms, now_ms))
        view = self._view(person, self._lines[person], now_ms)
        if view.trouble is not None:
            tally.weak_ms += now_ms - tally.to_ms if now_ms - tally.to_ms < KEPT_MS else 0
        tally.to_ms = now_ms
        line = self._lines[person]
        if line.receiver is not None:
            tally.down.add(line.receiver.lost)
            tally.round_trip.add(line.receiver.round_trip_ms)
        if line.sender is not None and line.sender.tracks:
            tally.up.add(max(track.lost for track in line.sender.tracks))

    # --- what comes of it

    def section(self, now_ms: int) -> CallsSection:
        """As the desk sees it, in the order of coming."""
        return CallsSection(
            calls=tuple(self._view(p, line, now_ms) for p, line in self._lines.items()),
            howls=tuple(
                HowlView(person=person, frequency_hz=hz) for person, hz in self._howls.items()
            ),
        )

    def _view(self, person: PersonId, line: _Line, now_ms: int) -> CallView:
        sender = line.sender if now_ms - line.sender_ms < KEPT_MS else None
        receiver = line.receiver if now_ms - line.receiver_ms < KEPT_MS else None
        page = line.page if now_ms - line.page_ms < KEPT_MS else None
        measured = None if receiver is None else receiver.round_trip_ms
        trip = measured if measured is not None or page is None else page.round_trip_ms
        tracks = () if sender is None else sender.tracks
        view = CallView(
            person=person,
            trouble=None,
            round_trip_ms=trip,
            tracks=tuple(
                CallTrack(
                    kind=track.kind,
                    bitrate=track.bitrate,
                    lost=track.lost,
                    jitter_ms=track.jitter_ms,
                    layers=track.layers,
                )
                for track in tracks
            ),
            bitrate=0 if receiver is None else receiver.bitrate,
            estimate=None if receiver is None else receiver.estimate,
            lost=0 if receiver is None else receiver.lost,
            pictures=0 if receiver is None else receiver.pictures,
            paused=0 if receiver is None else receiver.paused,
            freezes=0 if page is None else page.freezes,
            frozen_ms=0 if page is None else page.frozen_ms,
            concealed=0 if page is None else page.concealed,
        )
        return view.model_copy(update={"trouble": trouble(view, line.before)})

    def finish(self, person: PersonId) -> Call | None:
        """The summary of a call that is over; None: there was none."""
        self._lines.pop(person, None)
        self._howls.pop(person, None)
        tally = self._tallies.pop(person, None)
        if tally is None:
            return None
        return Call(
            from_ms=tally.from_ms,
            to_ms=tally.to_ms,
            round_trip_ms=tally.round_trip.value,
            lost_up=tally.up.value,
            lost_down=tally.down.value,
            frozen_ms=tally.frozen_ms,
            concealed=tally.concealed.value,
            weak_ms=tally.weak_ms,
            breaks=tally.breaks,
        )

    @property
    def persons(self) -> tuple[PersonId, ...]:
        """Whose calls are not finished."""
        return tuple(self._tallies)


def trouble(view: CallView, before: LinkStats | None) -> Trouble | None:
    """
    The worst that is the matter with a line.

    Args:
        before: what the page had said before its newest report. Where somebody begins or ends to
            speak or to send a picture, a browser counts a moment of it as made up or frozen: only
            what is so in two reports is the line's.
    """
    concealed = 0 if before is None else min(view.concealed, before.concealed)
    frozen_ms = 0 if before is None else min(view.frozen_ms, before.frozen_ms)
    if view.pictures and view.paused == view.pictures:
        return "sound_only"
    if any(track.lost >= LOST for track in view.tracks):
        return "up"
    if view.lost >= LOST or concealed >= CONCEALED:
        return "down"
    if frozen_ms >= FROZEN_MS:
        return "frozen"
    if view.round_trip_ms is not None and view.round_trip_ms >= SLOW_MS:
        return "slow"
    return None
