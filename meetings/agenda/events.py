"""What happens to the agenda."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from meetings.models import EventModel, Title

__all__ = [
    "AGENDA_MAX",
    "DOCUMENTS_MAX",
    "AgendaEdited",
    "AgendaEvent",
    "AgendaInserted",
    "AgendaItem",
    "AgendaMoved",
    "AgendaPostponed",
    "AgendaReopened",
    "AgendaReordered",
    "Document",
    "ItemKind",
]

AGENDA_MAX: Final = 50  # items
DOCUMENTS_MAX: Final = 20  # of one item

ItemKind = Literal["report", "discussion", "questions", "vote"]
"""通报, 讨论, 问答, 表决."""

ItemId = Annotated[int, Field(ge=1)]
Department = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
Url = Annotated[
    str, StringConstraints(pattern=r"^(https?://[^/\s]\S*|/([^/\s]\S*)?)$", max_length=1000)
]
"""On the web or on this service; never a script."""
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class Document(BaseModel):
    """Something to read before an item is dealt with."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_serialization_defaults_required=True
    )

    title: Title
    url: Url


class AgendaItem(BaseModel):
    """One matter on the agenda, as planned."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_serialization_defaults_required=True
    )

    id: ItemId
    title: Title
    minutes: Annotated[int, Field(ge=1, le=600)] | None = None
    """Planned length, minutes."""
    kind: ItemKind = "discussion"
    documents: Annotated[tuple[Document, ...], Field(max_length=DOCUMENTS_MAX)] = ()
    department: Department = ""
    """The department in charge, 牵头部门."""


class AgendaMoved(EventModel):
    """The meeting turned to this item; the one before it is done."""

    type: Literal["agenda.moved"] = "agenda.moved"
    changes: ClassVar = frozenset({"agenda", "floor", "people"})
    item: int


class AgendaInserted(EventModel):
    """A matter was added."""

    type: Literal["agenda.inserted"] = "agenda.inserted"
    changes: ClassVar = frozenset({"agenda"})
    item: AgendaItem
    before: int | None = None
    """Id of the item that it stands before; None: it is the last."""


class AgendaEdited(EventModel):
    """The plan of an item is another one."""

    type: Literal["agenda.edited"] = "agenda.edited"
    changes: ClassVar = frozenset({"agenda"})
    item: AgendaItem


class AgendaReordered(EventModel):
    type: Literal["agenda.reordered"] = "agenda.reordered"
    changes: ClassVar = frozenset({"agenda"})
    order: Annotated[tuple[int, ...], Field(max_length=AGENDA_MAX)]
    """Ids of all items."""


class AgendaPostponed(EventModel):
    """The meeting does not deal with this item for now; from a current one it turns away."""

    type: Literal["agenda.postponed"] = "agenda.postponed"
    changes: ClassVar = frozenset({"agenda", "floor", "people"})
    item: int
    reason: Reason = ""


class AgendaReopened(EventModel):
    """An item that was done or postponed waits for its turn again."""

    type: Literal["agenda.reopened"] = "agenda.reopened"
    changes: ClassVar = frozenset({"agenda"})
    item: int


AgendaEvent = (
    AgendaMoved | AgendaInserted | AgendaEdited | AgendaReordered | AgendaPostponed | AgendaReopened
)
