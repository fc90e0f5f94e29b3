"""
The programme's encoders: x264 and AAC, behind plain numbers.

x264 runs without delay (`zerolatency`): one picture in, one coded picture of each rendition out.
Keyframes stand where segments begin and nowhere else. Sound is coded once, for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.codec.context import Flags
from av.video.frame import PictureType
from av.video.reformatter import (
    ColorPrimaries,
    ColorRange,
    Colorspace,
    ColorTrc,
    Interpolation,
)

from media.programme.renditions import (
    BUFFER_PERCENT,
    FPS,
    PEAK_PERCENT,
    PICTURES,
    SOUND_BITRATE,
    Rendition,
)
from media.programme.sound import RATE, Pcm

VIDEO_TICKS = 90_000  # per second: the video track's timescale
FRAME_TICKS = VIDEO_TICKS // FPS
FRAME_SAMPLES = RATE // FPS  # 1920 samples of sound for each picture
AAC_SAMPLES = 1_024  # per coded frame (ISO/IEC 14496-3, AAC-LC)

NAL_SEI, NAL_SPS, NAL_PPS = 6, 7, 8  # ITU-T H.264, table 7-1


@dataclass(frozen=True, slots=True)
class Sample:
    """One coded picture or AAC frame."""

    data: bytes
    duration: int
    """In ticks of its track: VIDEO_TICKS or RATE."""
    keyframe: bool


Coded = tuple[Sample, ...]
"""One picture in each of PICTURES, all of the same duration."""


@dataclass(frozen=True, slots=True)
class ParameterSets:
    """What a decoder of pictures has to know beforehand."""

    sps: bytes
    pps: bytes


@dataclass(frozen=True, slots=True)
class Headers:
    """What decoders have to know beforehand."""

    pictures: tuple[ParameterSets, ...]
    """Of each of PICTURES."""
    audio_config: bytes
    """AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1)."""


class Encoder:
    """Encodes one run of the programme, from its first picture to its last."""

    def __init__(self) -> None:
        self._videos = tuple((rendition, _open_x264(rendition)) for rendition in PICTURES)
        self._audio = _open_aac()
        self._ticks = 0
        self._samples = 0
        self._pending = np.zeros(0, np.float32)
        sets = tuple(_parameter_sets(video.extradata or b"") for _, video in self._videos)
        self.headers = Headers(sets, self._audio.extradata or b"")

    def picture(self, frame: av.VideoFrame, *, slots: int, keyframe: bool) -> Coded:
        """
        Encode the next picture.

        Args:
            frame: in the size of the highest rendition.
            slots: how long it is shown, in FRAME_TICKS.
            keyframe: whether players must be able to begin with it.
        """
        coded = []
        for rendition, video in self._videos:
            sized = _sized(frame, rendition)
            data, is_keyframe = _encode(video, sized, self._ticks, keyframe=keyframe)
            coded.append(Sample(data, slots * FRAME_TICKS, is_keyframe))
        self._ticks += slots * FRAME_TICKS
        return tuple(coded)

    def hold(self, slots: int) -> None:
        """The last picture is shown for so much longer."""
        self._ticks += slots * FRAME_TICKS

    def sound(self, pcm: Pcm) -> list[Sample]:
        """
        Encode the next samples.

        Returns: the AAC frames that are complete. They end up to three frames (64 ms) before the
        last sample: one that isn't full yet, one in the encoder, and the encoder's own delay.
        """
        self._pending = np.concatenate((self._pending, pcm))
        done: list[Sample] = []
        while len(self._pending) >= AAC_SAMPLES:
            chunk, self._pending = self._pending[:AAC_SAMPLES], self._pending[AAC_SAMPLES:]
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(chunk)[None], format="fltp", layout="mono"
            )
            frame.sample_rate = RATE
            frame.pts = self._samples
            frame.time_base = Fraction(1, RATE)
            self._samples += AAC_SAMPLES
            done += _aac_samples(self._audio.encode(frame))
        return done

    def finish(self) -> list[Sample]:
        """
        The rest of the sound, which ends with the last picture or just after it. Nothing follows.
        """
        rest = self.sound(np.zeros(-len(self._pending) % AAC_SAMPLES, np.float32))
        return rest + _aac_samples(self._audio.encode(None))


def _aac_samples(packets: Iterable[av.Packet[av.AudioStream]]) -> list[Sample]:
    """The first packet only primes the decoder: it lies before the start and is left out."""
    return [
        Sample(bytes(packet), AAC_SAMPLES, keyframe=True)
        for packet in packets
        if packet.pts is not None and packet.pts >= 0
    ]


def split_nals(stream: bytes) -> list[bytes]:
    """
    NAL units of an Annex B stream, without start codes.

    Source: ITU-T H.264, B.1. Zero bytes before a start code belong to it.
    """
    return [nal for nal in (part.rstrip(b"\x00") for part in stream.split(b"\x00\x00\x01")) if nal]


def _parameter_sets(extradata: bytes) -> ParameterSets:
    nals = {nal[0] & 0x1F: nal for nal in split_nals(extradata)}
    return ParameterSets(nals[NAL_SPS], nals[NAL_PPS])


def _sized(frame: av.VideoFrame, rendition: Rendition) -> av.VideoFrame:
    """The picture in a rendition's size."""
    if (frame.width, frame.height) == (rendition.width, rendition.height):
        return frame
    # Area: the mean of what falls together, so that fine letters don't flicker; as quick as others.
    return frame.reformat(
        rendition.width, rendition.height, interpolation=Interpolation.AREA, threads=1
    )


