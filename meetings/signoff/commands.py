"""What may be asked about the minutes."""

from __future__ import annotations

from typing import Literal

from meetings.models import CommandModel
from meetings.signoff.events import AddendumText, Revision, Sha256

__all__ = ["AmendMinutes", "PublishMinutes", "SignMinutes", "SignoffCommand"]


class SignMinutes(CommandModel):
    type: Literal["minutes.sign"] = "minutes.sign"
    revision: Revision
    sha256: Sha256


class PublishMinutes(CommandModel):
    type: Literal["minutes.publish"] = "minutes.publish"
    revision: Revision
    sha256: Sha256


class AmendMinutes(CommandModel):
    type: Literal["minutes.amend"] = "minutes.amend"
    text: AddendumText


SignoffCommand = SignMinutes | PublishMinutes | AmendMinutes
