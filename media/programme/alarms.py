"""What is the matter with a programme: told when it begins, and when it is over."""

from __future__ import annotations

import time
from collections.abc import Callable

from media.control import AlarmKind
from media.programme.feed import AlarmNote


class Alarms:
    """
    The alarms of one worker.

    Args:
        send: tells a note; False: there is no room at the moment.
    """

    def __init__(self, send: Callable[[AlarmNote], bool]) -> None:
        self._send = send
        self._raised: set[AlarmKind] = set()
        self._untold: list[AlarmNote] = []

    def set(self, kind: AlarmKind, *, raised: bool) -> None:
        """It is so, or no longer; nothing new is not told again."""
        if raised == (kind in self._raised):
            return
        (self._raised.add if raised else self._raised.discard)(kind)
        since_ms = time.time_ns() // 1_000_000 if raised else None
        self._untold.append(AlarmNote(kind=kind, since_ms=since_ms))

    def clear(self) -> None:
        """Nothing is known any more: no picture is made."""
        for kind in tuple(self._raised):
            self.set(kind, raised=False)

    def tell(self) -> None:
        """Tell what was not told yet, as far as there is room."""
        while self._untold and self._send(self._untold[0]):
            del self._untold[0]
