"""What may be asked about captions."""

from __future__ import annotations

from typing import Literal

from meetings.captions.events import CaptionText, CorrectedText
from meetings.models import CommandModel, Offset
from meetings.people import PersonId

__all__ = ["AddCaption", "CaptionsCommand", "CorrectCaption", "RecogniseCaption", "SetCaptions"]


class SetCaptions(CommandModel):
    type: Literal["captions.set"] = "captions.set"
    on: bool


class AddCaption(CommandModel):
    type: Literal["captions.add"] = "captions.add"
    from_ms: int
    """Wall clock of the service, when it began to be said."""
    until_ms: int
    text: CaptionText
    speaker: PersonId | None = None
    """None: whoever has the floor."""


class CorrectCaption(CommandModel):
    type: Literal["captions.correct"] = "captions.correct"
    caption: Offset
    text: CorrectedText
    """Empty: take it back."""


CaptionsCommand = SetCaptions | AddCaption | CorrectCaption


class RecogniseCaption(CommandModel):
    """
    What a recogniser heard. Asked by the service alone: it is no part of `Command`, so that no
    frame can carry it.
    """

    type: Literal["captions.recognise"] = "captions.recognise"
    from_ms: int
    until_ms: int
    text: CaptionText
