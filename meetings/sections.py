"""
The sections of a meeting's view: what each screen shows.

A client receives whole sections and replaces what it had; it never folds. Each concern has its
sections in a module of its own, and beside it the `views` that build them and withhold what an
audience may not see. Instants are wall clock, milliseconds since 1970-01-01 UTC; the client
corrects by its measured offset to the service's clock.
"""

from __future__ import annotations

from enum import StrEnum

from meetings.agenda.sections import *
from meetings.attendance.sections import *
from meetings.captions.sections import *
from meetings.comments.sections import *
from meetings.conduct.sections import *
from meetings.floor.ordering import ReasonCode
from meetings.floor.sections import *
from meetings.link.sections import *
from meetings.models import SectionModel
from meetings.people import Role
from meetings.signoff.sections import *
from meetings.unmasking.sections import *
from meetings.voting.sections import *


class Audience(StrEnum):
    """Who looks: each section is encoded once per audience."""

    HOST = "host"
    PARTICIPANT = "participant"
    VIEWER = "viewer"
    DISPLAY = "display"
    LOBBY = "lobby"
    """Whoever waits to be let in, whatever the role."""


class MeSection(SectionModel):
    """One person's own state; sent to that person's connections alone."""

    person: str
    name: str
    office: str
    role: Role
    request: int | None
    """The own waiting floor request."""
    position: int | None
    """Place in the queue, from 1."""
    reasons: tuple[ReasonView, ...]
    """By which rules the foremost hand goes before those that come after."""
    behind: ReasonCode | None
    """The rule that puts it behind the one in front."""
    holding: bool
    """Has the floor, though perhaps muted, or interrupted by somebody else."""
    called: bool
    """Is in the green room."""
    votes: dict[int, MyVote]
    """Vote -> what is one's own there, of the newest VOTES_SHOWN."""
    liked: tuple[int, ...]
    """The comments that this person liked last: of those shown, all."""
    comments: tuple[OwnCommentView, ...]
    """The own newest comments, newest last, at most COMMENTS_OWN_SHOWN, and their fate."""
    comments_posted: int
    """How many this person posted."""
    unmasked: str
    """Why the desk asked for the real name; empty: it did not."""
    attendance: OwnAttendance
    link: OwnLink
    may: tuple[str, ...]
    """Command types that this role may ask."""
