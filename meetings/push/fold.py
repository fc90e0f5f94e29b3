"""What entries make of passing the programme on."""

from __future__ import annotations

from typing import assert_never

from meetings.push.events import PushEvent, PushStarted, PushStopped


def apply(pushed: tuple[str, ...], event: PushEvent) -> tuple[str, ...]:
    """Return the platforms that it goes to after *event*, in the order of starting."""
    match event:
        case PushStarted():
            return (*pushed, event.platform)
        case PushStopped():
            return tuple(one for one in pushed if one != event.platform)
        case _:
            assert_never(event)
