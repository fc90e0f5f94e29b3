"""Comments, as the record tells them."""

from __future__ import annotations

from dataclasses import dataclass, field

from immutables import Map

from meetings.comments.events import CommentHold, CommentRules, HideReason
from meetings.comments.sections import CommentState
from meetings.people import PersonId


@dataclass(frozen=True, slots=True)
class Appeal:
    """The author asked to look again."""

    text: str
    at_ms: int
    declined: bool = False
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Hiding:
    """Why a comment is hidden."""

    reason: HideReason
    note: str
    at_ms: int
    by: PersonId | None
    appeal: Appeal | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    person: PersonId
    text: str
    at_ms: int
    likes: Map[PersonId, None]
    """Who likes it."""
    reply_to: int | None = None
    question_for: PersonId | None = None
    held: CommentHold | None = None
    """Why it waits; None: it does not, or not any more."""
    hiding: Hiding | None = None
    seen_ms: int | None = None
    """The moment that it answers; None: that of its writing."""

    @property
    def state(self) -> CommentState:
        if self.hiding is not None:
            return "hidden"
        return "public" if self.held is None else "waiting"

    @property
    def public(self) -> bool:
        return self.hiding is None and self.held is None


@dataclass(frozen=True, slots=True)
class Posted:
    """What one person posted."""

    count: int = 0
    latest: tuple[int, ...] = ()
    """The newest, oldest first, at most OWN_SHOWN."""


@dataclass(frozen=True, slots=True)
class Comments:
    by_id: Map[int, Comment]
    latest: tuple[int, ...]
    """The newest that became public, in that order, at most LATEST_KEPT; some hidden since."""
    liked: Map[PersonId, tuple[int, ...]]
    """Person -> the comments that the person liked last, at most LIKED_KEPT."""
    rules: CommentRules = field(default_factory=CommentRules)
    posted: Map[PersonId, Posted] = field(default_factory=Map)
    ranked: Map[int, Map[int, None]] = field(default_factory=Map)
    """Number of likes -> public comments that have as many; none without likes."""
    questions: tuple[int, ...] = ()
    """The newest marked as questions, in that order, at most QUESTIONS_KEPT; some hidden since."""
    waiting: tuple[int, ...] = ()
    """Those that wait for the desk, oldest first, at most WAITING_MAX."""
    appealed: tuple[int, ...] = ()
    """Hidden ones whose authors wait for an answer, in the order of appeal."""
    hidden: Map[HideReason, int] = field(default_factory=Map)
    """Reason -> how many are hidden now."""
    hidden_latest: tuple[int, ...] = ()
    """The newest hidden, in the order of hiding, at most HIDDEN_SHOWN."""
    pinned: tuple[int, ...] = ()
    """In the order of pinning, at most PINNED_MAX."""
    shown: int | None = None
    """On the room's display."""
