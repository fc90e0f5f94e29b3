"""
What happens to the floor.

A speech is named by the offset of its grant, a request by the offset of the entry that made it and
its person: a list makes the requests of several people in one entry.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field, StringConstraints

from meetings.floor.rulebook import FloorRules, Group, Kind, Overtime, Side
from meetings.models import EventModel, Offset
from meetings.people import PersonId, Place

__all__ = [
    "ABOUT_MAX",
    "QUEUE_MAX",
    "TEXT_MAX",
    "About",
    "CalledOff",
    "FloorCalled",
    "FloorCalledOff",
    "FloorDrawn",
    "FloorEnd",
    "FloorEnded",
    "FloorEvent",
    "FloorExtended",
    "FloorGranted",
    "FloorListed",
    "FloorNominated",
    "FloorOvertime",
    "FloorPaused",
    "FloorReady",
    "FloorRequested",
    "FloorRules",
    "FloorRulesSet",
    "FloorTextGiven",
    "FloorUnpaused",
    "FloorWithdrawn",
    "Group",
    "Kind",
    "Limit",
    "Overtime",
    "Side",
    "SpeechText",
]

ABOUT_MAX: Final = 120  # characters, a floor request's note to the host
TEXT_MAX: Final = 1000  # characters of a speech that the host reads out: some four minutes
QUEUE_MAX: Final = 200
"""Hands that can wait: ten hours of speeches. Everybody who waits is told of each step forward."""

About = Annotated[str, StringConstraints(strip_whitespace=True, max_length=ABOUT_MAX)]
SpeechText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TEXT_MAX)
]

FloorEnd = Literal["ended", "yielded", "passed", "timed_out", "left", "recess", "closed"]
"""By the host; by the speaker; granted to the next; time; the speaker left; the meeting stopped."""

CalledOff = Literal["host", "declined", "timed_out", "left"]
"""By the desk; by the person; not ready in time; the person left."""

Limit = Literal["speech", "item", "group"]
"""Whose time is the shortest: the speech's, the agenda item's, the group's on this item."""


class FloorRequested(EventModel):
    """A hand was raised: by the person, or by the desk for somebody in the room."""

    type: Literal["floor.requested"] = "floor.requested"
    changes: ClassVar = frozenset({"floor"})
    person: PersonId
    about: About = ""
    """A note to the host; shown to nobody else."""
    kind: Kind = "speech"
    side: Side | None = None
    reply_to: Offset | None = None
    """The speech that a reply or a question is about: the offset of its grant."""
    place: Place | None = None
    """Where the person took part when asking; None in old records, and for the desk."""


class FloorWithdrawn(EventModel):
    type: Literal["floor.withdrawn"] = "floor.withdrawn"
    changes: ClassVar = frozenset({"floor"})
    request: Offset
    person: PersonId | None = None
    """Whose; None in old records, where the request alone tells."""


class FloorRulesSet(EventModel):
    """The rules of the queue and of its times are others from now on."""

    type: Literal["floor.rules_set"] = "floor.rules_set"
    changes: ClassVar = frozenset({"floor"})
    rules: FloorRules | None
    """None: the item has none of its own any more."""
    item: int | None = None
    """None: of the whole meeting; an item's own go before them while it is current."""


class FloorDrawn(EventModel):
    """The order of the hands was drawn by lot; anybody can repeat it with `ordering.draw`."""

    type: Literal["floor.drawn"] = "floor.drawn"
    changes: ClassVar = frozenset({"floor"})
    seed: str
    order: Annotated[tuple[PersonId, ...], Field(max_length=QUEUE_MAX)]


class FloorListed(EventModel):
    """The list of speakers was fixed; it takes the place of an earlier one."""

    type: Literal["floor.listed"] = "floor.listed"
    changes: ClassVar = frozenset({"floor"})
    persons: Annotated[tuple[PersonId, ...], Field(max_length=QUEUE_MAX)]
    places: tuple[Place | None, ...] = ()
    """Where each of them takes part, in the order of `persons`."""


