"""Refusals: normal answers with a stable code. The client has the words for them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Stable on the wire; never renamed."""

    FORBIDDEN = "authority.forbidden"
    NOT_PRESENT = "person.not_present"
    MEETING_NOT_OPEN = "meeting.not_open"
    MEETING_NOT_SCHEDULED = "meeting.not_scheduled"
    MEETING_NOT_RECESSED = "meeting.not_recessed"
    MEETING_CLOSED = "meeting.closed"
    AGENDA_UNKNOWN = "agenda.unknown_item"
    AGENDA_CURRENT = "agenda.already_current"
    FLOOR_ALREADY_REQUESTED = "floor.already_requested"
    FLOOR_ALREADY_HELD = "floor.already_held"
    FLOOR_NOT_REQUESTED = "floor.not_requested"
    FLOOR_NOT_HELD = "floor.not_held"
    FLOOR_NOT_YOURS = "floor.not_yours"
    FLOOR_UNKNOWN_PERSON = "floor.unknown_person"
    FLOOR_QUEUE_FULL = "floor.queue_full"
    COMMENT_UNKNOWN = "comment.unknown"
    COMMENT_ALREADY_LIKED = "comment.already_liked"
    VOTE_UNKNOWN = "vote.unknown"
    VOTE_CLOSED = "vote.closed"
    VOTE_NOT_ENTITLED = "vote.not_entitled"
    VOTE_ALREADY_CAST = "vote.already_cast"
    VOTE_UNKNOWN_OPTION = "vote.unknown_option"
    VOTE_TOO_MANY_OPEN = "vote.too_many_open"
    OVERLOADED = "service.overloaded"
    """Too much waits already; the same command may be sent again later."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The meeting stays as it was."""

    code: Code
    detail: str = ""
