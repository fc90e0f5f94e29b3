"""Comments as each audience sees them."""

from __future__ import annotations

from meetings import events as ev
from meetings import views
from meetings.comments.fold import LATEST_KEPT, LIKED_KEPT
from meetings.comments.views import QUOTE_MAX
from meetings.people import Role
from meetings.sections import (
    COMMENTS_OWN_SHOWN,
    COMMENTS_SHOWN,
    COMMENTS_TOP_SHOWN,
    QUESTIONS_SHOWN,
    Audience,
    CommentsSection,
    HiddenCount,
)
from meetings.state import Meeting
from tests.each import each
from tests.unit.meetings.given import OPEN, REGISTER, meeting

OTHERS = [audience for audience in Audience if audience is not Audience.HOST]
WAITS = ev.CommentPosted(person="wang", text="等着的话", held="words")
BAD = ev.CommentPosted(person="zhao", text="不好的话")
HIDDEN = ev.CommentHidden(comment=9, reason="abuse", note="请文明")
APPEALED = ev.CommentAppealed(comment=9, person="zhao", text="申诉的话")
MODERATED = (*OPEN, WAITS, BAD, HIDDEN, APPEALED)


def posted(count: int) -> list[ev.Event]:
    return [ev.CommentPosted(person="wang", text=f"第{n}条") for n in range(count)]


def shown(now: Meeting, audience: Audience = Audience.VIEWER) -> CommentsSection:
    section = views.section("comments", now, REGISTER, audience)
    assert isinstance(section, CommentsSection)
    return section


def ids(comments: tuple[object, ...]) -> list[int]:
    return [getattr(one, "id") for one in comments]  # noqa: B009, of several kinds of views


def test_the_newest_are_shown_newest_last_and_all_are_counted() -> None:
    liked = ev.CommentLiked(comment=8 + COMMENTS_SHOWN, person="li")
    section = shown(meeting(*OPEN, *posted(COMMENTS_SHOWN + 3), liked))
    assert section.total == COMMENTS_SHOWN + 3
    assert len(section.latest) == COMMENTS_SHOWN
    last = section.latest[-1]
    assert (last.text, last.name, last.role) == ("第52条", "王阿姨", Role.VIEWER)
    assert [one.likes for one in section.latest if one.likes] == [1]


@each("audience", OTHERS)
def test_only_the_desk_sees_what_is_not_public(audience: Audience) -> None:
    """Everybody sees how much there is of it, by the classes of reasons."""
    section = shown(meeting(*MODERATED), audience)
    assert (section.total, section.waiting, section.hidden, section.appeals) == (2, 1, 1, 1)
    assert section.hidden_by == (HiddenCount(reason="abuse", count=1),)
    assert section.desk is None
    written = section.model_dump_json()
    for words in ("等着的话", "不好的话", "申诉的话", "请文明"):
        assert words not in written


def test_the_desk_sees_what_waits_and_why() -> None:
    desk = shown(meeting(*MODERATED), Audience.HOST).desk
    assert desk is not None
    (waiting,) = desk.waiting
    assert (waiting.text, waiting.held, waiting.state) == ("等着的话", "words", "waiting")
    (appeal,) = desk.appeals
    assert (appeal.text, appeal.reason, appeal.appeal) == ("不好的话", "abuse", "申诉的话")
    assert ids(desk.hidden) == [9]


def test_the_author_sees_what_became_of_the_own_comments() -> None:
    declined = ev.CommentAppealDeclined(comment=9, note="维持")
    (mine,) = views.me(meeting(*MODERATED), REGISTER, "wang").comments
    assert (mine.state, mine.held, mine.appeal) == ("waiting", "words", "none")
    (mine,) = views.me(meeting(*MODERATED), REGISTER, "zhao").comments
    assert (mine.state, mine.reason, mine.note) == ("hidden", "abuse", "请文明")
    assert mine.appeal == "open"
    (mine,) = views.me(meeting(*MODERATED, declined), REGISTER, "zhao").comments
    assert (mine.appeal, mine.answer) == ("declined", "维持")
    restored = ev.CommentRestored(comment=9)
    (mine,) = views.me(meeting(*MODERATED, restored), REGISTER, "zhao").comments
    assert (mine.state, mine.reason, mine.appeal) == ("public", None, "none")


def test_the_newest_own_comments_are_shown_and_all_counted() -> None:
    mine = views.me(meeting(*OPEN, *posted(COMMENTS_OWN_SHOWN + 2)), REGISTER, "wang")
    assert mine.comments_posted == COMMENTS_OWN_SHOWN + 2
    assert ids(mine.comments) == list(range(10, 10 + COMMENTS_OWN_SHOWN))


def test_an_approved_comment_is_the_newest() -> None:
    """It is read by those who would never have scrolled back to when it was written."""
    approved = ev.CommentApproved(comment=8)
    section = shown(meeting(*OPEN, WAITS, *posted(2), approved))
    assert ids(section.latest) == [9, 10, 8]
    assert section.waiting == 0


