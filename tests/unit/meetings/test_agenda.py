"""The agenda: which matters there are, in which order, and which one the meeting is at."""

from __future__ import annotations

from typing import Any

import pytest

from meetings import commands as cmd
from meetings import events as ev
from meetings import views
from meetings.agenda.sections import AgendaItemView, AgendaSection
from meetings.events import AGENDA_MAX, DOCUMENTS_MAX
from meetings.refusals import Code
from meetings.sections import Audience
from tests.each import each
from tests.unit.meetings.given import HOST, OPEN, RECESS, REGISTER, SCHEDULED, given, meeting

MOVED = (ev.AgendaMoved(item=1), ev.AgendaMoved(item=2))  # entries 8 and 9 after OPEN
NEW = ev.AgendaItem(id=3, title="其他")
POSTPONED = ev.AgendaPostponed(item=1, reason="专家未到")
LATER = [SCHEDULED, OPEN, RECESS]
"""The agenda is planned and changed at every time until the close."""


def shown(*events: ev.Event) -> list[AgendaItemView]:
    section = views.section("agenda", meeting(*OPEN, *events), REGISTER, Audience.VIEWER)
    assert isinstance(section, AgendaSection)
    return list(section.items)


def states(*events: ev.Event) -> dict[int, str]:
    return {item.id: item.state for item in shown(*events)}


# --- which one the meeting is at


def test_the_meeting_turns_to_an_item() -> None:
    given(*OPEN).when(HOST, cmd.MoveAgenda(item=2)).then(ev.AgendaMoved(item=2))


def test_an_item_that_is_done_can_be_taken_up_again() -> None:
    given(*OPEN, *MOVED).when(HOST, cmd.MoveAgenda(item=1)).then(ev.AgendaMoved(item=1))


def test_there_has_to_be_such_an_item() -> None:
    given(*OPEN).when(HOST, cmd.MoveAgenda(item=3)).refused(Code.AGENDA_UNKNOWN)


def test_the_meeting_is_at_an_item_once() -> None:
    at = ev.AgendaMoved(item=1)
    given(*OPEN, at).when(HOST, cmd.MoveAgenda(item=1)).refused(Code.AGENDA_CURRENT)


@each("events", [SCHEDULED, RECESS])
def test_the_agenda_stands_still_unless_the_meeting_is_open(events: tuple[ev.Event, ...]) -> None:
    given(*events).when(HOST, cmd.MoveAgenda(item=1)).refused(Code.MEETING_NOT_OPEN)


def test_the_meeting_does_not_turn_to_an_item_that_was_postponed() -> None:
    """It is reopened first, so that nobody is surprised."""
    given(*OPEN, POSTPONED).when(HOST, cmd.MoveAgenda(item=1)).refused(Code.AGENDA_POSTPONED)
    reopened = ev.AgendaReopened(item=1)
    given(*OPEN, POSTPONED, reopened).when(HOST, cmd.MoveAgenda(item=1)).then(
        ev.AgendaMoved(item=1)
    )


# --- inserting


@each("events", LATER)
def test_an_item_is_added_at_the_end_or_before_another(events: tuple[ev.Event, ...]) -> None:
    """With an id of its own."""
    given(*events).when(HOST, cmd.InsertAgenda(title="其他")).then(ev.AgendaInserted(item=NEW))
    given(*events).when(HOST, cmd.InsertAgenda(title="其他", before=2)).then(
        ev.AgendaInserted(item=NEW, before=2)
    )


def test_an_item_stands_where_it_was_put() -> None:
    assert list(states(ev.AgendaInserted(item=NEW))) == [1, 2, 3]
    assert list(states(ev.AgendaInserted(item=NEW, before=2))) == [1, 3, 2]


def test_all_of_a_plan_is_kept() -> None:
    documents = (ev.Document(title="方案", url="https://example.com/a.pdf"),)
    plan: dict[str, Any] = {
        "title": "表决",
        "minutes": 15,
        "kind": "vote",
        "documents": documents,
        "department": "住建局",
    }
    item = ev.AgendaItem(id=3, **plan)
    given(*OPEN).when(HOST, cmd.InsertAgenda(**plan)).then(ev.AgendaInserted(item=item))
    view = shown(ev.AgendaInserted(item=item))[-1]
    assert (view.kind, view.documents, view.department) == ("vote", documents, "住建局")


def test_the_agenda_is_bounded() -> None:
    more = [
        ev.AgendaInserted(item=ev.AgendaItem(id=n, title="其他")) for n in range(3, AGENDA_MAX + 1)
    ]
    last = given(*OPEN, *more[1:]).when(HOST, cmd.InsertAgenda(title="其他")).decision
    assert isinstance(last, tuple)
    given(*OPEN, *more).when(HOST, cmd.InsertAgenda(title="其他")).refused(Code.AGENDA_FULL)


def test_an_item_is_put_before_one_that_there_is() -> None:
    inserts = cmd.InsertAgenda(title="其他", before=9)
    given(*OPEN).when(HOST, inserts).refused(Code.AGENDA_UNKNOWN)


@each("url", ["javascript:alert(1)", "data:text/html,x", "ftp://x", "//", "https://a b", ""])
def test_a_document_is_on_the_web_or_on_this_service(url: str) -> None:
    """A link in a public page must never run anything."""
    assert ev.Document(title="方案", url="/files/1.pdf").url == "/files/1.pdf"
    with pytest.raises(ValueError, match="url"):
        ev.Document(title="方案", url=url)


