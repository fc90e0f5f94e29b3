"""
What the desk does with comments, and what authors can do against it.

Nothing is deleted: what is hidden stays in the record, is counted in public by the class of its
reason, and its author is told and may appeal, once after each hiding.
"""

from __future__ import annotations

from meetings.authority import Actor
from meetings.comments.commands import (
    AddressComment,
    AppealComment,
    ApproveComment,
    DeclineAppeal,
    HideComment,
    PinComment,
    RestoreComment,
    ShowComment,
    UnpinComment,
    UnshowComment,
)
from meetings.comments.events import (
    CommentAddressed,
    CommentAppealDeclined,
    CommentAppealed,
    CommentApproved,
    CommentHidden,
    CommentPinned,
    CommentRestored,
    CommentShown,
    CommentUnpinned,
    CommentUnshown,
)
from meetings.comments.rules import can_be_asked, not_public
from meetings.refusals import Code, Refused
from meetings.state import Meeting

PINNED_MAX = 3  # as many as leave room for the rest on a phone


def approve(meeting: Meeting, command: ApproveComment) -> tuple[CommentApproved, ...] | Refused:
    """Show one that waits. Refused with `comment.unknown`, `comment.not_waiting`."""
    comment = meeting.comments.by_id.get(command.comment)
    if comment is None:
        return Refused(Code.COMMENT_UNKNOWN)
    if comment.state != "waiting":
        return Refused(Code.COMMENT_NOT_WAITING)
    return (CommentApproved(comment=command.comment),)


def hide(meeting: Meeting, command: HideComment) -> tuple[CommentHidden, ...] | Refused:
    """
    Hide one that is public or waits, with a reason.

    Refused with `comment.unknown`, `comment.already_hidden`.
    """
    comment = meeting.comments.by_id.get(command.comment)
    if comment is None:
        return Refused(Code.COMMENT_UNKNOWN)
    if comment.state == "hidden":
        return Refused(Code.COMMENT_ALREADY_HIDDEN)
    hidden = CommentHidden(comment=command.comment, reason=command.reason, note=command.note)
    return (hidden,)


def appeal(
    meeting: Meeting, command: AppealComment, actor: Actor
) -> tuple[CommentAppealed, ...] | Refused:
    """
    Ask the desk to look at an own hidden comment again.

    Refused with `comment.unknown`, `comment.not_yours`, `comment.not_hidden`,
    `comment.already_appealed`.
    """
    comment = meeting.comments.by_id.get(command.comment)
    if comment is None:
        return Refused(Code.COMMENT_UNKNOWN)
    if comment.person != actor.person:
        return Refused(Code.COMMENT_NOT_YOURS)
    if comment.hiding is None:
        return Refused(Code.COMMENT_NOT_HIDDEN)
    if comment.hiding.appeal is not None:
        return Refused(Code.COMMENT_ALREADY_APPEALED)
    appealed = CommentAppealed(comment=command.comment, person=actor.person, text=command.text)
    return (appealed,)


def decline(
    meeting: Meeting, command: DeclineAppeal
) -> tuple[CommentAppealDeclined, ...] | Refused:
    """
    Leave a comment hidden after an appeal. (To grant the appeal is to restore the comment.)

    Refused with `comment.unknown`, `comment.not_appealed`.
    """
    comment = meeting.comments.by_id.get(command.comment)
    if comment is None:
        return Refused(Code.COMMENT_UNKNOWN)
    if command.comment not in meeting.comments.appealed:
        return Refused(Code.COMMENT_NOT_APPEALED)
    return (CommentAppealDeclined(comment=command.comment, note=command.note),)


def restore(meeting: Meeting, command: RestoreComment) -> tuple[CommentRestored, ...] | Refused:
    """Show a hidden one again. Refused with `comment.unknown`, `comment.not_hidden`."""
    comment = meeting.comments.by_id.get(command.comment)
    if comment is None:
        return Refused(Code.COMMENT_UNKNOWN)
    if comment.state != "hidden":
        return Refused(Code.COMMENT_NOT_HIDDEN)
    return (CommentRestored(comment=command.comment),)


def pin(meeting: Meeting, command: PinComment) -> tuple[CommentPinned, ...] | Refused:
    """
    Keep a public comment at the top.

    Refused with `comment.unknown`, `comment.not_public`, `comment.too_many_pinned`.
    """
    refused = not_public(meeting, command.comment)
    if refused is not None:
        return refused
    if command.comment in meeting.comments.pinned:
        return ()
    if len(meeting.comments.pinned) >= PINNED_MAX:
        return Refused(Code.COMMENT_TOO_MANY_PINNED)
    return (CommentPinned(comment=command.comment),)


def unpin(meeting: Meeting, command: UnpinComment) -> tuple[CommentUnpinned, ...]:
    """Nothing, if it is not pinned."""
    pinned = command.comment in meeting.comments.pinned
    return (CommentUnpinned(comment=command.comment),) if pinned else ()


def show(meeting: Meeting, command: ShowComment) -> tuple[CommentShown, ...] | Refused:
    """
    Show a public comment on the room's display, in place of the one before.

    Refused with `comment.unknown`, `comment.not_public`.
    """
    refused = not_public(meeting, command.comment)
    if refused is not None:
        return refused
    if meeting.comments.shown == command.comment:
        return ()
    return (CommentShown(comment=command.comment),)


def unshow(meeting: Meeting, command: UnshowComment) -> tuple[CommentUnshown, ...]:
    """Nothing, if it is not on the display: somebody else may have been faster."""
    shown = meeting.comments.shown == command.comment
    return (CommentUnshown(comment=command.comment),) if shown else ()


def address(meeting: Meeting, command: AddressComment) -> tuple[CommentAddressed, ...] | Refused:
    """
    Mark a public comment as a question for somebody, or as none.

    Refused with `comment.unknown`, `comment.not_public`, `comment.unknown_person`.
    """
    refused = not_public(meeting, command.comment)
    if refused is not None:
        return refused
    if command.to is not None and not can_be_asked(meeting, command.to):
        return Refused(Code.COMMENT_UNKNOWN_PERSON)
    if meeting.comments.by_id[command.comment].question_for == command.to:
        return ()
    return (CommentAddressed(comment=command.comment, to=command.to),)
