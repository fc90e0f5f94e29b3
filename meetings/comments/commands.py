"""What may be asked about comments."""

from __future__ import annotations

from typing import Literal

from meetings.comments.events import CommentText
from meetings.models import CommandModel, Offset

__all__ = [
    "CommentsCommand",
    "LikeComment",
    "PostComment",
]


class PostComment(CommandModel):
    type: Literal["comment.post"] = "comment.post"
    text: CommentText


class LikeComment(CommandModel):
    type: Literal["comment.like"] = "comment.like"
    comment: Offset


CommentsCommand = PostComment | LikeComment
