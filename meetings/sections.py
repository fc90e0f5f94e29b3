"""
The sections of a meeting's view: what each screen shows.

A client receives whole sections and replaces what it had; it never folds. `views` builds them, and
is the only place that withholds anything. Instants are wall clock, milliseconds since
1970-01-01 UTC; the client corrects by its measured offset to the service's clock.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from meetings.events import Electors
from meetings.people import Role

COMMENTS_SHOWN = 50  # newest comments in a section; the record and the minutes hold all
VIEWERS_LISTED = 200  # viewers listed for the host; others are counted


class Audience(StrEnum):
    """Who looks: each section is encoded once per audience."""

    HOST = "host"
    PARTICIPANT = "participant"
    VIEWER = "viewer"
    DISPLAY = "display"


class _Section(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_serialization_defaults_required=True
    )


MeetingState = Literal["scheduled", "open", "recess", "closed"]


class MeetingSection(_Section):
    id: str
    title: str
    room: str
    room_name: str
    state: MeetingState
    planned_ms: int
    opened_ms: int | None
    closed_ms: int | None
    speech_s: int


class AgendaItemView(_Section):
    id: int
    title: str
    minutes: int | None
    state: Literal["pending", "current", "done"]
    started_ms: int | None
    ended_ms: int | None


class AgendaSection(_Section):
    items: tuple[AgendaItemView, ...]
    current: int | None


class HolderView(_Section):
    person: str
    name: str
    office: str
    role: Role
    since_ms: int
    until_ms: int | None


class WaitingView(_Section):
    request: int
    person: str
    name: str
    office: str
    role: Role
    since_ms: int
    about: str
    """Empty for everybody but the host."""


class FloorSection(_Section):
    holder: HolderView | None
    queue: tuple[WaitingView, ...]
    """In the order of the queue."""


class VoteView(_Section):
    id: int
    question: str
    options: tuple[str, ...]
    electors: Electors
    state: Literal["open", "closed"]
    opened_ms: int
    until_ms: int | None
    closed_ms: int | None
    cast: int
    """Ballots so far."""
    tally: tuple[int, ...] | None
    """Ballots per option; None while the vote is open."""


class VotesSection(_Section):
    votes: tuple[VoteView, ...]
    """Newest first."""


class CommentView(_Section):
    id: int
    person: str
    name: str
    role: Role
    text: str
    at_ms: int
    likes: int


class CommentsSection(_Section):
    total: int
    latest: tuple[CommentView, ...]
    """Newest last, at most COMMENTS_SHOWN."""


class PersonView(_Section):
    id: str
    name: str
    office: str
    role: Role
    present: bool


class PeopleSection(_Section):
    members: tuple[PersonView, ...]
    """Hosts and participants that ever came, and the room itself."""
    viewers: int
    """Viewers present."""
    viewers_listed: tuple[PersonView, ...]
    """For the host: viewers present, newest first, at most VIEWERS_LISTED; empty for others."""


class MeSection(_Section):
    """One person's own state; sent to that person's connections alone."""

    person: str
    name: str
    office: str
    role: Role
    request: int | None
    """The own waiting floor request."""
    position: int | None
    """Place in the queue, from 1."""
    holding: bool
    ballots: dict[int, int]
    """Vote -> option chosen."""
    liked: tuple[int, ...]
    """Newest comments that this person likes, at most COMMENTS_SHOWN: all of those shown."""
    may: tuple[str, ...]
    """Command types that this role may ask."""
