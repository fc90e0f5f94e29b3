"""Comments and likes: from the notice until the close; people talk while they wait."""

from __future__ import annotations

from meetings.authority import Actor
from meetings.comments.commands import LikeComment, PostComment
from meetings.comments.events import CommentLiked, CommentPosted
from meetings.refusals import Code, Refused
from meetings.state import Meeting


def post(command: PostComment, actor: Actor) -> tuple[CommentPosted, ...]:
    """Say something in writing."""
    return (CommentPosted(person=actor.person, text=command.text),)


def like(
    meeting: Meeting, command: LikeComment, actor: Actor
) -> tuple[CommentLiked, ...] | Refused:
    """Like a comment, once. Refused with `comment.unknown`, `comment.already_liked`."""
    comment = meeting.comments.by_id.get(command.comment)
    if comment is None:
        return Refused(Code.COMMENT_UNKNOWN)
    if actor.person in comment.likes:
        return Refused(Code.COMMENT_ALREADY_LIKED)
    return (CommentLiked(comment=command.comment, person=actor.person),)
