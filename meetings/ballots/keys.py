"""
The keys of secret votes: one file a vote, beside the database and never in it.

A copy of the database alone, with its log or out of a backup, shows nothing of the ballots; and
once a vote is over and its file is gone, a copy of everything shows no more than was published.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from meetings.ballots.blind import PaperKey
from meetings.ballots.port import UnknownBox

BOXES_KEPT = 64  # boxes whose names are remembered: more votes than run at once on one node
UNUSED_S = 3600.0
"""A key without a vote is left over from a vote that was never opened, once it is this old."""


@dataclass(frozen=True, slots=True)
class BoxKeys:
    """All that is secret about one box."""

    paper: PaperKey
    seal: bytes
    """AES-256 key of the rows."""
    slot: bytes
    """HMAC key of their names."""

    @classmethod
    def generate(cls) -> BoxKeys:
        """Make new ones: some 100 ms of CPU."""
        return cls(PaperKey.generate(), secrets.token_bytes(32), secrets.token_bytes(32))

    @property
    def paper_key(self) -> str:
        """The public key: the modulus in hexadecimal."""
        return f"{self.paper.modulus:x}"


@lru_cache(maxsize=BOXES_KEPT)
def box_id(paper_key: str) -> str:
    """Name a box by its public key, before the vote has a number."""
    return sha256(paper_key.encode()).hexdigest()[:32]


class KeyFolder:
    """
    Files in *folder*, readable by this user alone. Blocking: call it in a thread.

    Every method may raise OSError.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, meeting: str, keys: BoxKeys) -> None:
        """Write the file of a new box; it is on the disk when this returns."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(meeting, keys.paper_key)
        draft = path.with_suffix(".draft")
        text = json.dumps(
            {
                "p": f"{keys.paper.p:x}",
                "q": f"{keys.paper.q:x}",
                "seal": keys.seal.hex(),
                "slot": keys.slot.hex(),
            }
        )
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        self._sync()

    def load(self, meeting: str, paper_key: str) -> BoxKeys:
        """Read the file of a box. Raises: UnknownBox if there is none, or it cannot be read."""
        try:
            fields = json.loads(self._path(meeting, paper_key).read_text())
            keys = BoxKeys(
                PaperKey(int(fields["p"], 16), int(fields["q"], 16)),
                bytes.fromhex(fields["seal"]),
                bytes.fromhex(fields["slot"]),
            )
        except FileNotFoundError as error:
            raise UnknownBox(f"no keys of {box_id(paper_key)} in {meeting}") from error
        except (ValueError, KeyError) as error:
            raise UnknownBox(f"keys of {box_id(paper_key)} in {meeting}: {error}") from error
        if keys.paper_key != paper_key:
            raise UnknownBox(f"keys of {box_id(paper_key)} in {meeting} are another's")
        return keys

    def destroy(self, meeting: str, paper_key: str) -> None:
        """Delete the file of a box, and first write over it; nothing happens if it is gone."""
        self._shred(self._path(meeting, paper_key))

    def clear(self, meeting: str, keep: Collection[str]) -> None:
        """Delete old files of *meeting* that belong to none of the public keys *keep*."""
        kept = {self._path(meeting, paper_key) for paper_key in keep}
        oldest = time.time() - UNUSED_S
        for path in self._folder.glob(f"{quote(meeting, safe='')}-*"):
            if path not in kept and path.stat().st_mtime < oldest:
                self._shred(path)

    def _shred(self, path: Path) -> None:
        """
        On disks that write elsewhere than before (flash, journals of data, snapshots) what was
        there may survive: docs/secrecy.md.
        """
        try:
            size = path.stat().st_size
            with path.open("r+b") as file:
                file.write(secrets.token_bytes(size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
        except FileNotFoundError:
            return
        self._sync()

    def _path(self, meeting: str, paper_key: str) -> Path:
        return self._folder / f"{quote(meeting, safe='')}-{box_id(paper_key)}.key"

    def _sync(self) -> None:
        """A new or a missing name is on the disk when its folder is."""
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
