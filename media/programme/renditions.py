"""
The renditions of the programme: the same pictures and the same sound, for lines of three widths.
Pure.

Each is muxed with the sound, the last is the sound alone. They have the same cuts, times and
numbers, so that a player may change at any part: decision record 0015.
"""

from __future__ import annotations

from dataclasses import dataclass

FPS = 25
SOUND_BITRATE = 64_000  # bit/s, mono speech
SOUND_CODEC = "mp4a.40.2"  # AAC-LC
BURST_S = 1
"""
What may come at once, in seconds of the average: of a page full of text a keyframe is nearly that.
With half of it every keyframe would be blurred, and sharpened again within its second.
"""


@dataclass(frozen=True, slots=True)
class Rendition:
    """One of them."""

    name: str
    """In the addresses of its playlists, and in the journal."""
    mark: str
    """In the names of its files."""
    width: int = 0
    """Pixels; 0: no picture."""
    height: int = 0
    bitrate: int = 0
    """Of the picture, bit/s, on average at most."""
    level: int = 0
    """Of H.264, ten times: what a decoder must be able to do."""
    qp_floor: int = 0
    """
    The finest quantizer (ITU-T H.264, 8.6.1). What a fixed camera shows is then within 46 dB of its
    source in a sixth of the bits that the average allows; more would be time of the encoder's and
    of every viewer's line that nobody sees (benchmarks/README.md, programme).
    """
    cabac: bool = False
    """Whether it is worth arithmetic coding: a tenth of the time for 0.7 dB, most on thin lines."""

    @property
    def codecs(self) -> str:
        """CODECS (RFC 6381). Arithmetic coding is what main has beyond constrained baseline."""
        profile = "4d40" if self.cabac else "42c0"
        return f"avc1.{profile}{self.level:02x},{SOUND_CODEC}" if self.height else SOUND_CODEC

    @property
    def peak_bitrate(self) -> int:
        """What no second exceeds, bit/s: a burst and what follows, sound, the boxes around them."""
        return self.bitrate * (1 + BURST_S) + SOUND_BITRATE * 3 // 2

    @property
    def average_bitrate(self) -> int:
        """What a long time comes to, bit/s."""
        return self.bitrate + SOUND_BITRATE * 5 // 4

    def address(self, playlist: str) -> str:
        """Address of one of its playlists: `live` is `live.m3u8`, or `live-360.m3u8`."""
        return f"{playlist}.m3u8" if not self.mark else f"{playlist}-{self.name}.m3u8"


HIGH = Rendition("720", "", 1280, 720, 1_500_000, 31, 26)
LOW = Rendition("360", "l", 640, 360, 400_000, 30, 28, cabac=True)
SOUND = Rendition("sound", "a")

RENDITIONS = (HIGH, LOW, SOUND)
PICTURES = (HIGH, LOW)
"""Those with a picture, in the order in which the encoder gives them."""
OTHERS = (LOW, SOUND)
"""Those that a part lists beside the highest."""


def marked(mark: str) -> Rendition:
    """The rendition whose files have this mark; it must be one of them."""
    return next(rendition for rendition in RENDITIONS if rendition.mark == mark)
