"""
The programme's encoders: x264 and AAC, behind plain numbers.

x264 runs without delay (`zerolatency`): one picture in, one coded picture out. Keyframes stand
where segments begin and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.codec.context import Flags
from av.video.frame import PictureType
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from media.programme.planes import HEIGHT, WIDTH
from media.programme.sound import RATE, Pcm

FPS = 25
VIDEO_TICKS = 90_000  # per second: the video track's timescale
FRAME_TICKS = VIDEO_TICKS // FPS
FRAME_SAMPLES = RATE // FPS  # 1920 samples of sound for each picture
AAC_SAMPLES = 1_024  # per coded frame (ISO/IEC 14496-3, AAC-LC)

VIDEO_BITRATE = 1_500_000  # bit/s
SOUND_BITRATE = 64_000  # bit/s, mono speech

NAL_SEI = 6


@dataclass(frozen=True, slots=True)
class Sample:
    """One coded picture or AAC frame."""

    data: bytes
    duration: int
    """In ticks of its track: VIDEO_TICKS or RATE."""
    keyframe: bool


@dataclass(frozen=True, slots=True)
class Headers:
    """What a decoder has to know beforehand."""

    sps: bytes
    pps: bytes
    audio_config: bytes
    """AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1)."""


class Encoder:
    """Encodes one run of the programme, from its first picture to its last."""

    def __init__(self) -> None:
        self._video = _open_x264()
        self._audio = _open_aac()
        self._ticks = 0
        self._samples = 0
        self._pending = np.zeros(0, np.float32)
        nals = {nal[0] & 0x1F: nal for nal in split_nals(self._video.extradata or b"")}
        self.headers = Headers(nals[7], nals[8], self._audio.extradata or b"")

    def picture(self, frame: av.VideoFrame, *, slots: int, keyframe: bool) -> Sample:
        """
        Encode the next picture.

        Args:
            slots: how long it is shown, in FRAME_TICKS.
            keyframe: whether players must be able to begin with it.
        """
        frame.pts = self._ticks
        frame.time_base = Fraction(1, VIDEO_TICKS)
        frame.pict_type = PictureType.I if keyframe else PictureType.NONE
        self._ticks += slots * FRAME_TICKS
        packets = self._video.encode(frame)
        assert len(packets) == 1, "zerolatency gives one packet for each picture"
        nals = [n for n in split_nals(bytes(packets[0])) if n[0] & 0x1F != NAL_SEI]
        data = b"".join(len(nal).to_bytes(4, "big") + nal for nal in nals)
        return Sample(data, slots * FRAME_TICKS, packets[0].is_keyframe)

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


def _open_x264() -> av.VideoCodecContext:
    context = av.VideoCodecContext.create("libx264", "w")
    context.width, context.height, context.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    context.time_base = Fraction(1, VIDEO_TICKS)
    context.framerate = Fraction(FPS, 1)
    context.bit_rate = VIDEO_BITRATE
    context.color_range = ColorRange.MPEG
    context.colorspace = Colorspace.SMPTE170M
    context.color_primaries = ColorPrimaries.SMPTE170M
    context.color_trc = ColorTrc.SMPTE170M
    context.flags |= Flags.global_header
    x264 = {
        "keyint": "infinite",  # keyframes are asked for
        "scenecut": 0,
        "vbv-maxrate": VIDEO_BITRATE * 12 // 10_000,  # kbit/s
        "vbv-bufsize": VIDEO_BITRATE // 1_000,  # one second
        "threads": 1,  # a second one takes a quarter more CPU time and a tenth less of the clock's
    }
    context.options = {
        "preset": "veryfast",
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
    context.open()
    return context
