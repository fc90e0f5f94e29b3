"""
Fan-out of one meeting: who is shown what, and when.

Each audience gets what changed since its last tick, each section encoded once. A tick is due a
moment after something has changed, so that what changes together is sent together. While a
thousand people vote, every ballot changes what everybody sees, and nobody can read that fast: what
shows nothing but progress comes once a second, at once only if there was none lately. A voter's own
section doesn't wait for it. See docs/decisions/0010.
"""

from __future__ import annotations

import asyncio
import contextlib
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

SLICE = 20
"""Connections that are told in one go; then whoever waits for an answer comes first."""

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
        self.urgent = False
        """The record has changed by more than progress since."""
        self.progress_s = 0.0
        """When progress may be shown again, by the loop's clock."""
        self.touched: set[PersonId] = set()
        self.runtime: set[str] = set()
        self.due = asyncio.Event()


class Fanout:
    """The connections that get updates."""

    def __init__(
        self, live: LiveMeeting, limits: Limits, counters: Counters, runtime: Runtime
    ) -> None:
        self._live = live
        self._progress_tick_s = limits.progress_tick_s
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

    def record_changed(self, touched: Iterable[PersonId], *, urgent: bool = True) -> None:
        """
        The record has moved on.

        Args:
            touched: whose `me` is another one.
            urgent: not by progress alone.
        """
        persons = frozenset(touched)
        for tick in self._ticks:
            tick.touched.update(persons)
            tick.urgent |= urgent
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
        loop = asyncio.get_running_loop()
        while True:
            with contextlib.suppress(TimeoutError):
                behind = tick.shown < self._live.meeting.offset
                async with asyncio.timeout_at(tick.progress_s if behind else None):
                    await tick.due.wait()
            await asyncio.sleep(tick.period_s)
            tick.due.clear()
            if tick.urgent or tick.progress_s <= loop.time():
                tick.progress_s = loop.time() + self._progress_tick_s
                tick.urgent = False
                await self._flush(tick, self._live.meeting.offset)
            else:
                await self._flush(tick, tick.shown)

    async def _flush(self, tick: _Tick, head: int) -> None:
        """
        Push what changed since the last tick.

        Args:
            head: up to where the record is shown to all; whose own section has changed gets that as
                it is now, and once more after the next welcome.
        """
        touched, tick.touched = tick.touched, set()
        runtime, tick.runtime = frozenset(tick.runtime), set()
        seats = [(audience, clients) for audience, clients in tick.clients.items() if clients]
        changed = [self._changed(audience, tick.shown, head) for audience, _ in seats]
        tick.shown = head
        for (_, clients), shared in zip(seats, changed, strict=True):
            for n, client in enumerate(tuple(clients), 1):
                if n % SLICE == 0:
                    await asyncio.sleep(0)  # a thousand pushes would keep the answers for 50 ms
                if client not in clients:
                    continue  # has gone meanwhile, or is of another audience
                batch = shared
                if client.person.id in touched:
                    own = {"me": self.me(client.person.id)}
                    batch = shared.followed_by(Batch(head, own, of_record=False))
                if batch.fragments:
                    client.push(batch)
                    self._counters.updates += 1
                if live := self._runtime(runtime, touched, client):
                    client.push(Batch(head, live, of_record=False))

    def _changed(self, audience: Audience, shown: int, head: int) -> Batch:
        """What all of an audience get who have been shown the record up to *shown*."""
        fragments: dict[str, str] = {}
        if shown < head:
            sections = views.AUDIENCE_SECTIONS[audience]
            changed = changed_since(shown, self._live.section_offsets, sections)
            fragments = {name: self.fragment(audience, name) for name in changed}
        return Batch(head, fragments, of_record=bool(fragments))