def _encode(
    video: av.VideoCodecContext, frame: av.VideoFrame, at_ticks: int, *, keyframe: bool
) -> tuple[bytes, bool]:
    """One coded picture, each NAL unit behind its length; and whether it is a keyframe."""
    frame.pts = at_ticks
    frame.time_base = Fraction(1, VIDEO_TICKS)
    frame.pict_type = PictureType.I if keyframe else PictureType.NONE
    packets = video.encode(frame)
    assert len(packets) == 1, "zerolatency gives one packet for each picture"
    nals = [n for n in split_nals(bytes(packets[0])) if n[0] & 0x1F != NAL_SEI]
    data = b"".join(len(nal).to_bytes(4, "big") + nal for nal in nals)
    return data, packets[0].is_keyframe


def _open_x264(rendition: Rendition) -> av.VideoCodecContext:
    context = av.VideoCodecContext.create("libx264", "w")
    context.width, context.height, context.pix_fmt = rendition.width, rendition.height, "yuv420p"
    context.time_base = Fraction(1, VIDEO_TICKS)
    context.framerate = Fraction(FPS, 1)
    context.bit_rate = rendition.bitrate
    context.color_range = ColorRange.MPEG
    context.colorspace = Colorspace.SMPTE170M
    context.color_primaries = ColorPrimaries.SMPTE170M
    context.color_trc = ColorTrc.SMPTE170M
    context.flags |= Flags.global_header
    x264 = {
        "keyint": "infinite",  # keyframes are asked for
        "scenecut": 0,
        "level": rendition.level,
        # What ultrafast leaves out and is worth its time: 0.6 of superfast's for the same picture
        # (benchmarks/README.md, programme).
        "no-deblock": 0,
        "cabac": int(rendition.cabac),
        "vbv-maxrate": rendition.bitrate * PEAK_PERCENT // 100_000,  # kbit/s
        "vbv-bufsize": rendition.bitrate * BUFFER_PERCENT // 100_000,  # kbit
        "threads": 1,  # a second one takes a quarter more CPU time and a tenth less of the clock's
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


def _open_aac() -> av.AudioCodecContext:
    context = av.AudioCodecContext.create("aac", "w")
    context.sample_rate = RATE
    context.layout = "mono"
    context.format = "fltp"
    context.bit_rate = SOUND_BITRATE
    context.flags |= Flags.global_header
    # Two fifths of the time of the usual search, and nearer to what was said (28 dB, not 22).
    context.options = {"aac_coder": "fast"}
    context.open()
    return context
