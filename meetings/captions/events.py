"""What happens to captions."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from meetings.models import EventModel, Offset
from meetings.people import PersonId

__all__ = [
    "CAPTION_MAX",
    "CaptionAdded",
    "CaptionCorrected",
    "CaptionText",
    "CaptionsEvent",
    "CaptionsSet",
    "CorrectedText",
]

CAPTION_MAX = 200  # characters: what is said in some 40 s

CaptionText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=CAPTION_MAX)
]
CorrectedText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=CAPTION_MAX)]
"""Empty: the caption is taken back."""


class CaptionsSet(EventModel):
    """Captions are shown from now on, or no more."""

    type: Literal["captions.set"] = "captions.set"
    changes: ClassVar = frozenset({"captions"})
    on: bool


class CaptionAdded(EventModel):
    """
    What was said from `from_ms` to `until_ms`, wall clock. It is written later than it was said:
    live it is shown when it comes, in the recording when it was said.
    """

    type: Literal["captions.added"] = "captions.added"
    changes: ClassVar = frozenset({"captions"})
    from_ms: int
    until_ms: int
    text: CaptionText
    speaker: PersonId | None = None
    """Who said it; None: whoever was heard in the room."""
    recognised: bool = False
    """By a machine; nobody has read it."""


class CaptionCorrected(EventModel):
    type: Literal["captions.corrected"] = "captions.corrected"
    changes: ClassVar = frozenset({"captions"})
    caption: Offset
    text: CorrectedText


CaptionsEvent = CaptionsSet | CaptionAdded | CaptionCorrected
