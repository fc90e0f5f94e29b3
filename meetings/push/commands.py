"""What may be asked about passing the programme on."""

from __future__ import annotations

from typing import Literal

from meetings.models import CommandModel
from meetings.push.events import PlatformName

__all__ = ["PushCommand", "StartPush", "StopPush"]


class StartPush(CommandModel):
    type: Literal["push.start"] = "push.start"
    platform: PlatformName


class StopPush(CommandModel):
    type: Literal["push.stop"] = "push.stop"
    platform: PlatformName


PushCommand = StartPush | StopPush
