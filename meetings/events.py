"""
Every event that a record can hold.

One frozen model an event, one discriminated union. The `type` strings are durable: they are never
renamed or reused, whatever happens to the classes.

What an event creates (a floor request, a comment, a vote) is named by the offset of its entry:
no ids are invented, and order can be read off them. Instants are wall clock, milliseconds since
1970-01-01 UTC.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from meetings.people import PersonId, Role

TITLE_MAX = 120  # characters
COMMENT_MAX = 500  # characters
ABOUT_MAX = 120  # characters, a floor request's note to the host
OPTION_MAX = 60  # characters
OPTIONS_MAX = 10
AGENDA_MAX = 50  # items

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_MAX)]
CommentText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=COMMENT_MAX)
]
About = Annotated[str, StringConstraints(strip_whitespace=True, max_length=ABOUT_MAX)]
Option = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=OPTION_MAX)
]
Options = Annotated[tuple[Option, ...], Field(min_length=2, max_length=OPTIONS_MAX)]
Offset = Annotated[int, Field(ge=1)]
"""Position of an entry in its record: 1, 2, 3 ..."""


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AgendaItem(BaseModel):
    """One matter on the agenda, as planned."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[int, Field(ge=1)]
    title: Title
    minutes: Annotated[int, Field(ge=1, le=600)] | None = None
    """Planned length, minutes."""


class MeetingCreated(_Event):
    type: Literal["meeting.created"] = "meeting.created"
    title: Title
    room: str
    """The room's code, as printed under its QR code."""
    room_name: Title
    planned_ms: int
    agenda: Annotated[tuple[AgendaItem, ...], Field(max_length=AGENDA_MAX)] = ()
    speech_s: Annotated[int, Field(ge=5, le=7200)] = 180
    """Usual length of a speech, seconds; a grant may say otherwise."""


class MeetingOpened(_Event):
    type: Literal["meeting.opened"] = "meeting.opened"


class MeetingRecessed(_Event):
    type: Literal["meeting.recessed"] = "meeting.recessed"


class MeetingResumed(_Event):
    type: Literal["meeting.resumed"] = "meeting.resumed"


class MeetingClosed(_Event):
    type: Literal["meeting.closed"] = "meeting.closed"


class AgendaMoved(_Event):
    """The meeting turned to this item; the one before it is done."""

    type: Literal["agenda.moved"] = "agenda.moved"
    item: int


class PersonJoined(_Event):
    """The person's first connection came."""

    type: Literal["person.joined"] = "person.joined"
    person: PersonId
    role: Role


class PersonLeft(_Event):
    """The person's last connection has been gone for the grace time, or the person said goodbye."""

    type: Literal["person.left"] = "person.left"
    person: PersonId


class FloorRequested(_Event):
    type: Literal["floor.requested"] = "floor.requested"
    person: PersonId
    about: About = ""
    """A note to the host; shown to nobody else."""


class FloorWithdrawn(_Event):
    type: Literal["floor.withdrawn"] = "floor.withdrawn"
    request: Offset


class FloorGranted(_Event):
    """The person may speak from now on: the lease on the microphone begins."""

    type: Literal["floor.granted"] = "floor.granted"
    person: PersonId
    request: Offset | None = None
    """The request that this answers; None: the host called on somebody who had not asked."""
    until_ms: int | None = None
    """When the lease ends by itself; None: when somebody ends it."""


FloorEnd = Literal["ended", "yielded", "passed", "timed_out", "left", "recess", "closed"]
"""By the host; by the speaker; granted to the next; time; the speaker left; the meeting stopped."""


class FloorEnded(_Event):
    type: Literal["floor.ended"] = "floor.ended"
    person: PersonId
    reason: FloorEnd


class CommentPosted(_Event):
    type: Literal["comment.posted"] = "comment.posted"
    person: PersonId
    text: CommentText


class CommentLiked(_Event):
    type: Literal["comment.liked"] = "comment.liked"
    comment: Offset
    person: PersonId


Electors = Literal["members", "everyone"]


class VoteOpened(_Event):
    type: Literal["vote.opened"] = "vote.opened"
    question: Title
    options: Options
    electors: Electors
    until_ms: int | None = None


class BallotCast(_Event):
    """A named ballot (记名表决)."""

    type: Literal["ballot.cast"] = "ballot.cast"
    vote: Offset
    person: PersonId
    option: Annotated[int, Field(ge=0)]
    """Index into the vote's options."""


VoteEnd = Literal["closed", "timed_out", "meeting_closed"]


class VoteClosed(_Event):
    type: Literal["vote.closed"] = "vote.closed"
    vote: Offset
    reason: VoteEnd


Event = Annotated[
    MeetingCreated
    | MeetingOpened
    | MeetingRecessed
    | MeetingResumed
    | MeetingClosed
    | AgendaMoved
    | PersonJoined
    | PersonLeft
    | FloorRequested
    | FloorWithdrawn
    | FloorGranted
    | FloorEnded
    | CommentPosted
    | CommentLiked
    | VoteOpened
    | BallotCast
    | VoteClosed,
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
