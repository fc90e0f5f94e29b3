"""
How loud a sound is, told by its packets: the client-to-mixer audio level (RFC 6464).

One byte a packet, no decoding. What a client claims about itself is used to show who speaks, never
to decide who may.
"""

from __future__ import annotations

from typing import Final

from media.rtp.packet import find_extension

SILENCE: Final = 127
"""The quietest level, -dBov (RFC 6464, section 3)."""
_RISE: Final = 0.4
_FALL: Final = 0.06
"""
Of the way to the new level with each packet of 20 ms: a word is loud within 60 ms, and the gap
between two words (some 200 ms) is not the end of a sentence.
"""


class Voice:
    """
    The smoothed level of one sound.

    Args:
        extension: local id of the level among the header extensions, 1..255.
    """

    __slots__ = ("_heard_s", "_level", "extension")

    def __init__(self, extension: int) -> None:
        self.extension: Final = extension
        self._level = float(SILENCE)
        self._heard_s = float("-inf")

    def hear(self, packet: memoryview, now_s: float) -> None:
        """
        Take the level of a packet whose header is sound; a packet without one changes nothing.

        Source: RFC 6464, section 3: the low seven bits are -dBov; the high one, a guess whether it
        is speech, is not sent by everybody and not used.
        """
        value = find_extension(packet, self.extension)
        if value:
            new = value[0] & 0x7F
            self._level += (new - self._level) * (_RISE if new < self._level else _FALL)
            self._heard_s = now_s

    def level(self, now_s: float, silent_s: float) -> float:
        """
        -dBov, 0..127; silence when no packet came for *silent_s*, as with discontinuous
        transmission.
        """
        return self._level if now_s - self._heard_s < silent_s else float(SILENCE)
