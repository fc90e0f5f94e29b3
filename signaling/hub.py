"""
One meeting and everybody connected to it: presence, fan-out, links.

A hub holds no state of the meeting. It looks at the folded record when it is woken and when a tick
is due, and pushes what changed since: each section encoded once per audience, into outboxes that
are bounded by construction. A slow connection is nobody else's business. What it decides on the
way stands apart: who is present (`attending`), what each may do on the video link (`links`), and
what is shown besides the record (`runtime`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping

from media.control import Howl, Layers, Offered, PeerGone, Quality
from meetings import views
from meetings.commands import Command, Leave, SignIn
from meetings.people import DESK, Person, PersonId
from meetings.record.port import RecordError
from meetings.refusals import Refused
from meetings.sections import Audience
from meetings.service import Accepted, LiveMeeting, MeetingService, ServiceClosed
from meetings.state import Meeting
from signaling.attending import Attending
from signaling.call_summaries import CallSummaries
from signaling.calls import Calls
from signaling.check_in import MINUTE_MS, CheckIn
from signaling.clients import Client, Overloaded, Removed, appointed, audience_of
from signaling.counters import Counters
from signaling.fanout import Fanout
from signaling.identity import TokenInvalid
from signaling.limits import Limits
from signaling.links import Links
from signaling.media_bridge import MediaBridge
from signaling.outbox import Batch
from signaling.own_commands import OwnCommands
from signaling.rates import TokenBucket
from signaling.relay import IceServers
from signaling.resume import missing
from signaling.runtime import RuntimeSections
from signaling.session import LinkFrame
from signaling.wire.codes import CloseCode
from signaling.wire.frames import (
    CallView,
    LinkServers,
    LinkStats,
    Position,
    PushesSection,
    PushView,
    Welcome,
)


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
        self._here: dict[PersonId, list[Client]] = {}  # never empty lists; oldest first
        self._comments: dict[PersonId, TokenBucket] = {}
        self._seen = live.meeting
        self._admitted: set[Client] = set()
        self._somebody_admitted = asyncio.Event()
        self._check_in = CheckIn(room_secret, live.id, limits)
        self._calls = Calls()
        commands = OwnCommands(service, live.id)
        self._summaries = CallSummaries(live, self._calls, commands)
        self._attending = Attending(
            live,
            commands,
            limits.grace_s,
            monotonic=monotonic,
            here=lambda person: self._here[person][-1].person,
            gone=self._gone,
        )
        self._links = Links(live, self._calls, clock_ms=clock_ms)
        self.media = media.open(live.id, self)
        self._runtime = RuntimeSections(
            live, self.media.sections, self._links, self._calls, self._check_in, clock_ms=clock_ms
        )
        self._fanout = Fanout(live, limits, counters, self._runtime.due)
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
        return not self._here and self._attending.empty and not self.media.busy

    def rest(self) -> None:
        """Called from time to time: ends what is not needed while nobody is there."""
        if not self._here and self._attending.empty:
            self.media.rest()

    async def run(self) -> None:
        """Serve until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._fanout.run())
            tasks.create_task(self._attending.run())
            tasks.create_task(self._run_admissions())
            tasks.create_task(self._run_codes())
            tasks.create_task(self._run_servers())
            tasks.create_task(self._summaries.run())
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
        self._attending.came(person)
        for oldest in here[: -self._limits.connections_per_person]:
            oldest.end(CloseCode.REPLACED, "too many connections of one person")
        return self._comments.setdefault(person, TokenBucket(self._limits.comments))

    async def join(self, invited: Person) -> Person:
        """See `Attending.join`."""
        return await self._attending.join(invited)

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
        fragments |= self._runtime.all_for(client)
        client.begin(
            Welcome(
                meeting=self._live.id,
                person=client.person.id,
                audience=audience,
                companion=client.companion,
                linked_elsewhere=self._links.elsewhere(client),
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
        self._runtime.on_link.discard(client)
        self._links.leave(client)
        self.media.disconnect(client.negotiation.take_gone())
        self._attending.went(client.person.id)

    def _gone(self, person: PersonId) -> None:
        """Nobody expects the person back."""
        self._comments.pop(person, None)
        self._summaries.finish((person,))

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
        return self._attending.connections

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
            self._summaries.finish(self._calls.persons)
        urgent = entries is None or not all(entry.event.progress for entry in entries)
        self._fanout.record_changed(here, urgent=urgent)
        self._links.follow()

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
        self._links.receive(client, frame)

    def watch(self, client: Client, sdp: str) -> None:
        """A client wants to receive what the meeting is about, by this offer."""
        self._links.watch(client, sdp)

    def links_changed(self) -> None:
        """See `MediaListener`."""
        self._fanout.runtime_changed("links")

    def speakers_changed(self) -> None:
        """See `MediaListener`. Up to four times a second, so to nobody who is not on the link."""
        self._push(self._runtime.on_link, {"speakers": self._runtime.speakers})

    def lines_reported(self, report: Quality | Howl) -> None:
        """See `MediaListener`. Shown to the desk alone."""
        if isinstance(report, Howl):
            self._calls.howled(report)
        elif self._live.meeting.state != "closed":
            self._calls.measured(report.peers, self._links.owner, self._clock_ms())
        desk = [one for one in self._runtime.on_link if self._fanout.audience(one) is Audience.HOST]
        if desk:
            self._push(desk, {"calls": self._runtime.calls})

    @property
    def lines(self) -> tuple[CallView, ...]:
        """How good everybody's line is now."""
        return self._calls.section(self._clock_ms()).calls

    def measured(self, client: Client, stats: LinkStats) -> None:
        """A page tells how well it saw and heard; shown to the desk with the next report."""
        self._counters.freezes += stats.freezes
        self._counters.frozen_ms += stats.frozen_ms
        self._calls.said(client.person.id, stats, self._clock_ms())

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
        if platforms != self._runtime.pushes.platforms:
            self._runtime.pushes = PushesSection(platforms=platforms)
            self._fanout.runtime_changed("pushes")

    def peer_reported(self, report: Offered | PeerGone | Layers) -> None:
        """See `MediaListener`."""
        self._links.reported(report)

    def media_restarted(self) -> None:
        """See `MediaListener`."""
        self._links.restarted()

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
            return await self._service.submit(self._live.id, person, command_id, command)
        if len(self._here[person.id]) > 1:
            # One of several pages says goodbye; the person is still here.
            return Accepted(self._live.meeting.offset)
        return await self._service.submit(self._live.id, person, command_id, command)
