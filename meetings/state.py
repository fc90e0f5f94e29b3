"""
A meeting as its record tells it: the result of the fold.

Everything here is immutable, so that a state can be handed to anybody and kept as long as wanted.
Large collections are persistent maps: a new state shares with the old all that did not change.
Instants are wall clock, milliseconds since 1970-01-01 UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from immutables import Map

from meetings.agenda.state import Agenda
from meetings.attendance.state import Attendance
from meetings.captions.state import Captions
from meetings.comments.state import Comments
from meetings.conduct.sections import MeetingState
from meetings.floor.state import Floor
from meetings.link.state import VideoLink
from meetings.people import PersonId
from meetings.programme.events import Layout
from meetings.recording.state import Recording
from meetings.signoff.state import Signoff
from meetings.unmasking.state import Unmaskings
from meetings.voting.state import Votes


@dataclass(frozen=True, slots=True)
class Meeting:
    """The whole meeting after the entry at `offset`."""

    id: str
    offset: int
    at_ms: int
    """When the last entry was written."""
    title: str
    room: str
    room_name: str
    planned_ms: int
    speech_s: int
    """Usual length of a speech, seconds."""
    agenda: Agenda
    attendance: Attendance
    votes: Votes
    comments: Comments
    floor: Floor
    answers: Map[tuple[PersonId, str], int]
    """(Person, command id) -> offset of the last entry that the command became."""
    state: MeetingState = "scheduled"
    opened_ms: int | None = None
    closed_ms: int | None = None
    adjourned: bool = False
    """In recess until another day."""
    until_ms: int | None = None
    """When a recess shall end."""
    unmaskings: Unmaskings = ()
    signoff: Signoff = field(default_factory=Signoff)
    forgotten: frozenset[PersonId] = frozenset()
    """People whose names were deleted."""
    link: VideoLink = field(default_factory=VideoLink)
    layout: Layout = "auto"
    """What the host has the programme show."""
    captions: Captions = field(default_factory=Captions)
    recording: Recording = field(default_factory=Recording)
    pushed: tuple[str, ...] = ()
    """Platforms that the programme is passed on to, in the order of starting."""
