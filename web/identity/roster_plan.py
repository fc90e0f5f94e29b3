"""What comes of a roster file: who is new, whose line changes, who stands there so already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from meetings.commands import EnterRoster, SetRoster
from meetings.people import MEMBERS, PersonId, Register
from meetings.state import Meeting
from web.identity.roster_file import Line

Change = Literal["new", "changed", "same"]


@dataclass(frozen=True, slots=True)
class Planned:
    """One line of the file."""

    line: Line
    person: PersonId | None
    """Who this is; None: somebody new."""
    change: Change
    command: EnterRoster | SetRoster


def plan(lines: Iterable[Line], meeting: Meeting, register: Register) -> tuple[Planned, ...]:
    """
    Find whom the file means: by name and office, among those on the roster and the members who
    came. Residents are not looked at: they chose their names themselves.
    """
    attendance = meeting.attendance
    known: dict[tuple[str, str], PersonId] = {}
    members = [id_ for id_, one in attendance.people.items() if one.role in MEMBERS]
    for person in (*attendance.roster.order, *members):
        found = register.get(person)
        if found is not None:
            known.setdefault((found.name, found.office), person)
    return tuple(
        _planned(line, known.get((line.entry.name, line.entry.office)), meeting) for line in lines
    )


def _planned(line: Line, person: PersonId | None, meeting: Meeting) -> Planned:
    entry = line.entry
    if person is None:
        return Planned(line, None, "new", entry)
    command = SetRoster(person=person, role=entry.role, weight=entry.weight, elector=entry.elector)
    stands = meeting.attendance.roster.lines.get(person)
    same = stands is not None and (stands.role, stands.weight, stands.elector) == (
        entry.role,
        entry.weight,
        entry.elector,
    )
    return Planned(line, person, "same" if same else "changed", command)
