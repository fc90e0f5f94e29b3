"""
Segments in a folder: the default store.

A full disk tears nothing: what finds no room is cut off again.

What survives what: a part is written before its journal entry, each with one `write`, so that a
killed process (worker, forwarder, web, all of them) loses nothing that was noted. `sync` makes it
survive a power cut; the worker calls it once a second, at the end of each segment, and a power cut
loses what came after. A journal entry that arrived on the disk before its bytes is recognised by
the file's length and left out, with everything behind it.
"""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path

from pydantic import ValidationError

from media.control import Part
from media.segments import names
from media.segments.port import (
    Claimed,
    Entry,
    FileExists,
    RunStarted,
    UnknownFile,
    decode_entry,
    encode_entry,
)

JOURNAL = "index.jsonl"
DELETED = "deleted.jsonl"
"""The journal of a recording whose files were deleted: their sums stay."""

_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC


class DiskStore:
    """One programme in one folder, which is made when it is claimed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._journal: int | None = None
        self._open: dict[str, tuple[str, int, int]] = {}
        """The segment that grows, by rendition: name, descriptor, size."""
        self._dirty: list[int] = []
        """Descriptors of finished files, to be synced and closed."""
        self._moving = threading.Lock()
        """Around both: `sync` runs in another thread than what writes."""

    def claim(self) -> None:
        """See the port. The lock is the kernel's (flock): it ends with the process."""
        self._folder.mkdir(parents=True, exist_ok=True)
        journal = os.open(
            self._folder / JOURNAL, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644
        )
        try:
            fcntl.flock(journal, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(journal)
            raise Claimed(str(self._folder)) from None
        self._journal = journal
        os.ftruncate(journal, self._read_journal()[1])

    def release(self) -> None:
        """See the port."""
        for descriptor in self._dirty + [open_[1] for open_ in self._open.values()]:
            os.close(descriptor)
        self._open = {}
        self._dirty = []
        if self._journal is not None:
            os.close(self._journal)
            self._journal = None

    def journal(self) -> tuple[Entry, ...]:
        """See the port."""
        return tuple(self._read_journal()[0])

    def _read_journal(self) -> tuple[list[Entry], int]:
        """The entries that hold, and the length of the journal up to them."""
        try:
            data = (self._folder / JOURNAL).read_bytes()
        except FileNotFoundError:
            return [], 0
        entries: list[Entry] = []
        sizes: dict[str, int] = {}
        good = 0
        for line in data.splitlines(keepends=True):
            if not line.endswith(b"\n"):
                break
            try:
                entry = decode_entry(line)
            except ValidationError:
                break
            if not self._holds(entry, sizes):
                break
            entries.append(entry)
            good += len(line)
        return entries, good

    def _holds(self, entry: Entry, sizes: dict[str, int]) -> bool:
        """Whether the bytes that an entry names are there."""
        if isinstance(entry, Part):
            ends = [(entry.file, entry.start + entry.length)]
            ends += [(piece.file, piece.start + piece.length) for piece in entry.others]
            return all(self._reaches(file, end, sizes) for file, end in ends)
        if isinstance(entry, RunStarted):
            return all(self._reaches(init, 1, sizes) for init in (entry.init, *entry.others))
        return True

    def _reaches(self, name: str, end: int, sizes: dict[str, int]) -> bool:
        """Whether a file is at least so long."""
        if not names.is_file(name):
            return False
        if name not in sizes:
            try:
                sizes[name] = (self._folder / name).stat().st_size
            except FileNotFoundError:
                return False
        return end <= sizes[name]

    def put(self, name: str, data: bytes) -> None:
        """See the port."""
        descriptor = self._create(name)
        try:
            _write(descriptor, data)
        except OSError:
            os.close(descriptor)
            (self._folder / name).unlink()
            raise
        with self._moving:
            self._dirty.append(descriptor)

    def append(self, name: str, data: bytes) -> int:
        """See the port."""
        rendition = names.init_of(name)
        grows = self._open.get(rendition)
        if grows is None or grows[0] != name:
            follows = (name, self._create(name), 0)
            with self._moving:
                if grows is not None:
                    self._dirty.append(grows[1])
                grows = self._open[rendition] = follows
        _, descriptor, start = grows
        _write(descriptor, data)
        self._open[rendition] = (name, descriptor, start + len(data))
        return start

    def note(self, entry: Entry) -> None:
        """See the port."""
        assert self._journal is not None, "claimed before"
        _write(self._journal, encode_entry(entry))

    def free(self) -> int:
        """See the port. What is kept for root doesn't count."""
        disk = os.statvfs(self._folder)
        return disk.f_bavail * disk.f_frsize

    def sync(self) -> None:
        """See the port."""
        with self._moving:
            done, self._dirty = self._dirty, []
            growing = [descriptor for _, descriptor, _ in self._open.values()]
        try:
            while done:
                os.fsync(done[-1])
                os.close(done.pop())
        finally:
            with self._moving:
                self._dirty += done
        for descriptor in growing:
            os.fsync(descriptor)
        if self._journal is not None:
            os.fsync(self._journal)
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)  # the names of new files
        finally:
            os.close(folder)

    def read(self, name: str, start: int = 0, length: int | None = None) -> bytes:
        """See the port."""
        if not names.is_file(name):
            raise UnknownFile(name)
        try:
            with (self._folder / name).open("rb") as file:
                file.seek(start)
                data = file.read(-1 if length is None else length)
        except FileNotFoundError:
            raise UnknownFile(name) from None
        if length is not None and len(data) != length:
            raise UnknownFile(f"{name} has no {length} bytes at {start}")
        return data

    def _create(self, name: str) -> int:
        assert self._journal is not None, "claimed before"
        assert names.is_file(name), name
        try:
            return os.open(self._folder / name, _CREATE, 0o644)
        except FileExistsError:
            raise FileExists(name) from None


def _write(descriptor: int, data: bytes) -> None:
    """
    All of it or nothing: a single `write` unless the disk is full or a signal comes in between.

    A disk that is almost full takes a piece and refuses the rest; the piece is cut off again, so
    that what comes later, when there is room, doesn't stand behind a torn line or half a part.
    """
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(descriptor, view) :]
    except OSError:
        os.ftruncate(descriptor, os.fstat(descriptor).st_size - (len(data) - len(view)))
        raise
