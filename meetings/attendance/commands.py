"""What may be asked about the attendance."""

from __future__ import annotations

from typing import Literal

from meetings.models import CommandModel

__all__ = [
    "AttendanceCommand",
    "Join",
    "Leave",
]


class Join(CommandModel):
    """Sent by the service when a person's first connection comes."""

    type: Literal["person.join"] = "person.join"


class Leave(CommandModel):
    """Sent by the client on goodbye, or by the service when the last connection stays away."""

    type: Literal["person.leave"] = "person.leave"


AttendanceCommand = Join | Leave
