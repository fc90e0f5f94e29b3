"""
What is wrong with the programme although it runs: black, silent, frozen, drifting, slow. Pure.

The worker shows each picture to `Watchdogs` as it goes out, with what it has in hand anyway: some
hundred samples of the picture, and five times a second an eighth of the camera's. It costs 70 µs
of a picture's 40 ms. An alarm is raised after RAISE_S of trouble on end, so that the host reads of
it within five seconds, and is over after CLEAR_S without.

Nobody is alarmed by what is meant to be: a card is still and silent, a shared screen is still.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final, Literal

import av
import numpy as np

from media.control import AlarmKind
from media.programme.planes import HEIGHT, WIDTH, Plane
from media.programme.sound import Pcm

RAISE_S: Final = 3.0
CLEAR_S: Final = 1.0

BLACK: Final = 26
"""Luma up to which a sample counts as black: 16 is black in limited range, and a covered lens gives
some noise above it. Our own bars and cards begin at 36."""
BLACK_SHARE: Final = 0.98
_MIDDLE: Final = (
    slice(HEIGHT * 2 // 9, HEIGHT * 13 // 18, 24),
    slice(WIDTH * 7 // 20, WIDTH * 13 // 20, 24),
)
"""Where nothing is written, and where an upright phone's picture is too."""

SILENCE: Final = 2 / 32_768
"""Amplitude below which nobody hears anything, and no open microphone stays: -84 dBFS."""

STILL_LOOK_S: Final = 0.2
STILL_LOOKS: Final = 18  # 3.6 s
STILL_MEAN: Final = 0.03
"""
Mean difference of luma from one look to the next, above which something changed. A camera that
gives the same picture again and again stays below 0.015, through x264 and VP8 at 0.15 to 1 Mbit/s;
a room where nobody moves stays above 0.045, by its sensor's noise (sigma 1, which is little).
"""
STILL_CHANGES: Final = STILL_LOOKS // 4
"""Of STILL_LOOKS looks so many may have changed in a frozen picture: keyframes write it anew."""

DRIFT_S: Final = 0.08
"""Sound against picture: what people begin to notice (ITU-R BT.1359: 45 ms early, 125 ms late)."""
CLOCK_MS: Final = 500
"""Stream against wall clock."""
CLOCK_TAKEN_S: Final = 10.0
"""So long after a step of the clock the new time is taken for the right one."""
SLOW_SHARE: Final = 0.2
"""Of the pictures of RAISE_S; half of it is fast enough again."""


@dataclass(frozen=True, slots=True)
class Camera:
    """The newest decoded picture of the camera that fills the programme's picture."""

    source: int
    count: int
    """Rises with each decoded picture."""
    luma: Plane


@dataclass(frozen=True, slots=True)
class Seen:
    """One picture of the programme on its way out, and what belongs to it."""

    now_s: float
    """Monotonic."""
    wall_ms: int
    """Wall clock of the moment that it was due at: who is late is slow, no clock jumped."""
    stream_ms: int
    """Length of the stream before this picture."""
    picture: Plane | None
    """Its luma, 1280x720; None on a card."""
    camera: Camera | None
    """None: a card or a shared screen."""
    sound: Pcm | None
    """None: nobody is meant to be heard."""
    slots: int
    """So many slots passed with it: 1 unless the machine is too slow."""
    skew_s: float
    """By how much the sound of what was written is longer than its pictures; negative: shorter."""


def luma(frame: av.VideoFrame) -> Plane:
    """The luma of a planar picture, without a copy."""
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]


class Steady:
    """Trouble that lasts raises an alarm, and the absence of it ends it. Time is the caller's."""

    def __init__(self, raise_s: float = RAISE_S, clear_s: float = CLEAR_S) -> None:
        self.raised = False
        self._raise_s = raise_s
        self._clear_s = clear_s
        self._turned_s: float | None = None
        """Since when it looks other than `raised`."""

    def look(self, now_s: float, *, bad: bool | None) -> bool:
        """
        Take one look.

        Args:
            bad: None: there is nothing to judge, and nothing to be alarmed at.

        Returns: whether `raised` is another than before.
        """
        if bad is None:
            self._turned_s = None
            self.raised, changed = False, self.raised
            return changed
        if bad is self.raised:
            self._turned_s = None
            return False
        if self._turned_s is None:
            self._turned_s = now_s
        if now_s - self._turned_s < (self._raise_s if bad else self._clear_s):
            return False
        self.raised, self._turned_s = bad, None
        return True


def is_black(luma: Plane) -> bool:
    """Whether the middle of a picture is black."""
    samples = luma[_MIDDLE]
    return int(np.count_nonzero(samples <= BLACK)) >= BLACK_SHARE * samples.size


def is_silent(pcm: Pcm) -> bool:
    """Whether there is nothing but digital silence."""
    return bool(np.abs(pcm).max(initial=0.0) < SILENCE)


