"""
From the programme's fragments to FLV over RTMP, without coding anything anew.

Timestamps go on by the wall clock over restarts of the encoder and over what was skipped: a
platform sees one stream, and where nothing was made, a picture that stands for a moment.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final

import av
import av.container
import av.stream

from media.segments.follow import Follower, Span

CONNECT_S: Final = 5.0
WRITE_S: Final = 5.0
STREAMS: Final = ("video", "audio")


class FormatChanged(Exception):
    """The programme is coded otherwise from here on: what was announced does not hold any more."""


def push(url: str, follower: Follower, alive: Callable[[], None]) -> None:
    """
    Connect, and pass on from the newest keyframe until the programme is over or *follower* closed.

    Args:
        alive: called before and after each packet is given to the line.

    Raises:
        OSError, av.FFmpegError: nobody is there, or the line broke.
        FormatChanged: it is to be connected anew.
    """
    alive()
    options = {"flvflags": "no_duration_filesize"}
    with av.open(url, "w", format="flv", options=options) as output:
        line = _Line(output, alive)
        span = follower.newest()
        while span is not None:
            line.take(span)
            span = follower.following()


class _Line:
    """One connection."""

    def __init__(self, output: av.container.OutputContainer, alive: Callable[[], None]) -> None:
        self._output = output
        self._alive = alive
        self._streams: dict[str, av.stream.Stream] = {}
        self._announced: dict[str, bytes | None] = {}
        self._begun_ms = 0
        self._newest: dict[str, Fraction] = {}
        """Latest decode time of each stream, seconds: they only grow."""

    def take(self, span: Span) -> None:
        # Without waiting to learn more: the init segment says all.
        options = {"fflags": "nobuffer", "analyzeduration": "0"}
        with av.open(span, "r", format="mp4", options=options) as source:
            inputs = {kind: _first(source, kind) for kind in STREAMS}
            known = {kind: stream for kind, stream in inputs.items() if stream is not None}
            self._announce(known, span)
            self._pass_on(source, known, Fraction(span.at_ms - self._begun_ms, 1000))

    def _announce(self, streams: dict[str, av.stream.Stream], span: Span) -> None:
        headers = {kind: stream.codec_context.extradata for kind, stream in streams.items()}
        if self._streams:
            if headers != self._announced:
                raise FormatChanged
            return
        self._announced, self._begun_ms = headers, span.at_ms
        for kind, stream in streams.items():
            self._streams[kind] = self._output.add_stream_from_template(stream)

    def _pass_on(
        self,
        source: av.container.InputContainer,
        streams: dict[str, av.stream.Stream],
        offset: Fraction,
    ) -> None:
        origin: Fraction | None = None
        for packet in source.demux(list(streams.values())):
            if packet.dts is None or packet.pts is None or packet.time_base is None:
                continue  # FFmpeg's end of a stream
            kind, base = packet.stream.type, packet.time_base
            at = packet.dts * base
            if origin is None:
                if kind != "video" or not packet.is_keyframe:
                    continue
                origin = at
            shift = round((offset - origin) / base)
            self._mux(packet, kind, shift)

    def _mux(self, packet: av.Packet[Any], kind: str, shift: int) -> None:
        assert packet.dts is not None
        assert packet.pts is not None
        assert packet.time_base is not None
        packet.dts, packet.pts = packet.dts + shift, packet.pts + shift
        at = packet.dts * packet.time_base
        if at < 0 or at <= self._newest.get(kind, Fraction(-1)):
            return  # sound of before the first picture, or of what was shown already
        self._newest[kind] = at
        packet.stream = self._streams[kind]
        self._alive()
        self._output.mux_one(packet)
        self._alive()


def _first(source: av.container.InputContainer, kind: str) -> av.stream.Stream | None:
    return next((stream for stream in source.streams if stream.type == kind), None)
