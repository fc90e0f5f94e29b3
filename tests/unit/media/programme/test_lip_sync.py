"""Sound and picture of one person are together, whatever the network does to either."""

from __future__ import annotations

from collections.abc import Mapping

import av
import numpy as np
import pytest

from media.control import Cue
from media.programme.compositor import Compositor
from media.programme.encoder import FRAME_SAMPLES
from media.programme.feed import CueNote, SourceUp
from media.programme.lettering import Lettering
from media.programme.picture import PictureSource
from media.programme.programme import Programme
from media.programme.scene import Scene
from media.programme.sync import CALM, HOLD_MAX_S, LOOKS, Clock, Hold, ticks
from tests.fixtures.clapper import Arrival, claps, skews
from tests.fixtures.publisher import flat

TOGETHER_S = 0.08
SETTLED_S = 3.0
SECONDS = 9.0
PICTURE, SOUND = 0, 1


class Bare(Compositor):
    """Shows the source's picture as it is: nothing has to be scaled or written."""

    def compose(
        self, scene: Scene, pictures: Mapping[int, PictureSource], clock: str
    ) -> av.VideoFrame:
        frame = pictures[PICTURE].frame if PICTURE in pictures else None
        return (
            frame if scene.main == PICTURE and frame is not None else flat(160, 90, (16, 128, 128))
        )


def played(arrivals: list[Arrival]) -> list[tuple[float, float]]:
    """What a programme made of them, picture by picture in simulated time."""
    programme = Programme(Bare(Lettering(None)))
    programme.note(
        SourceUp(source=PICTURE, person="li", kind="picture", codec="VP8", clock_hz=90_000)
    )
    programme.note(SourceUp(source=SOUND, person="li", kind="sound", codec="opus", clock_hz=48_000))
    programme.note(CueNote(cue=Cue(mode="meeting", title="", room="li")))
    programme.decide(0.0)
    queue, seen, sounds = iter(arrivals), [], []
    upcoming = next(queue, None)
    for n in range(round(SECONDS * 25)):
        now_s = n / 25
        while upcoming is not None and upcoming.at_s <= now_s:
            source = PICTURE if upcoming.picture else SOUND
            if upcoming.report is not None:
                programme.report(source, *upcoming.report)
            else:
                programme.packet(source, upcoming.packet, upcoming.at_s)
            upcoming = next(queue, None)
        programme.decide(now_s)
        luma = programme.picture("").to_ndarray()[20:60, 40:120]
        seen.append((now_s, float(luma.mean())))
        sounds.append(programme.sound(FRAME_SAMPLES))
    return [one for one in skews(seen, np.concatenate(sounds)) if one[0] > SETTLED_S]


@pytest.mark.parametrize(
    ("picture_s", "sound_s", "jitter_s"),
    [
        (0.03, 0.03, (0.0, 0.0)),
        (0.02, 0.25, (0.0, 0.0)),  # the sound comes much later
        (0.30, 0.02, (0.0, 0.0)),  # the picture does, by more than the sound is held anyway
        (0.05, 0.05, (0.0, 0.1)),
        (0.05, 0.05, (0.1, 0.0)),
        (0.15, 0.03, (0.1, 0.0)),
    ],
    ids=["alike", "late-sound", "late-picture", "sound-jitter", "picture-jitter", "both"],
)
def test_flash_and_beep_are_together(
    picture_s: float, sound_s: float, jitter_s: tuple[float, float]
) -> None:
    """Within 80 ms from three seconds on, with delays that differ and jitter of 100 ms."""
    found = played(claps(SECONDS, picture_s=picture_s, sound_s=sound_s, jitter_s=jitter_s))
    assert len(found) >= 4
    assert max(abs(skew) for _, skew in found) <= TOGETHER_S, found


def test_without_reports_pictures_are_shown_as_they_come() -> None:
    """Nothing waits for a clock that nobody tells."""
    arrivals = [a for a in claps(SECONDS, picture_s=0.03, sound_s=0.03) if a.report is None]
    found = played(arrivals)
    assert all(0 < skew < 0.15 for _, skew in found)


def test_clocks_that_have_nothing_to_do_with_each_other_are_not_followed() -> None:
    """An hour between sound and picture is no delay of the network."""
    arrivals = [
        Arrival(a.at_s, a.picture, report=(a.report[0] + (3_600 << 32), a.report[1]))
        if a.report is not None and a.picture
        else a
        for a in claps(SECONDS, picture_s=0.03, sound_s=0.03)
    ]
    assert len(played(arrivals)) >= 4


def test_timestamps_wrap() -> None:
    """Every 13 hours of pictures, and anywhere in a meeting."""
    assert ticks(5, 2**32 - 5) == 10
    assert ticks(2**32 - 5, 5) == -10
    clock = Clock.of(7 << 32, 2**32 - 90_000, 90_000)
    assert clock.moment(90_000) == pytest.approx(9.0)
    assert clock.at(9.0) == 90_000


def test_sound_waits_as_long_as_pictures_need_and_no_longer_than_its_bound() -> None:
    """One late picture is no reason, and the wait ends when the line is better."""
    hold = Hold()
    assert not any(hold.look(0.5 if n == 3 else -0.02) for n in range(LOOKS))
    for _ in range(LOOKS):
        hold.look(0.1)
    assert hold.hold_s == pytest.approx(0.1)
    for _ in range(2 * LOOKS):
        hold.look(0.5)
    assert hold.hold_s == HOLD_MAX_S
    for _ in range(CALM * LOOKS):
        hold.look(-0.2)
    assert hold.hold_s == pytest.approx(HOLD_MAX_S - 0.16)
