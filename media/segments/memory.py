"""Segments in memory: for tests, and as the port's shortest explanation."""

from __future__ import annotations

from media.segments import names
from media.segments.port import Claimed, Entry, FileExists, UnknownFile


class MemoryStore:
    """One programme. Nothing survives, so nothing can be half written."""

    def __init__(self, shared: MemoryStore | None = None) -> None:
        """
        Args:
            shared: a store whose content is used too, as two processes use one folder.
        """
        self._files: dict[str, bytearray] = shared._files if shared else {}
        self._entries: list[Entry] = shared._entries if shared else []
        self._claims: list[MemoryStore] = shared._claims if shared else []

    def claim(self) -> None:
        """See the port."""
        if self._claims:
            raise Claimed("in memory")
        self._claims.append(self)

    def release(self) -> None:
        """See the port."""
        if self in self._claims:
            self._claims.remove(self)

    def journal(self) -> tuple[Entry, ...]:
        """See the port."""
        return tuple(self._entries)

    def put(self, name: str, data: bytes) -> None:
        """See the port."""
        if name in self._files:
            raise FileExists(name)
        self._files[name] = bytearray(data)

    def append(self, name: str, data: bytes) -> int:
        """See the port."""
        file = self._files.setdefault(name, bytearray())
        file += data
        return len(file) - len(data)

    def note(self, entry: Entry) -> None:
        """See the port."""
        self._entries.append(entry)

    def free(self) -> int:
        """See the port."""
        return 2**62

    def sync(self) -> None:
        """See the port."""

    def read(self, name: str, start: int = 0, length: int | None = None) -> bytes:
        """See the port."""
        if not names.is_file(name) or name not in self._files:
            raise UnknownFile(name)
        data = bytes(self._files[name][start:])[:length]
        if length is not None and len(data) != length:
            raise UnknownFile(name)
        return data
