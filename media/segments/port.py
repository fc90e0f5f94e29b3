"""
Where the programme is kept: init segments, segments that grow part by part, and a journal.

One contract suite: `tests/contracts/test_segments.py`. A store holds one programme (one meeting).
The journal is the truth: bytes that no entry names don't exist for anybody. Each run of a worker
writes files of its own, so that no name ever stands for two contents and caches may keep them.
"""

from __future__ import annotations

from typing import Annotated, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from media.control import Part


class StoreError(Exception):
    """Base of what a store raises besides OSError."""


class UnknownFile(StoreError):
    """No such file, or it isn't as long as asked for."""


class FileExists(StoreError):
    """The name is taken, perhaps by a run whose journal entry was lost."""


class Claimed(StoreError):
    """Another worker writes here."""


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RunStarted(_Entry):
    """A worker began to write; what follows needs its init segment."""

    type: Literal["run"] = "run"
    run: int
    """1, 2, 3 ... in one store, not always without gaps."""
    init: str
    at_ms: int
    """Wall clock."""
    others: tuple[str, ...] = ()
    """Init segments of the other renditions; empty in records from before there were any."""
    part_ms: int = 200
    """Length of a part. The first run's holds for the whole programme; so does the next."""
    segment_ms: int = 1_000


class Sum(_Entry):
    """What a file holds."""

    file: str
    bytes: int
    sha256: str
    """Hexadecimal."""


class Sealed(_Entry):
    """A segment is whole and won't change; segments are sealed in order, each once."""

    type: Literal["sealed"] = "sealed"
    segment: int
    sums: tuple[Sum, ...]
    """Of the init segments, if it is its run's first, then of the segment in each rendition."""


class Ended(_Entry):
    """The programme is over: the recording is complete."""

    type: Literal["ended"] = "ended"
    at_ms: int


Entry = Annotated[RunStarted | Part | Sealed | Ended, Field(discriminator="type")]

_ENTRIES: TypeAdapter[Entry] = TypeAdapter(Entry)


def encode_entry(entry: Entry) -> bytes:
    """One line of the journal, with its end."""
    return entry.model_dump_json().encode() + b"\n"


def decode_entry(line: bytes) -> Entry:
    """
    The entry in a line.

    Raises:
        pydantic.ValidationError: not an entry, or only a part of one.
    """
    return _ENTRIES.validate_json(line)


class SegmentStore(Protocol):
    """
    Files and a journal. Calls may block for a disk or a network; errors of those are OSError.

    `claim` comes before every method that writes. One thread writes; `sync` may be called from
    another one, and `journal` and `read` from everywhere.
    """

    def claim(self) -> None:
        """
        Become the only writer, until `release` or the end of the process, however it ends. Cuts off
        a journal entry that was not written to its end.

        Raises:
            Claimed: somebody else is.
        """
        ...

    def release(self) -> None:
        """Let others write."""
        ...

    def journal(self) -> tuple[Entry, ...]:
        """All whole entries whose bytes are there, in order. Empty for a new store."""
        ...

    def put(self, name: str, data: bytes) -> None:
        """
        Write a whole file.

        Raises:
            FileExists: the name is taken.
        """
        ...

    def append(self, name: str, data: bytes) -> int:
        """
        Add to a file, which begins with the first call; returns where *data* begins in it.
        What finds no room (OSError) leaves the file as it was.
        """
        ...

    def note(self, entry: Entry) -> None:
        """Add to the journal; its bytes were put or appended before."""
        ...

    def free(self) -> int:
        """Bytes that may still be written."""
        ...

    def sync(self) -> None:
        """Return once everything written before the call survives a power cut."""
        ...

    def read(self, name: str, start: int = 0, length: int | None = None) -> bytes:
        """
        Exactly *length* bytes of a file from *start*, or all from there.

        Raises:
            UnknownFile: no such file, or too short. Also for names that no worker writes.
        """
        ...
