"""
Chromium's simulcast through the media process: who shows a picture small gets the small layer, who
shows it large a larger one, and the switch freezes nothing. That layers rest which nobody shows is
tried with our own client: `tests/e2e/test_layers.py`.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Literal, NamedTuple

import pytest

from media.control import Show, Tile
from tests.busy import at_best
from tests.integration.media.browser import Person, Play, Stage

pytestmark = pytest.mark.browser

LAYERS_JS = Path(__file__).with_name("layers.js")
COME_S = 20.0
"""For a browser to send all layers, on a busy machine."""
SWITCH_S = 1.0
"""From the wish to the first picture of the other layer."""


class Picture(NamedTuple):
    """`picture` of layers.js."""

    height: int
    decoded: int
    freezes: int


async def person(stage: Stage, name: str) -> Person:
    found = await stage.person(name)
    await found.page.add_script_tag(path=LAYERS_JS)
    return found


async def show(who: Person, height: int) -> None:
    """Show the publisher's picture so large; 0: not at all."""
    tiles = (Tile(person="p1", kind="picture", height=height),) if height else ()
    await who.stage.plane.port.request(Show(peer=f"{who.name}/sub", tiles=tiles))


async def picture(who: Person) -> Picture:
    return Picture(*await who.call("picture", "sub"))


async def until_height(who: Person, height: int, within_s: float) -> float:
    """
    Wait until the picture has so many lines.

    Returns: seconds that it took.

    Raises:
        AssertionError: it has not.
    """
    began_s = time.monotonic()
    while (got := await picture(who)).height != height:
        assert time.monotonic() - began_s < within_s, f"{who.name} sees {got}, not {height} lines"
        await asyncio.sleep(0.02)
    return time.monotonic() - began_s


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_each_gets_the_layer_that_it_shows_and_switches_without_a_freeze(
    play: Play, codec: Literal["VP8", "H264"]
) -> None:
    async def scenario(stage: Stage) -> None:
        camera, large, small = [await person(stage, name) for name in ("p1", "p2", "p3")]
        await camera.send(await camera.call("publishLayers", "pub", codec))
        await stage.plane.allow("p1")
        for who, height in ((large, 360), (small, 150)):
            await who.subscribe()
            await show(who, height)
        await until_height(large, 360, COME_S)
        await until_height(small, 180, COME_S)

        async def there_and_back() -> None:
            before = await picture(small), await picture(large)
            await show(small, 360)
            took_s = await until_height(small, 360, COME_S)
            await show(small, 150)
            await until_height(small, 180, COME_S)
            after = await picture(small), await picture(large)
            for then, now in zip(before, after, strict=True):
                assert now.freezes == then.freezes
                assert now.decoded > then.decoded
            assert took_s < SWITCH_S

        await at_best(there_and_back)
        assert (await picture(large)).height == 360

    play(scenario)


@pytest.mark.parametrize("codec", ["VP9", "AV1"])
def test_other_codecs_pass_through_where_both_ends_have_them(play: Play, codec: str) -> None:
    """The picture in a codec that we don't decode, the sound with redundancy (RFC 2198)."""

    async def scenario(stage: Stage) -> None:
        one, two = await person(stage, "p1"), await person(stage, "p2")
        await one.send(await one.call("publishOther", "pub", codec))
        await stage.plane.allow("p1")
        await two.subscribe()
        await two.sees(10)
        got = await two.hears()
        assert got.lost == 0
        assert await two.call("pictureIn", "sub") == f"video/{codec}"
        sent_as, sent = await one.call("soundOn", "pub")
        came_as, came = await two.call("soundOn", "sub")
        assert sent_as == came_as == "63 111", "redundant audio is preferred on both ways"
        assert 0.75 < came / sent < 1.33, "with its redundancy it is twice as long as without"

    play(scenario)
