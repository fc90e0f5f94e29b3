"""A meeting in memory: the fold of its record up to the head, and what readers ask of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping

from meetings import views
from meetings.events import Entry
from meetings.fold import apply
from meetings.people import Person, PersonId
from meetings.record.port import StoredRegister
from meetings.state import Meeting

ENTRIES_KEPT = 2000  # newest entries at hand: some minutes of a lively meeting


class LiveMeeting:
    """
    What is committed, and nothing else. Written by the service alone.

    `meeting` and `register` are replaced, never changed: keep either as long as you like.
    """

    def __init__(self, meeting_id: str, epoch: str, first: Entry) -> None:
        self.id = meeting_id
        self.epoch = epoch
        self.meeting: Meeting = apply(None, first, meeting_id)
        self.register: Mapping[PersonId, Person] = {}
        self._entries = deque([first], maxlen=ENTRIES_KEPT)
        self._section_offsets = dict.fromkeys(views.affected(first.event), first.offset)

    @property
    def section_offsets(self) -> Mapping[str, int]:
        """
        Section -> offset at which it last could have changed, by an entry or by the register.

        Follows from the record alone, so it is the same after a restart: who has seen a section at
        this offset or later has it as it is. `me` is not among them: see `views.touched`.
        """
        return self._section_offsets

    def entries_after(self, offset: int) -> tuple[Entry, ...] | None:
        """Return the entries after *offset*; None if they are not all at hand any more."""
        if offset + 1 < self._entries[0].offset:
            return None
        newer: list[Entry] = []
        for entry in reversed(self._entries):
            if entry.offset <= offset:
                break
            newer.append(entry)
        return tuple(reversed(newer))

    def advance(self, entries: Iterable[Entry], folded: Meeting | None = None) -> None:
        """
        Take over committed entries.

        Args:
            folded: the meeting after them, if the caller has it already.
        """
        for entry in entries:
            if folded is None:
                self.meeting = apply(self.meeting, entry)
            self._entries.append(entry)
            self._section_offsets.update(
                dict.fromkeys(views.affected(entry.event), entry.offset),
            )
        if folded is not None:
            self.meeting = folded

    def take_register(self, stored: StoredRegister) -> None:
        """Take over the register as it was read."""
        self.register = stored.people
        self._named_anew(stored.changed)

    def put_people(self, people: Iterable[Person], forgotten: Collection[PersonId] = ()) -> None:
        """Take over what was committed with the last entries: lines of the register, and gaps."""
        before = self.register
        put = {person.id: person for person in people}
        register = {**before, **put}
        for person_id in forgotten:
            register.pop(person_id, None)
        self.register = register
        known = [person for person in (*put, *forgotten) if person in before]
        if any(before[person] != register.get(person) for person in known):
            self._named_anew(self.meeting.offset)

    def _named_anew(self, offset: int) -> None:
        for name in views.NAMED:
            self._section_offsets[name] = max(self._section_offsets[name], offset)