def test_hidden_and_restored_a_comment_stands_where_it_stood() -> None:
    hidden = (*OPEN, *posted(3), ev.CommentHidden(comment=9, reason="other"))
    assert ids(shown(meeting(*hidden)).latest) == [8, 10]
    assert ids(shown(meeting(*hidden, ev.CommentRestored(comment=9))).latest) == [8, 9, 10]


def test_many_can_be_hidden_and_as_many_are_shown() -> None:
    """At least while no more are hidden than are kept in reserve."""
    reserve = LATEST_KEPT - COMMENTS_SHOWN
    hidden = [
        ev.CommentHidden(comment=8 + LATEST_KEPT - 1 - n, reason="repeated") for n in range(reserve)
    ]
    section = shown(meeting(*OPEN, *posted(LATEST_KEPT), *hidden))
    assert len(section.latest) == COMMENTS_SHOWN
    assert section.hidden == reserve


def test_the_most_liked_are_shown_most_liked_first() -> None:
    """Of two with as many likes the newer first; none without, nor hidden ones."""
    likes = [
        *[ev.CommentLiked(comment=8, person=person) for person in ("li", "zhao")],
        *[ev.CommentLiked(comment=9, person=person) for person in ("li", "zhao", "chen")],
        ev.CommentLiked(comment=10, person="li"),
        ev.CommentLiked(comment=11, person="li"),
    ]
    now = (*OPEN, *posted(5), *likes)
    assert ids(shown(meeting(*now)).top) == [9, 8, 11, 10]
    back = ev.CommentUnliked(comment=9, person="li")
    assert ids(shown(meeting(*now, back, back.model_copy(update={"person": "zhao"}))).top) == [
        *(8, 11, 10, 9)
    ]
    hidden = ev.CommentHidden(comment=9, reason="untrue")
    assert ids(shown(meeting(*now, hidden)).top) == [8, 11, 10]
    assert ids(shown(meeting(*now, hidden, ev.CommentRestored(comment=9))).top) == [9, 8, 11, 10]


def test_a_few_of_the_liked_are_shown() -> None:
    count = COMMENTS_TOP_SHOWN + 1
    likes = [ev.CommentLiked(comment=8 + n, person="li") for n in range(count)]
    assert ids(shown(meeting(*OPEN, *posted(count), *likes)).top) == list(range(18, 8, -1))


def test_a_reply_quotes_what_is_public() -> None:
    long = ev.CommentPosted(person="wang", text="长" * (QUOTE_MAX + 1))
    reply = ev.CommentPosted(person="zhao", text="对", reply_to=8)
    quote = shown(meeting(*OPEN, long, reply)).latest[-1].reply_to
    assert quote is not None
    assert (quote.id, quote.name, quote.text) == (8, "王阿姨", "长" * QUOTE_MAX)
    hidden = ev.CommentHidden(comment=8, reason="privacy")
    quote = shown(meeting(*OPEN, long, reply, hidden)).latest[-1].reply_to
    assert quote is not None
    assert quote.text == ""


def test_questions_are_listed_with_whom_they_ask() -> None:
    asked = ev.CommentPosted(person="wang", text="何时？", question_for="li")
    section = shown(meeting(*OPEN, asked, *posted(COMMENTS_SHOWN)))
    assert [(one.id, one.question_name) for one in section.questions] == [(8, "李工")]
    marked = ev.CommentAddressed(comment=9, to="chen")
    section = shown(meeting(*OPEN, asked, *posted(1), marked))
    assert [one.question_name for one in section.questions] == ["李工", "陈主任"]
    unmarked = ev.CommentAddressed(comment=8, to=None)
    assert ids(shown(meeting(*OPEN, asked, unmarked)).questions) == []
    hidden = ev.CommentHidden(comment=8, reason="other")
    assert ids(shown(meeting(*OPEN, asked, hidden)).questions) == []
    many = shown(meeting(*OPEN, *[asked] * (QUESTIONS_SHOWN + 1))).questions
    assert ids(many) == list(range(9, 9 + QUESTIONS_SHOWN))


def test_what_is_pinned_or_on_the_display_is_shown_apart() -> None:
    now = meeting(*OPEN, *posted(2), ev.CommentPinned(comment=9), ev.CommentShown(comment=8))
    section = shown(now, Audience.DISPLAY)
    assert ids(section.pinned) == [9]
    assert section.shown is not None
    assert section.shown.text == "第0条"


def test_the_last_likes_are_known() -> None:
    """More than are ever shown at once."""
    likes = [ev.CommentLiked(comment=8 + n, person="li") for n in range(LIKED_KEPT + 1)]
    now = meeting(*OPEN, *posted(LIKED_KEPT + 1), *likes)
    assert views.me(now, REGISTER, "li").liked == tuple(range(9, 9 + LIKED_KEPT))
    back = ev.CommentUnliked(comment=9, person="li")
    assert 9 not in views.me(meeting(*OPEN, *posted(2), likes[1], back), REGISTER, "li").liked
