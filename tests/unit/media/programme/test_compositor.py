"""Each scene puts its sources where viewers look for them."""

from __future__ import annotations

import av
import numpy as np

from media.control import Strap
from media.cue import VoteCue
from media.programme.cards import option_places
from media.programme.compositor import INSET, LEFT, RIGHT, Compositor, covers
from media.programme.fonts import find
from media.programme.lettering import SIDE, Lettering
from media.programme.picture import PictureSource
from media.programme.scene import Card, Progress, Scene
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


def test_the_same_again_is_no_new_picture() -> None:
    """Neither of a card nor of a source that sent nothing; a new minute on the clock is one."""
    pictures, drawn = {1: source(ROOM)}, compositor()
    for scene in (Scene("room", main=1), Scene("agenda", card=Card("agenda", "加装电梯"))):
        before = drawn.count
        drawn.compose(scene, pictures, "12:00")
        drawn.compose(scene, pictures, "12:00")
        assert drawn.count == before + 1
        drawn.compose(scene, pictures, "12:01")
        assert drawn.count == before + 2


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


HALVES = ((320, 300), (960, 300))


def test_two_side_by_side_have_half_each() -> None:
    """Whoever spoke before at the left, and what is cut off is of the sides alone."""
    pictures = {1: source(ROOM), 2: source(SPEAKER)}
    frame = compositor().compose(Scene("two", main=2, second=1), pictures, "12:00")
    assert [pixel(frame, x, y) for x, y in HALVES] == [ROOM, SPEAKER]
    for box, colour in ((LEFT, ROOM), (RIGHT, SPEAKER)):
        assert pixel(frame, box.x + 2, box.y + 2) == colour
        assert pixel(frame, box.x + box.width - 2, box.y + box.height - 2) == colour


def test_an_upright_picture_keeps_its_head() -> None:
    """Beside another one it has bars instead."""
    pictures = {1: source(ROOM, 360, 640), 2: source(SPEAKER)}
    frame = compositor().compose(Scene("two", main=2, second=1), pictures, "12:00")
    assert pixel(frame, *HALVES[0]) == ROOM
    assert pixel(frame, LEFT.x + 4, 300)[0] < 50
    assert [covers(w, h, LEFT) for w, h in ((1280, 720), (640, 480), (360, 640), (2100, 900))] == [
        True,
        False,
        False,
        False,
    ]


def test_straps_stand_under_their_halves() -> None:
    """Each where its picture is."""
    pictures = {1: source(ROOM), 2: source(SPEAKER)}
    drawn, plain = compositor(), compositor()
    scene = Scene("two", main=2, second=1)
    strap = Strap(name="王", channel="video")
    for named, half in (
        (Scene("two", main=2, second=1, strap=strap), RIGHT),
        (Scene("two", main=2, second=1, second_strap=strap), LEFT),
    ):
        with_strap = drawn.compose(named, pictures, "12:00").to_ndarray()[:720].astype(int)
        without = plain.compose(scene, pictures, "12:00").to_ndarray()[:720].astype(int)
        rows, columns = np.nonzero(np.abs(with_strap - without) > 8)
        assert rows.min() > 540
        assert half.x <= columns.min()
        assert columns.max() < half.x + half.width


def vote(**fields: object) -> Card:
    cue = VoteCue(question="同意吗", options=("同意", "反对", "弃权"), secret=False, opened_ms=1)
    return Card("vote", "t", vote=cue.model_copy(update=fields))


def test_a_vote_that_runs_has_empty_bars_and_a_countdown() -> None:
    """Each second another one, over the same card."""
    drawn = compositor()
    shots = [
        drawn.compose(Scene("vote", vote(), progress=Progress("open", left, 3, 9)), {}, "12:00")
        .to_ndarray()[:720]
        .astype(int)
        for left in (46, 45)
    ]
    changed = np.argwhere(np.abs(shots[0] - shots[1]) > 8)
    assert changed[:, 1].min() >= SIDE.x
    bars = [shots[0][place.y + 58, place.x : place.x + place.width] for place in option_places(3)]
    assert all(bar.max() < 90 for bar in bars)


def test_result_bars_are_as_long_as_their_share() -> None:
    """Of all votes; the option that won in the accent's colour."""
    closed = vote(closed_ms=2, result="passed", chosen=0)
    scene = Scene("vote", closed, progress=Progress("closed", None, 10, 10, (6, 3, 1)))
    frame = compositor().compose(scene, {}, "12:00")
    luma = frame.to_ndarray()[:720].astype(int)
    for place, share in zip(option_places(3), (0.6, 0.3, 0.1), strict=True):
        bar = luma[place.y + 58, place.x : place.x + place.width]
        assert abs((bar > 120).mean() - share) < 0.01
    won, lost = (pixel(frame, p.x + 10, p.y + 58) for p in option_places(3)[:2])
    assert won[1] < lost[1], "gold has less blue"


def test_the_clock_stands_in_the_corner_of_every_picture() -> None:
    """Not of the closing card, which stays on the screens."""
    drawn, pictures = compositor(), {1: source(ROOM), 2: source(SPEAKER)}

    def changes(scene: Scene) -> bool:
        shots = [drawn.compose(scene, pictures, at).to_ndarray() for at in ("12:00", "13:45")]
        return not np.array_equal(shots[0][:100, 1100:], shots[1][:100, 1100:])

    assert changes(Scene("room", main=1))
    assert changes(Scene("two", main=1, second=2))
    assert changes(Scene("vote", vote(), progress=Progress("open")))
    assert not changes(Scene("closing", Card("closing", "t")))


def test_a_cut_leaves_nothing_of_the_scene_before() -> None:
    """Whatever was on, the picture is that of a compositor that never showed anything else."""
    pictures = {1: source(ROOM), 2: source(SPEAKER), 3: source((120, 60, 60), 360, 640)}
    strap = Strap(name="王建国", office="住建局", channel="video")
    scenes = (
        Scene("speaker", main=2, inset=1, strap=strap, item="议程一"),
        Scene("two", main=2, second=3, strap=strap, second_strap=strap),
        Scene("vote", vote(), inset=1, progress=Progress("open", 9, 1, 2)),
        Scene("room", main=3),
        Scene("recess", Card("recess", "t")),
        Scene("screen", main=1, inset=3, item="议程二"),
    )
    drawn = compositor()
    for scene in (*scenes, *reversed(scenes)):
        after = drawn.compose(scene, pictures, "12:00").to_ndarray()
        fresh = compositor().compose(scene, pictures, "12:00").to_ndarray()
        assert np.array_equal(after, fresh), scene.name
