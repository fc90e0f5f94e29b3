"""Comments and likes: from the notice until the close; people talk while they wait."""

from __future__ import annotations

from meetings.authority import Actor
from meetings.comments.commands import LikeComment, PostComment, SetCommentRules, UnlikeComment
from meetings.comments.events import (
    CommentHold,
    CommentLiked,
    CommentPosted,
    CommentRulesSet,
    CommentUnliked,
)
from meetings.moment import Moment
from meetings.people import DESK, DEVICES, PersonId
from meetings.refusals import Code, Refused
from meetings.state import Meeting
from meetings.streamtime import seen_ms

WAITING_MAX = 500
"""Comments that wait for the desk at once: more than anybody will read before the meeting ends."""


def set_rules(meeting: Meeting, command: SetCommentRules) -> tuple[CommentRulesSet, ...]:
    """Say how people may comment from now on; what waits or is hidden stays so."""
    if command.rules == meeting.comments.rules:
        return ()
    return (CommentRulesSet(rules=command.rules),)


def post(
    meeting: Meeting, command: PostComment, actor: Actor, moment: Moment
) -> tuple[CommentPosted, ...] | Refused:
    """
    Say something in writing.

    Refused with `comment.unknown`, `comment.not_public` (what it replies to),
    `comment.unknown_person` (whom it asks); but for the desk also with `comment.off`,
    `comment.too_many`, `comment.too_soon`, `comment.queue_full`.
    """
    held: CommentHold | None = None
    if actor.role not in DESK:
        refused = _limited(meeting, actor, moment)
        if refused is not None:
            return refused
        held = _held(meeting, command, moment)
        if held is not None and len(meeting.comments.waiting) >= WAITING_MAX:
            return Refused(Code.COMMENT_QUEUE_FULL)
    if command.reply_to is not None:
        refused = not_public(meeting, command.reply_to)
        if refused is not None:
            return refused
    if command.question_for is not None and not can_be_asked(meeting, command.question_for):
        return Refused(Code.COMMENT_UNKNOWN_PERSON)
    posted = CommentPosted(
        person=actor.person,
        text=command.text,
        reply_to=command.reply_to,
        question_for=command.question_for,
        held=held,
        seen_ms=seen_ms(meeting, actor, command.at_ms, moment),
    )
    return (posted,)


def like(
    meeting: Meeting, command: LikeComment, actor: Actor
) -> tuple[CommentLiked, ...] | Refused:
    """
    Like a comment, once. Refused with `comment.unknown`, `comment.not_public`,
    `comment.already_liked`.
    """
    refused = not_public(meeting, command.comment)
    if refused is not None:
        return refused
    if actor.person in meeting.comments.by_id[command.comment].likes:
        return Refused(Code.COMMENT_ALREADY_LIKED)
    return (CommentLiked(comment=command.comment, person=actor.person),)


def unlike(
    meeting: Meeting, command: UnlikeComment, actor: Actor
) -> tuple[CommentUnliked, ...] | Refused:
    """Take a like back. Refused with `comment.unknown`, `comment.not_liked`."""
    comment = meeting.comments.by_id.get(command.comment)
    if comment is None:
        return Refused(Code.COMMENT_UNKNOWN)
    if actor.person not in comment.likes:
        return Refused(Code.COMMENT_NOT_LIKED)
    return (CommentUnliked(comment=command.comment, person=actor.person),)


def not_public(meeting: Meeting, comment_id: int) -> Refused | None:
    """Return the refusal unless there is such a comment and everybody sees it."""
    comment = meeting.comments.by_id.get(comment_id)
    if comment is None:
        return Refused(Code.COMMENT_UNKNOWN)
    return None if comment.public else Refused(Code.COMMENT_NOT_PUBLIC)


def can_be_asked(meeting: Meeting, person: PersonId) -> bool:
    """Tell whether a question can be put to *person*: anybody who ever came, but no equipment."""
    attendee = meeting.attendance.people.get(person)
    return attendee is not None and attendee.role not in DEVICES


def _limited(meeting: Meeting, actor: Actor, moment: Moment) -> Refused | None:
    rules = meeting.comments.rules
    if rules.moderation == "off":
        return Refused(Code.COMMENT_OFF)
    posted = meeting.comments.posted.get(actor.person)
    if posted is None:
        return None
    if rules.per_person_max is not None and posted.count >= rules.per_person_max:
        return Refused(Code.COMMENT_TOO_MANY)
    last_ms = meeting.comments.by_id[posted.latest[-1]].at_ms
    left_ms = last_ms + rules.slow_s * 1000 - moment.now_ms
    return Refused(Code.COMMENT_TOO_SOON, f"{left_ms} ms left") if left_ms > 0 else None


def _held(meeting: Meeting, command: PostComment, moment: Moment) -> CommentHold | None:
    rules = meeting.comments.rules
    if rules.word_list and moment.words.hit(command.text) is not None:
        return "words"
    return "moderation" if rules.moderation == "pre" else None
