"""What happens to passing the programme on."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from meetings.models import EventModel

__all__ = ["PlatformName", "PushEvent", "PushStarted", "PushStopped"]

PlatformName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
"""What the host calls it: 市电视台, 视频号."""


class PushStarted(EventModel):
    """From now on the programme goes to a platform; its address and key are in no record."""

    type: Literal["push.started"] = "push.started"
    changes: ClassVar[frozenset[str]] = frozenset()
    platform: PlatformName


class PushStopped(EventModel):
    type: Literal["push.stopped"] = "push.stopped"
    changes: ClassVar[frozenset[str]] = frozenset()
    platform: PlatformName


PushEvent = PushStarted | PushStopped
