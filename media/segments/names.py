"""
Names of the programme's files. Pure.

    3.mp4         init segment of run 3
    3-42.m4s      segment 42, written by run 3
    3-42.1.m4s    its second part: never a file, only an address
"""

from __future__ import annotations

import re

_FILE = re.compile(r"(?P<run>\d{1,9})(?:\.mp4|-(?P<segment>\d{1,9})(?:\.(?P<part>\d{1,4}))?\.m4s)")


def init_file(run: int) -> str:
    """The init segment of a run."""
    return f"{run}.mp4"


def segment_file(run: int, segment: int) -> str:
    """A segment that a run wrote."""
    return f"{run}-{segment}.m4s"


def part_address(file: str, part: int) -> str:
    """Address of a part of a segment's file; `part` counts from 0."""
    return f"{file.removesuffix('.m4s')}.{part}.m4s"


def next_segment_file(file: str) -> str:
    """What the same run writes after a segment's file."""
    run, segment = file.removesuffix(".m4s").split("-")
    return segment_file(int(run), int(segment) + 1)


def parse(name: str) -> tuple[int, int | None, int | None] | None:
    """
    Take a name apart.

    Returns: run, segment (None: the init segment), part (None: the whole segment); or None if it is
    no name of ours. Nothing that passes can leave its folder.
    """
    found = _FILE.fullmatch(name)
    if found is None or not name.isascii():
        return None
    run, segment, part = found["run"], found["segment"], found["part"]
    return (
        int(run),
        None if segment is None else int(segment),
        None if part is None else int(part),
    )


def is_file(name: str) -> bool:
    """Whether a store may hold a file of this name."""
    parsed = parse(name)
    return parsed is not None and parsed[2] is None
