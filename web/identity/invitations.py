"""Personal links: given out, listed, withdrawn."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from meetings.people import Person
from meetings.record.port import RecordError
from web.auth import INVITATION_S, Invitations
from web.identity.store import IdentityStore, Invitation
from web.links import join_link

log = logging.getLogger(__name__)

POLL_S = 2.0  # until a process hears of what another one withdrew


@dataclass(frozen=True, slots=True)
class GivenOut:
    """A new personal link."""

    invitation: Invitation
    person: Person
    link: str


class Inviter:
    """Gives out links that can be withdrawn."""

    def __init__(
        self,
        store: IdentityStore,
        tokens: Invitations,
        members: str,
        clock_s: Callable[[], float],
    ) -> None:
        """
        Args:
            members: origin of the links.
            clock_s: wall clock, seconds since 1970.
        """
        self._clock_s = clock_s
        self._store = store
        self._tokens = tokens
        self._members = members

    async def invite(
        self, meeting: str, people: Sequence[Person], valid_s: float = INVITATION_S
    ) -> tuple[GivenOut, ...]:
        """Links for *people*, one each. Raises: StoreRefused, RecordError."""
        now_s = int(self._clock_s())
        made = tuple(
            Invitation(
                id=secrets.token_urlsafe(9),
                meeting=meeting,
                person=person.id,
                issued_s=now_s,
                ends_s=now_s + int(valid_s),
            )
            for person in people
        )
        await self._store.add_invitations(made)
        return tuple(
            GivenOut(invitation, person, self._link(invitation, person, valid_s))
            for invitation, person in zip(made, people, strict=True)
        )

    def _link(self, invitation: Invitation, person: Person, valid_s: float) -> str:
        token = self._tokens.issue(
            invitation.meeting, person, valid_s=valid_s, invitation=invitation.id
        )
        return join_link(self._members, token)


class Revocations:
    """
    Ids of the invitations and sessions whose links do not hold any more: asked at each entry, so
    kept at hand.

    What another process ends is known here within POLL_S.
    """

    def __init__(
        self,
        store: IdentityStore,
        end: Callable[[Collection[str]], None],
        clock_s: Callable[[], float],
    ) -> None:
        """
        Args:
            end: told of new ones, to end the connections that came by them.
            clock_s: wall clock, seconds since 1970.
        """
        self._store = store
        self._end = end
        self._clock_s = clock_s
        self._known: frozenset[str] = frozenset()

    def __contains__(self, invitation: object) -> bool:
        return invitation in self._known

    def now_s(self) -> int:
        """Wall clock, seconds since 1970."""
        return int(self._clock_s())

    async def refresh(self) -> None:
        """Read anew. Raises: RecordError."""
        found = await self._store.revoked(self.now_s())
        # What was known is kept: an answer may overtake a newer one.
        new = found - self._known
        if new:
            self._known |= new
            self._end(new)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(POLL_S)
            try:
                await self.refresh()
            except RecordError as error:
                log.warning("withdrawn invitations can't be read: %s", error)


class Uses:
    """Keeps when somebody came in by which link; nobody who comes waits for it."""

    def __init__(self, store: IdentityStore, clock_s: Callable[[], float]) -> None:
        """
        Args:
            clock_s: wall clock, seconds since 1970.
        """
        self._store = store
        self._clock_s = clock_s
        self._new: dict[str, int] = {}  # no more than there are valid links

    def note(self, invitation: str) -> None:
        """Somebody came by it just now."""
        self._new[invitation] = int(self._clock_s())

    async def write(self) -> None:
        """What was noted is in the file. Raises: RecordError; then it is tried again."""
        new, self._new = self._new, {}
        if not new:
            return
        try:
            await self._store.note_uses(new)
        except RecordError:
            self._new = new | self._new
            raise

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(POLL_S)
            await self.finish()

    async def finish(self) -> None:
        """Write, if it can be done."""
        try:
            await self.write()
        except RecordError as error:
            log.warning("uses of invitations can't be written: %s", error)
