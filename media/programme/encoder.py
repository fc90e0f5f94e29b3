"""
The programme's encoders: x264 for each rendition, and AAC.

One picture in, one coded picture of each rendition out. Keyframes stand where segments begin, and
where `x264` changes its gear. Sound is coded once, for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.codec.context import Flags
from av.video.reformatter import Interpolation, VideoReformatter

from media.programme.renditions import FPS, PICTURES, SOUND_BITRATE, Rendition
from media.programme.sound import RATE, Pcm
from media.programme.x264 import TICKS, ParameterSets, PictureCoder

FRAME_TICKS = TICKS // FPS
FRAME_SAMPLES = RATE // FPS  # 1920 samples of sound for each picture
AAC_SAMPLES = 1_024  # per coded frame (ISO/IEC 14496-3, AAC-LC)


@dataclass(frozen=True, slots=True)
class Sample:
    """One coded picture or AAC frame."""

    data: bytes
    duration: int
    """In ticks of its track: `x264.TICKS` or RATE."""
    keyframe: bool


Coded = tuple[Sample, ...]
"""One picture in each of PICTURES, all of the same duration."""


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
        self._videos = tuple(
            (rendition, VideoReformatter(), PictureCoder(rendition)) for rendition in PICTURES
        )
        self._audio = _open_aac()
        self._ticks = 0
        self._samples = 0
        self._pending = np.zeros(0, np.float32)
        sets = tuple(video.sets for *_, video in self._videos)
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
        for rendition, scaler, video in self._videos:
            sized = _sized(frame, rendition, scaler)
            data, is_keyframe = video.encode(sized, self._ticks, keyframe=keyframe)
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


def _sized(frame: av.VideoFrame, rendition: Rendition, scaler: VideoReformatter) -> av.VideoFrame:
    """The picture in a rendition's size."""
    if (frame.width, frame.height) == (rendition.width, rendition.height):
        return frame
    # Area: the mean of what falls together, so that fine letters don't flicker; as quick as others.
    return scaler.reformat(
        frame, rendition.width, rendition.height, interpolation=Interpolation.AREA, threads=1
    )


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
