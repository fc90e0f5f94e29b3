"""What may be asked about comments."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from meetings.comments.events import (
    COMMENT_NOTE_MAX,
    CommentNote,
    CommentRules,
    CommentText,
    HideReason,
)
from meetings.models import CommandModel, Offset, Seen
from meetings.people import PersonId

__all__ = [
    "AddressComment",
    "AppealComment",
    "ApproveComment",
    "CommentsCommand",
    "DeclineAppeal",
    "HideComment",
    "LikeComment",
    "PinComment",
    "PostComment",
    "RestoreComment",
    "SetCommentRules",
    "ShowComment",
    "UnlikeComment",
    "UnpinComment",
    "UnshowComment",
]


class SetCommentRules(CommandModel):
    type: Literal["comments.set_rules"] = "comments.set_rules"
    rules: CommentRules


class PostComment(CommandModel):
    type: Literal["comment.post"] = "comment.post"
    text: CommentText
    reply_to: Offset | None = None
    question_for: PersonId | None = None
    at_ms: Seen | None = None
    """What it answers: the moment that the writer's livestream showed; None: the present one."""


class LikeComment(CommandModel):
    type: Literal["comment.like"] = "comment.like"
    comment: Offset


class UnlikeComment(CommandModel):
    type: Literal["comment.unlike"] = "comment.unlike"
    comment: Offset


class ApproveComment(CommandModel):
    type: Literal["comment.approve"] = "comment.approve"
    comment: Offset


class HideComment(CommandModel):
    type: Literal["comment.hide"] = "comment.hide"
    comment: Offset
    reason: HideReason
    note: CommentNote = ""


class AppealComment(CommandModel):
    type: Literal["comment.appeal"] = "comment.appeal"
    comment: Offset
    text: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=COMMENT_NOTE_MAX)
    ]


class DeclineAppeal(CommandModel):
    type: Literal["comment.decline_appeal"] = "comment.decline_appeal"
    comment: Offset
    note: CommentNote = ""


class RestoreComment(CommandModel):
    type: Literal["comment.restore"] = "comment.restore"
    comment: Offset


class PinComment(CommandModel):
    type: Literal["comment.pin"] = "comment.pin"
    comment: Offset


class UnpinComment(CommandModel):
    type: Literal["comment.unpin"] = "comment.unpin"
    comment: Offset


class ShowComment(CommandModel):
    type: Literal["comment.show"] = "comment.show"
    comment: Offset


class UnshowComment(CommandModel):
    type: Literal["comment.unshow"] = "comment.unshow"
    comment: Offset


class AddressComment(CommandModel):
    """Mark as a question for somebody; None: as no question any more."""

    type: Literal["comment.address"] = "comment.address"
    comment: Offset
    to: PersonId | None


CommentsCommand = (
    SetCommentRules
    | PostComment
    | LikeComment
    | UnlikeComment
    | ApproveComment
    | HideComment
    | AppealComment
    | DeclineAppeal
    | RestoreComment
    | PinComment
    | UnpinComment
    | ShowComment
    | UnshowComment
    | AddressComment
)
