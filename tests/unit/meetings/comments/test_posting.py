"""Comments and likes, from the notice until the close."""

from __future__ import annotations

from meetings import commands as cmd
from meetings import events as ev
from meetings.authority import Actor
from meetings.comments.rules import WAITING_MAX
from meetings.decide import decide
from meetings.moment import Moment
from meetings.refusals import Code, Refused
from tests.each import each
from tests.unit.meetings.given import (
    CLERK,
    CLOSED,
    DEPUTY,
    HOST,
    NEIGHBOUR,
    OPEN,
    RECESS,
    SCHEDULED,
    VIEWER,
    given,
    joined,
    meeting,
)

POSTED = ev.CommentPosted(person="wang", text="尽快修")
LIKED = ev.CommentLiked(comment=8, person="zhao")
HIDDEN = ev.CommentHidden(comment=8, reason="abuse")
SAY = cmd.PostComment(text="尽快修")


def ruled(**rules: object) -> ev.CommentRulesSet:
    return ev.CommentRulesSet(rules=ev.CommentRules.model_validate(rules))


@each("events", [SCHEDULED, OPEN, RECESS])
def test_people_comment_also_while_they_wait(events: tuple[ev.Event, ...]) -> None:
    given(*events).when(VIEWER, SAY).then(POSTED)


def test_a_closed_meeting_takes_no_comments() -> None:
    given(*CLOSED).when(VIEWER, SAY).refused(Code.MEETING_CLOSED)


@each("now", [(), (ev.MeetingRecessed(),)])
def test_a_comment_is_liked(now: tuple[ev.Event, ...]) -> None:
    given(*OPEN, POSTED, *now).when(NEIGHBOUR, cmd.LikeComment(comment=8)).then(LIKED)


def test_a_comment_is_liked_once_by_a_person() -> None:
    like = cmd.LikeComment(comment=8)
    given(*OPEN, POSTED, LIKED).when(NEIGHBOUR, like).refused(Code.COMMENT_ALREADY_LIKED)
    given(*OPEN, POSTED, LIKED).when(VIEWER, like).then(ev.CommentLiked(comment=8, person="wang"))


@each("comment", [7, 9])
def test_there_has_to_be_such_a_comment(comment: int) -> None:
    now = given(*OPEN, POSTED)
    now.when(VIEWER, cmd.LikeComment(comment=comment)).refused(Code.COMMENT_UNKNOWN)
    now.when(VIEWER, cmd.UnlikeComment(comment=comment)).refused(Code.COMMENT_UNKNOWN)


def test_a_like_can_be_taken_back_and_given_again() -> None:
    unlike = cmd.UnlikeComment(comment=8)
    unliked = ev.CommentUnliked(comment=8, person="zhao")
    given(*OPEN, POSTED, LIKED).when(NEIGHBOUR, unlike).then(unliked)
    given(*OPEN, POSTED).when(NEIGHBOUR, unlike).refused(Code.COMMENT_NOT_LIKED)
    given(*OPEN, POSTED, LIKED, unliked).when(NEIGHBOUR, cmd.LikeComment(comment=8)).then(LIKED)


def test_a_comment_replies_to_a_public_one() -> None:
    reply = cmd.PostComment(text="同意", reply_to=8)
    replied = ev.CommentPosted(person="zhao", text="同意", reply_to=8)
    given(*OPEN, POSTED).when(NEIGHBOUR, reply).then(replied)
    given(*OPEN).when(NEIGHBOUR, reply).refused(Code.COMMENT_UNKNOWN)
    given(*OPEN, POSTED, HIDDEN).when(NEIGHBOUR, reply).refused(Code.COMMENT_NOT_PUBLIC)


@each("moderated", [HIDDEN, None])
def test_nobody_likes_what_is_not_public(moderated: ev.CommentHidden | None) -> None:
    """Hidden, or waiting for the desk."""
    posted = POSTED if moderated else POSTED.model_copy(update={"held": "moderation"})
    now = given(*OPEN, posted, *([moderated] if moderated else []))
    now.when(NEIGHBOUR, cmd.LikeComment(comment=8)).refused(Code.COMMENT_NOT_PUBLIC)


