"""Comments, as the record tells them."""

from __future__ import annotations

from dataclasses import dataclass

from immutables import Map

from meetings.people import PersonId


@dataclass(frozen=True, slots=True)
class Comment:
    person: PersonId
    text: str
    at_ms: int
    likes: Map[PersonId, None]
    """Who likes it."""


@dataclass(frozen=True, slots=True)
class Comments:
    by_id: Map[int, Comment]
    latest: tuple[int, ...]
    """The newest, oldest first, at most COMMENTS_SHOWN."""
    liked: Map[PersonId, tuple[int, ...]]
    """Person -> the newest comments that the person likes, ascending, at most COMMENTS_SHOWN."""
