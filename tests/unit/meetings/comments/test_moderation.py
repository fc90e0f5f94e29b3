"""What the desk does with comments, and what authors do against it."""

from __future__ import annotations

from meetings import commands as cmd
from meetings import events as ev
from meetings.commands import Command
from meetings.comments.moderation import PINNED_MAX
from meetings.refusals import Code
from tests.each import each
from tests.unit.meetings.given import HOST, NEIGHBOUR, OPEN, VIEWER, given, meeting

POSTED = ev.CommentPosted(person="wang", text="尽快修")
WAITS = ev.CommentPosted(person="wang", text="尽快修", held="words")
HIDDEN = ev.CommentHidden(comment=8, reason="abuse", note="请文明发言")
APPEALED = ev.CommentAppealed(comment=8, person="wang", text="我没有骂人")
DECLINED = ev.CommentAppealDeclined(comment=8, note="维持")
RESTORED = ev.CommentRestored(comment=8)
APPROVED = ev.CommentApproved(comment=8)


@each(
    "command",
    [
        cmd.ApproveComment(comment=8),
        cmd.HideComment(comment=8, reason="other"),
        cmd.DeclineAppeal(comment=8),
        cmd.RestoreComment(comment=8),
        cmd.PinComment(comment=8),
        cmd.ShowComment(comment=8),
        cmd.AddressComment(comment=8, to=None),
        cmd.AppealComment(comment=8, text="?"),
    ],
)
def test_there_has_to_be_such_a_comment(command: Command) -> None:
    given(*OPEN).when(HOST, command).refused(Code.COMMENT_UNKNOWN)


def test_what_waits_is_approved_once() -> None:
    approve = cmd.ApproveComment(comment=8)
    given(*OPEN, WAITS).when(HOST, approve).then(APPROVED)
    given(*OPEN, WAITS, APPROVED).when(HOST, approve).refused(Code.COMMENT_NOT_WAITING)
    given(*OPEN, WAITS, HIDDEN).when(HOST, approve).refused(Code.COMMENT_NOT_WAITING)


@each("posted", [POSTED, WAITS])
def test_what_is_public_or_waits_is_hidden_with_a_reason(posted: ev.CommentPosted) -> None:
    hide = cmd.HideComment(comment=8, reason="abuse", note="请文明发言")
    given(*OPEN, posted).when(HOST, hide).then(HIDDEN)
    given(*OPEN, posted, HIDDEN).when(HOST, hide).refused(Code.COMMENT_ALREADY_HIDDEN)


def test_its_author_appeals_once_after_each_hiding() -> None:
    appeal = cmd.AppealComment(comment=8, text="我没有骂人")
    given(*OPEN, POSTED).when(VIEWER, appeal).refused(Code.COMMENT_NOT_HIDDEN)
    hidden = (*OPEN, POSTED, HIDDEN)
    given(*hidden).when(NEIGHBOUR, appeal).refused(Code.COMMENT_NOT_YOURS)
    given(*hidden).when(VIEWER, appeal).then(APPEALED)
    given(*hidden, APPEALED).when(VIEWER, appeal).refused(Code.COMMENT_ALREADY_APPEALED)
    given(*hidden, APPEALED, DECLINED).when(VIEWER, appeal).refused(Code.COMMENT_ALREADY_APPEALED)
    again = (*hidden, APPEALED, RESTORED, HIDDEN)
    given(*again).when(VIEWER, appeal).then(APPEALED)


def test_an_appeal_is_declined_once_or_granted_by_restoring() -> None:
    decline = cmd.DeclineAppeal(comment=8, note="维持")
    hidden = (*OPEN, POSTED, HIDDEN)
    given(*hidden).when(HOST, decline).refused(Code.COMMENT_NOT_APPEALED)
    given(*hidden, APPEALED).when(HOST, decline).then(DECLINED)
    given(*hidden, APPEALED, DECLINED).when(HOST, decline).refused(Code.COMMENT_NOT_APPEALED)
    given(*hidden, APPEALED).when(HOST, cmd.RestoreComment(comment=8)).then(RESTORED)
    given(*hidden, APPEALED, RESTORED).when(HOST, decline).refused(Code.COMMENT_NOT_APPEALED)


