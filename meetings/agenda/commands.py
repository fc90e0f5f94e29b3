"""What may be asked about the agenda."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from meetings.models import CommandModel

__all__ = [
    "AgendaCommand",
    "MoveAgenda",
]


class MoveAgenda(CommandModel):
    type: Literal["agenda.move"] = "agenda.move"
    item: Annotated[int, Field(ge=1)]


AgendaCommand = MoveAgenda
