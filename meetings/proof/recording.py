"""
The recording's files against what the record says of them. Pure.

While a meeting is recorded, the record gets a root a minute that stands for all files so far:

    root(0) = SHA-256("yishi recording 1\\n")
    root(n) = SHA-256(root(n - 1) || name || " " || bytes || " " || sha256 || "\\n")

with `bytes` in decimal and `sha256` in small hexadecimal digits, in the order in which the files
were finished. So the sums of an export were those of the day, whatever was done to the disk since.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from pydantic import TypeAdapter, ValidationError

from meetings.events import Entry
from meetings.proof.contents import FileLine
from meetings.recording.events import RecordingDeleted, RecordingSealed

BEGIN: Final = sha256(b"yishi recording 1\n").digest()
_TYPES: Final = (b'"recording.sealed"', b'"recording.deleted"')
_ENTRY: Final = TypeAdapter(Entry)


def root(before: bytes, file: FileLine) -> bytes:
    """
    The root behind one more file.

    Args:
        before: `BEGIN`, or the root behind the file before.
    """
    return sha256(before + f"{file.name} {file.bytes} {file.sha256}\n".encode()).digest()


class Recording:
    """Takes the entries, then the files, as they stand in an export."""

    def __init__(self) -> None:
        self.sealed = 0
        """Files that the record knows."""
        self.complete = False
        self.deleted = False
        self._roots: dict[int, str] = {}
        self._root = BEGIN
        self._files = 0
        self._good = 0
        """Files up to the last seal that was looked at."""

    def take(self, content: bytes) -> None:
        """Read an entry; those that don't concern the recording cost a look."""
        if not any(name in content for name in _TYPES):
            return
        try:
            event = _ENTRY.validate_json(content).event
        except ValidationError:
            return  # of a later version; its link says that it is as it was written
        if isinstance(event, RecordingSealed):
            self._roots[event.files] = event.root
            self.sealed, self.complete = event.files, event.complete
        elif isinstance(event, RecordingDeleted):
            self.deleted = True

    def file(self, file: FileLine) -> str | None:
        """
        Take the next file.

        Returns: which files are not those that were sealed; None: nothing is wrong so far.
        """
        self._files += 1
        self._root = root(self._root, file)
        said = self._roots.get(self._files)
        if said is None:
            return None
        first, self._good = self._good + 1, self._files
        if said == self._root.hex():
            return None
        self._root = bytes.fromhex(said)  # so that those behind it are not blamed
        return f"file {first}-{self._files}"

    def missing(self) -> str | None:
        """Which files the record knows and the export has not; after the last one."""
        if self._files >= self.sealed:
            return None
        return f"file {self._files + 1}-{self.sealed}"
