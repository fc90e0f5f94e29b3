"""What the screens show of the people."""

from __future__ import annotations

from meetings.models import SectionModel
from meetings.people import Role

__all__ = [
    "VIEWERS_LISTED",
    "PeopleSection",
    "PersonView",
]

VIEWERS_LISTED = 200  # viewers listed for the host; others are counted


class PersonView(SectionModel):
    id: str
    name: str
    office: str
    role: Role
    present: bool


class PeopleSection(SectionModel):
    members: tuple[PersonView, ...]
    """Hosts and participants that ever came, and the room itself."""
    viewers: int
    """Viewers present."""
    viewers_listed: tuple[PersonView, ...]
    """For the host: viewers present, newest first, at most VIEWERS_LISTED; empty for others."""
