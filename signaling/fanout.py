"""
Fan-out of one meeting: who is shown what, and when.

Each audience gets what changed since its last tick, each section encoded once. A tick is due a
moment after something has changed, so that what changes together is sent together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from meetings import views
from meetings.people import PersonId
from meetings.sections import Audience
from meetings.service import LiveMeeting
from signaling.clients import Client
from signaling.counters import Counters
from signaling.limits import Limits
from signaling.outbox import Batch
from signaling.resume import changed_since

_MEMBERS: Final = (Audience.HOST, Audience.PARTICIPANT, Audience.DISPLAY)
_OTHERS: Final = (Audience.VIEWER, Audience.LOBBY)

Runtime = Callable[[frozenset[str], set[PersonId], Client], Mapping[str, str]]
"""
Encodes what a client needs now of the sections that the record doesn't hold: (those that changed,
persons whom the record's changes concern, client) -> section -> JSON.
"""


class _Tick:
    """Gathers what changes for some audiences, and is due once for all of it."""

    def __init__(self, audiences: Iterable[Audience], period_s: float, shown: int) -> None:
        self.clients: dict[Audience, set[Client]] = {audience: set() for audience in audiences}
        self.period_s = period_s
        self.shown = shown
        """The clients have been shown the record up to here."""
        self.touched: set[PersonId] = set()
        self.runtime: set[str] = set()
        self.due = asyncio.Event()


class Fanout:
    """The connections that get updates."""

    def __init__(
        self, live: LiveMeeting, limits: Limits, counters: Counters, runtime: Runtime
    ) -> None:
        self._live = live
        self._counters = counters
        self._runtime = runtime
        self._fragments: dict[tuple[Audience, str], tuple[int, str]] = {}
        head = live.meeting.offset
        self._ticks = (
            _Tick(_MEMBERS, limits.members_tick_s, head),
            _Tick(_OTHERS, limits.viewers_tick_s, head),
        )

    async def run(self) -> None:
        """Serve until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for tick in self._ticks:
                tasks.create_task(self._run_tick(tick))

    def seat(self, client: Client, audience: Audience) -> None:
        """It gets this audience's updates from now on."""
        self.unseat(client)
        for tick in self._ticks:
            if audience in tick.clients:
                tick.clients[audience].add(client)

    def unseat(self, client: Client) -> None:
        """It gets no updates any more."""
        for tick in self._ticks:
            for clients in tick.clients.values():
                clients.discard(client)

    def audience(self, client: Client) -> Audience | None:
        """The audience that the client is of; None before its welcome."""
        seats = (seat for tick in self._ticks for seat in tick.clients.items())
        return next((audience for audience, clients in seats if client in clients), None)

    def record_changed(self, touched: Iterable[PersonId]) -> None:
        """
        The record has moved on.

        Args:
            touched: whose `me` is another one.
        """
        persons = frozenset(touched)
        for tick in self._ticks:
            tick.touched.update(persons)
            tick.due.set()

    def runtime_changed(self, name: str) -> None:
        """A section that the record doesn't hold is another one."""
        for tick in self._ticks:
            tick.runtime.add(name)
            tick.due.set()

    def fragment(self, audience: Audience, name: str) -> str:
        """One section of the record as JSON, built once for everybody in the audience."""
        built, text = self._fragments.get((audience, name), (0, ""))
        if built < self._live.section_offsets[name]:
            made = views.section(name, self._live.meeting, self._live.register, audience)
            text = made.model_dump_json()
            self._fragments[audience, name] = (self._live.meeting.offset, text)
        return text

    def me(self, person: PersonId) -> str:
        """One person's own section as JSON."""
        return views.me(self._live.meeting, self._live.register, person).model_dump_json()

    async def _run_tick(self, tick: _Tick) -> None:
        while True:
            await tick.due.wait()
            await asyncio.sleep(tick.period_s)
            tick.due.clear()
            self._flush(tick)

    def _flush(self, tick: _Tick) -> None:
        """Push what changed since the last tick."""
        head = self._live.meeting.offset
        touched, tick.touched = tick.touched, set()
        runtime, tick.runtime = frozenset(tick.runtime), set()
        for audience, clients in tick.clients.items():
            if not clients:
                continue
            sections = views.AUDIENCE_SECTIONS[audience]
            changed = changed_since(tick.shown, self._live.section_offsets, sections)
            fragments = {name: self.fragment(audience, name) for name in changed}
            shared = Batch(head, fragments, of_record=True)
            for client in clients:
                batch = shared
                if client.person.id in touched:
                    own = Batch(head, {"me": self.me(client.person.id)}, of_record=True)
                    batch = shared.followed_by(own)
                if batch.fragments:
                    client.push(batch)
                    self._counters.updates += 1
                if live := self._runtime(runtime, touched, client):
                    client.push(Batch(head, live, of_record=False))
        tick.shown = head
