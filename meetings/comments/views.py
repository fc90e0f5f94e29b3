"""
How comments are shown. Withheld: who likes what, from everybody; comments that wait or are hidden,
from everybody but the desk and their author, who finds them in `me`.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import get_args

from meetings.comments.events import (
    CommentAppealDeclined,
    CommentApproved,
    CommentHidden,
    CommentRestored,
    HideReason,
)
from meetings.comments.sections import (
    COMMENTS_DESK_SHOWN,
    COMMENTS_SHOWN,
    COMMENTS_TOP_SHOWN,
    QUESTIONS_SHOWN,
    CommentQuote,
    CommentsDesk,
    CommentsSection,
    CommentView,
    HiddenCount,
    ModeratedView,
    OwnCommentView,
)
from meetings.comments.state import Comment, Comments, Posted
from meetings.naming import named, role_of
from meetings.people import PersonId, Register
from meetings.sections import Audience
from meetings.state import Meeting

QUOTE_MAX = 60  # characters of what a comment replies to

_JUDGEMENTS = CommentApproved | CommentHidden | CommentRestored | CommentAppealDeclined
_REASONS: tuple[HideReason, ...] = get_args(HideReason)


def section(meeting: Meeting, register: Register, audience: Audience) -> CommentsSection:
    return _Builder(meeting, register).section(desk=audience is Audience.HOST)


def replayed(
    meeting: Meeting, register: Register, most: int
) -> tuple[tuple[CommentView, ...], int]:
    """
    Return the public comments in the order of the moments that they answer, the first *most* of
    them, and how many there are.
    """
    comments = meeting.comments.by_id.items()
    public = sorted((one.seen_ms or one.at_ms, at) for at, one in comments if one.public)
    builder = _Builder(meeting, register)
    return tuple(builder.view(at) for _, at in public[:most]), len(public)


def own(comments: Comments, person: PersonId) -> tuple[OwnCommentView, ...]:
    """Return the newest comments of *person*, newest last, and what became of them."""
    posted = comments.posted.get(person, Posted())
    return tuple(_own(comment_id, comments.by_id[comment_id]) for comment_id in posted.latest)


def judged(comments: Comments, event: object) -> PersonId | None:
    """Return the author whose comment *event* approves, hides or restores; None if it doesn't."""
    return comments.by_id[event.comment].person if isinstance(event, _JUDGEMENTS) else None


def ranking(comments: Comments) -> Iterator[int]:
    """Yield public comments that have likes, most liked first, the newer of two first."""
    for likes in sorted(comments.ranked, reverse=True):
        yield from heapq.nlargest(COMMENTS_TOP_SHOWN, comments.ranked[likes])


def _own(comment_id: int, comment: Comment) -> OwnCommentView:
    hiding = comment.hiding
    appeal = None if hiding is None else hiding.appeal
    return OwnCommentView(
        id=comment_id,
        text=comment.text,
        at_ms=comment.at_ms,
        state=comment.state,
        held=comment.held,
        reason=None if hiding is None else hiding.reason,
        note="" if hiding is None else hiding.note,
        appeal="none" if appeal is None else "declined" if appeal.declined else "open",
        answer="" if appeal is None else appeal.answer,
    )


@dataclass(frozen=True, slots=True)
class _Builder:
    meeting: Meeting
    register: Register

    def section(self, *, desk: bool) -> CommentsSection:
        comments = self.meeting.comments
        top = [one for one, _ in zip(ranking(comments), range(COMMENTS_TOP_SHOWN), strict=False)]
        counts = [HiddenCount(reason=r, count=comments.hidden.get(r, 0)) for r in _REASONS]
        return CommentsSection(
            total=len(comments.by_id),
            waiting=len(comments.waiting),
            hidden=sum(comments.hidden.values()),
            hidden_by=tuple(one for one in counts if one.count),
            appeals=len(comments.appealed),
            rules=comments.rules,
            latest=self._public(comments.latest, COMMENTS_SHOWN),
            top=tuple(self.view(one) for one in top),
            questions=self._public(comments.questions, QUESTIONS_SHOWN),
            pinned=tuple(self.view(one) for one in comments.pinned),
            shown=None if comments.shown is None else self.view(comments.shown),
            desk=self._desk() if desk else None,
        )

    def _desk(self) -> CommentsDesk:
        comments = self.meeting.comments
        return CommentsDesk(
            waiting=self._moderated(comments.waiting[:COMMENTS_DESK_SHOWN]),
            appeals=self._moderated(comments.appealed[:COMMENTS_DESK_SHOWN]),
            hidden=self._moderated(reversed(comments.hidden_latest)),
        )

    def _public(self, ids: tuple[int, ...], most: int) -> tuple[CommentView, ...]:
        public = [one for one in ids if self.meeting.comments.by_id[one].public]
        return tuple(self.view(one) for one in public[-most:])

    def view(self, comment_id: int) -> CommentView:
        comment = self.meeting.comments.by_id[comment_id]
        asked = comment.question_for
        return CommentView(
            id=comment_id,
            person=comment.person,
            name=named(self.register, comment.person)[0],
            role=role_of(self.meeting, self.register, comment.person),
            text=comment.text,
            at_ms=comment.at_ms,
            seen_ms=comment.seen_ms,
            likes=len(comment.likes),
            reply_to=None if comment.reply_to is None else self._quote(comment.reply_to),
            question_for=asked,
            question_name="" if asked is None else named(self.register, asked)[0],
        )

    def _quote(self, comment_id: int) -> CommentQuote:
        comment = self.meeting.comments.by_id[comment_id]
        name = named(self.register, comment.person)[0]
        text = comment.text[:QUOTE_MAX] if comment.public else ""
        return CommentQuote(id=comment_id, name=name, text=text)

    def _moderated(self, ids: Iterable[int]) -> tuple[ModeratedView, ...]:
        return tuple(self._moderated_view(one) for one in ids)

    def _moderated_view(self, comment_id: int) -> ModeratedView:
        comment = self.meeting.comments.by_id[comment_id]
        hiding = comment.hiding
        appeal = None if hiding is None else hiding.appeal
        by = None if hiding is None else hiding.by
        return ModeratedView(
            **dict(self.view(comment_id)),
            state=comment.state,
            held=comment.held,
            reason=None if hiding is None else hiding.reason,
            note="" if hiding is None else hiding.note,
            hidden_by="" if by is None else named(self.register, by)[0],
            appeal="" if appeal is None else appeal.text,
            appeal_declined=appeal is not None and appeal.declined,
        )
