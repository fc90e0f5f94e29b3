"""
One connection's video link: who may have one, and what is asked of the media plane in which order.
Pure.

One request is under way at a time, and what waits behind it is bounded: the newest offer, the
newest answer, one subscription, what is shown now, the end of two peers. The newest wins on both
sides, so only the newest offer is answered.

Every start has peer ids of its own (*incarnation*), so a late report about peers of before can't be
taken for one about peers of now. What is let through is decided at the forwarder; the rights here
only keep those away who have no business there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from typing import assert_never

from media.control import (
    Answer,
    Disconnect,
    Layers,
    MediaCode,
    MediaRefused,
    Offered,
    PeerGone,
    Publish,
    Show,
    Subscribe,
    Tile,
    Watch,
)
from meetings.people import DESK, DEVICES, MEMBERS, PersonId, Role
from meetings.sections import MeetingState
from signaling.wire.codes import ErrorCode
from signaling.wire.frames import (
    ErrorFrame,
    LinkAnswer,
    LinkLayers,
    LinkLeave,
    LinkMoved,
    LinkOffer,
    LinkPublish,
    LinkPublished,
    LinkReset,
    LinkShow,
    LinkSubscribe,
)

Request = Publish | Subscribe | Watch | Show | Answer | Disconnect


@dataclass(frozen=True, slots=True)
class Rights:
    """What a person may do on the video link at this moment."""

    publish: bool
    subscribe: bool
    watch: bool = False
    """Receive what the programme shows, and nothing else."""
    locked: bool = False
    """The host locked the link: that is why not."""


NO_RIGHTS = Rights(publish=False, subscribe=False)
LOCKED_OUT = Rights(publish=False, subscribe=False, watch=True, locked=True)


def rights(state: MeetingState, role: Role, *, expected: bool) -> Rights:
    """
    Members and the room's camera send and receive, displays receive, and whoever is expected to
    speak does both. Everybody may watch. After the close nobody does.

    Args:
        expected: has the floor, waits to go on, or is called to the green room.
    """
    if state == "closed":
        return NO_RIGHTS
    talks = role in MEMBERS or role is Role.ROOM or expected
    return Rights(publish=talks, subscribe=talks or role is Role.DISPLAY, watch=True)


def hidden(person: PersonId, role: Role, rooms: Collection[PersonId]) -> tuple[PersonId, ...]:
    """
    Whose media is not sent to this person: the own, and to devices in the room also the room's, or
    its sound would run in a circle.

    Args:
        rooms: persons that are room cameras.
    """
    if role in {Role.ROOM, Role.DISPLAY}:
        return tuple(sorted({person, *rooms}))
    return (person,)


def companion(role: Role, *, in_room: bool) -> bool:
    """
    Tell whether a device is a second one in the room: no sound is sent to it, and none is let
    through from it (`floor_to_media`), so that nothing can run in a circle. Its person has said the
    room's code, or the desk did. The desk's own devices are its business.
    """
    return in_room and role not in DESK and role not in DEVICES


def connection_of(peer: str) -> str:
    """The connection that a peer belongs to; something unknown for a foreign id."""
    return peer.rpartition("/")[0].rpartition(".")[0]


def _forbidden(may: Rights, detail: str) -> ErrorFrame:
    code = ErrorCode.LINK_LOCKED if may.locked else ErrorCode.LINK_FORBIDDEN
    return ErrorFrame(code=code, detail=detail)


class Negotiation:
    """The link of one connection, from the first request to the end."""

    def __init__(self, meeting: str, connection: str, person: PersonId) -> None:
        self._meeting = meeting
        self.connection = connection
        self._person = person
        self._incarnation = 0
        self._linked = False
        self._publish: str | None = None
        self._subscribe = False
        self._subscribed = False
        self._watch: str | None = None
        self._watches = False
        self._hide: tuple[PersonId, ...] = (person,)
        self._deaf = False
        self._answer: tuple[int, str] | None = None
        self._show: tuple[Tile, ...] | None = None
        self._offered = 0
        self._answered = 0
        self._asked: set[str] = set()
        self._gone: deque[str] = deque()
        self._busy: Request | None = None
        self._busy_incarnation = 0

    @property
    def linked(self) -> bool:
        """The client wants a link: it asked for one and has not left."""
        return self._linked

    @property
    def sender(self) -> str:
        """Id of the peer on which the client sends."""
        return f"{self.connection}.{self._incarnation}/pub"

    @property
    def receiver(self) -> str:
        """Id of the peer on which the client receives."""
        return f"{self.connection}.{self._incarnation}/sub"

    @property
    def watcher(self) -> str:
        """Id of the peer on which the client receives what the meeting is about."""
        return f"{self.connection}.{self._incarnation}/watch"

    # --- from the client

    def receive(
        self,
        frame: LinkPublish | LinkSubscribe | LinkAnswer | LinkShow | LinkLeave,
        may: Rights,
    ) -> ErrorFrame | None:
        """Take a link frame; what comes of it is asked by `next_request`."""
        match frame:
            case LinkPublish():
                if not may.publish:
                    return _forbidden(may, "publish")
                self._linked = True
                self._publish = frame.sdp
            case LinkSubscribe():
                if not may.subscribe:
                    return _forbidden(may, "subscribe")
                self._linked = self._subscribe = True
            case LinkAnswer():
                if frame.offer > self._offered:
                    return ErrorFrame(code=ErrorCode.OUT_OF_ORDER, detail="no such offer")
                if frame.offer == self._offered > self._answered:
                    self._answered = frame.offer
                    self._answer = (frame.offer, frame.sdp)
            case LinkShow():
                self._show = tuple(
                    Tile(person=one.person, kind=one.kind, height=one.height) for one in frame.tiles
                )
            case LinkLeave():
                self.leave()
            case _:
                assert_never(frame)
        return None

    def watch(self, sdp: str, may: Rights) -> ErrorFrame | None:
        """
        Take the offer of a client that receives two tracks alone: what the meeting is about.

        Such a client sends nothing and sees what the programme shows, so whoever is admitted may.
        """
        if not may.watch:
            return ErrorFrame(code=ErrorCode.LINK_FORBIDDEN, detail="watch")
        self._linked = self._watches = True
        self._watch = sdp
        return None

    def allow(self, may: Rights) -> None:
        """The rights have changed: whoever may no longer receive has no link any more."""
        if self._linked and not (may.watch if self._watches else may.subscribe):
            self.leave()

    def hide(self, persons: tuple[PersonId, ...], *, deaf: bool = False) -> None:
        """
        What this client must not get has become known, or has changed.

        Args:
            persons: whose sound and picture.
            deaf: nobody's sound.
        """
        if (persons, deaf) != (self._hide, self._deaf):
            self._hide, self._deaf = persons, deaf
            self._subscribe = self._subscribe or self._subscribed

    def leave(self) -> None:
        """Both peers end."""
        self._gone.extend(sorted(self._asked))
        self._forget()
        self._linked = False

    def moved(self) -> LinkMoved:
        """Another page of the person has the link now, or has it already."""
        self.leave()
        return LinkMoved()

    def take_gone(self) -> tuple[str, ...]:
        """Peers that are to be ended, when nobody will ask `next_request` any more."""
        gone = tuple(self._gone)
        self._gone.clear()
        return gone

    # --- to the media plane

    def next_request(self) -> Request | None:
        """The next request to carry out, then `done`; None: one is under way, or none is needed."""
        if self._busy is not None:
            return None
        self._busy = self._waiting()
        self._busy_incarnation = self._incarnation
        return self._busy

    def _waiting(self) -> Request | None:
        if self._gone:
            return Disconnect(peer=self._gone.popleft())
        if self._publish is not None:
            sdp, self._publish = self._publish, None
            self._asked.add(self.sender)
            return Publish(room=self._meeting, peer=self.sender, person=self._person, sdp=sdp)
        if self._watch is not None:
            sdp, self._watch = self._watch, None
            self._asked.add(self.watcher)
            return Watch(room=self._meeting, peer=self.watcher, hide=self._hide, sdp=sdp)
        if self._subscribe:
            self._subscribe, self._subscribed = False, True
            self._asked.add(self.receiver)
            return Subscribe(
                room=self._meeting, peer=self.receiver, hide=self._hide, deaf=self._deaf
            )
        if self._show is not None and self._subscribed:
            tiles, self._show = self._show, None
            return Show(peer=self.receiver, tiles=tiles)
        if self._answer is not None:
            (offer, sdp), self._answer = self._answer, None
            return Answer(peer=self.receiver, offer=offer, sdp=sdp)
        return None

    def done(self, outcome: str | MediaRefused | None) -> LinkPublished | ErrorFrame | None:
        """
        The request that was under way ended.

        Args:
            outcome: the answer's description, a refusal, or nothing.

        Returns: what to tell the client; nothing about what it has abandoned meanwhile.
        """
        request, self._busy = self._busy, None
        if self._busy_incarnation != self._incarnation or isinstance(request, Disconnect):
            return None
        if isinstance(request, Publish) and self._publish is not None:
            return None  # a newer offer waits; the client can't use this answer any more
        if isinstance(outcome, MediaRefused):
            if outcome.code is MediaCode.STALE_OFFER:
                return None  # a newer offer is on its way to the client
            return ErrorFrame(code=outcome.code, detail=outcome.detail)
        return None if outcome is None else LinkPublished(sdp=outcome)

    # --- from the media plane

    def offered(self, report: Offered) -> LinkOffer | None:
        """An offer for the client; None: for a peer of before."""
        if report.peer != self.receiver or not self._linked:
            return None
        self._offered = report.offer
        self._answer = None
        return LinkOffer(offer=report.offer, sdp=report.sdp)

    def layers(self, report: Layers) -> LinkLayers | None:
        """What is shown of the client's picture; None: of a peer of before."""
        if report.peer != self.sender or not self._linked:
            return None
        return LinkLayers(kind=report.kind, active=report.active)

    def gone(self, report: PeerGone) -> LinkReset | None:
        """
        A peer is over. Both start anew, since a client can't tell which of the two it was.

        A peer that was *closed* went because somebody wished it: nothing is to be mended.
        """
        if not self._linked or report.peer not in {self.sender, self.receiver, self.watcher}:
            return None
        if report.reason == "closed":
            return None
        self._gone.extend(sorted(self._asked))
        self._forget()
        return LinkReset(reason=report.reason)

    def restarted(self) -> LinkReset | None:
        """The media process was replaced, and knows nothing of this link."""
        if not self._linked:
            return None
        self._gone.clear()
        self._forget()
        return LinkReset(reason="restarted")

    def _forget(self) -> None:
        self._incarnation += 1
        self._asked.clear()
        self._publish = self._answer = self._watch = self._show = None
        self._watches = False
        self._subscribe = self._subscribed = False
        self._offered = self._answered = 0
