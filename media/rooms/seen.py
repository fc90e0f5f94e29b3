"""
What a watcher gets: which track of a kind, under which codec, in which layer. Pure.

Shown is what the meeting is about: a shared screen, whoever holds the floor, else the room.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from media.control import Cue
from media.forwarding.choice import LARGEST
from media.forwarding.track import Track
from media.peers.port import Codec, Kind
from media.rooms.slots import SourceKey

Sources = Mapping[SourceKey, Track]

SEEN: Final[tuple[Kind, ...]] = ("screen", "picture")
SPARE: Final = 1.3
"""So many times its bitrate has to be there before a larger layer is tried."""


def shown(cue: Cue | None, sources: Sources, kind: Kind, hide: frozenset[str]) -> Iterator[Track]:
    """
    What a watcher may get of a kind, the best first.

    Args:
        cue: the last one; outside of the meeting's open hours nothing is shown.
        hide: persons whose sound it must not get.
    """
    if cue is None or cue.mode != "meeting":
        return
    order: list[tuple[str | None, Kind]]
    if kind == "sound":
        order = [(cue.speaker, kind), (cue.microphone or cue.room, kind)]
    else:
        persons = (cue.speaker, cue.room)
        order = [(person, one) for one in SEEN for person in persons]
    for person, one in order:
        track = sources.get(SourceKey(person, one)) if person is not None else None
        if track is not None and not (one == "sound" and person in hide):
            yield track


def codec_for(track: Codec, taken: Sequence[Codec]) -> Codec | None:
    """
    The client's number for a track's codec; None: it can't take it.

    Of H264 the same profile is preferred, but any will do: a decoder reads the stream's own
    parameter sets, and browsers decode all profiles that cameras send.
    """
    same = [codec for codec in taken if codec.name == track.name]
    exact = (codec for codec in same if codec.fmtp == track.fmtp)
    return next(exact, same[0] if same else None)


def layer_for(rates: Sequence[int], takes: int | None, now: int | None) -> int:
    """
    Which layer of a picture a watcher gets, by what its line takes.

    Args:
        rates: of the layers, small to large, bit/s; 0: not there.
        takes: bit/s; None: nothing is known.
        now: the layer that it gets.

    Returns: the largest that fits; one that is larger than now has to fit with room to spare, or
    the picture would go up and down with every look.
    """
    if takes is None:
        return LARGEST
    fits = [
        layer
        for layer, rate in enumerate(rates)
        if 0 < rate * (SPARE if now is not None and layer > now else 1.0) <= takes
    ]
    return max(fits, default=0)
