"""The minutes as a page: sound HTML, in which nothing that people typed is markup."""

from __future__ import annotations

from html.parser import HTMLParser

from meetings.minutes import render_html
from meetings.people import Person, Role
from tests.unit.meetings.minutes.sample import INVITED, minutes

VOID = {"meta", "col"}


class Reader(HTMLParser):
    """Checks that elements are closed in order; gathers names and text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
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


def test_the_page_is_whole_and_loads_nothing() -> None:
    """No script, no picture, nothing from elsewhere: a style and text."""
    page = render_html(minutes())
    seen = read(page).seen
    assert seen == {
        *("html", "head", "meta", "title", "style", "body", "main", "header", "div", "span"),
        *("h1", "h2", "h3", "p", "b", "table", "colgroup", "col", "thead", "tbody", "tr"),
        *("th", "td"),
    }
    assert '<html lang="zh-CN">' in page
    assert "url(" not in page
    assert "@import" not in page


def test_what_people_typed_is_text() -> None:
    """Markup in comments, names and offices is shown as it was typed."""
    evil = '"><script>alert(1)</script>'
    register = {
        **INVITED,
        "wang": Person(id="wang", name=evil, role=Role.VIEWER),
        "li": Person(id="li", name="李&lt;", office=evil, role=Role.PARTICIPANT),
    }
    page = render_html(minutes(register=register))
    reader = read(page)
    assert "script" not in reader.seen
    assert reader.text.count(evil) >= 3
    assert "<b>尽快</b>修 & 公示\n谢谢" in reader.text
    assert "李&lt;" in reader.text


def test_the_page_prints_on_a4_with_page_numbers() -> None:
    """Heads of tables on each page, annexes on their own."""
    page = render_html(minutes())
    assert "size: A4" in page
    assert "counter(page)" in page
    assert "table-header-group" in page
    assert '<h2 class="new-page">附件一' in page
