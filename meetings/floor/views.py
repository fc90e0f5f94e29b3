"""
How the floor is shown.

Withheld: from everybody but the desk the note of a request, and a text until it is read out; from
viewers and displays all but the next hands of a long queue, which would be sent to thousands anew
with each hand.
"""

from __future__ import annotations

from meetings.floor.ordering import Placed
from meetings.floor.sections import (
    QUEUE_SHOWN,
    CalledView,
    DrawView,
    FloorSection,
    GroupTimeView,
    HolderView,
    ItemTimeView,
    ReasonView,
    WaitingView,
)
from meetings.floor.state import Called, Floor, Holder
from meetings.naming import named, role_of
from meetings.people import Place, Register
from meetings.sections import Audience
from meetings.state import Meeting


def section(meeting: Meeting, register: Register, audience: Audience) -> FloorSection:
    floor = meeting.floor
    desk = audience is Audience.HOST
    whole = desk or audience is Audience.PARTICIPANT
    shown = floor.order if whole else floor.order[:QUEUE_SHOWN]
    return FloorSection(
        holder=_holder(meeting, register, floor.holder),
        interrupted=_holder(meeting, register, floor.interrupted),
        called=tuple(_called(meeting, register, called, desk=desk) for called in floor.called),
        queue=tuple(_waiting(meeting, register, placed, desk=desk) for placed in shown),
        waiting=len(floor.order),
        rules=floor.rules,
        rules_of=floor.rules_of,
        time=_time(floor),
        draw=_draw(floor),
    )


def reasons(placed: Placed) -> tuple[ReasonView, ...]:
    """Show why a hand goes before others."""
    return tuple(ReasonView(code=r.code, group=r.group, value=r.value) for r in placed.reasons)


def _holder(meeting: Meeting, register: Register, holder: Holder | None) -> HolderView | None:
    if holder is None:
        return None
    name, office = named(register, holder.person)
    warns = holder.until_ms is not None and holder.warning_s > 0
    return HolderView(
        person=holder.person,
        name=name,
        office=office,
        role=role_of(meeting, register, holder.person),
        since_ms=holder.since_ms,
        until_ms=holder.until_ms,
        kind=holder.kind,
        side=holder.side,
        place=holder.place,
        paused=holder.paused,
        left_ms=holder.left_ms,
        spent_ms=holder.spent_ms,
        running_ms=holder.running_ms,
        warning_ms=(holder.until_ms or 0) - holder.warning_s * 1000 if warns else None,
        overtime=holder.overtime,
        over=holder.over,
        muted=holder.muted,
        limit=holder.limit,
        passed_over=holder.passed_over,
        text=holder.text,
    )


def _waiting(meeting: Meeting, register: Register, placed: Placed, *, desk: bool) -> WaitingView:
    waiting = placed.waiting
    name, office = named(register, waiting.person)
    return WaitingView(
        request=waiting.request,
        person=waiting.person,
        name=name,
        office=office,
        role=role_of(meeting, register, waiting.person),
        since_ms=waiting.since_ms,
        about=waiting.about if desk else "",
        kind=waiting.kind,
        side=waiting.side,
        place=waiting.place,
        reply_to=waiting.reply_to,
        reasons=reasons(placed),
        behind=placed.behind,
    )


def _called(meeting: Meeting, register: Register, called: Called, *, desk: bool) -> CalledView:
    name, office = named(register, called.person)
    return CalledView(
        person=called.person,
        name=name,
        office=office,
        role=role_of(meeting, register, called.person),
        since_ms=called.since_ms,
        until_ms=called.until_ms,
        ready=called.ready,
        text=called.text if desk else "",
    )


def _time(floor: Floor) -> ItemTimeView:
    by_place = floor.rules.group_by == "place"
    groups = [place.value for place in Place] if by_place else ["for", "against"]
    return ItemTimeView(
        item=floor.item,
        spent_ms=floor.spent.get((floor.item, ""), 0),
        groups=tuple(
            GroupTimeView(group=group, spent_ms=floor.spent.get((floor.item, group), 0))
            for group in groups
        ),
        group_by=floor.rules.group_by,
    )


def _draw(floor: Floor) -> DrawView | None:
    if floor.draw is None or floor.rules.mode != "draw":
        return None
    return DrawView(seed=floor.draw.seed, order=floor.draw.order)
