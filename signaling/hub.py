"""
One meeting and everybody connected to it: presence, fan-out, links.

A hub holds no state of the meeting. It looks at the folded record when it is woken and when a tick
is due, and pushes what changed since: each section encoded once per audience, into outboxes that
are bounded by construction. A slow connection is nobody else's business.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping

from media.control import Howl, Layers, Offered, PeerGone, Quality
from meetings import views
from meetings.attendance.rules import coming
from meetings.authority import may
from meetings.commands import Asked, Command, Join, Leave, SignIn, SummariseCall
from meetings.people import DESK, Person, PersonId, Place
from meetings.record.port import RecordError
from meetings.refusals import Code, Refused
from meetings.sections import Audience
from meetings.service import Accepted, LiveMeeting, MeetingService, ServiceClosed
from meetings.state import Meeting
from signaling.calls import Calls
from signaling.check_in import MINUTE_MS, CheckIn
from signaling.claims import Claims
from signaling.clients import (
    Client,
    Overloaded,
    Removed,
    appointed,
    audience_of,
)
from signaling.counters import Counters
from signaling.fanout import Fanout
from signaling.floor_to_media import rooms
from signaling.identity import TokenInvalid
from signaling.limits import Limits
from signaling.media_bridge import MediaBridge
from signaling.negotiation import (
    LOCKED_OUT,
    NO_RIGHTS,
    Rights,
    companion,
    connection_of,
    hidden,
    rights,
)
from signaling.outbox import Batch
from signaling.presence import Presence
from signaling.rates import TokenBucket
from signaling.relay import IceServers
from signaling.resume import missing
from signaling.session import LinkFrame
from signaling.wire.codes import CloseCode
from signaling.wire.frames import (
    CallView,
    LinkLayers,
    LinkOffer,
    LinkPublish,
    LinkReset,
    LinkServers,
    LinksSection,
    LinkStats,
    Position,
    PushesSection,
    PushView,
    Welcome,
)

log = logging.getLogger(__name__)

RUNTIME = ("links", "speakers", "calls", "livestream", "pushes", "check_in")
"""Sections that the record doesn't hold."""
_NO_LINKS = LinksSection(sources=())
"""What those see of the video links who are not on them."""


def _command_id() -> str:
    """Of a command that the service itself asks."""
    return f"service-{secrets.token_urlsafe(12)}"


