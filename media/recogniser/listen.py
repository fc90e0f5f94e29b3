"""Listens to a programme that is being written, and tells what was said when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import av
import numpy as np

from media.recogniser.job import Said
from media.recogniser.port import RATE, Heard, Pcm, Recogniser
from media.segments.follow import Follower, Span


def listen(follower: Follower, recogniser: Recogniser) -> Iterator[Said]:
    """
    From the newest part on, until the programme is over or *follower* closed. After a restart of
    the encoder, or if the recogniser was too slow, it goes on with what is newest.

    Raises:
        OSError, av.FFmpegError: the programme can't be read.
    """
    fed = 0
    span = follower.newest()
    while span is not None:
        begin, at_ms = fed, span.at_ms
        for pcm in _sound(span):
            fed += len(pcm)
            yield from _told(recogniser.feed(pcm), begin, at_ms)
        yield from _told(recogniser.finish(), begin, at_ms)
        span = follower.following()


def _told(heard: Iterable[Heard], begin: int, at_ms: int) -> Iterator[Said]:
    for one in heard:
        yield Said(
            from_ms=at_ms + (one.begin - begin) * 1000 // RATE,
            until_ms=at_ms + (one.end - begin) * 1000 // RATE,
            text=one.text,
        )


def _sound(span: Span) -> Iterator[Pcm]:
    """Decoded and resampled, from the first picture of the span on."""
    options = {"fflags": "nobuffer", "analyzeduration": "0"}
    with av.open(span, "r", format="mp4", options=options) as source:
        resampler = av.AudioResampler("flt", "mono", RATE)
        for frame in source.decode(source.streams.audio[0]):
            for block in resampler.resample(frame):
                yield block.to_ndarray().reshape(-1).astype(np.float32)
