"""What the screens show of comments."""

from __future__ import annotations

from meetings.models import SectionModel
from meetings.people import Role

__all__ = [
    "COMMENTS_SHOWN",
    "CommentView",
    "CommentsSection",
]

COMMENTS_SHOWN = 50  # newest comments in a section; the record and the minutes hold all


class CommentView(SectionModel):
    id: int
    person: str
    name: str
    role: Role
    text: str
    at_ms: int
    likes: int


class CommentsSection(SectionModel):
    total: int
    latest: tuple[CommentView, ...]
    """Newest last, at most COMMENTS_SHOWN."""
