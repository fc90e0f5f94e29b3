"""
Seals: the SHA-256 of every file of a segment, taken when the segment is whole.

They stand in the journal as `Sealed`; the meeting's record has a root for all of them, a new one
each minute (`meetings.proof.recording`). Whoever has the record can tell which file is another now.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from media.control import Part
from media.segments.disk import DELETED, JOURNAL
from media.segments.port import Entry, RunStarted, Sealed, SegmentStore, Sum, decode_entry

_KIND: Final = re.compile(rb'\{"type":"(\w+)"')


@dataclass(frozen=True, slots=True)
class Whole:
    """A segment that grows no more, and its files: of a run's first one the init segments too."""

    segment: int
    files: tuple[str, ...]


def unsealed(entries: Iterable[Entry], *, over: bool) -> list[Whole]:
    """
    Segments that are whole and not sealed, in order.

    Args:
        over: nobody writes any more; else the last segment may grow.
    """
    wholes: list[Whole] = []
    inits: tuple[str, ...] = ()
    growing: Whole | None = None
    sealed = -1
    for entry in entries:
        if isinstance(entry, RunStarted):
            if growing is not None:
                wholes.append(growing)
                growing = None
            inits = (entry.init, *entry.others)
        elif isinstance(entry, Part):
            if growing is None:
                files = (entry.file, *(piece.file for piece in entry.others))
                growing = Whole(entry.segment, (*inits, *files))
                inits = ()
            if entry.last:
                wholes.append(growing)
                growing = None
        elif isinstance(entry, Sealed):
            sealed = entry.segment
    if over and growing is not None:
        wholes.append(growing)
    return [whole for whole in wholes if whole.segment > sealed]


def seal(store: SegmentStore, whole: Whole) -> Sealed:
    """
    Take the sums of a segment's files. Blocks for reading and hashing, about 1 ms a segment.

    Raises:
        UnknownFile, OSError: a file can't be read.
    """
    return Sealed(segment=whole.segment, sums=tuple(_sum(store, file) for file in whole.files))


def _sum(store: SegmentStore, file: str) -> Sum:
    data = store.read(file)
    return Sum(file=file, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


@dataclass(frozen=True, slots=True)
class Read:
    """What a journal says of seals, from one place on."""

    seals: tuple[Sealed, ...]
    ended: bool
    """The programme is over, as far as the journal goes."""
    at: int
    """Bytes of the journal that were read, for the next time."""


def read_seals(folder: Path, at: int = 0) -> Read:
    """
    The seals of a recording in a folder, deleted or not; cheap, since no other line is parsed.

    Args:
        at: read from here on.

    Raises:
        OSError: it can't be read.
    """
    path = next((folder / name for name in (JOURNAL, DELETED) if (folder / name).is_file()), None)
    if path is None:
        return Read((), ended=False, at=at)
    with path.open("rb") as file:
        file.seek(at)
        data = file.read()
    whole = data[: data.rfind(b"\n") + 1]
    seals: list[Sealed] = []
    ended = False
    for line in whole.splitlines():
        kind = _KIND.match(line)
        if kind is None:
            continue
        ended = kind[1] == b"ended"
        if kind[1] == b"sealed":
            entry = decode_entry(line)
            assert isinstance(entry, Sealed)
            seals.append(entry)
    return Read(tuple(seals), ended, at + len(whole))
