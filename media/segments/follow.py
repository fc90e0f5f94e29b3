"""
Following a programme while it is being written, from a process of its own: the newest parts of one
rendition, as bytes that a demuxer reads.

The journal is looked at several times a part. What was written stays on the disk, so nothing is
kept here: a reader that is too slow skips to the newest keyframe.
"""

from __future__ import annotations

import threading
from collections import deque
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from media.control import Part
from media.programme.renditions import HIGH, Rendition
from media.programme.timeline import extent
from media.segments.disk import JOURNAL
from media.segments.names import init_of
from media.segments.port import Ended, Entry, decode_entry

LOOK_S: Final = 0.04
"""Between two looks at the journal: a fifth of a part."""
BEHIND_MAX_S: Final = 5.0
"""A reader that is farther behind skips what it missed."""
KEPT: Final = 128
"""Newest parts that are remembered: more than a reader may be late, also if they are short."""


class Follower:
    """
    One programme's folder; belongs to one thread, but `close` may be called from any.

    Args:
        rendition: which one's bytes.
    """

    def __init__(self, folder: Path, rendition: Rendition = HIGH) -> None:
        self._folder = folder
        self._rendition = rendition
        self._position = 0
        self._closed = threading.Event()
        self._parts: deque[Part] = deque(maxlen=KEPT)
        self.ended = False
        """The programme is over; it may be taken up again."""

    def close(self) -> None:
        """End every wait."""
        self._closed.set()

    @property
    def closed(self) -> bool:
        """Nobody wants any more."""
        return self._closed.is_set()

    def wait(self, seconds: float) -> None:
        """For so long, or until it is closed."""
        self._closed.wait(seconds)

    def newest(self) -> Span | None:
        """
        From the newest keyframe on; waits for one.

        Returns: None if the programme is over, or the follower was closed.
        """
        while not self.closed:
            self.look()
            begin = next(
                (n for n in range(len(self._parts) - 1, -1, -1) if self._parts[n].independent), None
            )
            if begin is not None:
                for _ in range(begin):
                    self._parts.popleft()
                return Span(self, self._parts[0])
            if self.ended:
                return None
            self._closed.wait(LOOK_S)
        return None

    def following(self) -> Span | None:
        """
        What comes after a span that came to its end: a new run, or after a skip the newest
        keyframe. Otherwise as `newest`.
        """
        if self._parts and self._parts[0].independent and not self.behind():
            return Span(self, self._parts[0])
        return self.newest()

    def look(self) -> None:
        """Take in what was added to the journal."""
        try:
            with (self._folder / JOURNAL).open("rb") as journal:
                journal.seek(self._position)
                data = journal.read()
        except FileNotFoundError:
            return
        for line in data.splitlines(keepends=True):
            if not line.endswith(b"\n"):
                return  # the rest of it comes
            self._position += len(line)
            try:
                self._take(decode_entry(line))
            except ValidationError:
                continue  # cut off by a crash

    def _take(self, entry: Entry) -> None:
        if isinstance(entry, Part):
            self.ended = False
            self._parts.append(entry)
        elif isinstance(entry, Ended):
            self.ended = True

    def behind(self) -> bool:
        """More waits than a reader may be late."""
        return round(sum(part.duration_s for part in self._parts), 3) > BEHIND_MAX_S

    def part(self, init: str) -> Part | None:
        """
        The next part of a span; waits for it.

        Returns: None at its end: another run began, the reader is late, or nothing more comes.
        """
        while not self.closed:
            self.look()
            if self._parts:
                same = self._parts[0].init == init and not self.behind()
                return self._parts.popleft() if same else None
            if self.ended:
                return None
            self._closed.wait(LOOK_S)
        return None

    def init(self, part: Part) -> bytes:
        """The init segment that a part needs."""
        return (self._folder / init_of(extent(part, self._rendition).file)).read_bytes()

    def bytes(self, part: Part) -> bytes:
        """A part's bytes."""
        place = extent(part, self._rendition)
        with (self._folder / place.file).open("rb") as file:
            file.seek(place.start)
            return file.read(place.length)


class Span:
    """Parts of one run without a gap, from a keyframe on: a file that is read once."""

    def __init__(self, follower: Follower, first: Part) -> None:
        self._follower = follower
        self._init = first.init
        self._rest = follower.init(first)
        self.at_ms = first.at_ms
        """Wall clock of its first picture."""

    def read(self, size: int = -1) -> bytes:
        """What is there, at most *size* bytes; waits for more. Empty at its end."""
        if not self._rest:
            part = self._follower.part(self._init)
            if part is None:
                return b""
            self._rest = self._follower.bytes(part)
        size = len(self._rest) if size < 0 else size
        data, self._rest = self._rest[:size], self._rest[size:]
        return data
