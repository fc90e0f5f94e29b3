"""The rules of the queue and of its times, as the host chooses them."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = [
    "SPEECH_MAX_S",
    "FloorMode",
    "FloorRules",
    "Group",
    "Kind",
    "OrderRule",
    "Overtime",
    "Side",
]

SPEECH_MAX_S: Final = 7200
TIME_MAX_S: Final = 86_400  # a day: of an item, or of a group

FloorMode = Literal["open", "host", "list", "draw", "nominate"]
"""Hands in an order that binds; as the host chooses; a fixed list; by lot; each names the next."""

OrderRule = Literal["first_time_first", "alternate_place", "alternate_side", "least_time_first"]

Kind = Literal["speech", "question", "reply", "point_of_order"]
"""An interposed question and a reply are about a speech; a point of order is about the conduct."""

Side = Literal["for", "against"]

Group = Literal["place", "side"]

Overtime = Literal["warn", "mute", "host"]
"""
When the time is up: the screens say so and the speech runs on; the speech ends; the microphone is
closed, and the host gives more time or ends the speech.
"""


class FloorRules(BaseModel):
    """How the next speaker is found, and how long people speak."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_serialization_defaults_required=True
    )

    mode: FloorMode = "open"
    order: Annotated[tuple[OrderRule, ...], Field(max_length=4)] = ()
    """Of an open queue, the weightiest first; among equals, who asked first."""
    patience: Annotated[int, Field(ge=1, le=200)] = 20
    """Of an open queue: whom so many later hands went before is next, whatever the order says."""
    speech_s: Annotated[int, Field(ge=5, le=SPEECH_MAX_S)] | None = None
    """Length of a speech, seconds; None: the meeting's usual."""
    item_s: Annotated[int, Field(ge=5, le=TIME_MAX_S)] | None = None
    """Time for all speeches on one item, seconds."""
    group_s: Annotated[int, Field(ge=5, le=TIME_MAX_S)] | None = None
    """Time for all speeches of one group on one item, seconds."""
    group_by: Group = "place"
    warning_s: Annotated[int, Field(ge=0, le=600)] = 30
    """So long before the end of a speech the screens warn, seconds; 0: they don't."""
    overtime: Overtime = "mute"

    @model_validator(mode="after")
    def _names_a_rule_once(self) -> Self:
        if len(set(self.order)) != len(self.order):
            msg = "an order rule is named twice"
            raise ValueError(msg)
        return self
