"""Each scene puts its sources where viewers look for them."""

from __future__ import annotations

import av
import numpy as np

from media.control import Strap
from media.programme.compositor import INSET, Compositor
from media.programme.fonts import find
from media.programme.lettering import Lettering
from media.programme.picture import PictureSource
from media.programme.scene import Card, Scene
from tests.fixtures.publisher import Yuv, flat

ROOM, SPEAKER = (60, 200, 90), (170, 80, 160)


def source(colour: Yuv, width: int = 640, height: int = 360) -> PictureSource:
    """A source with a picture of one colour."""
    picture = PictureSource("VP8", 0.0)
    picture.frame, picture.count = flat(width, height, colour), 1
    return picture


def pixel(frame: av.VideoFrame, x: int, y: int) -> Yuv:
    planes = [
        np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        for plane in frame.planes
    ]
    return int(planes[0][y, x]), int(planes[1][y // 2, x // 2]), int(planes[2][y // 2, x // 2])


def compositor() -> Compositor:
    return Compositor(Lettering(find(None)))


MIDDLE = (640, 360)
IN_INSET = (INSET.x + INSET.width // 2, INSET.y + INSET.height // 2)


def test_speaker_large_room_as_inset() -> None:
    """Both keep their colours."""
    pictures = {1: source(ROOM), 2: source(SPEAKER)}
    frame = compositor().compose(Scene("speaker", main=2, inset=1), pictures, "12:00")
    assert (frame.width, frame.height) == (1280, 720)
    assert pixel(frame, *MIDDLE) == SPEAKER
    assert pixel(frame, *IN_INSET) == ROOM
    assert pixel(frame, 10, 10) == SPEAKER


def test_a_narrow_picture_has_dark_bars() -> None:
    """Its sides are not cut, and what was written over the bars goes away again."""
    pictures = {1: source(ROOM, 360, 640)}
    drawn = compositor()
    with_strap = Scene("room", main=1, strap=Strap(name="李", office="居民"), item="议程")
    drawn.compose(with_strap, pictures, "12:00")
    frame = drawn.compose(Scene("room", main=1), pictures, "12:00")
    assert pixel(frame, *MIDDLE) == ROOM
    assert pixel(frame, 60, 640) == pixel(frame, 1200, 360)
    assert pixel(frame, 60, 640)[0] < 50


def test_a_new_picture_replaces_the_old_one() -> None:
    """What is kept of a source follows its count."""
    pictures = {1: source(ROOM)}
    drawn = compositor()
    drawn.compose(Scene("room", main=1), pictures, "12:00")
    pictures[1].frame = flat(640, 360, SPEAKER)
    pictures[1].count += 1
    assert pixel(drawn.compose(Scene("room", main=1), pictures, "12:00"), *MIDDLE) == SPEAKER


def test_a_source_may_change_its_size() -> None:
    """Browsers do when the line gets weak."""
    pictures = {1: source(ROOM), 2: source(SPEAKER)}
    drawn = compositor()
    drawn.compose(Scene("speaker", main=2, inset=1), pictures, "12:00")
    for number, colour in ((1, SPEAKER), (2, ROOM)):
        pictures[number].frame = flat(320, 240, colour)
        pictures[number].count += 1
    frame = drawn.compose(Scene("speaker", main=2, inset=1), pictures, "12:00")
    assert pixel(frame, *MIDDLE) == ROOM
    assert pixel(frame, *IN_INSET) == SPEAKER
    assert pixel(frame, 40, 360)[0] < 50


def test_a_card_covers_everything_but_the_inset() -> None:
    """The speaker who isn't seen stands beside the room."""
    pictures = {1: source(ROOM), 2: source(SPEAKER)}
    drawn = compositor()
    drawn.compose(Scene("speaker", main=2), pictures, "12:00")
    card = Card("voice", "t", strap=Strap(name="王"))
    frame = drawn.compose(Scene("speaker", card, inset=1), pictures, "12:00")
    assert pixel(frame, *IN_INSET) == ROOM
    assert pixel(frame, 1000, 100) != SPEAKER


def test_the_clock_stands_on_cards_that_wait() -> None:
    """And changes without drawing the card anew."""
    drawn = compositor()
    scene = Scene("recess", Card("recess", "t"))
    first = drawn.compose(scene, {}, "12:00").to_ndarray()
    second = drawn.compose(scene, {}, "23:58").to_ndarray()
    changed = np.argwhere(first[:720] != second[:720])
    assert len(changed)
    assert changed[:, 0].min() > 500
    assert changed[:, 1].min() > 900
    assert np.array_equal(drawn.compose(scene, {}, "12:00").to_ndarray(), first)
