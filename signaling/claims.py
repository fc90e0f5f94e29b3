"""
Which of a person's pages has the video link. Pure.

One at a time: two would send two pictures, and the loudspeaker of one would be heard by the
microphone of the other. It is the page on which the person asked for it last. A page that comes
back after a break repeats its old claim, so pages never take the link from each other in turns.
What it said on its old connection may still arrive after that, when the network that was lost is
there again: a connection that was come back from has no say any more.
"""

from __future__ import annotations

from meetings.people import PersonId

LEFT_MAX = 8  # connections remembered of a page that came back again and again


class Claims:
    """Who holds a link, and since when."""

    def __init__(self) -> None:
        self._held: dict[PersonId, tuple[str, int]] = {}
        self._left: dict[PersonId, tuple[str, ...]] = {}

    def claim(self, person: PersonId, connection: str, at_ms: int) -> str | None:
        """
        A connection wants the person's link.

        Args:
            at_ms: when the person asked for it there, wall clock.

        Returns: the connection that goes without from now on: the one that had the link, or this
        one, if the person has asked for the link elsewhere since. None: nobody loses it.
        """
        held, since_ms = self._held.get(person, (connection, at_ms))
        left = self._left.get(person, ())
        if held != connection and (since_ms > at_ms or (since_ms == at_ms and connection in left)):
            return connection
        if held != connection:
            # Of one claim; connections beyond are long closed.
            self._left[person] = (*left, held)[-LEFT_MAX:] if since_ms == at_ms else ()
        self._held[person] = (connection, at_ms)
        return held if held != connection else None

    def elsewhere(self, person: PersonId, connection: str) -> bool:
        """Tell whether another connection of the person holds the link."""
        held = self._held.get(person)
        return held is not None and held[0] != connection

    def release(self, person: PersonId, connection: str) -> None:
        """The connection has no link any more; no effect if it had none."""
        if self._held.get(person, ("", 0))[0] == connection:
            del self._held[person]
            self._left.pop(person, None)
