"""What the screens show of the floor. Times are instants: the screens count by themselves."""

from __future__ import annotations

from typing import Final

from meetings.floor.events import Limit
from meetings.floor.ordering import ReasonCode
from meetings.floor.rulebook import FloorRules, Group, Kind, Overtime, Side
from meetings.models import SectionModel
from meetings.people import Place, Role

__all__ = [
    "QUEUE_SHOWN",
    "CalledView",
    "DrawView",
    "FloorSection",
    "GroupTimeView",
    "HolderView",
    "ItemTimeView",
    "ReasonView",
    "WaitingView",
]

QUEUE_SHOWN: Final = 20
"""Hands shown to viewers and displays, the next ones first; the others are counted."""


class HolderView(SectionModel):
    person: str
    name: str
    office: str
    role: Role
    since_ms: int
    until_ms: int | None
    """When the time is or was up; None: there is no time, or it stands still."""
    kind: Kind
    side: Side | None
    place: Place | None
    paused: bool
    left_ms: int | None
    """Of a paused speech: time left; None: it has none."""
    spent_ms: int
    """Spoken before `running_ms`."""
    running_ms: int | None
    """Since when the speech runs without a break; None: it stands still."""
    warning_ms: int | None
    """When the screens begin to warn; None: not, or the time stands still."""
    overtime: Overtime
    """What happens when the time is up."""
    over: bool
    """It is up."""
    muted: bool
    """The microphone is closed, though the person has the floor: paused, or over and held."""
    limit: Limit
    passed_over: int
    """Hands that stood before this one in an order that binds, and were not taken."""
    text: str
    """What the host reads out for the person; empty: the person speaks."""


class ReasonView(SectionModel):
    """Why a hand goes before others that wait."""

    code: ReasonCode
    group: str
    """`place_turn`, `side_turn`: whose turn it is; otherwise empty."""
    value: int
    """`listed`, `drawn`: place on the list, from 1; `waited`: later hands that went before;
    `least_time`: time spoken, ms; otherwise 0."""


class WaitingView(SectionModel):
    request: int
    person: str
    name: str
    office: str
    role: Role
    since_ms: int
    about: str
    """Empty for everybody but the desk."""
    kind: Kind
    side: Side | None
    place: Place | None
    reply_to: int | None
    reasons: tuple[ReasonView, ...]
    """By which rules it goes before those that come after; empty for the last."""
    behind: ReasonCode | None
    """The rule that puts it behind the one in front of it; None for the first."""


class CalledView(SectionModel):
    """Somebody in the green room."""

    person: str
    name: str
    office: str
    role: Role
    since_ms: int
    until_ms: int | None
    """Who is not ready by then is called off."""
    ready: bool
    text: str
    """To be read out; shown to the desk alone until then."""


class GroupTimeView(SectionModel):
    group: str
    spent_ms: int


class ItemTimeView(SectionModel):
    """Time spoken on the current item, without the speeches that have not ended."""

    item: int | None
    spent_ms: int
    groups: tuple[GroupTimeView, ...]
    """As the rules group them."""
    group_by: Group


class DrawView(SectionModel):
    """The last draw, so that anybody can repeat it."""

    seed: str
    order: tuple[str, ...]


class FloorSection(SectionModel):
    holder: HolderView | None
    interrupted: HolderView | None
    """Whose speech goes on when the holder's ends."""
    called: tuple[CalledView, ...]
    queue: tuple[WaitingView, ...]
    """In the order of the queue; of a long one viewers and displays get QUEUE_SHOWN."""
    waiting: int
    """Hands that wait in all."""
    rules: FloorRules
    """In force now."""
    rules_of: int | None
    """The item whose rules these are; None: the meeting's."""
    time: ItemTimeView
    draw: DrawView | None
    """In the mode `draw`."""
