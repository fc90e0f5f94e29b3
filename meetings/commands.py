"""
Everything that a person may ask of a meeting.

One frozen model a command, one discriminated union; `authority` says which role may ask what and
`decide` what comes of it. The person who asks is never part of the command: the service knows it
from the connection.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from meetings.events import About, CommentText, Electors, Offset, Options, Title
from meetings.people import PersonId

SPEECH_MAX_S = 7200
VOTE_MAX_S = 86400

CommandId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
"""Chosen by the client, unique per person; sending it again gives the same answer."""


class _Command(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_serialization_defaults_required=True
    )


class OpenMeeting(_Command):
    type: Literal["meeting.open"] = "meeting.open"


class RecessMeeting(_Command):
    type: Literal["meeting.recess"] = "meeting.recess"


class ResumeMeeting(_Command):
    type: Literal["meeting.resume"] = "meeting.resume"


class CloseMeeting(_Command):
    type: Literal["meeting.close"] = "meeting.close"


class MoveAgenda(_Command):
    type: Literal["agenda.move"] = "agenda.move"
    item: Annotated[int, Field(ge=1)]


class Join(_Command):
    """Sent by the service when a person's first connection comes."""

    type: Literal["person.join"] = "person.join"


class Leave(_Command):
    """Sent by the client on goodbye, or by the service when the last connection stays away."""

    type: Literal["person.leave"] = "person.leave"


class RequestFloor(_Command):
    type: Literal["floor.request"] = "floor.request"
    about: About = ""


class WithdrawFloor(_Command):
    type: Literal["floor.withdraw"] = "floor.withdraw"


class GrantFloor(_Command):
    type: Literal["floor.grant"] = "floor.grant"
    person: PersonId
    seconds: Annotated[int, Field(ge=5, le=SPEECH_MAX_S)] | None = None
    """Length of the speech; None: the meeting's usual length."""


class EndFloor(_Command):
    """The host ends the speech, or the speaker yields."""

    type: Literal["floor.end"] = "floor.end"


class PostComment(_Command):
    type: Literal["comment.post"] = "comment.post"
    text: CommentText


class LikeComment(_Command):
    type: Literal["comment.like"] = "comment.like"
    comment: Offset


class OpenVote(_Command):
    type: Literal["vote.open"] = "vote.open"
    question: Title
    options: Options
    electors: Electors = "everyone"
    seconds: Annotated[int, Field(ge=5, le=VOTE_MAX_S)] | None = None
    """Time to vote; None: until the host closes."""


class CastBallot(_Command):
    type: Literal["vote.cast"] = "vote.cast"
    vote: Offset
    option: Annotated[int, Field(ge=0)]


class CloseVote(_Command):
    type: Literal["vote.close"] = "vote.close"
    vote: Offset


Command = Annotated[
    OpenMeeting
    | RecessMeeting
    | ResumeMeeting
    | CloseMeeting
    | MoveAgenda
    | Join
    | Leave
    | RequestFloor
    | WithdrawFloor
    | GrantFloor
    | EndFloor
    | PostComment
    | LikeComment
    | OpenVote
    | CastBallot
    | CloseVote,
    Field(discriminator="type"),
]