def test_the_desk_restores_also_without_an_appeal() -> None:
    restore = cmd.RestoreComment(comment=8)
    given(*OPEN, POSTED, HIDDEN).when(HOST, restore).then(RESTORED)
    given(*OPEN, POSTED).when(HOST, restore).refused(Code.COMMENT_NOT_HIDDEN)


def test_moderation_goes_on_after_the_close() -> None:
    """Comments stay on show with the recording."""
    closed = (*OPEN, POSTED, ev.MeetingClosed())
    given(*closed).when(HOST, cmd.HideComment(comment=8, reason="privacy")).then(
        ev.CommentHidden(comment=8, reason="privacy")
    )
    given(*closed, HIDDEN).when(VIEWER, cmd.AppealComment(comment=8, text="我没有骂人")).then(
        APPEALED
    )
    given(*closed).when(HOST, cmd.PinComment(comment=8)).refused(Code.MEETING_CLOSED)


def test_a_few_comments_are_pinned() -> None:
    posted = [POSTED] * (PINNED_MAX + 1)
    pins = [ev.CommentPinned(comment=8 + n) for n in range(PINNED_MAX)]
    last = 8 + PINNED_MAX
    now = given(*OPEN, *posted, *pins[:-1])
    now.when(HOST, cmd.PinComment(comment=last)).then(ev.CommentPinned(comment=last))
    now.when(HOST, cmd.PinComment(comment=8)).then()
    full = given(*OPEN, *posted, *pins)
    full.when(HOST, cmd.PinComment(comment=last)).refused(Code.COMMENT_TOO_MANY_PINNED)
    full.when(HOST, cmd.UnpinComment(comment=8)).then(ev.CommentUnpinned(comment=8))
    full.when(HOST, cmd.UnpinComment(comment=last)).then()


def test_one_comment_is_shown_in_the_room() -> None:
    shown = ev.CommentShown(comment=8)
    given(*OPEN, POSTED).when(HOST, cmd.ShowComment(comment=8)).then(shown)
    now = given(*OPEN, POSTED, POSTED, shown)
    now.when(HOST, cmd.ShowComment(comment=8)).then()
    now.when(HOST, cmd.ShowComment(comment=9)).then(ev.CommentShown(comment=9))
    now.when(HOST, cmd.UnshowComment(comment=8)).then(ev.CommentUnshown(comment=8))
    now.when(HOST, cmd.UnshowComment(comment=9)).then()


@each("command", [cmd.PinComment, cmd.ShowComment])
@each("state", [(POSTED, HIDDEN), (WAITS,)])
def test_what_is_not_public_is_neither_pinned_nor_shown(
    command: type[cmd.PinComment | cmd.ShowComment], state: tuple[ev.Event, ...]
) -> None:
    given(*OPEN, *state).when(HOST, command(comment=8)).refused(Code.COMMENT_NOT_PUBLIC)


def test_hiding_takes_a_comment_from_the_top_and_from_the_display() -> None:
    now = meeting(
        *OPEN, POSTED, ev.CommentPinned(comment=8), ev.CommentShown(comment=8), HIDDEN
    ).comments
    assert (now.pinned, now.shown) == ((), None)


def test_the_desk_marks_comments_as_questions() -> None:
    to_li = cmd.AddressComment(comment=8, to="li")
    addressed = ev.CommentAddressed(comment=8, to="li")
    given(*OPEN, POSTED).when(HOST, to_li).then(addressed)
    given(*OPEN, POSTED, addressed).when(HOST, to_li).then()
    given(*OPEN, POSTED, addressed).when(HOST, cmd.AddressComment(comment=8, to=None)).then(
        ev.CommentAddressed(comment=8, to=None)
    )
    given(*OPEN, POSTED).when(HOST, cmd.AddressComment(comment=8, to="room")).refused(
        Code.COMMENT_UNKNOWN_PERSON
    )
    given(*OPEN, POSTED, HIDDEN).when(HOST, to_li).refused(Code.COMMENT_NOT_PUBLIC)
