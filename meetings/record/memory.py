"""The record in memory: for tests, and as the shortest statement of what the port means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from meetings import events as ev
from meetings.people import Person, PersonId
from meetings.record import chain
from meetings.record.port import (
    CHECKPOINTS_MAX,
    READ_MAX,
    Checkpoint,
    Conflict,
    Head,
    Linked,
    Listing,
    MeetingExists,
    StoredRegister,
    UnknownMeeting,
    check_follow,
    listed,
    state_after,
)

_RANK = {"open": 0, "recess": 0, "scheduled": 1, "closed": 2}


@dataclass
class _Stored:
    epoch: str
    listing: Listing
    link: bytes
    """Of the last entry."""
    entries: list[Linked] = field(default_factory=list)
    people: dict[PersonId, Person] = field(default_factory=dict)
    changed: int = 0
    checkpoints: dict[int, Checkpoint] = field(default_factory=dict)

    def write(self, entries: Sequence[ev.Entry]) -> None:
        for entry in entries:
            body = entry.model_dump_json().encode()
            self.link = chain.link(self.link, body)
            self.entries.append(Linked(entry.offset, body, self.link))

    @property
    def head(self) -> Head:
        return Head(self.epoch, len(self.entries), self.link)


class MemoryRecord:
    """Records that last as long as this object."""

    def __init__(self) -> None:
        self._stored: dict[str, _Stored] = {}
        self._epochs = count(1)

    async def create(self, meeting: str, entry: ev.Entry, people: Sequence[Person]) -> Head:
        listing = listed(meeting, entry)
        if meeting in self._stored:
            raise MeetingExists(meeting)
        epoch = f"memory-{next(self._epochs)}"
        stored = _Stored(epoch, listing, chain.begin(meeting))
        stored.write([entry])
        stored.people.update((person.id, person) for person in people)
        self._stored[meeting] = stored
        return stored.head

    async def append(
        self,
        meeting: str,
        expected_offset: int,
        entries: Sequence[ev.Entry],
        people: Sequence[Person],
        forgotten: Sequence[PersonId] = (),
    ) -> None:
        check_follow(expected_offset, entries)
        stored = self._find(meeting)
        if len(stored.entries) != expected_offset:
            raise Conflict(f"head is {len(stored.entries)}, not {expected_offset}")
        stored.write(entries)
        state = state_after(entries)
        if state is not None:
            stored.listing = replace(stored.listing, state=state)
        for person in people:
            if stored.people.get(person.id, person) != person:
                stored.changed = len(stored.entries)
            stored.people[person.id] = person
        for person_id in forgotten:
            if stored.people.pop(person_id, None) is not None:
                stored.changed = len(stored.entries)

    async def read(self, meeting: str, after: int, limit: int = READ_MAX) -> Sequence[ev.Entry]:
        stored = await self.linked(meeting, after, limit)
        return tuple(ev.Entry.model_validate_json(one.body) for one in stored)

    async def linked(self, meeting: str, after: int, limit: int = READ_MAX) -> Sequence[Linked]:
        return tuple(self._find(meeting).entries[after : after + min(limit, READ_MAX)])

    async def head(self, meeting: str) -> Head:
        return self._find(meeting).head

    async def put_checkpoint(self, meeting: str, checkpoint: Checkpoint) -> None:
        self._find(meeting).checkpoints.setdefault(checkpoint.offset, checkpoint)

    async def checkpoints(self, meeting: str) -> Sequence[Checkpoint]:
        kept = sorted(self._find(meeting).checkpoints.items())
        return tuple(checkpoint for _, checkpoint in kept[:CHECKPOINTS_MAX])

    async def unsigned(self, limit: int = READ_MAX) -> Sequence[str]:
        return [
            meeting
            for meeting, stored in self._stored.items()
            if max(stored.checkpoints, default=0) < len(stored.entries)
        ][:limit]

    async def register(self, meeting: str) -> StoredRegister:
        stored = self._find(meeting)
        return StoredRegister(dict(stored.people), stored.changed)

    async def meetings(self, limit: int = READ_MAX) -> Sequence[Listing]:
        listings = (stored.listing for stored in self._stored.values())
        return sorted(listings, key=lambda listing: (-listing.planned_ms, listing.id))[:limit]

    async def current_meeting(self, room: str) -> Listing | None:
        def rank(listing: Listing) -> tuple[int, int, str]:
            order = _RANK[listing.state]
            planned = listing.planned_ms if order == 1 else -listing.planned_ms
            return order, planned, listing.id

        listings = (stored.listing for stored in self._stored.values())
        return min((one for one in listings if one.room == room), key=rank, default=None)

    async def close(self) -> None:
        """Nothing to let go of."""

    def _find(self, meeting: str) -> _Stored:
        stored = self._stored.get(meeting)
        if stored is None:
            raise UnknownMeeting(meeting)
        return stored
