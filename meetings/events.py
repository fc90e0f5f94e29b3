"""
Every event that a record can hold: one frozen model an event, one discriminated union.

Each concern has its events in a module of its own; here they come together as entries.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from meetings.agenda.events import *
from meetings.attendance.events import *
from meetings.captions.events import *
from meetings.comments.events import *
from meetings.conduct.events import *
from meetings.erasure.events import *
from meetings.floor.events import *
from meetings.link.events import *
from meetings.models import Offset
from meetings.people import PersonId
from meetings.programme.events import *
from meetings.push.events import *
from meetings.recording.events import *
from meetings.signoff.events import *
from meetings.unmasking.events import *
from meetings.voting.events import *

Event = Annotated[
    ConductEvent
    | AgendaEvent
    | AttendanceEvent
    | FloorEvent
    | CommentsEvent
    | VotingEvent
    | UnmaskingEvent
    | SignoffEvent
    | ErasureEvent
    | LinkEvent
    | CaptionsEvent
    | PushEvent
    | RecordingEvent
    | ProgrammeShown,
    Field(discriminator="type"),
]


class Entry(BaseModel):
    """One line of the record."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    offset: Offset
    at_ms: int
    """Wall clock of the service that appended it."""
    actor: PersonId | None = None
    """Who caused it; None: the service itself (a deadline, the creation)."""
    cause: str | None = None
    """Id of the command that it answers."""
    event: Event
