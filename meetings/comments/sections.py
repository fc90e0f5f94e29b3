"""What the screens show of comments."""

from __future__ import annotations

from typing import Literal

from meetings.comments.events import CommentHold, CommentRules, HideReason
from meetings.models import SectionModel
from meetings.people import Role

__all__ = [
    "COMMENTS_DESK_SHOWN",
    "COMMENTS_OWN_SHOWN",
    "COMMENTS_SHOWN",
    "COMMENTS_TOP_SHOWN",
    "QUESTIONS_SHOWN",
    "CommentQuote",
    "CommentState",
    "CommentView",
    "CommentsDesk",
    "CommentsSection",
    "HiddenCount",
    "ModeratedView",
    "OwnCommentView",
]

COMMENTS_SHOWN = 50  # newest comments in a section; the record and the minutes hold all
COMMENTS_TOP_SHOWN = 10  # most liked
QUESTIONS_SHOWN = 20  # newest questions
COMMENTS_OWN_SHOWN = 20  # newest of one's own
COMMENTS_DESK_SHOWN = 50  # of each list for the desk

CommentState = Literal["public", "waiting", "hidden"]


class CommentQuote(SectionModel):
    """What a comment replies to."""

    id: int
    name: str
    text: str
    """The beginning; empty when it is not public (any more)."""


class CommentView(SectionModel):
    id: int
    person: str
    name: str
    role: Role
    text: str
    at_ms: int
    seen_ms: int | None
    """The moment of the livestream that it answers; None: that of its writing."""
    likes: int
    reply_to: CommentQuote | None
    question_for: str | None
    """Id of whom it asks."""
    question_name: str


class ModeratedView(CommentView):
    """A comment that is not public, for the desk."""

    state: CommentState
    held: CommentHold | None
    reason: HideReason | None
    note: str
    hidden_by: str
    """Name of who hid it."""
    appeal: str
    """What the author says against it; empty: nothing."""
    appeal_declined: bool


class OwnCommentView(SectionModel):
    """An own comment and what became of it; part of `me`."""

    id: int
    text: str
    at_ms: int
    state: CommentState
    held: CommentHold | None
    reason: HideReason | None
    note: str
    appeal: Literal["none", "open", "declined"]
    answer: str
    """Said with the appeal's refusal."""


class HiddenCount(SectionModel):
    reason: HideReason
    count: int


class CommentsDesk(SectionModel):
    """What the desk sees besides: each list at most COMMENTS_DESK_SHOWN."""

    waiting: tuple[ModeratedView, ...]
    """Oldest first."""
    appeals: tuple[ModeratedView, ...]
    """Oldest appeal first."""
    hidden: tuple[ModeratedView, ...]
    """Newest hiding first."""


class CommentsSection(SectionModel):
    total: int
    """All that were posted: public, waiting and hidden."""
    waiting: int
    hidden: int
    hidden_by: tuple[HiddenCount, ...]
    """In the order of the reasons, without zeros; adds up to `hidden`."""
    appeals: int
    """Authors that wait for an answer."""
    rules: CommentRules
    latest: tuple[CommentView, ...]
    """Newest public ones, newest last, at most COMMENTS_SHOWN."""
    top: tuple[CommentView, ...]
    """Most liked first, at most COMMENTS_TOP_SHOWN; none without likes."""
    questions: tuple[CommentView, ...]
    """Newest questions for somebody, newest last, at most QUESTIONS_SHOWN."""
    pinned: tuple[CommentView, ...]
    shown: CommentView | None
    """On the room's display."""
    desk: CommentsDesk | None
    """None for everybody else."""