def test_the_documents_of_an_item_are_bounded() -> None:
    one = ev.Document(title="方案", url="/1")
    assert len(cmd.InsertAgenda(title="其他", documents=(one,) * DOCUMENTS_MAX).documents) == 20
    with pytest.raises(ValueError, match="documents"):
        cmd.InsertAgenda(title="其他", documents=(one,) * (DOCUMENTS_MAX + 1))


# --- changing


@each("events", LATER)
def test_the_plan_of_an_item_is_replaced(events: tuple[ev.Event, ...]) -> None:
    """The same once more changes nothing."""
    edit = cmd.EditAgenda(item=1, title="通报", minutes=5)
    edited = ev.AgendaEdited(item=ev.AgendaItem(id=1, title="通报", minutes=5))
    given(*events).when(HOST, edit).then(edited)
    given(*events, edited).when(HOST, edit).then()


def test_an_edit_leaves_alone_when_the_item_was_dealt_with() -> None:
    edited = ev.AgendaEdited(item=ev.AgendaItem(id=1, title="通报"))
    before, after = shown(*MOVED)[0], shown(*MOVED, edited)[0]
    assert after == before.model_copy(update={"title": "通报", "minutes": None})


def test_only_an_item_that_there_is_is_edited() -> None:
    given(*OPEN).when(HOST, cmd.EditAgenda(item=3, title="?")).refused(Code.AGENDA_UNKNOWN)


@each("events", LATER)
def test_the_items_are_put_into_another_order(events: tuple[ev.Event, ...]) -> None:
    reordered = ev.AgendaReordered(order=(2, 1))
    given(*events).when(HOST, cmd.ReorderAgenda(order=(2, 1))).then(reordered)
    given(*events, reordered).when(HOST, cmd.ReorderAgenda(order=(2, 1))).then()
    assert list(states(reordered)) == [2, 1]


@each("order", [(), (1,), (1, 1), (1, 2, 3), (1, 3), (1, 2, 2)])
def test_an_order_names_each_item_once(order: tuple[int, ...]) -> None:
    given(*OPEN).when(HOST, cmd.ReorderAgenda(order=order)).refused(Code.AGENDA_WRONG_ORDER)


# --- postponing and reopening


@each("events", LATER)
def test_an_item_is_postponed_with_a_reason(events: tuple[ev.Event, ...]) -> None:
    asks = cmd.PostponeAgenda(item=1, reason="专家未到")
    given(*events).when(HOST, asks).then(POSTPONED)
    assert states(POSTPONED) == {1: "postponed", 2: "pending"}
    assert shown(POSTPONED)[0].reason == "专家未到"


def test_from_a_current_item_that_is_postponed_the_meeting_turns_away() -> None:
    """Its time ends; and the floor's rules are the meeting's again."""
    at = (ev.AgendaMoved(item=1), POSTPONED)
    now = meeting(*OPEN, *at)
    assert (now.agenda.current, now.floor.item) == (None, None)
    (item, _) = shown(*at)
    assert (item.state, item.spent_ms, item.running_ms) == ("postponed", 1000, None)


def test_an_item_is_postponed_once_and_there_has_to_be_one() -> None:
    given(*OPEN, POSTPONED).when(HOST, cmd.PostponeAgenda(item=1)).refused(Code.AGENDA_POSTPONED)
    given(*OPEN).when(HOST, cmd.PostponeAgenda(item=3)).refused(Code.AGENDA_UNKNOWN)


@each("over", [(POSTPONED,), MOVED])
def test_what_was_done_or_postponed_is_reopened(over: tuple[ev.Event, ...]) -> None:
    reopened = ev.AgendaReopened(item=1)
    given(*OPEN, *over).when(HOST, cmd.ReopenAgenda(item=1)).then(reopened)
    assert states(*over, reopened)[1] == "pending"
    assert shown(*over, reopened)[0].reason == ""


@each("item", [1, 2])
def test_what_is_not_over_is_not_reopened(item: int) -> None:
    """Neither what waits nor what is current."""
    at = given(*OPEN, ev.AgendaMoved(item=1))
    at.when(HOST, cmd.ReopenAgenda(item=item)).refused(Code.AGENDA_NOT_OVER)


def test_only_an_item_that_there_is_is_reopened() -> None:
    given(*OPEN).when(HOST, cmd.ReopenAgenda(item=3)).refused(Code.AGENDA_UNKNOWN)


# --- planned and actual time


def test_the_time_that_the_meeting_gave_to_an_item_adds_up() -> None:
    """A second at each turn: the entries come a second apart."""
    first, second = shown(*MOVED, ev.AgendaMoved(item=1))
    assert (first.spent_ms, first.running_ms, first.started_ms) == (1000, 10_000, 8000)
    assert (second.spent_ms, second.running_ms, second.ended_ms) == (1000, None, 10_000)


@each("rest", [ev.MeetingRecessed(), ev.MeetingAdjourned()])
def test_a_recess_is_no_time_of_the_item(rest: ev.Event) -> None:
    at = ev.AgendaMoved(item=1)
    item = shown(at, rest)[0]
    assert (item.state, item.spent_ms, item.running_ms) == ("current", 1000, None)
    item = shown(at, rest, ev.MeetingResumed())[0]
    assert (item.spent_ms, item.running_ms) == (1000, 10_000)
    assert shown(at, rest, ev.MeetingResumed(), ev.MeetingClosed())[0].spent_ms == 2000


def test_an_item_is_planned_after_those_before_it() -> None:
    """As long as their lengths are planned."""
    third = ev.AgendaInserted(item=NEW)
    assert [item.planned_ms for item in shown(third)] == [500, 500 + 600_000, None]
