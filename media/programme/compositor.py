"""
The programme's picture, one scene at a time.

Everything that doesn't change from picture to picture is kept: cards and straps until they change,
a source's scaled picture until it sends a new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import av

from media.control import Strap
from media.programme.director import Card, Scene
from media.programme.lettering import GOLD, INK, Lettering
from media.programme.picture import PictureSource
from media.programme.planes import HEIGHT, WHOLE, WIDTH, Box, Canvas, Overlay, Planes, fit, scaled

INSET = Box(WIDTH - 32 - 352, HEIGHT - 48 - 198, 352, 198)
"""Where the room is while somebody remote speaks: a phone shows it a finger wide."""
BORDER = 2  # pixels around the inset


@dataclass(slots=True)
class _Tile:
    count: int
    box: Box
    planes: Planes


class Compositor:
    """Draws scenes onto one canvas."""

    def __init__(self, lettering: Lettering) -> None:
        self._lettering = lettering
        self._canvas = Canvas()
        self._tiles: dict[int, _Tile] = {}
        self._card: tuple[Card, Planes] | None = None
        self._clock: tuple[str, Overlay | None] | None = None
        self._strap: tuple[Strap, Overlay | None] | None = None
        self._item: tuple[str, Overlay | None] | None = None

    def compose(
        self, scene: Scene, pictures: Mapping[int, PictureSource], clock: str
    ) -> av.VideoFrame:
        """
        The next picture, 1280x720, without a timestamp.

        Args:
            scene: its sources are in *pictures* and have a frame.
            pictures: by number.
            clock: time of day as text, for cards.
        """
        shown = {number for number in (scene.main, scene.inset) if number is not None}
        self._tiles = {number: tile for number, tile in self._tiles.items() if number in shown}
        if scene.card is not None:
            self._canvas.paste(self._card_planes(scene.card), WHOLE)
        elif scene.main is not None:
            self._paste_main(scene.main, pictures[scene.main])
        if scene.inset is not None:
            tile = self._tile(scene.inset, pictures[scene.inset], INSET)
            # Pushed into the corner, so that a narrow picture doesn't float.
            box = tile.box
            x = INSET.x + INSET.width - box.width
            y = INSET.y + INSET.height - box.height
            frame = Box(x - BORDER, y - BORDER, box.width + 2 * BORDER, box.height + 2 * BORDER)
            self._canvas.fill(frame, GOLD)
            self._canvas.paste(tile.planes, Box(x, y, box.width, box.height))
        timed = scene.card is not None and scene.card.kind in ("opening", "recess")
        for written in (
            self._clock_overlay(clock if timed else ""),
            self._strap_overlay(scene.strap),
            self._item_overlay(scene.item),
        ):
            if written is not None:
                self._canvas.blend(written)
        return self._canvas.frame()

    def _paste_main(self, number: int, picture: PictureSource) -> None:
        tile = self._tile(number, picture, WHOLE)
        if tile.box != WHOLE:
            # Each time: what is written reaches over the bars. It takes a tenth of a millisecond.
            self._canvas.fill(WHOLE, INK)
        self._canvas.paste(tile.planes, tile.box)

    def _tile(self, number: int, picture: PictureSource, into: Box) -> _Tile:
        frame = picture.frame
        assert frame is not None, "the director shows only living pictures"
        box = fit(frame.width, frame.height, into)
        tile = self._tiles.get(number)
        if tile is None or tile.count != picture.count or tile.box != box:
            tile = _Tile(picture.count, box, scaled(frame, box.width, box.height))
            self._tiles[number] = tile
        return tile

    def _card_planes(self, card: Card) -> Planes:
        if self._card is None or self._card[0] != card:
            self._card = (card, self._lettering.card(card))
        return self._card[1]

    def _clock_overlay(self, text: str) -> Overlay | None:
        if not text:
            return None
        if self._clock is None or self._clock[0] != text:
            self._clock = (text, self._lettering.clock(text))
        return self._clock[1]

    def _strap_overlay(self, strap: Strap | None) -> Overlay | None:
        if strap is None:
            return None
        if self._strap is None or self._strap[0] != strap:
            self._strap = (strap, self._lettering.strap(strap))
        return self._strap[1]

    def _item_overlay(self, title: str) -> Overlay | None:
        if not title:
            return None
        if self._item is None or self._item[0] != title:
            self._item = (title, self._lettering.item(title))
        return self._item[1]
