"""What happens to comments."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from meetings.models import EventModel, Offset
from meetings.people import PersonId

__all__ = [
    "COMMENT_MAX",
    "CommentLiked",
    "CommentPosted",
    "CommentText",
    "CommentsEvent",
]

COMMENT_MAX = 500  # characters

CommentText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=COMMENT_MAX)
]


class CommentPosted(EventModel):
    type: Literal["comment.posted"] = "comment.posted"
    changes: ClassVar = frozenset({"comments"})
    person: PersonId
    text: CommentText


class CommentLiked(EventModel):
    type: Literal["comment.liked"] = "comment.liked"
    changes: ClassVar = frozenset({"comments"})
    comment: Offset
    person: PersonId


CommentsEvent = CommentPosted | CommentLiked
