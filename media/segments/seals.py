"""
Seals: the SHA-256 of every file of a segment, taken when the segment is whole.

They stand in the journal as `Sealed`, and enter the meeting's record by `Chain`: one root a minute
for all files so far. Whoever has the record can tell which file is not as it was written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from media.control import Part
from media.segments.port import Entry, RunStarted, Sealed, SegmentStore, Sum

BEGIN: Final = hashlib.sha256(b"yishi recording 1\n").digest()


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


def root(before: bytes, sums: Iterable[Sum]) -> bytes:
    """
    Chain sums to a root.

        root(0) = SHA-256("yishi recording 1\\n")
        root(n) = SHA-256(root(n - 1) || name || " " || bytes || " " || sha256 || "\\n")

    Args:
        before: the root so far; `BEGIN` before the first file.
    """
    for one in sums:
        line = f"{one.file} {one.bytes} {one.sha256}\n"
        before = hashlib.sha256(before + line.encode()).digest()
    return before
