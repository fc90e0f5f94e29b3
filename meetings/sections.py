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
from meetings.comments.sections import *
from meetings.conduct.sections import *
from meetings.floor.sections import *
from meetings.models import SectionModel
from meetings.people import Role
from meetings.voting.sections import *


class Audience(StrEnum):
    """Who looks: each section is encoded once per audience."""

    HOST = "host"
    PARTICIPANT = "participant"
    VIEWER = "viewer"
    DISPLAY = "display"


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
    holding: bool
    ballots: dict[int, int]
    """Vote -> option chosen."""
    liked: tuple[int, ...]
    """Newest comments that this person likes, at most COMMENTS_SHOWN: all of those shown."""
    may: tuple[str, ...]
    """Command types that this role may ask."""
