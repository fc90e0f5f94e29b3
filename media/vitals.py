"""
How the media process itself is: whether its loop keeps up, and whether anything is left over.

A loop can be late by its own fault, with something that took long, or because other processes had
the processors: only the first can be mended here, so both are told.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict

LOOK_S: Final = 0.2
"""Seconds between two looks at how late the loop is."""
LOOKS: Final = 25
"""Looks in one report."""
_WAITS: Final = "/proc/self/schedstat"
_WAITS_MAX: Final = 100  # bytes: three numbers
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


class Vitals(BaseModel):
    """Said every few seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["vitals"] = "vitals"
    late_ms: tuple[float, ...]
    """How late the loop came to each look since the last report."""
    starved_ms: tuple[float, ...]
    """How long it was ready and had no processor before each; 0 where the system doesn't tell."""
    tasks: int
    files: int
    """Open descriptors, sockets among them."""
    memory: int
    """Resident bytes; 0 where the system doesn't tell."""


def look(late_ms: tuple[float, ...], starved_ms: tuple[float, ...]) -> Vitals:
    """What there is at this moment. Needs a running loop."""
    return Vitals(
        late_ms=late_ms,
        starved_ms=starved_ms,
        tasks=len(asyncio.all_tasks()),
        files=_files(),
        memory=_memory(),
    )


async def watch(tell: Callable[[Vitals], None]) -> None:
    """Look and tell, until cancelled."""
    loop = asyncio.get_running_loop()
    with _Waits() as waits:
        while True:
            late_ms, starved_ms = [], []
            starved_s = waits.total_s()
            for _ in range(LOOKS):
                due_s, before_s = loop.time() + LOOK_S, starved_s
                await asyncio.sleep(LOOK_S)
                late_ms.append(round(max(0.0, loop.time() - due_s) * 1000, 1))
                starved_s = waits.total_s()
                starved_ms.append(round((starved_s - before_s) * 1000, 1))
            tell(look(tuple(late_ms), tuple(starved_ms)))


class _Waits:
    """
    How long the main thread, in which the loop runs, was ready and had no processor.

    Source: Linux's sched-stats.rst, /proc/PID/schedstat. The file stays open: to open it takes
    several times as long as to read it.
    """

    def __enter__(self) -> Self:
        try:
            self._file = os.open(_WAITS, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self._file = -1
        return self

    def __exit__(self, *_: object) -> None:
        if self._file >= 0:
            os.close(self._file)

    def total_s(self) -> float:
        """Since the process began; 0 where the system doesn't tell."""
        if self._file < 0:
            return 0.0
        return int(os.pread(self._file, _WAITS_MAX, 0).split()[1]) / 1e9


def _files() -> int:
    try:
        return len(os.listdir("/proc/self/fd")) - 1  # noqa: PTH208 - the listing's own is not ours
    except OSError:
        return 0


def _memory() -> int:
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE
    except OSError:
        return 0
