"""What happens to comments."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from meetings.models import EventModel, Offset, Seen
from meetings.people import PersonId

__all__ = [
    "COMMENT_MAX",
    "COMMENT_NOTE_MAX",
    "CommentAddressed",
    "CommentAppealDeclined",
    "CommentAppealed",
    "CommentApproved",
    "CommentHidden",
    "CommentHold",
    "CommentLiked",
    "CommentNote",
    "CommentPinned",
    "CommentPosted",
    "CommentRestored",
    "CommentRules",
    "CommentRulesSet",
    "CommentShown",
    "CommentText",
    "CommentUnliked",
    "CommentUnpinned",
    "CommentUnshown",
    "CommentsEvent",
    "HideReason",
]

COMMENT_MAX = 500  # characters
COMMENT_NOTE_MAX = 200  # characters

CommentText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=COMMENT_MAX)
]
CommentNote = Annotated[str, StringConstraints(strip_whitespace=True, max_length=COMMENT_NOTE_MAX)]

CommentHold = Literal["moderation", "words"]
"""Why a comment waits for the desk: every one does (pre-moderation), or the word list hit."""

HideReason = Literal[
    "abuse", "privacy", "untrue", "unlawful", "advertising", "off_topic", "repeated", "other"
]
"""Classes of reasons, counted in public: 辱骂、隐私、不实、违法、广告、无关、重复、其他."""


class CommentRules(BaseModel):
    """How people may comment. The desk (host, deputies, clerk) is bound by none of it."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_serialization_defaults_required=True
    )

    moderation: Literal["post", "pre", "off"] = "post"
    """post: shown at once, may be hidden; pre: waits for approval; off: nobody comments."""
    slow_s: Annotated[int, Field(ge=0, le=3600)] = 0
    """Least time between two comments of one person, seconds; 0: none."""
    per_person_max: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Comments of one person in the whole meeting; None: as many as one likes."""
    word_list: bool = True
    """Hold what the word list hits; never drop it."""


class CommentRulesSet(EventModel):
    type: Literal["comments.rules_set"] = "comments.rules_set"
    changes: ClassVar = frozenset({"comments"})
    rules: CommentRules


class CommentPosted(EventModel):
    type: Literal["comment.posted"] = "comment.posted"
    changes: ClassVar = frozenset({"comments"})
    person: PersonId
    text: CommentText
    reply_to: Offset | None = None
    question_for: PersonId | None = None
    """Whom it asks something."""
    held: CommentHold | None = None
    """Waits for approval, and why; None: shown at once."""
    seen_ms: Seen | None = None
    """The moment that it answers, if its writer saw another than the present one."""


class CommentLiked(EventModel):
    type: Literal["comment.liked"] = "comment.liked"
    changes: ClassVar = frozenset({"comments"})
    comment: Offset
    person: PersonId


class CommentUnliked(EventModel):
    type: Literal["comment.unliked"] = "comment.unliked"
    changes: ClassVar = frozenset({"comments"})
    comment: Offset
    person: PersonId


class CommentApproved(EventModel):
    """It waited, and is shown from now on."""

    type: Literal["comment.approved"] = "comment.approved"
    changes: ClassVar = frozenset({"comments"})
    comment: Offset


class CommentHidden(EventModel):
    """Shown to nobody but its author and the desk; also the answer to one that waited."""

    type: Literal["comment.hidden"] = "comment.hidden"
    changes: ClassVar = frozenset({"comments"})
    comment: Offset
    reason: HideReason
    note: CommentNote = ""
    """Said to the author."""


class CommentAppealed(EventModel):
    """The author asks the desk to look again: once after each hiding."""

    type: Literal["comment.appealed"] = "comment.appealed"
    changes: ClassVar = frozenset({"comments"})
    comment: Offset
    person: PersonId
    text: CommentNote


class CommentAppealDeclined(EventModel):
    type: Literal["comment.appeal_declined"] = "comment.appeal_declined"
    changes: ClassVar = frozenset({"comments"})
    comment: Offset
    note: CommentNote = ""


class CommentRestored(EventModel):
    """Shown again, after an appeal or without."""

    type: Literal["comment.restored"] = "comment.restored"
    changes: ClassVar = frozenset({"comments"})
    comment: Offset


class CommentPinned(EventModel):
    type: Literal["comment.pinned"] = "comment.pinned"
    changes: ClassVar = frozenset({"comments"})
    comment: Offset


class CommentUnpinned(EventModel):
    type: Literal["comment.unpinned"] = "comment.unpinned"
    changes: ClassVar = frozenset({"comments"})
    comment: Offset


class CommentShown(EventModel):
    """On the room's display, in place of the one before."""

    type: Literal["comment.shown"] = "comment.shown"
    changes: ClassVar = frozenset({"comments"})
    comment: Offset


class CommentUnshown(EventModel):
    type: Literal["comment.unshown"] = "comment.unshown"
    changes: ClassVar = frozenset({"comments"})
    comment: Offset


class CommentAddressed(EventModel):
    """The desk marks it as a question for somebody; None: as no question any more."""

    type: Literal["comment.addressed"] = "comment.addressed"
    changes: ClassVar = frozenset({"comments"})
    comment: Offset
    to: PersonId | None


CommentsEvent = (
    CommentRulesSet
    | CommentPosted
    | CommentLiked
    | CommentUnliked
    | CommentApproved
    | CommentHidden
    | CommentAppealed
    | CommentAppealDeclined
    | CommentRestored
    | CommentPinned
    | CommentUnpinned
    | CommentShown
    | CommentUnshown
    | CommentAddressed
)