class Hub:
    """The connections of one meeting on this node."""

    def __init__(
        self,
        live: LiveMeeting,
        service: MeetingService,
        media: MediaBridge,
        limits: Limits,
        counters: Counters,
        *,
        clock_ms: Callable[[], int],
        monotonic: Callable[[], float],
        ice_servers: IceServers,
        room_secret: bytes,
    ) -> None:
        self._live = live
        self._service = service
        self._limits = limits
        self._counters = counters
        self._clock_ms = clock_ms
        self._monotonic = monotonic
        self._ice_servers = ice_servers
        self._presence = Presence(limits.grace_s)
        self._presence_changed = asyncio.Event()
        self._here: dict[PersonId, list[Client]] = {}  # never empty lists; oldest first
        self._comments: dict[PersonId, TokenBucket] = {}
        self._linked: dict[str, Client] = {}
        self._claims = Claims()
        self._shown_links: set[Client] = set()
        self._calls = Calls()
        self._pushes = PushesSection(platforms=())
        self._finished: set[PersonId] = set()
        self._call_finished = asyncio.Event()
        self._fanout = Fanout(live, limits, counters, self._runtime_of)
        self._seen = live.meeting
        self._check_in = CheckIn(room_secret, live.id, limits)
        self._admitted: set[Client] = set()
        self._somebody_admitted = asyncio.Event()
        self.media = media.open(live.id, self)
        # Who was there when the service stopped has the grace time to come back.
        attendance = live.meeting.attendance
        connected = [p for p, one in attendance.people.items() if one.connected]
        self._presence.expect([*connected, *attendance.lobby.order], monotonic())
        self.media.follow(live.meeting, live.register)

    @property
    def meeting(self) -> str:
        """Its id."""
        return self._live.id

    @property
    def state(self) -> Meeting:
        """The meeting, as its record stands."""
        return self._live.meeting

    @property
    def idle(self) -> bool:
        """Nobody is connected or expected back, and the media process has nothing of it."""
        return not self._here and self._presence.empty and not self.media.busy

    def rest(self) -> None:
        """Called from time to time: ends what is not needed while nobody is there."""
        if not self._here and self._presence.empty:
            self.media.rest()

    async def run(self) -> None:
        """Serve until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._fanout.run())
            tasks.create_task(self._run_presence())
            tasks.create_task(self._run_admissions())
            tasks.create_task(self._run_codes())
            tasks.create_task(self._run_servers())
            tasks.create_task(self._run_calls())
            tasks.create_task(self.media.run())

    # --- connections

    def admit(self, client: Client) -> TokenBucket:
        """
        A connection has proved who it is.

        Returns: the person's bucket for comments.

        Raises: Overloaded.
        """
        if self.connections >= self._limits.connections_per_meeting:
            raise Overloaded("too many connections in this meeting")
        person = client.person.id
        here = self._here.setdefault(person, [])
        here.append(client)
        self._presence.came(person)
        for oldest in here[: -self._limits.connections_per_person]:
            oldest.end(CloseCode.REPLACED, "too many connections of one person")
        return self._comments.setdefault(person, TokenBucket(self._limits.comments))

    async def join(self, invited: Person) -> Person:
        """
        See that the record has the person as present, or in the lobby, under this name.

        Returns: the person, in the role that the meeting gives.

        Raises: Overloaded; Removed; TokenInvalid for somebody who was forgotten; RecordError,
        ServiceClosed.
        """
        attendance = self._live.meeting.attendance
        person = appointed(self._live.meeting, invited)
        known = self._live.register.get(person.id)
        attendee = attendance.people.get(person.id)
        connected = attendee is not None and attendee.connected and attendee.role is person.role
        settled = connected or person.id in attendance.lobby.waiting
        if settled and known == coming(known, person):
            return person
        if may(person.role, "person.join"):
            answer = await self._submit(person, _command_id(), Join())
            if isinstance(answer, Refused) and answer.code is Code.OVERLOADED:
                raise Overloaded(answer.detail)
            if isinstance(answer, Refused) and answer.code is Code.PERSON_FORGOTTEN:
                raise TokenInvalid("forgotten")
            if isinstance(answer, Refused) and answer.code is Code.PERSON_REMOVED:
                raise Removed(answer.detail)
        return appointed(self._live.meeting, person)

    def welcome(self, client: Client, resume: Position | None) -> None:
        """
        Say where the record stands, send what the client lacks; from now on it gets updates.

        Once more, without a position, when the person is of another audience by now.
        """
        client.person = appointed(self._live.meeting, client.person)
        audience = audience_of(self._live.meeting, client.person)
        head = self._live.meeting.offset
        lacks = missing(
            resume,
            epoch=self._live.epoch,
            head=head,
            audience=audience,
            changed=self._live.section_offsets,
            names=views.AUDIENCE_SECTIONS[audience],
        )
        fragments = {name: self._fanout.fragment(audience, name) for name in lacks.sections}
        fragments["me"] = self._fanout.me(client.person.id)
        fragments |= self._runtime(RUNTIME, client)
        client.begin(
            Welcome(
                meeting=self._live.id,
                person=client.person.id,
                audience=audience,
                companion=client.companion,
                linked_elsewhere=self._claims.elsewhere(
                    client.person.id, client.negotiation.connection
                ),
                epoch=self._live.epoch,
                offset=head,
                resumed=lacks.resumed,
                server_ms=self._clock_ms(),
                ice_servers=self._ice_servers.of(client.person.id, self._clock_ms()),
            ),
            Batch(head, fragments, of_record=True),
        )
        self._counters.updates += 1
        self._fanout.seat(client, audience)

    def dismiss(self, client: Client) -> None:
        """The connection is over; again, or before `admit`: no effect."""
        here = self._here.get(client.person.id, [])
        if client not in here:
            return
        here.remove(client)
        if not here:
            del self._here[client.person.id]
        self._fanout.unseat(client)
        self._admitted.discard(client)
        self._linked.pop(client.negotiation.connection, None)
        self._shown_links.discard(client)
        self._claims.release(client.person.id, client.negotiation.connection)
        client.negotiation.leave()
        self.media.disconnect(client.negotiation.take_gone())
        self._presence.went(client.person.id, self._monotonic())
        self._presence_changed.set()

    def end_invited(self, invitations: Collection[str]) -> None:
        """Close the connections that came by these, which were withdrawn."""
        for client in [client for here in self._here.values() for client in here]:
            if client.invitation and client.invitation in invitations:
                client.end(CloseCode.TOKEN_REVOKED)

    def end_all(self, code: CloseCode, reason: str = "") -> None:
        """Close every connection."""
        for here in self._here.values():
            for client in here:
                client.end(code, reason)

    @property
    def connections(self) -> int:
        """Connections of this meeting on this node."""
        return self._presence.connections

    # --- the record has moved

    def wake(self) -> None:
        """
        Look at the record: the media process is told at once, connections with the next tick.
        """
        before, meeting = self._seen, self._live.meeting
        if meeting.offset <= before.offset:
            return
        self._seen = meeting
        self.media.follow(meeting, self._live.register)
        entries = self._live.entries_after(before.offset)
        touched = (
            self._here.keys()  # so many entries that they are not at hand any more
            if entries is None
            else frozenset().union(*(views.touched(before, meeting, e) for e in entries))
        )
        here = [person for person in touched if person in self._here]
        if before.attendance is not meeting.attendance:
            self._reseat(here)
        if before.link is not meeting.link:
            self._put_out()
        if meeting.state == "closed" != before.state:
            self._finish_calls(self._calls.persons)
        urgent = entries is None or not all(entry.event.progress for entry in entries)
        self._fanout.record_changed(here, urgent=urgent)
        for client in tuple(self._linked.values()):
            self._set_rights(client)

    def _put_out(self) -> None:
        """Close the connections of those who were removed."""
        for person, removal in self._live.meeting.link.removed.items():
            for client in self._here.get(person, ()):
                client.end(CloseCode.REMOVED, removal.reason)

    def _reseat(self, persons: Iterable[PersonId]) -> None:
        """Welcome those anew who are of another audience by now; whoever was let in joins first."""
        for client in [client for person in persons for client in self._here[person]]:
            seated = self._fanout.audience(client)
            client.person = appointed(self._live.meeting, client.person)
            if seated is None or seated is audience_of(self._live.meeting, client.person):
                continue
            if seated is Audience.LOBBY:
                self._fanout.unseat(client)
                self._admitted.add(client)
                self._somebody_admitted.set()
            else:
                self.welcome(client, None)

    async def _run_admissions(self) -> None:
        while True:
            await self._somebody_admitted.wait()
            self._somebody_admitted.clear()
            while self._admitted:
                client = next(iter(self._admitted))
                try:
                    await self.join(client.person)
                except Removed as removed:
                    client.end(CloseCode.REMOVED, str(removed))
                except (Overloaded, RecordError, ServiceClosed, TokenInvalid):
                    client.end(CloseCode.OVERLOADED, "please come again")
                if client in self._admitted:  # has not gone meanwhile
                    self._admitted.discard(client)
                    self.welcome(client, None)

    def _runtime_of(
        self, changed: frozenset[str], touched: set[PersonId], client: Client
    ) -> dict[str, str]:
        """See `Runtime` of the fan-out."""
        return self._runtime(self._due(changed, touched, client), client)

    def _due(
        self, changed: frozenset[str], touched: set[PersonId], client: Client
    ) -> frozenset[str]:
        """
        Those of the sections that the record doesn't hold which this client needs now.

        The links are shown to whoever is on them, and taken back from whoever was.
        """
        shown = client in self._shown_links
        if not (shown or changed or client.person.id in touched):
            return changed
        may = self._rights(client).subscribe
        if may != shown and (shown or client.person.id in touched):
            return changed | {"links"}
        return changed if may else changed - {"links"}

    def _runtime(self, names: Iterable[str], client: Client) -> dict[str, str]:
        """Sections that the record doesn't hold, as this client may see them."""
        fragments: dict[str, str] = {}
        audience = audience_of(self._live.meeting, client.person)
        if audience is Audience.LOBBY:
            return fragments
        for name in names:
            if name == "livestream":
                livestream = self.media.livestream_section(desk=audience is Audience.HOST)
                fragments[name] = livestream.model_dump_json()
            elif name == "pushes":
                if audience is Audience.HOST:
                    fragments[name] = self._pushes.model_dump_json()
            elif name == "check_in":
                if audience in {Audience.HOST, Audience.DISPLAY}:
                    section = self._check_in.section(self._clock_ms())
                    fragments[name] = section.model_dump_json()
            elif name == "calls":
                if audience is Audience.HOST:
                    fragments[name] = self._calls.section(self._clock_ms()).model_dump_json()
            elif name == "speakers":
                if self._rights(client).subscribe:
                    fragments[name] = self.media.speakers_section().model_dump_json()
            elif self._rights(client).subscribe:
                self._shown_links.add(client)
                fragments[name] = self.media.links_section().model_dump_json()
            else:
                self._shown_links.discard(client)
                fragments[name] = _NO_LINKS.model_dump_json()
        return fragments

    async def _run_codes(self) -> None:
        """Show new digits for checking in each minute."""
        while True:
            self._fanout.runtime_changed("check_in")
            await asyncio.sleep((MINUTE_MS - self._clock_ms() % MINUTE_MS) / 1000)

    async def _run_servers(self) -> None:
        """Give out new credentials for the relay before the old ones run out."""
        renew_s = self._ice_servers.renew_s
        while renew_s is not None:
            await asyncio.sleep(renew_s)
            for client in [client for here in self._here.values() for client in here]:
                servers = self._ice_servers.of(client.person.id, self._clock_ms())
                client.send(LinkServers(ice_servers=servers))

    # --- video links

    def link(self, client: Client, frame: LinkFrame) -> None:
        """A client says something about its link; it is kept informed from now on."""
        connection = client.negotiation.connection
        self._linked[connection] = client
        self._set_rights(client)
        error = client.negotiation.receive(frame, self._rights(client))
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
        self._set_rights(client)
        error = client.negotiation.watch(sdp, self._rights(client))
        if error is not None:
            client.send(error)
        client.negotiate()

    def _rights(self, client: Client) -> Rights:
        meeting, person = self._live.meeting, client.person
        if client.companion or audience_of(meeting, person) is Audience.LOBBY:
            return NO_RIGHTS
        expected = meeting.floor.expects(person.id)
        if not meeting.link.admits(person.id, person.role, expected=expected):
            return LOCKED_OUT
        return rights(meeting.state, person.role, expected=expected)

    def _set_rights(self, client: Client) -> None:
        hide = hidden(client.person.id, client.person.role, rooms(self._live.meeting))
        client.negotiation.allow(self._rights(client))
        if not client.negotiation.linked:
            self._claims.release(client.person.id, client.negotiation.connection)
        client.negotiation.hide(hide, deaf=self._accompanies(client.person))
        client.negotiate()

    def _accompanies(self, person: Person) -> bool:
        attendee = self._live.meeting.attendance.people.get(person.id)
        in_room = attendee is not None and attendee.place is Place.ROOM
        return companion(person.role, in_room=in_room)

    def links_changed(self) -> None:
        """See `MediaListener`."""
        self._fanout.runtime_changed("links")

    def speakers_changed(self) -> None:
        """See `MediaListener`. Up to four times a second, so to nobody who is not on the link."""
        section = self.media.speakers_section().model_dump_json()
        self._push(self._shown_links, {"speakers": section})

    def lines_reported(self, report: Quality | Howl) -> None:
        """See `MediaListener`. Shown to the desk alone."""
        now_ms = self._clock_ms()
        if isinstance(report, Howl):
            self._calls.howled(report)
        elif self._live.meeting.state != "closed":
            self._calls.measured(report.peers, self._owner, now_ms)
        desk = [
            client for client in self._shown_links if self._fanout.audience(client) is Audience.HOST
        ]
        if desk:
            self._push(desk, {"calls": self._calls.section(now_ms).model_dump_json()})

    @property
    def lines(self) -> tuple[CallView, ...]:
        """How good everybody's line is now."""
        return self._calls.section(self._clock_ms()).calls

    def measured(self, client: Client, stats: LinkStats) -> None:
        """A page tells how well it saw and heard; shown to the desk with the next report."""
        self._counters.freezes += stats.freezes
        self._counters.frozen_ms += stats.frozen_ms
        self._calls.said(client.person.id, stats, self._clock_ms())

    def _owner(self, peer: str) -> PersonId | None:
        client = self._linked.get(connection_of(peer))
        return None if client is None else client.person.id

    def _push(self, clients: Collection[Client], fragments: Mapping[str, str]) -> None:
        """Send sections that hold at any offset to a few clients, without waiting for a tick."""
        batch = Batch(0, fragments, of_record=False)
        for client in clients:
            client.push(batch)
            self._counters.updates += 1

    def livestream_changed(self) -> None:
        """See `MediaListener`."""
        self._fanout.runtime_changed("livestream")

    def show_pushes(self, platforms: tuple[PushView, ...]) -> None:
        """Where the programme can go besides, and how it goes there, from now on."""
        if platforms != self._pushes.platforms:
            self._pushes = PushesSection(platforms=platforms)
            self._fanout.runtime_changed("pushes")

    def peer_reported(self, report: Offered | PeerGone | Layers) -> None:
        """See `MediaListener`."""
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

    def media_restarted(self) -> None:
        """See `MediaListener`."""
        self._calls.silenced()
        for client in self._linked.values():
            reset = client.negotiation.restarted()
            if reset is not None:
                client.send(reset)

    # --- commands

    async def submit(self, client: Client, command_id: str, command: Command) -> Accepted | Refused:
        """
        Ask the meeting.

        Raises: RecordError, ServiceClosed.
        """
        person = client.person
        if isinstance(command, SignIn) and person.role not in DESK:
            answered = (person.id, command_id) in self._live.meeting.answers
            wrong = (
                None
                if answered
                else self._check_in.judge(
                    person.id, command.code, self._clock_ms(), self._monotonic()
                )
            )
            if wrong is not None:
                return Refused(wrong)
        if not isinstance(command, Leave):
            return await self._submit(person, command_id, command)
        if len(self._here[person.id]) > 1:
            # One of several pages says goodbye; the person is still here.
            return Accepted(self._live.meeting.offset)
        return await self._submit(person, command_id, command)

    async def _submit(self, person: Person, command_id: str, command: Asked) -> Accepted | Refused:
        return await self._service.submit(self._live.id, person, command_id, command)

    def _finish_calls(self, persons: Iterable[PersonId]) -> None:
        self._finished.update(persons)
        self._call_finished.set()

    async def _run_calls(self) -> None:
        """Write down how the calls went that are over; what a crash interrupts is not known."""
        while True:
            await self._call_finished.wait()
            self._call_finished.clear()
            while self._finished:
                person = self._finished.pop()
                call, known = self._calls.finish(person), self._live.register.get(person)
                if call is None or known is None:
                    continue  # never on the link, or forgotten since
                try:
                    await self._submit(known, _command_id(), SummariseCall(call=call))
                except (RecordError, ServiceClosed) as error:
                    log.warning("meeting %s: a call is not summarised: %s", self._live.id, error)

    async def _run_presence(self) -> None:
        while True:
            self._presence_changed.clear()
            next_s = self._presence.next_s()
            wait_s = None if next_s is None else max(0.0, next_s - self._monotonic())
            try:
                async with asyncio.timeout(wait_s):
                    await self._presence_changed.wait()
            except TimeoutError:
                due = self._presence.due(self._monotonic())
                await asyncio.gather(*(self._leave(person) for person in due))

    async def _leave(self, gone: PersonId) -> None:
        self._comments.pop(gone, None)
        self._finish_calls((gone,))
        attendance = self._live.meeting.attendance
        attendee, waiting = attendance.people.get(gone), attendance.lobby.waiting.get(gone)
        if waiting is not None:
            role = waiting.role
        elif attendee is not None and attendee.connected:
            role = attendee.role
        else:
            return  # said goodbye, or is one that never joins
        known = self._live.register.get(gone) or Person(id=gone, name="-", role=role)
        try:
            answer = await self._submit(known, _command_id(), Leave())
            if isinstance(answer, Refused) and answer.code is Code.OVERLOADED:
                raise Overloaded(answer.detail)
            if gone in self._presence:  # came back while this was written
                await self.join(self._here[gone][-1].person)
        except Removed:
            pass  # the connection ends by itself
        except (RecordError, Overloaded) as error:
            log.warning("meeting %s: %s is not recorded as gone: %s", self._live.id, gone, error)
            self._presence.expect([gone], self._monotonic())
        except ServiceClosed:
            pass  # the next start of the service records it
