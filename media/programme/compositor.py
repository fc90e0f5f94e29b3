"""
The programme's picture, one scene at a time.

Everything that doesn't change from picture to picture is kept: cards and what is written until they
change, a source's scaled picture until it sends a new one. A picture is composed whole before it is
handed on, so a cut is clean.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

import av
from av.video.reformatter import VideoReformatter

from media.programme import cards
from media.programme.cards import GOLD, INK
from media.programme.lettering import Lettering
from media.programme.picture import PictureSource
from media.programme.planes import (
    HEIGHT,
    WHOLE,
    WIDTH,
    Box,
    Canvas,
    Overlay,
    Planes,
    covering,
    fit,
    opaque,
    scaled,
)
from media.programme.scene import Card, Scene

INSET: Final = Box(WIDTH - 32 - 320, HEIGHT - 48 - 180, 320, 180)
"""
Where the room is while somebody remote speaks: a phone shows it a finger wide. It is as large as
the smallest layer of a camera, which is copied as it is.
"""
BORDER: Final = 2  # pixels around the inset
LEFT: Final = Box(20, 108, 612, 448)
RIGHT: Final = Box(WIDTH - 20 - 612, 108, 612, 448)
"""Two side by side: 4:3, so that of a wide picture of a face only the sides are cut."""

LAYER_PERCENT: Final = 80
"""A layer so high beside its place in the picture will do: at a tenth more nobody sees the scaling,
and the next larger layer takes four times as long to decode."""

_Slot = Literal["clock", "strap", "second_strap", "item", "side", "bars"]


@dataclass(slots=True)
class _Tile:
    count: int
    box: Box
    planes: Planes
    scaler: VideoReformatter


def heights(scene: Scene) -> dict[int, int]:
    """How high each source's picture has to come, in pixels: nearly as high as it is drawn."""
    tall = HEIGHT if scene.second is None else RIGHT.height
    drawn = {scene.inset: INSET.height, scene.second: LEFT.height, scene.main: tall}
    return {
        number: HEIGHT if height == HEIGHT else height * LAYER_PERCENT // 100
        for number, height in drawn.items()
        if number is not None
    }


