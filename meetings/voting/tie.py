"""The lot, which anybody can draw again from the recorded seed."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256


def draw(seed: str, options: Sequence[int]) -> int:
    """
    Draw one of *options*, in their order, all as likely as each other.

    The number is SHA-256 of the seed's text, modulo how many there are: with 256 bits the first of
    them is not more likely than the last by more than 1 in 2^252.

    Raises: ValueError without options.
    """
    if not options:
        raise ValueError("nothing to draw from")
    return options[int.from_bytes(sha256(seed.encode()).digest()) % len(options)]
