"""
Names of the programme's files. Pure.

    3.mp4         init segment of run 3
    3-42.m4s      segment 42, written by run 3
    3-42.1.m4s    its second part: never a file, only an address

Another rendition's mark stands behind the run: `3l.mp4`, `3l-42.m4s` (see
`media.programme.renditions`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_FILE = re.compile(
    r"(?P<run>\d{1,9})(?P<mark>[la]?)"
    r"(?:\.mp4|-(?P<segment>\d{1,9})(?:\.(?P<part>\d{1,4}))?\.m4s)"
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart."""

    run: int
    mark: str
    """Of the rendition; empty: the highest."""
    segment: int | None = None
    """None: the init segment."""
    part: int | None = None
    """None: the whole segment."""


def init_file(run: int, mark: str = "") -> str:
    """The init segment of a run."""
    return f"{run}{mark}.mp4"


def segment_file(run: int, segment: int, mark: str = "") -> str:
    """A segment that a run wrote."""
    return f"{run}{mark}-{segment}.m4s"


def part_address(file: str, part: int) -> str:
    """Address of a part of a segment's file; `part` counts from 0."""
    return f"{file.removesuffix('.m4s')}.{part}.m4s"


def next_segment_file(file: str) -> str:
    """What the same run writes after a segment's file, in the same rendition."""
    run, segment = file.removesuffix(".m4s").split("-")
    return f"{run}-{int(segment) + 1}.m4s"


def init_of(file: str) -> str:
    """The init segment that a segment's file needs."""
    return f"{file.split('-')[0]}.mp4"


def parse(name: str) -> Name | None:
    """
    Take a name apart.

    Returns: None if it is no name of ours. Nothing that passes can leave its folder.
    """
    found = _FILE.fullmatch(name)
    if found is None or not name.isascii():
        return None
    segment, part = found["segment"], found["part"]
    return Name(
        int(found["run"]),
        found["mark"],
        None if segment is None else int(segment),
        None if part is None else int(part),
    )


def is_file(name: str) -> bool:
    """Whether a store may hold a file of this name."""
    parsed = parse(name)
    return parsed is not None and parsed.part is None
