"""What may be asked about the agenda."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from meetings.agenda.events import (
    AGENDA_MAX,
    DOCUMENTS_MAX,
    Department,
    Document,
    ItemId,
    ItemKind,
    Reason,
)
from meetings.models import CommandModel, Title

__all__ = [
    "AgendaCommand",
    "EditAgenda",
    "InsertAgenda",
    "MoveAgenda",
    "PostponeAgenda",
    "ReopenAgenda",
    "ReorderAgenda",
]


class _Plan(CommandModel):
    """An item as the host plans it."""

    title: Title
    minutes: Annotated[int, Field(ge=1, le=600)] | None = None
    kind: ItemKind = "discussion"
    documents: Annotated[tuple[Document, ...], Field(max_length=DOCUMENTS_MAX)] = ()
    department: Department = ""


class MoveAgenda(CommandModel):
    type: Literal["agenda.move"] = "agenda.move"
    item: ItemId


class InsertAgenda(_Plan):
    """Add an item; the service gives it its id."""

    type: Literal["agenda.insert"] = "agenda.insert"
    before: ItemId | None = None
    """None: at the end."""


class EditAgenda(_Plan):
    """Replace the whole plan of an item."""

    type: Literal["agenda.edit"] = "agenda.edit"
    item: ItemId


class ReorderAgenda(CommandModel):
    type: Literal["agenda.reorder"] = "agenda.reorder"
    order: Annotated[tuple[ItemId, ...], Field(max_length=AGENDA_MAX)]
    """Ids of all items, each once."""


class PostponeAgenda(CommandModel):
    type: Literal["agenda.postpone"] = "agenda.postpone"
    item: ItemId
    reason: Reason = ""


class ReopenAgenda(CommandModel):
    type: Literal["agenda.reopen"] = "agenda.reopen"
    item: ItemId


AgendaCommand = (
    MoveAgenda | InsertAgenda | EditAgenda | ReorderAgenda | PostponeAgenda | ReopenAgenda
)
