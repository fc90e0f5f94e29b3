"""How comments are shown. Withheld: who likes what."""

from __future__ import annotations

from meetings.comments.sections import COMMENTS_SHOWN, CommentsSection, CommentView
from meetings.naming import named, role_of
from meetings.people import Register
from meetings.state import Meeting


def section(meeting: Meeting, register: Register) -> CommentsSection:
    latest = []
    for comment_id in meeting.comments.latest[-COMMENTS_SHOWN:]:
        comment = meeting.comments.by_id[comment_id]
        view = CommentView(
            id=comment_id,
            person=comment.person,
            name=named(register, comment.person)[0],
            role=role_of(meeting, register, comment.person),
            text=comment.text,
            at_ms=comment.at_ms,
            likes=len(comment.likes),
        )
        latest.append(view)
    return CommentsSection(total=len(meeting.comments.by_id), latest=tuple(latest))
