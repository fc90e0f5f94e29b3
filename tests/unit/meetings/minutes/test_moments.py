"""A meeting as it is watched again: chapters, results when told, comments at what they answer."""

from __future__ import annotations

from meetings import events as ev
from meetings.fold import fold
from meetings.minutes.build import build
from meetings.minutes.moments import COMMENTS_MAX, Moments, moments
from tests.unit.meetings.minutes.sample import BEGIN_MS, CHINA, INVITED, Happened, held, record


def told(happened: list[Happened]) -> Moments:
    entries = record(happened)
    return moments(fold("m1", entries), build(entries, INVITED, CHINA), INVITED)


def test_chapters_are_in_the_order_of_time() -> None:
    """Items, speeches and votes, each from its beginning to its end."""
    chapters = told(held()).chapters
    assert [(one.kind, (one.at_ms - BEGIN_MS) // 1000) for one in chapters[:5]] == [
        ("speech", 61),
        ("item", 130),
        ("speech", 150),
        ("item", 400),
        ("vote", 610),
    ]
    turn = chapters[2]
    assert (turn.id, turn.until_ms) == (14, BEGIN_MS + 335_000)
    assert "王" in turn.label
    assert [one.at_ms for one in chapters] == sorted(one.at_ms for one in chapters)


def test_a_matter_that_is_taken_up_again_is_a_chapter_again() -> None:
    again = [*held(closed=False), (660, ev.AgendaMoved(item=1))]
    items = [one.id for one in told(again).chapters if one.kind == "item"]
    assert items == [1, 2, 1]


def test_results_are_those_that_viewers_saw_in_the_order_in_which_they_were_told() -> None:
    """And none of a vote that runs."""
    votes = told(held(closed=False)).votes
    assert [(one.id, one.tally, one.roll) for one in votes] == [(28, (2, 0, 0), ())]
    assert votes[0].closed_ms == BEGIN_MS + 654_000


def test_comments_stand_at_what_they_answer() -> None:
    """Not when they were written; who had gone back wrote to what was before."""
    late = (700, ev.CommentPosted(person="zhao", text="这里", seen_ms=BEGIN_MS + 631_000))
    found = told([*held(closed=False), late])
    assert [one.text.split("\n")[0] for one in found.comments] == [
        "<b>尽快</b>修 & 公示",
        "这里",
        "何时动工？",
    ]
    assert found.comments_total == 3


def test_what_is_hidden_or_waits_is_not_replayed() -> None:
    """Nor quoted by who answered it."""
    waits = (690, ev.CommentPosted(person="zhao", text="等人审", held="words"))
    hidden = (695, ev.CommentHidden(comment=25, reason="abuse"))
    written = told([*held(closed=False), waits, hidden]).model_dump_json()
    assert all(text not in written for text in ("见不得人", "等人审", "尽快"))
    assert "何时动工" in written


def test_so_many_comments_are_replayed_and_the_rest_is_counted() -> None:
    many = [
        (700 + at, ev.CommentPosted(person="zhao", text=f"第{at}条"))
        for at in range(COMMENTS_MAX + 1)
    ]
    found = told([*held(closed=False), *many])
    assert (len(found.comments), found.comments_total) == (COMMENTS_MAX, COMMENTS_MAX + 3)
    assert found.comments[0].text.startswith("<b>")
