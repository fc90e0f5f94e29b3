"""
The moving picture of one source: packets in, the newest decoded picture out.

Only sources that the director wants are decoded: each has an object while it is wanted.
"""

from __future__ import annotations

import logging
from collections import deque
from typing import Literal

import av

from media.programme import depacketize
from media.programme.reorder import Reorder, parse
from media.programme.scene import Look
from media.programme.sync import ticks

STALL_S = 0.9
"""Without a new picture for this long the source counts as stalled, so that with the frame in hand
it is replaced within a second."""
KEYFRAME_ASK_S = 0.4
"""A keyframe is asked for again after this: a slow line's round trip and the encoder's work."""
AHEAD_MAX = 16
"""Pictures that wait for their sound: half a second. More, and the oldest are shown."""
PIXELS_MAX = 2_560 * 1_440
"""A larger picture is refused by the decoder before it takes memory for it."""

_PARSERS = {"VP8": depacketize.vp8, "H264": depacketize.h264}
_DECODERS = {"VP8": "vp8", "H264": "h264"}

_log = logging.getLogger(__name__)


class PictureSource:
    """
    One source of pictures, as long as it is wanted.

    Time is the caller's monotonic clock, in seconds.
    """

    def __init__(self, codec: Literal["VP8", "H264"], now_s: float) -> None:
        self._reorder = Reorder()
        self._assembler = depacketize.Assembler(_PARSERS[codec])
        decoder = av.CodecContext.create(_DECODERS[codec], "r")
        assert isinstance(decoder, av.VideoCodecContext)
        # Frame threads would hold pictures back by as many frames.
        decoder.thread_count = 1
        decoder.options = {"max_pixels": str(PIXELS_MAX), "flags": "low_delay"}
        self._decoder = decoder
        self._asked_s: float | None = None
        self._shown_s = now_s
        self._ahead: deque[tuple[int, av.VideoFrame]] = deque()
        """Timestamps and pictures that are decoded and not shown yet, oldest first."""
        self.newest: int | None = None
        """Timestamp of the newest decoded picture, 32 bits."""
        self.frame: av.VideoFrame | None = None
        """What is to be shown now, any size, planar 4:2:0."""
        self.count = 0
        """Pictures shown so far: tells whether `frame` is new."""

    def look(self, now_s: float) -> Look:
        """Whether it can be shown."""
        if now_s - self._shown_s >= STALL_S:
            return Look.STALLED
        return Look.WAITING if self.frame is None else Look.ALIVE

    def push(self, data: bytes, now_s: float) -> None:
        """Take an RTP packet; what isn't one is dropped."""
        packet = parse(data)
        if packet is not None:
            self._reorder.push(packet, now_s)
            self.advance(now_s)

    def advance(self, now_s: float) -> None:
        """Decode what is in order by now."""
        for packet, lost in self._reorder.pop(now_s):
            for unit in self._assembler.push(packet, lost=lost):
                self._decode(unit, now_s)

    def show(self, until: int | None) -> None:
        """
        Go on to the newest picture that is due.

        Args:
            until: timestamp of the moment that is heard; None: nothing to wait for.
        """
        while self._ahead:
            timestamp, frame = self._ahead[0]
            if until is not None and ticks(timestamp, until) > 0 and len(self._ahead) <= AHEAD_MAX:
                return
            self._ahead.popleft()
            self.frame = frame
            self.count += 1

    def wants_keyframe(self, now_s: float) -> bool:
        """Whether to ask the publisher for a keyframe now; true at most once in KEYFRAME_ASK_S."""
        if not self._assembler.waiting:
            return False
        if self._asked_s is not None and now_s - self._asked_s < KEYFRAME_ASK_S:
            return False
        self._asked_s = now_s
        return True

    def _decode(self, unit: depacketize.Unit, now_s: float) -> None:
        try:
            frames = self._decoder.decode(av.Packet(unit.data))
        except av.error.FFmpegError as error:
            _log.debug("picture not decodable: %s", error)
            self._assembler.damage()
            return
        for frame in frames:
            if frame.format.name in ("yuv420p", "yuvj420p"):
                self._ahead.append((unit.timestamp, frame))
                self.newest, self._shown_s = unit.timestamp, now_s
                if self.frame is None:
                    self.show(None)