@each("person, known", [("li", True), ("room", False), ("nobody", False)])
def test_a_question_is_put_to_somebody_who_came(person: str, *, known: bool) -> None:
    """Not to equipment, nor to strangers."""
    asked = given(*OPEN).when(VIEWER, cmd.PostComment(text="何时动工？", question_for=person))
    if known:
        asked.then(ev.CommentPosted(person="wang", text="何时动工？", question_for=person))
    else:
        asked.refused(Code.COMMENT_UNKNOWN_PERSON)


def test_rules_are_set_by_the_desk_once() -> None:
    """The same rules again are accepted and change nothing."""
    rules = ruled(moderation="pre", slow_s=10)
    given(*OPEN).when(HOST, cmd.SetCommentRules(rules=rules.rules)).then(rules)
    given(*OPEN, rules).when(HOST, cmd.SetCommentRules(rules=rules.rules)).then()


def test_under_pre_moderation_comments_wait() -> None:
    waits = POSTED.model_copy(update={"held": "moderation"})
    given(*OPEN, ruled(moderation="pre")).when(VIEWER, SAY).then(waits)


def test_what_the_word_list_hits_waits_unless_the_list_is_off() -> None:
    insult = cmd.PostComment(text="你是傻 逼吗")
    posted = ev.CommentPosted(person="wang", text="你是傻 逼吗")
    waits = posted.model_copy(update={"held": "words"})
    given(*OPEN).when(VIEWER, insult).then(waits)
    given(*OPEN, ruled(moderation="pre")).when(VIEWER, insult).then(waits)
    given(*OPEN, ruled(word_list=False)).when(VIEWER, insult).then(posted)


def test_with_comments_off_nobody_but_the_desk_comments() -> None:
    off = given(*OPEN, ruled(moderation="off"))
    off.when(VIEWER, SAY).refused(Code.COMMENT_OFF)
    off.when(HOST, SAY).then(ev.CommentPosted(person="chen", text="尽快修"))


def test_slow_mode_asks_for_a_pause_to_the_millisecond() -> None:
    """Of each person apart; the comment at offset 9 was written at 9000 ms."""
    slow = given(*OPEN, ruled(slow_s=30), POSTED)
    slow.when(VIEWER, SAY, at_ms=38_999).refused(Code.COMMENT_TOO_SOON)
    slow.when(VIEWER, SAY, at_ms=39_000).then(POSTED)
    slow.when(NEIGHBOUR, SAY, at_ms=9_001).then(ev.CommentPosted(person="zhao", text="尽快修"))


def test_a_person_has_so_many_comments_and_hidden_ones_count() -> None:
    limited = (*OPEN, ruled(per_person_max=2), POSTED)
    hidden = ev.CommentHidden(comment=9, reason="repeated")
    given(*limited, hidden).when(VIEWER, SAY).then(POSTED)
    given(*limited, hidden, POSTED).when(VIEWER, SAY).refused(Code.COMMENT_TOO_MANY)


@each("actor", [HOST, DEPUTY, CLERK])
def test_the_desk_is_bound_by_no_rule(actor: Actor) -> None:
    """Neither by limits, nor by moderation, nor by the word list."""
    posted = ev.CommentPosted(person=actor.person, text="别说傻逼")
    rules = ruled(moderation="pre", slow_s=3600, per_person_max=1)
    now = given(*OPEN, *joined(actor), rules, posted)
    now.when(actor, cmd.PostComment(text="别说傻逼"), at_ms=11_000).then(posted)


def test_so_many_comments_wait_and_no_more() -> None:
    """What would not wait is still taken."""
    waits = POSTED.model_copy(update={"held": "moderation"})
    pre = ruled(moderation="pre")
    last = meeting(*OPEN, pre, *[waits] * (WAITING_MAX - 1))
    assert decide(last, SAY, VIEWER, Moment(10**9)) == (waits,)
    full = given(*OPEN, pre, *[waits] * WAITING_MAX)
    full.when(VIEWER, SAY, at_ms=10**9).refused(Code.COMMENT_QUEUE_FULL)
    open_again = meeting(*OPEN, *[waits] * WAITING_MAX)
    assert not isinstance(decide(open_again, SAY, VIEWER, Moment(10**9)), Refused)
