"""When the programme showed whom, read from its recording: at composition, not at the viewer."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import datetime

import av

from benchmarks.floor.speakers import Colour, colour_of

Fetch = Callable[[str], bytes]
"""The bytes of a name beside the playlist."""


def shown(playlist: str, fetch: Fetch) -> Iterator[tuple[float, Colour]]:
    """
    Every picture of a recording: when it was composed (wall clock, ms since 1970), and whose
    picture fills it.

    Args:
        playlist: with an EXT-X-PROGRAM-DATE-TIME before each segment.
    """
    init, at_ms = b"", 0.0
    for line in playlist.splitlines():
        if line.startswith("#EXT-X-MAP:"):
            init = fetch(line.split('"')[1])
        elif line.startswith("#EXT-X-PROGRAM-DATE-TIME:"):
            at_ms = datetime.fromisoformat(line.partition(":")[2]).timestamp() * 1_000
        elif line and not line.startswith("#"):
            with av.open(io.BytesIO(init + fetch(line)), "r") as container:
                begun_s: float | None = None
                for frame in container.decode(video=0):
                    assert frame.time is not None
                    begun_s = frame.time if begun_s is None else begun_s
                    yield at_ms + (frame.time - begun_s) * 1_000, colour_of(frame)
