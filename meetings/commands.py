"""
Everything that a person may ask of a meeting: one frozen model a command, one discriminated union.

`authority` says which role may ask what, and `decide` what comes of it. The person who asks is
never part of the command: the service knows it from the connection.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from meetings.agenda.commands import *
from meetings.attendance.commands import *
from meetings.captions.commands import *
from meetings.comments.commands import *
from meetings.conduct.commands import *
from meetings.erasure.commands import *
from meetings.floor.commands import *
from meetings.link.commands import *
from meetings.programme.commands import *
from meetings.push.commands import *
from meetings.recording.commands import *
from meetings.signoff.commands import *
from meetings.unmasking.commands import *
from meetings.voting.commands import *

CommandId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
"""Chosen by the client, unique per person; sending it again gives the same answer."""

Command = Annotated[
    ConductCommand
    | AgendaCommand
    | AttendanceCommand
    | FloorCommand
    | CommentsCommand
    | VotingCommand
    | UnmaskingCommand
    | SignoffCommand
    | ErasureCommand
    | LinkCommand
    | CaptionsCommand
    | PushCommand
    | RecordingCommand
    | ShowProgramme,
    Field(discriminator="type"),
]

Asked = Command | SummariseCall | RecogniseCaption | RecordingUpkeep
"""What is carried out: what people ask over the wire, and what the service asks itself."""