class FloorNominated(EventModel):
    """The next speaker was named; an earlier nomination lapses."""

    type: Literal["floor.nominated"] = "floor.nominated"
    changes: ClassVar = frozenset({"floor"})
    person: PersonId
    place: Place | None = None


class FloorCalled(EventModel):
    """The person was called to the green room, to get ready to speak."""

    type: Literal["floor.called"] = "floor.called"
    changes: ClassVar = frozenset({"floor"})
    person: PersonId
    request: Offset | None = None
    until_ms: int | None = None
    """Who is not ready by then is called off."""


class FloorReady(EventModel):
    """The called person's devices were checked: the floor can be granted."""

    type: Literal["floor.ready"] = "floor.ready"
    changes: ClassVar = frozenset({"floor"})
    person: PersonId


class FloorCalledOff(EventModel):
    """The call is over without a speech. The hand stays up, but if the person declined."""

    type: Literal["floor.called_off"] = "floor.called_off"
    changes: ClassVar = frozenset({"floor"})
    person: PersonId
    reason: CalledOff


class FloorTextGiven(EventModel):
    """Somebody who can't be heard wrote the speech down; the host reads it out."""

    type: Literal["floor.text_given"] = "floor.text_given"
    changes: ClassVar = frozenset({"floor"})
    person: PersonId
    text: SpeechText


class FloorGranted(EventModel):
    """
    The person may speak from now on: the lease on the microphone begins.

    The rules of the moment hold for the whole speech, whatever rules are set meanwhile.
    """

    type: Literal["floor.granted"] = "floor.granted"
    changes: ClassVar = frozenset({"floor"})
    person: PersonId
    request: Offset | None = None
    """The request that this answers; None: the host called on somebody who had not asked."""
    until_ms: int | None = None
    """When the time is up; None: there is no time."""
    kind: Kind = "speech"
    side: Side | None = None
    place: Place | None = None
    """From where; None for the desk and for devices, whose speeches turn no order."""
    limit: Limit = "speech"
    """Why the time is as it is."""
    warning_s: int = 0
    """So long before the end the screens warn, seconds; 0: they don't."""
    overtime: Overtime = "mute"
    """What happens when the time is up."""
    passed_over: int = 0
    """Hands that stood before this one in an order that binds, and were not taken."""
    interrupts: bool = False
    """The speech under way is interrupted by this one, and goes on after it."""


class FloorEnded(EventModel):
    type: Literal["floor.ended"] = "floor.ended"
    changes: ClassVar = frozenset({"floor"})
    person: PersonId
    reason: FloorEnd


class FloorPaused(EventModel):
    """The speech was interrupted: its time stands still and its microphone is closed."""

    type: Literal["floor.paused"] = "floor.paused"
    changes: ClassVar = frozenset({"floor"})
    left_ms: int | None = None
    """Time left, 0 in overtime; None: the speech has no time."""


class FloorUnpaused(EventModel):
    """The speech goes on."""

    type: Literal["floor.unpaused"] = "floor.unpaused"
    changes: ClassVar = frozenset({"floor"})
    until_ms: int | None = None


class FloorExtended(EventModel):
    """The speech got more time; overtime is over."""

    type: Literal["floor.extended"] = "floor.extended"
    changes: ClassVar = frozenset({"floor"})
    until_ms: int | None = None
    """When the time is up; None: the speech is paused, see `left_ms`."""
    left_ms: int | None = None
    """Time left of a speech that is paused."""


class FloorOvertime(EventModel):
    """The time is up, and the speech has not ended by that: see `FloorGranted.overtime`."""

    type: Literal["floor.overtime"] = "floor.overtime"
    changes: ClassVar = frozenset({"floor"})
    person: PersonId


FloorEvent = (
    FloorRequested
    | FloorWithdrawn
    | FloorRulesSet
    | FloorDrawn
    | FloorListed
    | FloorNominated
    | FloorCalled
    | FloorReady
    | FloorCalledOff
    | FloorTextGiven
    | FloorGranted
    | FloorEnded
    | FloorPaused
    | FloorUnpaused
    | FloorExtended
    | FloorOvertime
)
