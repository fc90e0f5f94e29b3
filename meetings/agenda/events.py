"""What happens to the agenda."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from meetings.models import EventModel, Title

__all__ = [
    "AGENDA_MAX",
    "AgendaEvent",
    "AgendaItem",
    "AgendaMoved",
]

AGENDA_MAX = 50  # items


class AgendaItem(BaseModel):
    """One matter on the agenda, as planned."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[int, Field(ge=1)]
    title: Title
    minutes: Annotated[int, Field(ge=1, le=600)] | None = None
    """Planned length, minutes."""


class AgendaMoved(EventModel):
    """The meeting turned to this item; the one before it is done."""

    type: Literal["agenda.moved"] = "agenda.moved"
    changes: ClassVar = frozenset({"agenda"})
    item: int


AgendaEvent = AgendaMoved
