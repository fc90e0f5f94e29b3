"""What entries make of the comments."""

from __future__ import annotations

from typing import assert_never

from immutables import Map

from meetings.comments.events import (
    CommentAddressed,
    CommentAppealDeclined,
    CommentAppealed,
    CommentApproved,
    CommentHidden,
    CommentLiked,
    CommentPinned,
    CommentPosted,
    CommentRestored,
    CommentRulesSet,
    CommentsEvent,
    CommentShown,
    CommentUnliked,
    CommentUnpinned,
    CommentUnshown,
)
from meetings.comments.sections import (
    COMMENTS_DESK_SHOWN,
    COMMENTS_OWN_SHOWN,
    COMMENTS_SHOWN,
    QUESTIONS_SHOWN,
)
from meetings.comments.state import Appeal, Comment, Comments, Hiding, Posted
from meetings.events import Entry
from meetings.evolve import evolve

LATEST_KEPT = 2 * COMMENTS_SHOWN
"""So many can be hidden, and there still are enough to show."""
QUESTIONS_KEPT = 2 * QUESTIONS_SHOWN
LIKED_KEPT = 200
"""More than are ever shown at once, so that everybody sees of each whether he likes it."""


def apply(comments: Comments, event: CommentsEvent, entry: Entry) -> Comments:
    """Return the comments after *entry*."""
    match event:
        case CommentRulesSet():
            return evolve(comments, rules=event.rules)
        case CommentPosted():
            return _posted(comments, event, entry)
        case CommentLiked():
            return _liked(comments, event)
        case CommentUnliked():
            return _unliked(comments, event)
        case CommentApproved():
            return _approved(comments, event.comment)
        case CommentHidden():
            return _hidden(comments, event, entry)
        case CommentAppealed():
            appeal = Appeal(event.text, entry.at_ms)
            return _appealing(comments, event.comment, appeal)
        case CommentAppealDeclined():
            appeal = _hiding(comments, event.comment).appeal or Appeal("", entry.at_ms)
            declined = evolve(appeal, declined=True, answer=event.note)
            return _appealing(comments, event.comment, declined)
        case CommentRestored():
            return _restored(comments, event.comment)
        case CommentPinned():
            return evolve(comments, pinned=(*comments.pinned, event.comment))
        case CommentUnpinned():
            return evolve(comments, pinned=_without(comments.pinned, event.comment))
        case CommentShown():
            return evolve(comments, shown=event.comment)
        case CommentUnshown():
            return evolve(comments, shown=None)
        case CommentAddressed():
            return _addressed(comments, event)
        case _:
            assert_never(event)


def _posted(comments: Comments, event: CommentPosted, entry: Entry) -> Comments:
    comment = Comment(
        person=event.person,
        text=event.text,
        at_ms=entry.at_ms,
        likes=Map(),
        reply_to=event.reply_to,
        question_for=event.question_for,
        held=event.held,
        seen_ms=event.seen_ms,
    )
    own = comments.posted.get(event.person, Posted())
    own = Posted(own.count + 1, (*own.latest, entry.offset)[-COMMENTS_OWN_SHOWN:])
    comments = evolve(
        comments,
        by_id=comments.by_id.set(entry.offset, comment),
        posted=comments.posted.set(event.person, own),
    )
    if event.held is not None:
        return evolve(comments, waiting=(*comments.waiting, entry.offset))
    return _published(comments, entry.offset)


def _published(comments: Comments, comment_id: int) -> Comments:
    """Put a comment that is public from now on into the lists of public ones."""
    comment = comments.by_id[comment_id]
    comments = _ranked(comments, comment_id, 0, len(comment.likes))
    if comment_id not in comments.latest:  # else it is shown where it stood before
        comments = evolve(comments, latest=(*comments.latest, comment_id)[-LATEST_KEPT:])
    if comment.question_for is not None and comment_id not in comments.questions:
        comments = evolve(comments, questions=(*comments.questions, comment_id)[-QUESTIONS_KEPT:])
    return comments


