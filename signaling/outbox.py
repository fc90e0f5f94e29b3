"""
What waits for one connection. Pure, and bounded by construction.

Direct frames (answers, link frames) wait in order, up to a bound; beyond it the connection is too
slow to keep. Sections wait as one batch in which the newest version of each wins, so a slow reader
gets fewer and newer updates. See docs/decisions/0006.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping


class Batch:
    """
    Encoded sections as of one offset.

    Shared by all connections that get the same; the frame is composed once.
    """

    __slots__ = ("_text", "fragments", "of_record", "offset")

    def __init__(self, offset: int, fragments: Mapping[str, str], *, of_record: bool) -> None:
        self.offset = offset
        self.fragments = fragments
        """Section -> its JSON."""
        self.of_record = of_record
        """False: sections that the record does not number, such as `links`."""
        self._text: str | None = None

    @property
    def text(self) -> str:
        """The `update` frame."""
        if self._text is None:
            sections = ",".join(f"{json.dumps(name)}:{one}" for name, one in self.fragments.items())
            self._text = f'{{"type":"update","offset":{self.offset},"sections":{{{sections}}}}}'
        return self._text

    def followed_by(self, newer: Batch) -> Batch:
        """Both in one, the newer sections in place of the older."""
        return Batch(
            max(self.offset, newer.offset),
            {**self.fragments, **newer.fragments},
            of_record=self.of_record or newer.of_record,
        )


class Outbox:
    """Frames on their way to one connection."""

    __slots__ = ("_direct", "_direct_max", "_offset", "_pending")

    def __init__(self, direct_max: int) -> None:
        self._direct: deque[str] = deque()
        self._direct_max = direct_max
        self._pending: Batch | None = None
        self._offset = 0

    def put(self, frame: str) -> bool:
        """
        A direct frame, in order.

        Returns: False if the bound is reached; the frame was not taken, and the connection is to be
        closed.
        """
        if len(self._direct) >= self._direct_max:
            return False
        self._direct.append(frame)
        return True

    def begin(self, frame: str, batch: Batch) -> bool:
        """
        A welcome and its sections. They are whole: what waits of older ones is void.

        Returns: False if the bound is reached, as in `put`.
        """
        self._pending = batch if batch.fragments else None
        self._offset = batch.offset
        return self.put(frame)

    def push(self, batch: Batch) -> None:
        """
        Newer sections. Record sections that are not newer than what was pushed before are known
        already: a connection that came between two ticks has them from its welcome.
        """
        if batch.of_record and batch.offset <= self._offset:
            return
        self._offset = max(self._offset, batch.offset)
        self._pending = batch if self._pending is None else self._pending.followed_by(batch)

    def take(self) -> tuple[str, ...]:
        """Everything to be sent now: the direct frames, then at most one update."""
        frames = tuple(self._direct)
        self._direct.clear()
        if self._pending is None:
            return frames
        batch, self._pending = self._pending, None
        return (*frames, batch.text)
