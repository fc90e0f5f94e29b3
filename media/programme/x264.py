"""
x264 for one rendition, behind plain numbers: one picture in, one coded picture out, without delay.

There are two gears. The calm one codes every picture with the finest quantizer that is worth its
bits (`qp_floor`): before a fixed camera that takes a sixth of what the average allows, and a
quarter less time than with rate control, which looks at a small copy of each picture first. A
picture that is too large for the line is coded again in the bounded gear (average bitrate and VBV),
as a keyframe; that gear stays until pictures have been small again for a while. Both have the same
parameter sets, so a decoder does not notice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import av
from av.codec.context import Flags
from av.video.frame import PictureType
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from media.programme.bucket import Bucket
from media.programme.renditions import BURST_S, FPS, Rendition

TICKS: Final = 90_000
"""Per second."""
BOUNDED_S: Final = 5
"""The bounded gear stays at least so long."""
CALM_SHARE: Final = 0.7
"""Of the average bitrate: with less in its last second the bounded gear is at its finest too."""

NAL_SEI, NAL_SPS, NAL_PPS = 6, 7, 8  # ITU-T H.264, table 7-1


@dataclass(frozen=True, slots=True)
class ParameterSets:
    """What a decoder of pictures has to know beforehand."""

    sps: bytes
    pps: bytes


class PictureCoder:
    """Codes one run of pictures of one rendition."""

    def __init__(self, rendition: Rendition) -> None:
        self._rendition = rendition
        self._calm = _open(rendition, {"qp": rendition.qp_floor, "ipratio": 1})
        self._bounded: av.VideoCodecContext | None = None
        self._bucket = Bucket(rendition.bitrate, rendition.bitrate * BURST_S)
        self._at = 0
        self._turned = 0
        """When the bounded gear was taken."""
        self._key_at = 0
        """When the last keyframe that was asked for was."""
        self._spent = 0
        """Bits since then."""
        nals = {nal[0] & 0x1F: nal for nal in split_nals(self._calm.extradata or b"")}
        self.sets = ParameterSets(uneven(nals[NAL_SPS]), nals[NAL_PPS])

    @property
    def bounded(self) -> bool:
        """Whether rate control is on."""
        return self._bounded is not None

    def encode(self, frame: av.VideoFrame, at: int, *, keyframe: bool) -> tuple[bytes, bool]:
        """
        Code the next picture.

        Args:
            frame: in the rendition's size.
            at: when it is shown, in TICKS; later than the one before.
            keyframe: whether decoders must be able to begin with it.

        Returns: its NAL units, each behind its length in 4 bytes; and whether it is a keyframe.
        """
        self._bucket.refill((at - self._at) / TICKS)
        self._at = at
        if keyframe:
            if self._bounded is not None and self._calms(at):
                self._bounded = None
            self._key_at, self._spent = at, 0
        if self._bounded is None:
            coded = _encode(self._calm, frame, at, keyframe=keyframe)
            bits = len(coded[0]) * 8
            if self._bucket.holds(bits):
                self._took(bits)
                return coded
            self._bounded, self._turned = self._open_bounded(), at
            keyframe = True
        coded = _encode(self._bounded, frame, at, keyframe=keyframe)
        self._took(len(coded[0]) * 8)
        return coded

    def _calms(self, at: int) -> bool:
        """Whether the calm gear may be tried again."""
        allowed = CALM_SHARE * self._rendition.bitrate * (at - self._key_at) / TICKS
        return at - self._turned >= BOUNDED_S * TICKS and self._spent <= allowed

    def _took(self, bits: int) -> None:
        self._bucket.take(bits)
        self._spent += bits

    def _open_bounded(self) -> av.VideoCodecContext:
        bitrate = self._rendition.bitrate
        return _open(
            self._rendition,
            {
                "vbv-maxrate": bitrate // 1_000,  # kbit/s
                "vbv-bufsize": bitrate * BURST_S // 1_000,  # kbit
                "vbv-init": f"{self._bucket.share:.3f}",
                "qpmin": self._rendition.qp_floor,
            },
            bitrate,
        )


def uneven(sps: bytes) -> bytes:
    """
    Say of pictures that they do not come evenly: cards have fewer, and some are left out.

    x264's zerolatency says that they do, and has no other setting for it without a delay.

    Source: ITU-T H.264, E.1.1 (fixed_frame_rate_flag, behind the time scale); 7.3.1 for the bytes
    that keep start codes out.
    """
    bits = "".join(f"{byte:08b}" for byte in sps.replace(b"\0\0\3", b"\0\0"))
    timing = f"{1:032b}{2 * FPS:032b}"
    assert bits.count(f"{timing}1") == 1, "x264 tells its timing otherwise"
    changed = int(bits.replace(f"{timing}1", f"{timing}0"), 2).to_bytes(len(bits) // 8, "big")
    return re.sub(rb"\0\0(?=[\0-\3])", b"\0\0\3", changed)


def split_nals(stream: bytes) -> list[bytes]:
    """
    NAL units of an Annex B stream, without start codes.

    Source: ITU-T H.264, B.1. Zero bytes before a start code belong to it.
    """
    return [nal for nal in (part.rstrip(b"\x00") for part in stream.split(b"\x00\x00\x01")) if nal]


def _encode(
    video: av.VideoCodecContext, frame: av.VideoFrame, at: int, *, keyframe: bool
) -> tuple[bytes, bool]:
    frame.pts = at
    frame.time_base = Fraction(1, TICKS)
    frame.pict_type = PictureType.I if keyframe else PictureType.NONE
    packets = video.encode(frame)
    assert len(packets) == 1, "zerolatency gives one packet for each picture"
    nals = [n for n in split_nals(bytes(packets[0])) if n[0] & 0x1F != NAL_SEI]
    data = b"".join(len(nal).to_bytes(4, "big") + nal for nal in nals)
    return data, packets[0].is_keyframe


def _open(
    rendition: Rendition, control: Mapping[str, str | int], bitrate: int = 0
) -> av.VideoCodecContext:
    context = av.VideoCodecContext.create("libx264", "w")
    context.width, context.height, context.pix_fmt = rendition.width, rendition.height, "yuv420p"
    context.time_base = Fraction(1, TICKS)
    context.framerate = Fraction(FPS, 1)
    context.bit_rate = bitrate
    context.color_range = ColorRange.MPEG
    context.colorspace = Colorspace.SMPTE170M
    context.color_primaries = ColorPrimaries.SMPTE170M
    context.color_trc = ColorTrc.SMPTE170M
    context.flags |= Flags.global_header
    x264: dict[str, str | int] = {
        "keyint": "infinite",  # keyframes are asked for
        "scenecut": 0,
        "level": rendition.level,
        # What ultrafast leaves out and is worth its time: 0.6 of superfast's for the same picture
        # (benchmarks/README.md, programme).
        "no-deblock": 0,
        "cabac": int(rendition.cabac),
        "threads": 1,  # a second one takes a quarter more CPU time and a tenth less of the clock's
        "stitchable": 1,  # parameter sets do not depend on the rate control
        **control,
    }
    context.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "profile": "main",
        "forced-idr": "1",
        "x264-params": ":".join(f"{key}={value}" for key, value in x264.items()),
    }
    context.open()
    return context
