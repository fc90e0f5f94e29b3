"""
What waits for one connection. Pure, and bounded by construction.

Direct frames (answers, link frames) wait in order, up to a bound; beyond it the connection is too
slow to keep. Sections wait as one batch in which the newest version of each wins, so a slow reader
gets fewer and newer updates. See docs/decisions/0006.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping


class Batch:
    """
    Encoded sections as of one offset.

    Shared by all connections that get the same; the frame is composed and encoded once.
    """

    __slots__ = ("_frame", "fragments", "of_record", "offset")

    def __init__(self, offset: int, fragments: Mapping[str, str], *, of_record: bool) -> None:
        self.offset = offset
        self.fragments = fragments
        """Section -> its JSON; names are plain words."""
        self.of_record = of_record
        """False: sections that need no offset: `links`, which the record does not hold, and `me`,
        which every welcome brings."""
        self._frame: bytes | None = None

    @property
    def frame(self) -> bytes:
        """The `update` frame, JSON in UTF-8."""
        if self._frame is None:
            sections = ",".join(f'"{name}":{one}' for name, one in self.fragments.items())
            text = f'{{"type":"update","offset":{self.offset},"sections":{{{sections}}}}}'
            self._frame = text.encode()
        return self._frame

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
        self._direct: deque[bytes] = deque()
        self._direct_max = direct_max
        self._pending: Batch | None = None
        self._offset = 0

    def put(self, frame: bytes) -> bool:
        """
        A direct frame, in order.

        Returns: False if the bound is reached; the frame was not taken, and the connection is to be
        closed.
        """
        if len(self._direct) >= self._direct_max:
            return False
        self._direct.append(frame)
        return True

    def begin(self, frame: bytes, batch: Batch) -> bool:
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
        already: a connection that came between two ticks has them from its welcome. Others hold
        at any offset, and never take the connection back behind the one that it knows.
        """
        if batch.offset <= self._offset:
            if batch.of_record:
                return
            if batch.offset < self._offset:
                batch = Batch(self._offset, batch.fragments, of_record=False)
        self._offset = max(self._offset, batch.offset)
        self._pending = batch if self._pending is None else self._pending.followed_by(batch)

    def take(self) -> tuple[bytes, ...]:
        """Everything to be sent now: the direct frames, then at most one update."""
        frames = tuple(self._direct)
        self._direct.clear()
        if self._pending is None:
            return frames
        batch, self._pending = self._pending, None
        return (*frames, batch.frame)
