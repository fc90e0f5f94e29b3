"""
The record's port: what any store of records has to do.

A record is the ordered entries of one meeting, offsets 1, 2, 3 ... without gap. Entries are only
ever appended, and what was appended is durable when `append` returns. The store orders: who appends
says how far he has read, and is turned down (`Conflict`) if somebody else was faster. It keeps the
bytes of each entry as they were written, and chains them (see `chain`).

Beside the records stand the register of people, signed checkpoints, and a list of meetings that is
derived from the records in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from meetings import events as ev
from meetings.people import Person, PersonId
from meetings.sections import MeetingState

READ_MAX = 1000  # entries at once: about 300 kB, some 10 ms of parsing
CHECKPOINTS_MAX = 100_000  # of one meeting: more than two months, one a minute


class RecordError(Exception):
    """Something is wrong with the store; nothing was acknowledged."""


class Conflict(RecordError):
    """Somebody else appended first: read on from the offset that was expected, and decide again."""


class UnknownMeeting(RecordError):
    """There is no record of this meeting."""


class MeetingExists(RecordError):
    """There is a record of this meeting already."""


@dataclass(frozen=True, slots=True)
class Head:
    """How far a record goes."""

    epoch: str
    """Random, made with the record: tells it from another that had the same name before."""
    offset: int
    link: bytes
    """Of the last entry, in the chain."""


@dataclass(frozen=True, slots=True)
class Linked:
    """One entry as it is stored, and its link in the chain."""

    offset: int
    body: bytes
    """JSON in UTF-8, without a line break."""
    link: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What was signed of a record at some moment."""

    offset: int
    """The entry up to which it stands for the record."""
    body: bytes
    """What is signed: JSON in UTF-8, without a line break."""
    signature: bytes


@dataclass(frozen=True, slots=True)
class StoredRegister:
    """The people of one meeting."""

    people: Mapping[PersonId, Person]
    changed: int
    """
    Offset of the last entry with which a line that was there already became another (a person came
    back under another name, or was forgotten); 0 if that never happened. Who has seen the record
    up to there has seen every name as it is now.
    """


@dataclass(frozen=True, slots=True)
class Listing:
    """One meeting in the list of meetings."""

    id: str
    title: str
    room: str
    room_name: str
    planned_ms: int
    state: MeetingState


class Record(Protocol):
    """A store of records. Every method may raise `RecordError`."""

    async def create(self, meeting: str, entry: ev.Entry, people: Sequence[Person]) -> Head:
        """
        Begin a record.

        Args:
            entry: the creation, at offset 1; anything else is a ValueError.
            people: those who are known from the start.

        Raises: MeetingExists.
        """
        ...

    async def append(
        self,
        meeting: str,
        expected_offset: int,
        entries: Sequence[ev.Entry],
        people: Sequence[Person],
        forgotten: Sequence[PersonId] = (),
    ) -> None:
        """
        Append *entries*, put *people* into the register, and take *forgotten* out of it, in one
        transaction; return once that is durable.

        Args:
            expected_offset: the head, as the caller knows it; the entries follow on it.
            entries: at least one.
            forgotten: whose lines are deleted, so that nothing of them is left in the store's
                files; a line of *people* with the same id is deleted too.

        Raises: Conflict if the head is another one, UnknownMeeting.
        """
        ...

    async def read(self, meeting: str, after: int, limit: int = READ_MAX) -> Sequence[ev.Entry]:
        """
        Return the entries after offset *after*, at most *limit* and at most READ_MAX, in order.

        Raises: UnknownMeeting.
        """
        ...

    async def linked(self, meeting: str, after: int, limit: int = READ_MAX) -> Sequence[Linked]:
        """As `read`, but the entries as they are stored, with their links."""
        ...

    async def head(self, meeting: str) -> Head:
        """Return the epoch, the last offset and its link. Raises: UnknownMeeting."""
        ...

    async def put_checkpoint(self, meeting: str, checkpoint: Checkpoint) -> None:
        """
        Keep *checkpoint*; return once it is durable. Of one offset the first one stays.

        Raises: UnknownMeeting.
        """
        ...

    async def checkpoints(self, meeting: str) -> Sequence[Checkpoint]:
        """Return all checkpoints by offset, at most CHECKPOINTS_MAX. Raises: UnknownMeeting."""
        ...

    async def unsigned(self, limit: int = READ_MAX) -> Sequence[str]:
        """Name meetings with entries that no checkpoint stands for, at most *limit*."""
        ...

    async def register(self, meeting: str) -> StoredRegister:
        """Return the people of the meeting. Raises: UnknownMeeting."""
        ...

    async def meetings(self, limit: int = READ_MAX) -> Sequence[Listing]:
        """Return the list of meetings, latest planned first, at most *limit*."""
        ...

    async def current_meeting(self, room: str) -> Listing | None:
        """
        Return the meeting that a room's code leads to: the one that runs; else the next one
        planned; else the last one; None if the room never had any.
        """
        ...

    async def close(self) -> None:
        """Finish what was begun and let go of the store."""
        ...


async def read_all(record: Record, meeting: str) -> list[ev.Entry]:
    """Read a whole record, in pieces. Raises: UnknownMeeting, RecordError."""
    entries: list[ev.Entry] = []
    while piece := await record.read(meeting, len(entries)):
        entries.extend(piece)
    return entries


def listed(meeting: str, entry: ev.Entry) -> Listing:
    """
    Return the line in the list of meetings at the creation.

    Raises: ValueError if *entry* is no creation, at offset 1.
    """
    created = entry.event
    if entry.offset != 1 or not isinstance(created, ev.MeetingCreated):
        raise ValueError("a record begins with its creation, at offset 1")
    return Listing(
        id=meeting,
        title=created.title,
        room=created.room,
        room_name=created.room_name,
        planned_ms=created.planned_ms,
        state="scheduled",
    )


def state_after(entries: Sequence[ev.Entry]) -> MeetingState | None:
    """Return the state that *entries* bring a meeting into; None: they leave it as it was."""
    for entry in reversed(entries):
        match entry.event:
            case ev.MeetingOpened() | ev.MeetingResumed():
                return "open"
            case ev.MeetingRecessed():
                return "recess"
            case ev.MeetingClosed():
                return "closed"
            case _:
                pass  # nothing else stands in the list
    return None


def check_follow(expected_offset: int, entries: Sequence[ev.Entry]) -> None:
    """Raise ValueError unless *entries* are some, and run on from *expected_offset*."""
    offsets = [entry.offset for entry in entries]
    if not offsets or offsets != list(
        range(expected_offset + 1, expected_offset + 1 + len(offsets))
    ):
        raise ValueError(f"entries {offsets[:3]}... do not follow on {expected_offset}")
