"""What entries make of the comments."""

from __future__ import annotations

from bisect import insort
from dataclasses import replace
from typing import assert_never

from immutables import Map

from meetings.comments.events import CommentLiked, CommentPosted, CommentsEvent
from meetings.comments.sections import COMMENTS_SHOWN
from meetings.comments.state import Comment, Comments
from meetings.events import Entry


def apply(comments: Comments, event: CommentsEvent, entry: Entry) -> Comments:
    """Return the comments after *entry*."""
    match event:
        case CommentPosted():
            return _posted(comments, event, entry)
        case CommentLiked():
            return _liked(comments, event)
        case _:
            assert_never(event)


def _posted(comments: Comments, event: CommentPosted, entry: Entry) -> Comments:
    comment = Comment(event.person, event.text, entry.at_ms, Map())
    return replace(
        comments,
        by_id=comments.by_id.set(entry.offset, comment),
        latest=(*comments.latest, entry.offset)[-COMMENTS_SHOWN:],
    )


def _liked(comments: Comments, event: CommentLiked) -> Comments:
    comment = comments.by_id[event.comment]
    comment = replace(comment, likes=comment.likes.set(event.person, None))
    # Those of the newest comments are kept at hand: they tell which of the shown ones are liked.
    liked = list(comments.liked.get(event.person, ()))
    insort(liked, event.comment)
    return replace(
        comments,
        by_id=comments.by_id.set(event.comment, comment),
        liked=comments.liked.set(event.person, tuple(liked[-COMMENTS_SHOWN:])),
    )
