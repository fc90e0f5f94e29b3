"""
A meeting as it is watched again: its chapters, and what was said beside the picture and when.

For whoever sees the recording: nothing is in it that a viewer was not shown, in the words and with
the names of now. What is hidden today is not replayed either.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from meetings.comments.sections import CommentView
from meetings.comments.views import replayed
from meetings.minutes import wording as say
from meetings.minutes.model import Minutes, Span
from meetings.people import Register
from meetings.state import Meeting
from meetings.voting.sections import VoteView
from meetings.voting.views import results

COMMENTS_MAX = 5_000
"""Comments that are replayed, the first ones: some 2 MB."""

ChapterKind = Literal["item", "speech", "vote"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class Chapter(_Model):
    """A stretch of the meeting."""

    kind: ChapterKind
    id: int
    """Of the agenda item; of a speech or a vote its entry in the record."""
    label: str
    at_ms: int
    """When it began, wall clock; so is `until_ms`."""
    until_ms: int | None
    """None: it had no end."""


class Moments(_Model):
    """What the player of a recording shows besides the picture."""

    meeting: str
    title: str
    room: str
    chapters: tuple[Chapter, ...]
    """In the order of time; a matter that was taken up again is there again."""
    votes: tuple[VoteView, ...]
    """Those that are over, as viewers saw them; told at `closed_ms`. In that order."""
    comments: tuple[CommentView, ...]
    """Public ones, in the order of the moments that they answer; at most COMMENTS_MAX."""
    comments_total: int
    """All public ones."""


def moments(meeting: Meeting, minutes: Minutes, register: Register) -> Moments:
    """
    Tell what happened when in *meeting*.

    Args:
        minutes: of the same record.
    """
    comments, total = replayed(meeting, register, COMMENTS_MAX)
    return Moments(
        meeting=meeting.id,
        title=meeting.title,
        room=meeting.room,
        chapters=chapters(minutes),
        votes=results(meeting, register),
        comments=comments,
        comments_total=total,
    )


def chapters(minutes: Minutes) -> tuple[Chapter, ...]:
    """The agenda items, speeches and votes, in the order of their beginnings."""
    found = [
        *(
            _chapter("item", matter.id, f"{matter.number}. {say.clean(matter.title)}", span)
            for matter in minutes.matters
            for span in matter.spans
        ),
        *(_chapter("speech", one.id, say.turn(one), one.span) for one in minutes.speeches),
        *(
            _chapter("vote", one.id, f"表决{one.number}：{say.clean(one.question)}", one.span)
            for one in minutes.questions
        ),
    ]
    return tuple(sorted(found, key=lambda one: one.at_ms))  # stable: an item before its speech


def _chapter(kind: ChapterKind, number: int, label: str, span: Span) -> Chapter:
    until_ms = None if span.end is None else _ms(span.end)
    return Chapter(kind=kind, id=number, label=label, at_ms=_ms(span.begin), until_ms=until_ms)


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
