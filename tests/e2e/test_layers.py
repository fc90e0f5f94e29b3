"""
What a page shows is what it is sent: thumbnails small, whoever holds the floor large, nothing that
is not in sight; and cameras send no more than somebody shows.

One meeting for all. The official's page sends three layers of Chromium's test picture; the second
member's client knows of no layers, and holds the floor at first. The third member looks.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.async_api import async_playwright

from demo.client import MeetingClient
from demo.link import PublishLink
from meetings.commands import EndFloor, GrantFloor
from tests.fixtures.browsers import launch, new_page
from tests.fixtures.links import SmallPicture
from tests.fixtures.people import Person
from tests.fixtures.service import Service
from tests.fixtures.waiting import open_meeting, running, until

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

HOST, OFFICIAL, PLAIN, LOOKER = "王秀兰", "陈建国", "没有分层的人", "赵敏"
LAYERS_JS = Path(__file__).with_name("layers.js")
LINK_S = 20.0
"""For a link to come up, and a layer to come or go, on a busy machine."""
SMALL, MIDDLE = 180, 360
"""Lines of the small and the middle layer."""
LARGE_MS = 1_000
"""From the floor to a larger picture."""
BEGIN_S = 0.5
"""A camera's encoder begins anew when a layer comes or goes: pictures may stand still so long."""


class Picture(NamedTuple):
    """`pictureOf` of layers.js."""

    height: int
    decoded: int
    frozen_s: float


@dataclass(frozen=True)
class Scene:
    """The meeting, its desk as a bare client, and the two pages."""

    host: MeetingClient
    official: Person
    looker: Person
    official_id: str
    plain_id: str

    async def picture(self, person: str) -> Picture:
        """How the looker's page gets somebody's picture."""
        return Picture(*await self.looker.page.evaluate("p => window.pictureOf(p)", person))

    async def has_height(self, person: str, height: int) -> Picture:
        """Wait until the picture has so many lines, and goes on."""
        before = await self.picture(person)

        async def there() -> Picture | None:
            now = await self.picture(person)
            return now if now.height == height and now.decoded > before.decoded + 3 else None

        got = await until(there, LINK_S, f"{height} lines")
        assert got is not None
        return got

    async def own_layers(self) -> dict[str, tuple[int, bool]]:
        """Packets that the official's page has sent of each layer, and whether it is active."""
        found: dict[str, tuple[int, bool]] = await self.official.page.evaluate("ownLayers()")
        return found

    async def sends(self, *rids: str) -> None:
        """Wait until just these layers are sent."""

        async def so() -> bool:
            layers = await self.own_layers()
            return {rid for rid, (_, active) in layers.items() if active} == set(rids)

        await until(so, LINK_S, f"only {rids}")

    async def grant(self, person: str) -> None:
        assert (await self.host.ask(GrantFloor(person=person))).type == "result"

    async def end(self) -> None:
        assert (await self.host.ask(EndFloor())).type == "result"


@pytest.fixture(scope="module")
async def scene(service: Service) -> AsyncIterator[Scene]:
    """An open meeting in which the client without layers holds the floor."""
    meeting = service.new_meeting(
        "大小画面", host=HOST, participants=[OFFICIAL, PLAIN, LOOKER], agenda=["议题"]
    )
    people = meeting.people
    plain = PublishLink(service.url, people[PLAIN].token, lambda: [SmallPicture(120)])
    host = MeetingClient(service.url, people[HOST].token)
    async with async_playwright() as playwright:
        browser = await launch(playwright)
        pages: list[Person] = []
        for name in (OFFICIAL, LOOKER):
            page = await new_page(browser, width=1280, height=800)
            await page.add_init_script(path=LAYERS_JS)
            await page.goto(meeting.link(name))
            pages.append(Person(page))
            await pages[-1].join_link()
        official, looker = pages
        await looker.part("camera-toggle").click()
        async with running(plain, host), open_meeting(host):
            found = Scene(host, official, looker, people[OFFICIAL].person, people[PLAIN].person)
            await found.grant(found.plain_id)
            await looker.sees(found.official_id)
            yield found
            assert official.faults == looker.faults == []
        await browser.close()


async def test_a_thumbnail_gets_the_small_layer_and_the_others_rest(scene: Scene) -> None:
    """A quarter of the lines; the camera sends nothing else, since nobody shows more."""
    await scene.has_height(scene.official_id, SMALL)
    await scene.sends("q")
    before = await scene.own_layers()
    await scene.looker.sees(scene.official_id)
    after = await scene.own_layers()
    assert after["q"][0] > before["q"][0]
    assert [after[rid] for rid in ("h", "f")] == [before[rid] for rid in ("h", "f")]


async def test_a_picture_of_one_layer_is_shown_large_and_small(scene: Scene) -> None:
    """Of a client without simulcast everybody gets what it sends."""
    await scene.looker.sees(scene.plain_id, 5)
    assert (await scene.picture(scene.plain_id)).height == 90


async def test_who_gets_the_floor_becomes_large_within_a_second_and_small_again(
    scene: Scene,
) -> None:
    """The layer was paused until then, and the small picture goes on meanwhile."""
    await scene.has_height(scene.official_id, SMALL)
    await scene.sends("q")
    before = await scene.picture(scene.official_id)
    await scene.end()
    large = asyncio.create_task(
        scene.looker.page.evaluate(
            "([person, lines]) => window.becomesLarge(person, lines)",
            [scene.official_id, MIDDLE],
        )
    )
    await scene.grant(scene.official_id)
    async with asyncio.timeout(LINK_S):
        took_ms = await large
    assert took_ms < LARGE_MS
    await scene.end()
    await scene.grant(scene.plain_id)
    small = await scene.has_height(scene.official_id, SMALL)
    assert small.frozen_s - before.frozen_s < 2 * BEGIN_S


async def test_a_page_that_lies_behind_others_is_sent_no_picture(scene: Scene) -> None:
    """And has it again when it comes forward."""
    page = scene.looker.page
    await page.evaluate("hidePage(true)")

    async def still() -> bool:
        before = await scene.picture(scene.official_id)
        sent = (await scene.own_layers())["q"][0]
        await until(partial(_sent, scene, sent + 10), LINK_S, "ten packets")
        return (await scene.picture(scene.official_id)).decoded == before.decoded

    await until(still, LINK_S, "no picture")
    await page.evaluate("hidePage(false)")
    await scene.looker.sees(scene.official_id)


async def _sent(scene: Scene, packets: int) -> bool:
    return (await scene.own_layers())["q"][0] >= packets
