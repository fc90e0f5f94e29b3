"""
The video links of a meeting: what each connection may do on its own, which page of a person has it,
and where the media process's reports about a peer go.
"""

from __future__ import annotations

from collections.abc import Callable

from media.control import Layers, Offered, PeerGone
from meetings.people import Person, PersonId, Place
from meetings.sections import Audience
from meetings.service import LiveMeeting
from signaling.calls import Calls
from signaling.claims import Claims
from signaling.clients import Client, audience_of
from signaling.floor_to_media import rooms
from signaling.negotiation import (
    LOCKED_OUT,
    NO_RIGHTS,
    Rights,
    companion,
    connection_of,
    hidden,
    rights,
)
from signaling.session import LinkFrame
from signaling.wire.frames import LinkLayers, LinkOffer, LinkPublish, LinkReset


class Links:
    """The connections that have, or have asked for, a link."""

    def __init__(self, live: LiveMeeting, calls: Calls, *, clock_ms: Callable[[], int]) -> None:
        self._live = live
        self._calls = calls
        self._clock_ms = clock_ms
        self._linked: dict[str, Client] = {}
        self._claims = Claims()

    # --- from the client

    def receive(self, client: Client, frame: LinkFrame) -> None:
        """A client says something about its link; it is kept informed from now on."""
        connection = client.negotiation.connection
        self._linked[connection] = client
        self._allow(client)
        error = client.negotiation.receive(frame, self.rights(client))
        if error is not None:
            client.send(error)
        elif isinstance(frame, LinkPublish):
            at_ms = min(frame.claimed_ms, self._clock_ms())  # nobody asks in the future
            loser = self._claims.claim(client.person.id, connection, at_ms)
            if loser is not None and (without := self._linked.get(loser)) is not None:
                without.send(without.negotiation.moved())
                without.negotiate()
        elif not client.negotiation.linked:
            self._claims.release(client.person.id, connection)
        client.negotiate()

    def watch(self, client: Client, sdp: str) -> None:
        """A client wants to receive what the meeting is about, by this offer."""
        self._linked[client.negotiation.connection] = client
        self._allow(client)
        error = client.negotiation.watch(sdp, self.rights(client))
        if error is not None:
            client.send(error)
        client.negotiate()

    def leave(self, client: Client) -> None:
        """The connection is over."""
        self._linked.pop(client.negotiation.connection, None)
        self._claims.release(client.person.id, client.negotiation.connection)
        client.negotiation.leave()

    # --- from the record

    def rights(self, client: Client) -> Rights:
        """What it may do on a link as the meeting stands."""
        meeting, person = self._live.meeting, client.person
        if client.companion or audience_of(meeting, person) is Audience.LOBBY:
            return NO_RIGHTS
        expected = meeting.floor.expects(person.id)
        if not meeting.link.admits(person.id, person.role, expected=expected):
            return LOCKED_OUT
        return rights(meeting.state, person.role, expected=expected)

    def elsewhere(self, client: Client) -> bool:
        """Tell whether another page of the person has the link."""
        return self._claims.elsewhere(client.person.id, client.negotiation.connection)

    def follow(self) -> None:
        """The record has moved: whoever has a link may do more or less on it."""
        for client in tuple(self._linked.values()):
            self._allow(client)

    def _allow(self, client: Client) -> None:
        hide = hidden(client.person.id, client.person.role, rooms(self._live.meeting))
        client.negotiation.allow(self.rights(client))
        if not client.negotiation.linked:
            self._claims.release(client.person.id, client.negotiation.connection)
        client.negotiation.hide(hide, deaf=self._accompanies(client.person))
        client.negotiate()

    def _accompanies(self, person: Person) -> bool:
        attendee = self._live.meeting.attendance.people.get(person.id)
        in_room = attendee is not None and attendee.place is Place.ROOM
        return companion(person.role, in_room=in_room)

    # --- from the media process

    def owner(self, peer: str) -> PersonId | None:
        """Whose it is; None: gone since."""
        client = self._linked.get(connection_of(peer))
        return None if client is None else client.person.id

    def reported(self, report: Offered | PeerGone | Layers) -> None:
        """About one peer: what follows from it for the connection is sent."""
        client = self._linked.get(connection_of(report.peer))
        if client is None:
            return
        if isinstance(report, PeerGone) and report.reason != "closed":
            self._calls.broke(client.person.id)
        frame: LinkOffer | LinkLayers | LinkReset | None
        match report:
            case Offered():
                frame = client.negotiation.offered(report)
            case Layers():
                frame = client.negotiation.layers(report)
            case PeerGone():
                frame = client.negotiation.gone(report)
        if frame is not None:
            client.send(frame)
            client.negotiate()

    def restarted(self) -> None:
        """Every peer is gone."""
        self._calls.silenced()
        for client in self._linked.values():
            reset = client.negotiation.restarted()
            if reset is not None:
                client.send(reset)
