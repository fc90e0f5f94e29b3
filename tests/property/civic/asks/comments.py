"""Comments, at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from meetings import commands as cmd
from meetings import events as ev
from tests.property.civic.drawing import Ask, Builder, Drawing, by

_REASONS: Final[Sequence[ev.HideReason]] = ("abuse", "privacy", "other")


def _hidden(draw: Drawing) -> list[int]:
    return list(draw.meeting.comments.hidden_latest)


def _appeal(draw: Drawing) -> Ask:
    command = cmd.AppealComment(comment=draw.comment(_hidden(draw)), text="请再看看")
    comment = draw.meeting.comments.by_id.get(command.comment)
    return draw.actor(command, () if comment is None else (comment.person,)), command


def _comment_rules(draw: Drawing) -> cmd.Command:
    moderation: Sequence[Literal["post", "pre", "off"]] = ("post", "post", "pre", "off")
    return cmd.SetCommentRules(
        rules=ev.CommentRules(
            moderation=draw.of(*moderation),
            slow_s=draw.of(0, 0, 5),
            per_person_max=draw.of(None, None, 3),
        )
    )


def _post(draw: Drawing) -> cmd.Command:
    return cmd.PostComment(
        text=draw.text() + draw.of("", "", "", "傻逼"),
        reply_to=draw.of(None, None, draw.comment()),
        question_for=draw.of(None, None, draw.person()),
    )


COMMENTS: Final[Sequence[tuple[int, Builder]]] = (
    (10, by(_post)),
    (6, by(lambda draw: cmd.LikeComment(comment=draw.comment()))),
    (2, by(lambda draw: cmd.UnlikeComment(comment=draw.comment()))),
    (1, by(_comment_rules)),
    (2, by(lambda draw: cmd.ApproveComment(comment=draw.comment(draw.meeting.comments.waiting)))),
    (
        4,
        by(lambda draw: cmd.HideComment(comment=draw.comment(), reason=draw.of(*_REASONS))),
    ),
    (4, _appeal),
    (2, by(lambda draw: cmd.DeclineAppeal(comment=draw.comment(draw.meeting.comments.appealed)))),
    (1, by(lambda draw: cmd.RestoreComment(comment=draw.comment(_hidden(draw))))),
    (2, by(lambda draw: cmd.PinComment(comment=draw.comment()))),
    (2, by(lambda draw: cmd.UnpinComment(comment=draw.comment(draw.meeting.comments.pinned)))),
    (2, by(lambda draw: cmd.ShowComment(comment=draw.comment()))),
    (
        2,
        by(
            lambda draw: cmd.UnshowComment(
                comment=draw.of(draw.meeting.comments.shown or draw.offset(), draw.offset())
            )
        ),
    ),
    (2, by(lambda draw: cmd.AddressComment(comment=draw.comment(), to=draw.of(None, "li")))),
)
