"""What the minutes tell, before it is put into words. Instants are aware, in the meeting's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from meetings.events import Electors, FloorEnd
from meetings.people import Role
from meetings.sections import MeetingState


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody, as the register knows him now."""

    name: str
    """Empty: forgotten."""
    office: str
    role: Role


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when; open if it was still going on at the last entry."""

    begin: datetime
    end: datetime | None

    @property
    def length(self) -> timedelta | None:
        return None if self.end is None else self.end - self.begin


@dataclass(frozen=True, slots=True)
class Attended:
    who: Named
    stays: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Speech:
    who: Named
    span: Span
    reason: FloorEnd | None
    """How it ended; None: it has not."""


@dataclass(frozen=True, slots=True)
class Matter:
    """An agenda item, as it went."""

    number: int
    title: str
    minutes: int | None
    """Planned length, minutes."""
    spans: tuple[Span, ...]
    """When the meeting dealt with it."""
    speeches: tuple[Speech, ...]
    """Those that began meanwhile."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a vote and who chose it, in the order of voting."""

    option: str
    members: tuple[Named, ...]
    residents: tuple[Named, ...]

    @property
    def count(self) -> int:
        return len(self.members) + len(self.residents)


@dataclass(frozen=True, slots=True)
class Question:
    """A vote."""

    question: str
    electors: Electors
    span: Span
    cast: int
    choices: tuple[Choice, ...]
    """Empty while it runs: nobody sees before the end who votes how."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment."""

    who: Named
    at: datetime
    text: str
    likes: int


@dataclass(frozen=True, slots=True)
class Minutes:
    title: str
    room_name: str
    state: MeetingState
    planned: datetime
    opened: datetime | None
    closed: datetime | None
    recesses: tuple[Span, ...]
    hosts: tuple[Named, ...]
    """Those who came, in the order of coming."""
    members: tuple[Attended, ...]
    """Hosts and participants, in the order of coming."""
    absent: tuple[Named, ...]
    """Members who were invited and never came."""
    residents: tuple[Attended, ...]
    """Viewers, in the order of coming."""
    most_residents: int
    """Viewers present at once, at most."""
    matters: tuple[Matter, ...]
    other_speeches: tuple[Speech, ...]
    """Those outside any agenda item."""
    questions: tuple[Question, ...]
    remarks: tuple[Remark, ...]
    entries: int
    """Entries of the record that the minutes are made of."""
    until: datetime
    """When the last of them was written."""