class Stillness:
    """Looks at a camera's pictures five times a second, and tells whether they repeat."""

    def __init__(self) -> None:
        self._source: int | None = None
        self._count = 0
        self._looked_s = 0.0
        self._lines: Plane | None = None
        self._changes: deque[bool] = deque(maxlen=STILL_LOOKS)

    def look(self, camera: Camera | None, now_s: float) -> bool | None:
        """Whether it is frozen; None: there is no camera, or it is too early to tell."""
        if camera is None or camera.source != self._source:
            self._source = None if camera is None else camera.source
            self._lines = None
            self._changes.clear()
        if camera is None:
            return None
        # Without a new picture the source is about to be replaced: that is the director's business.
        if camera.count != self._count and now_s - self._looked_s >= STILL_LOOK_S * 0.9:
            lines = camera.luma[::8].copy()
            if self._lines is not None:
                self._changes.append(_differ(lines, self._lines))
            self._lines, self._count, self._looked_s = lines, camera.count, now_s
        if len(self._changes) < STILL_LOOKS:
            return None if sum(self._changes) <= STILL_CHANGES else False
        return sum(self._changes) <= STILL_CHANGES


def _differ(one: Plane, other: Plane) -> bool:
    if one.shape != other.shape:
        return True
    difference = np.maximum(one, other) - np.minimum(one, other)
    return int(difference.sum(dtype=np.uint32)) > STILL_MEAN * difference.size


class Slowness:
    """How many pictures were left out of late."""

    def __init__(self) -> None:
        self._slots: deque[tuple[float, int]] = deque()
        self._begun_s: float | None = None
        self._bad = False

    def look(self, now_s: float, slots: int) -> bool:
        """Whether it is too slow, over the last RAISE_S."""
        if self._begun_s is None:
            self._begun_s = now_s
        self._slots.append((now_s, slots))
        while now_s - self._slots[0][0] > RAISE_S:
            self._slots.popleft()
        total = sum(count for _, count in self._slots)
        share = 1 - len(self._slots) / total
        # At the beginning everything is loaded for the first time.
        watched = now_s - self._begun_s >= RAISE_S
        self._bad = watched and share > (SLOW_SHARE / 2 if self._bad else SLOW_SHARE)
        return self._bad


class Clocks:
    """The stream's length against the wall clock."""

    def __init__(self) -> None:
        self._begun_ms: int | None = None
        self._off_s: float | None = None

    def look(self, now_s: float, wall_ms: int, stream_ms: int) -> bool:
        """Whether they went apart, until the new time has been taken for the right one."""
        begun_ms = wall_ms - stream_ms
        if self._begun_ms is None:
            self._begun_ms = begun_ms
        off = abs(begun_ms - self._begun_ms) > CLOCK_MS
        if not off:
            self._off_s = None
        elif self._off_s is None:
            self._off_s = now_s
        elif now_s - self._off_s >= CLOCK_TAKEN_S:
            self._begun_ms, self._off_s, off = begun_ms, None, False
        return off


class Watchdogs:
    """All of them, for one run of the programme."""

    def __init__(self) -> None:
        self._still = Stillness()
        self._slow = Slowness()
        self._clocks = Clocks()
        self._alarms: dict[AlarmKind, Steady] = {
            "black": Steady(),
            "silent": Steady(),
            # these two have seen RAISE_S of it before they say so
            "frozen": Steady(raise_s=0.0),
            "slow": Steady(raise_s=0.0, clear_s=0.0),
            "drift": Steady(raise_s=1.0),
            "clock": Steady(raise_s=1.0, clear_s=0.0),
        }

    def look(self, seen: Seen) -> list[tuple[AlarmKind, bool]]:
        """
        Look at a picture.

        Returns: what is the matter from now on (True), and what is no longer (False).
        """
        now_s = seen.now_s
        bad: dict[AlarmKind, bool | None] = {
            "black": None if seen.picture is None else is_black(seen.picture),
            "silent": None if seen.sound is None else is_silent(seen.sound),
            "frozen": self._still.look(seen.camera, now_s),
            "slow": self._slow.look(now_s, seen.slots),
            "drift": abs(seen.skew_s) > DRIFT_S,
            "clock": self._clocks.look(now_s, seen.wall_ms, seen.stream_ms),
        }
        return [
            (kind, alarm.raised)
            for kind, alarm in self._alarms.items()
            if alarm.look(now_s, bad=bad[kind])
        ]


DISK_LOW_BYTES: Final = 2 * 2**30
"""Two hours of the programme at its fullest: the operator still has time."""
DISK_RESERVE_BYTES: Final = 64 * 2**20
"""Left to the record: votes go on when there is no room for pictures."""

UNCONFIRMED_S: Final = 1.7
"""No write was confirmed for so long: the red light is dark a moment later, within two seconds."""

DiskRoom = Literal["plenty", "low", "full"]


def disk_room(free: int, reserve: int, before: DiskRoom) -> DiskRoom:
    """
    What a disk has room for.

    Args:
        free: bytes that may still be written.
        reserve: bytes that are left to the record.
        before: what it was; a quarter more is needed to be called better again.
    """
    low = reserve + DISK_LOW_BYTES
    if free < (reserve * 5 // 4 if before == "full" else reserve):
        return "full"
    if free < (low if before == "plenty" else low * 5 // 4):
        return "low"
    return "plenty"
