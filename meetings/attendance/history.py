"""The quorum as a function of time, read from the record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from meetings.attendance.quorum import Quorum, quorum
from meetings.events import Entry
from meetings.fold import apply
from meetings.state import Meeting


@dataclass(frozen=True, slots=True)
class Change:
    """The quorum from an instant on."""

    at_ms: int
    quorum: Quorum


def series(entries: Iterable[Entry]) -> Iterator[Change]:
    """
    Tell the quorum at the creation, and each other value that it took afterwards, in order.

    Args:
        entries: a record from its beginning.

    Raises: ValueError if *entries* are no record.
    """
    meeting: Meeting | None = None
    last: Quorum | None = None
    for entry in entries:
        before, meeting = meeting, apply(meeting, entry)
        unmoved = (
            before is not None
            and before.attendance is meeting.attendance
            and before.agenda is meeting.agenda
        )
        if unmoved:
            continue
        now = quorum(meeting)
        if now != last:
            last = now
            yield Change(entry.at_ms, now)
