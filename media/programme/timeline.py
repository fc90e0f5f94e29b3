"""
The programme as it can be played: segments in order, the newest with their parts. Pure.

A fold of the segment store's journal; `media.livestream` keeps one, playlists are written from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from media.control import Part, Piece
from media.programme.renditions import Rendition
from media.programme.timing import Timing
from media.segments.port import Ended, Entry, RunStarted, Sealed

PARTS_TARGETS = 8
"""
Parts are remembered so many target durations: while they are listed (three), and as long again
(RFC 8216bis, 6.2.2), and while the next segment grows.
"""
SHORTEST_S = 0.001
"""Less is an error of rounding: no picture is as short."""


@dataclass(frozen=True, slots=True)
class Extent:
    """Bytes of a file."""

    file: str
    start: int
    length: int


def extent(part: Part, rendition: Rendition) -> Extent:
    """Where a part is in a rendition; the highest one's place if there were no others then."""
    for piece in part.others:
        if piece.rendition == rendition.name:
            return Extent(piece.file, piece.start, piece.length)
    return Extent(part.file, part.start, part.length)


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment, complete or growing."""

    number: int
    """Media sequence number."""
    file: str
    init: str
    at_ms: int
    """Wall clock of its first picture."""
    discontinuity: int
    """How often the init segment changed before it."""
    duration_s: float = 0.0
    length: int = 0
    """Bytes that are there."""
    others: tuple[Piece, ...] = ()
    """Ends of its files in the other renditions: where their newest part is."""
    parts: tuple[Part, ...] = ()
    """Empty for an old segment."""
    complete: bool = False

    def extent(self, rendition: Rendition) -> Extent:
        """Its file in a rendition; the highest one's if there were no others then."""
        for piece in self.others:
            if piece.rendition == rendition.name:
                return Extent(piece.file, 0, piece.start + piece.length)
        return Extent(self.file, 0, self.length)


def newest(segments: Sequence[Segment], together_s: float) -> int:
    """Index of the first of those newest segments that together are at least so long."""
    index = len(segments)
    while index and together_s > SHORTEST_S:
        index -= 1
        together_s -= segments[index].duration_s
    return index


@dataclass(slots=True)
class Timeline:
    """Grows by journal entries, in order."""

    segments: list[Segment] = field(default_factory=list)
    """Numbers rise by one."""
    inits: set[str] = field(default_factory=set)
    """Every init segment that a segment needs."""
    renditions: frozenset[str] = frozenset()
    """Names of those beside the highest in which everything is there."""
    timing: Timing | None = None
    """Of the first run; None: its beginning is not known yet."""
    ended: bool = False

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Timeline:
        """
        From a journal.

        Raises:
            ValueError: a part is missing in it.
        """
        timeline = cls()
        for entry in entries:
            if not timeline.add(entry):
                raise ValueError(f"the journal has a gap before {entry}")
        return timeline

    def add(self, entry: Entry) -> bool:
        """
        Take the next entry; one that was taken already changes nothing.

        Returns: False if something between the last entry and this one is missing; it isn't taken.
        """
        if isinstance(entry, RunStarted):
            self.ended = False
            self.inits.update(entry.others)
            self.timing = self.timing or Timing(entry.part_ms, entry.segment_ms)
            self._complete()
            return True
        if isinstance(entry, Sealed):
            return True  # concerns those who check, not those who play
        if isinstance(entry, Ended):
            self._complete()
            self.ended = True
            return True
        return self._add_part(entry)

    def _add_part(self, part: Part) -> bool:
        last = self.segments[-1] if self.segments else None
        if last is not None and part.segment <= last.number:
            known = part.segment < last.number or part.part < len(last.parts)
            if known:
                return True
            if last.complete or part.part != len(last.parts):
                return False
        elif part.part != 0 or (last is not None and part.segment != last.number + 1):
            return False
        elif last is not None and not last.complete and part.init == last.init:
            return False  # a run ends its segment before it begins the next
        else:
            self._begin(part, last)
        self.ended = False
        grown = self.segments[-1]
        self.segments[-1] = replace(
            grown,
            parts=(*grown.parts, part),
            duration_s=grown.duration_s + part.duration_s,
            length=part.start + part.length,
            others=part.others,
            complete=part.last,
        )
        return True

    def _begin(self, part: Part, last: Segment | None) -> None:
        self._complete()
        changed = last is not None and last.init != part.init
        before = last.discontinuity if last is not None else 0
        self.inits.add(part.init)
        there = frozenset(piece.rendition for piece in part.others)
        self.renditions = self.renditions & there if last is not None else there
        self.segments.append(
            Segment(part.segment, part.file, part.init, part.at_ms, before + changed)
        )
        kept_s = PARTS_TARGETS * (self.timing or Timing()).target_s
        old = newest(self.segments, kept_s) - 1
        while old >= 0 and self.segments[old].parts:
            self.segments[old] = replace(self.segments[old], parts=())
            old -= 1

    def _complete(self) -> None:
        """Nothing is added to the last segment any more: its run is over."""
        if self.segments and not self.segments[-1].complete:
            self.segments[-1] = replace(self.segments[-1], complete=True)

    def segment(self, number: int) -> Segment | None:
        """By media sequence number."""
        if not self.segments:
            return None
        index = number - self.segments[0].number
        return self.segments[index] if 0 <= index < len(self.segments) else None

    def has(self, number: int, part: int | None) -> bool:
        """
        Whether the playlist shows this part, or the whole segment if *part* is None, or something
        later.

        Source: RFC 8216bis, 6.2.5.2 (a part behind the last one of a complete segment counts as the
        first of the next).
        """
        if not self.segments:
            return False
        last = self.segments[-1]
        if number != last.number:
            return number < last.number
        return last.complete if part is None else part < len(last.parts)
