"""What happens to the floor."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from meetings.models import EventModel, Offset
from meetings.people import PersonId

__all__ = [
    "ABOUT_MAX",
    "About",
    "FloorEnd",
    "FloorEnded",
    "FloorEvent",
    "FloorGranted",
    "FloorRequested",
    "FloorWithdrawn",
]

ABOUT_MAX = 120  # characters, a floor request's note to the host

About = Annotated[str, StringConstraints(strip_whitespace=True, max_length=ABOUT_MAX)]


FloorEnd = Literal["ended", "yielded", "passed", "timed_out", "left", "recess", "closed"]
"""By the host; by the speaker; granted to the next; time; the speaker left; the meeting stopped."""


class FloorRequested(EventModel):
    type: Literal["floor.requested"] = "floor.requested"
    changes: ClassVar = frozenset({"floor"})
    person: PersonId
    about: About = ""
    """A note to the host; shown to nobody else."""


class FloorWithdrawn(EventModel):
    type: Literal["floor.withdrawn"] = "floor.withdrawn"
    changes: ClassVar = frozenset({"floor"})
    request: Offset


class FloorGranted(EventModel):
    """The person may speak from now on: the lease on the microphone begins."""

    type: Literal["floor.granted"] = "floor.granted"
    changes: ClassVar = frozenset({"floor"})
    person: PersonId
    request: Offset | None = None
    """The request that this answers; None: the host called on somebody who had not asked."""
    until_ms: int | None = None
    """When the lease ends by itself; None: when somebody ends it."""


class FloorEnded(EventModel):
    type: Literal["floor.ended"] = "floor.ended"
    changes: ClassVar = frozenset({"floor"})
    person: PersonId
    reason: FloorEnd


FloorEvent = FloorRequested | FloorWithdrawn | FloorGranted | FloorEnded
