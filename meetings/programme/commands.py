"""What may be asked about the programme."""

from __future__ import annotations

from typing import Literal

from meetings.models import CommandModel
from meetings.programme.events import Layout

__all__ = ["ShowProgramme"]


class ShowProgramme(CommandModel):
    """
    Have the programme show this until another command, or follow the meeting again.

    What is not there is not shown: the programme then follows the meeting, and says so.
    """

    type: Literal["programme.show"] = "programme.show"
    layout: Layout
