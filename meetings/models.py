"""Bases and fields that the models of all concerns share."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

TITLE_MAX = 120  # characters

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_MAX)]
Offset = Annotated[int, Field(ge=1)]
"""Position of an entry in its record: 1, 2, 3 ..."""
Seen = Annotated[int, Field(ge=0, lt=10**15)]
"""Moment that somebody's livestream showed, wall clock, ms: see `streamtime`."""


class EventModel(BaseModel):
    """
    Something that happened. Its `type` string is durable: never renamed, never reused.

    What an event creates (a floor request, a comment, a vote) is named by the offset of its entry:
    no ids are invented, and order can be read off them. Instants are wall clock, milliseconds since
    1970-01-01 UTC.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    changes: ClassVar[frozenset[str]]
    """Sections of the view that it can change, by itself."""
    progress: ClassVar[bool] = False
    """
    It is one of many that count alike, such as a ballot: what all see of it is how far something
    has come, and may be shown a little later. Whom it is about sees it as soon as anything else.
    """


class CommandModel(BaseModel):
    """Something that a person may ask. Who asks is never part of it: the connection tells."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_serialization_defaults_required=True
    )


class SectionModel(BaseModel):
    """A part of what a screen shows, or a piece of one."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_serialization_defaults_required=True
    )
