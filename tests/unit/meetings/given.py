"""Given what happened, when somebody asks, then this comes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from meetings import events as ev
from meetings.authority import Actor
from meetings.commands import Asked
from meetings.decide import Decision, decide
from meetings.fold import apply
from meetings.moment import Moment
from meetings.people import Person, Role
from meetings.refusals import Code, Refused
from meetings.state import Meeting

NOW = 1_000_000
"""When commands come, unless a test says otherwise; long after what was given."""

HOST = Actor("chen", Role.HOST)
DEPUTY = Actor("sun", Role.DEPUTY)
CLERK = Actor("he", Role.CLERK)
MEMBER = Actor("li", Role.PARTICIPANT)
VIEWER = Actor("wang", Role.VIEWER)
NEIGHBOUR = Actor("zhao", Role.VIEWER)
ROOM = Actor("room", Role.ROOM)
DISPLAY = Actor("screen", Role.DISPLAY)

REGISTER = {
    "chen": Person(id="chen", name="陈主任", office="议事室室长", role=Role.HOST),
    "li": Person(id="li", name="李工", office="住建局", role=Role.PARTICIPANT),
    "wang": Person(id="wang", name="王阿姨", role=Role.VIEWER),
    "zhao": Person(id="zhao", name="赵大爷", role=Role.VIEWER),
    "room": Person(id="room", name="翠园社区议事室", role=Role.ROOM),
}

CREATED = ev.MeetingCreated(
    title="老旧小区积水治理",
    room="A1B2",
    room_name="翠园社区议事室",
    planned_ms=500,
    agenda=(
        ev.AgendaItem(id=1, title="通报情况", minutes=10),
        ev.AgendaItem(id=2, title="讨论方案"),
    ),
    speech_s=180,
)


def joined(*actors: Actor) -> tuple[ev.PersonJoined, ...]:
    return tuple(ev.PersonJoined(person=actor.person, role=actor.role) for actor in actors)


SCHEDULED: tuple[ev.Event, ...] = (CREATED, *joined(HOST, MEMBER, VIEWER, NEIGHBOUR, ROOM))
"""Six entries: all are there, the meeting has not begun."""

OPEN: tuple[ev.Event, ...] = (*SCHEDULED, ev.MeetingOpened())
"""Seven entries: what comes next has offset 8."""

RECESS: tuple[ev.Event, ...] = (*OPEN, ev.MeetingRecessed())
CLOSED: tuple[ev.Event, ...] = (*OPEN, ev.MeetingClosed())


def record(events: Iterable[ev.Event]) -> list[ev.Entry]:
    """Write events down, a second apart, the first at 1000 ms."""
    return [ev.Entry(offset=i, at_ms=i * 1000, event=event) for i, event in enumerate(events, 1)]


@dataclass(frozen=True, slots=True)
class _After:
    """What an event made of a meeting; meetings are values, so that tests may share them."""

    event: ev.Event | None
    meeting: Meeting | None
    then: dict[int, _After] = field(default_factory=dict)
    """By the identity of the next event."""


_BEFORE_ALL = _After(None, None)


def meeting(*events: ev.Event) -> Meeting:
    """What they come to. How several tests begin is folded once."""
    last = _BEFORE_ALL
    for offset, event in enumerate(events, 1):
        known = last.then.get(id(event))
        if known is None:
            entry = ev.Entry(offset=offset, at_ms=offset * 1000, event=event)
            known = last.then[id(event)] = _After(event, apply(last.meeting, entry, "m1"))
        last = known
    assert last.meeting is not None, "something was given"
    return last.meeting


@dataclass(frozen=True)
class Outcome:
    decision: Decision

    def then(self, *events: ev.Event) -> None:
        assert self.decision == events

    def refused(self, code: Code) -> None:
        assert isinstance(self.decision, Refused), self.decision
        assert self.decision.code is code


@dataclass(frozen=True)
class Given:
    meeting: Meeting

    def when(
        self, actor: Actor, command: Asked, at_ms: int = NOW, moment: Moment | None = None
    ) -> Outcome:
        return Outcome(decide(self.meeting, command, actor, moment or Moment(at_ms)))


def given(*events: ev.Event) -> Given:
    return Given(meeting(*events))
