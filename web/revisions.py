"""
Revisions of the minutes' drafts: files beside the record, `minutes/MEETING/000001.json` and so on.

A revision is never changed, and appears whole or not at all. Who saves says which revision he had
before him; if there is a newer one by now, nothing is saved (the file is linked into place, which
fails when the name is taken, also between processes).
"""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from meetings.minutes.draft import digest

REVISIONS_MAX = 5000  # of one meeting: one a minute for three days

_MEETING = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.:-]{0,63}")  # never `..`, never a path
_FILE = re.compile(r"([0-9]{6})\.json")


class RevisionConflict(Exception):
    """Somebody else saved first."""


class TooManyRevisions(Exception):
    """There are REVISIONS_MAX already."""


@dataclass(frozen=True, slots=True)
class Revision:
    """What was saved."""

    number: int
    """1, 2, 3 ..."""
    body: bytes

    @property
    def sha256(self) -> str:
        """What is signed."""
        return digest(self.body)


class Revisions:
    """The revisions of all meetings. Every method reads or writes files, and may raise OSError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def latest(self, meeting: str) -> Revision | None:
        """The newest revision; None if there is none."""
        number = self._newest(self._of(meeting))
        return self.get(meeting, number) if number else None

    def get(self, meeting: str, number: int) -> Revision | None:
        """The revision of this number; None if there is none."""
        try:
            return Revision(number, (self._of(meeting) / _name(number)).read_bytes())
        except FileNotFoundError:
            return None

    def save(self, meeting: str, base: int, body: bytes) -> Revision:
        """
        Keep *body* as the revision after *base* (0: as the first one); durable on return.

        Raises: RevisionConflict, TooManyRevisions.
        """
        folder = self._of(meeting)
        folder.mkdir(parents=True, exist_ok=True)
        if base != self._newest(folder):
            raise RevisionConflict(f"{base} is not the newest")
        if base >= REVISIONS_MAX:
            raise TooManyRevisions
        draft = folder / f".{secrets.token_hex(8)}"
        with draft.open("xb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, folder / _name(base + 1))
        except FileExistsError as error:
            raise RevisionConflict(f"{base + 1} was saved meanwhile") from error
        finally:
            draft.unlink()
        _sync(folder)
        return Revision(base + 1, body)

    def _of(self, meeting: str) -> Path:
        if not _MEETING.fullmatch(meeting):
            raise ValueError(f"no meeting has the id {meeting!r}")
        return self._folder / meeting

    def _newest(self, folder: Path) -> int:
        try:
            found = [_FILE.fullmatch(path.name) for path in folder.iterdir()]
        except FileNotFoundError:
            return 0
        return max((int(one[1]) for one in found if one is not None), default=0)


def _name(number: int) -> str:
    return f"{number:06}.json"


def _sync(folder: Path) -> None:
    """Make the new name durable too."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
