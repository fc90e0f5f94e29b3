"""A document as a page: sound HTML, in which nothing that people typed is markup."""

from __future__ import annotations

from datetime import datetime
from html.parser import HTMLParser

import pytest

from meetings import events as ev
from meetings.minutes.draft import FORMS, Form, fresh
from meetings.minutes.forms import compose
from meetings.minutes.page import render_html
from meetings.people import Person, Register, Role
from tests.unit.meetings.minutes.sample import BEGIN_MS, INVITED, address, edited, held, minutes

VOID = {"meta", "col"}


class Reader(HTMLParser):
    """Checks that elements are closed in order; gathers names, links and text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def page(form: Form, register: Register = INVITED) -> str:
    written = minutes(register=register)
    return render_html(compose(form, written, edited(written)), address)


@pytest.mark.parametrize("form", FORMS)
def test_the_page_is_whole_and_loads_nothing(form: Form) -> None:
    """No script, no picture, nothing from elsewhere: a style and text."""
    made = page(form)
    assert read(made).seen <= {
        *("html", "head", "meta", "title", "style", "body", "main", "header", "div", "span"),
        *("h1", "h2", "h3", "p", "b", "a", "table", "colgroup", "col", "thead", "tbody", "tr"),
        *("th", "td"),
    }
    assert '<html lang="zh-CN">' in made
    assert "url(" not in made
    assert "@import" not in made


def test_what_people_typed_is_text() -> None:
    """Markup in comments, names and offices is shown as it was typed."""
    evil = '"><script>alert(1)</script>'
    register = {
        **INVITED,
        "wang": Person(id="wang", name=evil, role=Role.VIEWER),
        "li": Person(id="li", name="李&lt;", office=evil, role=Role.PARTICIPANT),
    }
    reader = read(page("record", register))
    assert "script" not in reader.seen
    assert reader.text.count(evil) >= 3
    assert "<b>尽快</b>修 & 公示\n谢谢" in reader.text
    assert "李&lt;" in reader.text


def test_speeches_votes_and_comments_lead_to_their_moment() -> None:
    """In the recording; the speech of 12:02:30, the vote of 12:10:10, the comment of 12:10:30."""
    links = read(page("record")).links
    for at_ms in (1795320150000, 1795320610000, 1795320630000):
        assert f"https://yishi.example.cn/r/a1b2?meeting=m1&at={at_ms}" in links


def test_without_a_recording_there_are_no_links() -> None:
    written = minutes()
    made = render_html(compose("record", written, fresh(written)), lambda _: "")
    assert read(made).links == []
    assert "12:02:30至12:05:35" in made


def test_the_page_prints_on_a4_with_page_numbers() -> None:
    """Heads of tables on each page, annexes on their own."""
    made = page("record")
    assert "size: A4" in made
    assert "counter(page)" in made
    assert "table-header-group" in made
    assert '<h2 class="new-page">附件一' in made


def test_a_comment_leads_to_the_moment_that_it_answers() -> None:
    """Which is told beside it if its writer had gone back in the livestream."""
    answers = (
        (660, ev.CommentPosted(person="zhao", text="听清楚了", seen_ms=BEGIN_MS + 658_200)),
        (665, ev.CommentPosted(person="zhao", text="这里没听懂", seen_ms=BEGIN_MS + 155_000)),
    )
    written = minutes([*held(closed=False), *answers])
    made = render_html(compose("record", written, fresh(written)), lambda at: f"at={ms(at)}")
    assert {f"at={BEGIN_MS + 658_200}", f"at={BEGIN_MS + 155_000}"} <= set(read(made).links)
    assert ">听清楚了<" in made
    assert "【针对12:02:35】这里没听懂" in made


def ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