def _liked(comments: Comments, event: CommentLiked) -> Comments:
    comment = comments.by_id[event.comment]
    count = len(comment.likes)
    comment = evolve(comment, likes=comment.likes.set(event.person, None))
    liked = (*comments.liked.get(event.person, ()), event.comment)[-LIKED_KEPT:]
    comments = evolve(
        comments,
        by_id=comments.by_id.set(event.comment, comment),
        liked=comments.liked.set(event.person, liked),
    )
    return _ranked(comments, event.comment, count, count + 1) if comment.public else comments


def _unliked(comments: Comments, event: CommentUnliked) -> Comments:
    comment = comments.by_id[event.comment]
    count = len(comment.likes)
    comment = evolve(comment, likes=comment.likes.delete(event.person))
    liked = _without(comments.liked.get(event.person, ()), event.comment)
    comments = evolve(
        comments,
        by_id=comments.by_id.set(event.comment, comment),
        liked=comments.liked.set(event.person, liked),
    )
    return _ranked(comments, event.comment, count, count - 1) if comment.public else comments


def _ranked(comments: Comments, comment_id: int, before: int, after: int) -> Comments:
    """Move a comment among those with as many likes; 0: it is, or was, in no rank."""
    ranked = comments.ranked
    if before:
        rank = ranked[before].delete(comment_id)
        ranked = ranked.set(before, rank) if rank else ranked.delete(before)
    if after:
        ranked = ranked.set(after, ranked.get(after, Map()).set(comment_id, None))
    return evolve(comments, ranked=ranked)


def _approved(comments: Comments, comment_id: int) -> Comments:
    comment = evolve(comments.by_id[comment_id], held=None)
    comments = evolve(
        comments,
        by_id=comments.by_id.set(comment_id, comment),
        waiting=_without(comments.waiting, comment_id),
    )
    return _published(comments, comment_id)


def _hidden(comments: Comments, event: CommentHidden, entry: Entry) -> Comments:
    comment = comments.by_id[event.comment]
    if comment.public:
        comments = _ranked(comments, event.comment, len(comment.likes), 0)
    hiding = Hiding(event.reason, event.note, entry.at_ms, entry.actor)
    comment = evolve(comment, held=None, hiding=hiding)
    return evolve(
        comments,
        by_id=comments.by_id.set(event.comment, comment),
        waiting=_without(comments.waiting, event.comment),
        hidden=comments.hidden.set(event.reason, comments.hidden.get(event.reason, 0) + 1),
        hidden_latest=(*comments.hidden_latest, event.comment)[-COMMENTS_DESK_SHOWN:],
        pinned=_without(comments.pinned, event.comment),
        shown=None if comments.shown == event.comment else comments.shown,
    )


def _appealing(comments: Comments, comment_id: int, appeal: Appeal) -> Comments:
    comment = comments.by_id[comment_id]
    hiding = evolve(_hiding(comments, comment_id), appeal=appeal)
    appealed = _without(comments.appealed, comment_id)
    return evolve(
        comments,
        by_id=comments.by_id.set(comment_id, evolve(comment, hiding=hiding)),
        appealed=appealed if appeal.declined else (*appealed, comment_id),
    )


def _restored(comments: Comments, comment_id: int) -> Comments:
    reason = _hiding(comments, comment_id).reason
    count = comments.hidden[reason] - 1
    comment = evolve(comments.by_id[comment_id], hiding=None)
    comments = evolve(
        comments,
        by_id=comments.by_id.set(comment_id, comment),
        hidden=comments.hidden.set(reason, count) if count else comments.hidden.delete(reason),
        hidden_latest=_without(comments.hidden_latest, comment_id),
        appealed=_without(comments.appealed, comment_id),
    )
    return _published(comments, comment_id)


def _addressed(comments: Comments, event: CommentAddressed) -> Comments:
    comment = evolve(comments.by_id[event.comment], question_for=event.to)
    questions = _without(comments.questions, event.comment)
    if event.to is not None:
        questions = (*questions, event.comment)[-QUESTIONS_KEPT:]
    by_id = comments.by_id.set(event.comment, comment)
    return evolve(comments, by_id=by_id, questions=questions)


def _hiding(comments: Comments, comment_id: int) -> Hiding:
    hiding = comments.by_id[comment_id].hiding
    assert hiding is not None, "can't happen: only of hidden comments"
    return hiding


def _without(ids: tuple[int, ...], comment_id: int) -> tuple[int, ...]:
    return tuple(one for one in ids if one != comment_id) if comment_id in ids else ids
