"""
Sees that the record has as present, or in the lobby, who is connected, and nobody else for long.

Whoever loses the last connection has a grace time to come back (`presence`). So has everybody who
was there when the service stopped.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from meetings.attendance.rules import coming
from meetings.authority import may
from meetings.commands import Join, Leave
from meetings.people import Person, PersonId
from meetings.record.port import RecordError
from meetings.refusals import Code, Refused
from meetings.service import LiveMeeting, ServiceClosed
from signaling.clients import Overloaded, Removed, appointed
from signaling.identity import TokenInvalid
from signaling.own_commands import OwnCommands
from signaling.presence import Presence

log = logging.getLogger(__name__)


class Attending:
    """The people of one meeting, on this node; `run` it."""

    def __init__(
        self,
        live: LiveMeeting,
        commands: OwnCommands,
        grace_s: float,
        *,
        monotonic: Callable[[], float],
        here: Callable[[PersonId], Person],
        gone: Callable[[PersonId], None],
    ) -> None:
        """
        Args:
            here: somebody who is connected, as the newest connection has it.
            gone: told when somebody's grace time is over.
        """
        self._live = live
        self._commands = commands
        self._monotonic = monotonic
        self._here = here
        self._gone = gone
        self._presence = Presence(grace_s)
        self._changed = asyncio.Event()
        attendance = live.meeting.attendance
        connected = [p for p, one in attendance.people.items() if one.connected]
        self._presence.expect([*connected, *attendance.lobby.order], monotonic())

    @property
    def connections(self) -> int:
        """All of them."""
        return self._presence.connections

    @property
    def empty(self) -> bool:
        """Nobody is connected, and nobody is expected back."""
        return self._presence.empty

    def came(self, person: PersonId) -> None:
        """One more connection."""
        self._presence.came(person)

    def went(self, person: PersonId) -> None:
        """One less; the last one starts the grace time."""
        self._presence.went(person, self._monotonic())
        self._changed.set()

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
            answer = await self._commands.ask(person, Join())
            if isinstance(answer, Refused) and answer.code is Code.OVERLOADED:
                raise Overloaded(answer.detail)
            if isinstance(answer, Refused) and answer.code is Code.PERSON_FORGOTTEN:
                raise TokenInvalid("forgotten")
            if isinstance(answer, Refused) and answer.code is Code.PERSON_REMOVED:
                raise Removed(answer.detail)
        return appointed(self._live.meeting, person)

    async def run(self) -> None:
        """Write down who left, until cancelled."""
        while True:
            self._changed.clear()
            next_s = self._presence.next_s()
            wait_s = None if next_s is None else max(0.0, next_s - self._monotonic())
            try:
                async with asyncio.timeout(wait_s):
                    await self._changed.wait()
            except TimeoutError:
                due = self._presence.due(self._monotonic())
                await asyncio.gather(*(self._leave(person) for person in due))

    async def _leave(self, gone: PersonId) -> None:
        self._gone(gone)
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
            answer = await self._commands.ask(known, Leave())
            if isinstance(answer, Refused) and answer.code is Code.OVERLOADED:
                raise Overloaded(answer.detail)
            if gone in self._presence:  # came back while this was written
                await self.join(self._here(gone))
        except Removed:
            pass  # the connection ends by itself
        except (RecordError, Overloaded) as error:
            log.warning("meeting %s: %s is not recorded as gone: %s", self._live.id, gone, error)
            self._presence.expect([gone], self._monotonic())
        except ServiceClosed:
            pass  # the next start of the service records it