class Compositor:
    """Draws scenes onto one canvas."""

    def __init__(self, lettering: Lettering) -> None:
        self._lettering = lettering
        self._canvas = Canvas()
        self._tiles: dict[tuple[int, Box], _Tile] = {}
        self._card: tuple[Card, Planes] | None = None
        self.count = 0
        """Pictures composed so far: tells whether the one on the canvas is new."""
        self._same: Hashable = None
        """What the picture on the canvas is made of."""
        self._written: dict[_Slot, tuple[Hashable, Overlay | None]] = {}

    def compose(
        self, scene: Scene, pictures: Mapping[int, PictureSource], clock: str
    ) -> av.VideoFrame:
        """
        The next picture, 1280x720, without a timestamp. It holds until the next call.

        Args:
            scene: its sources are in *pictures* and have a frame.
            pictures: by number.
            clock: time of day as text.
        """
        counts = tuple((number, pictures[number].count) for number in sorted(scene.sources))
        if (scene, clock, counts) == self._same:
            return self._canvas.frame()  # cameras give 15 pictures a second, cards none
        self._same = (scene, clock, counts)
        self.count += 1
        self._tiles = {key: tile for key, tile in self._tiles.items() if key[0] in scene.sources}
        if scene.card is not None:
            self._canvas.paste(self._card_planes(scene.card), WHOLE)
        elif scene.main is not None and scene.second is not None:
            self._canvas.paste(_backdrop(), WHOLE)
            self._half(scene.second, pictures[scene.second], LEFT)
            self._half(scene.main, pictures[scene.main], RIGHT)
        elif scene.main is not None:
            self._whole(scene.main, pictures[scene.main])
        if scene.inset is not None:
            self._inset(scene.inset, pictures[scene.inset])
        self._write(scene, clock)
        return self._canvas.frame()

    # --- pictures

    def _whole(self, number: int, picture: PictureSource) -> None:
        tile = self._tile(number, picture, WHOLE)
        if tile.box != WHOLE:
            # Each time: what is written reaches over the bars. It takes a tenth of a millisecond.
            self._canvas.fill(WHOLE, INK)
        self._canvas.paste(tile.planes, tile.box)

    def _half(self, number: int, picture: PictureSource, box: Box) -> None:
        tile = self._tile(number, picture, box, cut=True)
        if tile.box != box:
            self._canvas.fill(box, INK)
        self._canvas.paste(tile.planes, tile.box)

    def _inset(self, number: int, picture: PictureSource) -> None:
        tile = self._tile(number, picture, INSET)
        # Pushed into the corner, so that a narrow picture doesn't float.
        box = tile.box
        x = INSET.x + INSET.width - box.width
        y = INSET.y + INSET.height - box.height
        frame = Box(x - BORDER, y - BORDER, box.width + 2 * BORDER, box.height + 2 * BORDER)
        self._canvas.fill(frame, GOLD)
        self._canvas.paste(tile.planes, Box(x, y, box.width, box.height))

    def _tile(self, number: int, picture: PictureSource, into: Box, *, cut: bool = False) -> _Tile:
        frame = picture.frame
        assert frame is not None, "the director shows only living pictures"
        tile = self._tiles.get((number, into))
        count = picture.count
        if tile is None or tile.count != count:
            scaler = VideoReformatter() if tile is None else tile.scaler
            if cut and covers(frame.width, frame.height, into):
                box, planes = into, covering(frame, into.width, into.height, scaler)
            else:
                box = fit(frame.width, frame.height, into)
                planes = scaled(frame, box.width, box.height, scaler)
            tile = _Tile(count, box, planes, scaler)
            self._tiles[(number, into)] = tile
        return tile

    # --- letters

    def _write(self, scene: Scene, clock: str) -> None:
        draw, card = self._lettering, scene.card
        if card is not None and card.kind in ("opening", "begun", "recess"):
            self._lay("clock", ("large", clock), lambda: draw.clock(clock))
        elif card is None or card.kind != "closing":
            self._lay("clock", clock, lambda: draw.corner_clock(clock))
        strap, second, item = scene.strap, scene.second_strap, scene.item
        if scene.second is not None:
            if strap is not None:
                self._lay("strap", (strap, RIGHT), lambda: draw.half_strap(strap, RIGHT.x))
            if second is not None:
                self._lay("second_strap", second, lambda: draw.half_strap(second, LEFT.x))
        elif strap is not None:
            self._lay("strap", strap, lambda: draw.strap(strap))
        if item:
            self._lay("item", (item, scene.voting), lambda: draw.item(item, voting=scene.voting))
        progress = scene.progress
        if card is not None and progress is not None:
            self._lay("side", (card, progress), lambda: draw.side(card, progress))
            tally = progress.tally
            if tally is not None:
                self._lay("bars", (card, tally), lambda: draw.bars(card, tally))

    def _lay(self, slot: _Slot, key: Hashable, make: Callable[[], Overlay | None]) -> None:
        """Lay something written over the picture, as it was drawn last if it is the same."""
        written = self._written.get(slot)
        if written is None or written[0] != key:
            written = self._written[slot] = (key, make())
        if written[1] is not None:
            self._canvas.blend(written[1])

    def _card_planes(self, card: Card) -> Planes:
        if self._card is None or self._card[0] != card:
            self._card = (card, self._lettering.card(card))
        return self._card[1]


def covers(width: int, height: int, box: Box) -> bool:
    """
    Whether a picture may be cut to fill the box: it is wider, and at most a third of it is lost. Of
    an upright one it would be the head.
    """
    shape = width / height / (box.width / box.height)
    return 1.0 <= shape <= 1.5


@cache
def _backdrop() -> Planes:
    return opaque(cards.background())
