"""What a page's samples say about a stretch of time: freezes, pictures, sound, recovery. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

BACK_S = 0.5  # of whole sound and moving picture are "back"
BACK_CONCEALED = 0.1
BACK_PICTURES = 2


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading of page.js; counters since the beginning, but for time and width."""

    at_s: float
    frames: int
    """Pictures decoded."""
    frozen_s: float
    """totalFreezesDuration: a freeze is counted when it ends."""
    freezes: int
    samples: int
    """Of sound, at the decoder's rate, concealed ones among them."""
    concealed: int
    width: int
    """Of the picture, pixels."""
    bytes: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A stretch of time."""

    seconds: float
    fps: float
    frozen: float
    """Part of the time, 0..1; a picture that stands at the end counts too."""
    concealed: float
    """Part of the sound's samples that the decoder had to make up, 0..1."""
    kbps: float
    width: int


def between(samples: Sequence[Sample], from_s: float, to_s: float) -> Reading:
    """
    Read the stretch between two instants of the wall clock.

    Raises:
        ValueError: fewer than two samples lie in it.
    """
    inside = [one for one in samples if from_s <= one.at_s <= to_s]
    if len(inside) < 2:
        raise ValueError(f"{len(inside)} samples in {to_s - from_s:.1f} s")
    first, last = inside[0], inside[-1]
    seconds = last.at_s - first.at_s
    moves = (after.at_s for before, after in pairwise(inside) if after.frames > before.frames)
    moved_s = max(moves, default=first.at_s)
    standing_s = last.at_s - moved_s
    frozen_s = last.frozen_s - first.frozen_s + (standing_s if standing_s > 0.5 else 0.0)
    heard = last.samples - first.samples
    return Reading(
        seconds,
        (last.frames - first.frames) / seconds,
        min(1.0, frozen_s / seconds),
        (last.concealed - first.concealed) / heard if heard else 1.0,
        (last.bytes - first.bytes) * 8 / 1_000 / seconds,
        last.width,
    )


def back_after(samples: Sequence[Sample], instant_s: float) -> float | None:
    """
    Seconds from an instant until picture and sound are back: they begin `BACK_S` in which pictures
    move and at most `BACK_CONCEALED` of the sound is made up. None: they are not.
    """
    later = [one for one in samples if one.at_s >= instant_s]
    for number, begin in enumerate(later):
        end = next((one for one in later[number:] if one.at_s >= begin.at_s + BACK_S), None)
        if end is None:
            return None
        heard = end.samples - begin.samples
        if (
            heard > 0
            and end.concealed - begin.concealed <= BACK_CONCEALED * heard
            and end.frames - begin.frames >= BACK_PICTURES
        ):
            return begin.at_s - instant_s
    return None
