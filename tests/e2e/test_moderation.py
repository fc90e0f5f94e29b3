"""
Order on the video link from the host's console, against a client that sends whatever it is told.

One meeting for all: the loud one sends sound and picture all the time, another member counts what
arrives. Each test leaves the floor free and everybody heard, seen and inside.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from urllib.request import urlopen

import pytest
from playwright.async_api import expect

from demo.camera import Camera
from demo.client import TurnedAwayError
from demo.link import PublishLink
from meetings.commands import RequestFloor
from signaling.wire.codes import CloseCode, ErrorCode
from tests.fixtures.desk import Desk, at_desk, done
from tests.fixtures.links import Received, SmallPicture, WatchLink
from tests.fixtures.people import SHOWN_MS, shows
from tests.fixtures.service import Service
from tests.fixtures.waiting import running, until

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

HOST, FIRST, LISTENER, LOUD, LATE = "王秀兰", "陈建国", "赵敏", "抢话的人", "迟到的人"
LINK_S = 20.0
"""For a link to come up on a busy machine."""
SHUT_S = 0.5
"""Until nothing more comes of what was under way: the console, the record, the forwarder."""


@dataclass(frozen=True)
class Scene:
    """The desk, and what arrives at a member."""

    desk: Desk
    watcher: WatchLink
    camera: Camera
    loud: str

    async def grant(self) -> None:
        """The loud one raises a hand, and is given the floor."""
        await done(self.camera.link.client, RequestFloor())
        await self.desk.host.grant(self.loud)

    async def end(self) -> None:
        """The host ends the speech."""
        await self.desk.host.part("floor-end").click()
        await self.desk.host.sees_holder("")

    async def arrives(self, kind: str, more: int = 25) -> None:
        """Packets of the loud one come in."""
        before = (await self.watcher.received())[self.loud, kind]
        enough = partial(_counts, self.loud, kind, before + more)
        await self.watcher.until_received(enough, LINK_S, f"{kind} of the loud one")

    async def ends(self, kind: str, other: str) -> None:
        """No packet of one kind comes any more, while the other kind goes on."""
        await self.arrives(other, 10)  # what was under way is here by then
        before = (await self.watcher.received())[self.loud, kind]
        await self.arrives(other, 40)
        after = (await self.watcher.received())[self.loud, kind]
        assert after - before <= SHUT_S * 50, f"{after - before} packets of {kind}"
        await self.arrives(other, 20)
        assert (await self.watcher.received())[self.loud, kind] == after


def _counts(person: str, kind: str, at_least: int, received: Received) -> bool:
    return received[person, kind] >= at_least


@pytest.fixture(scope="module")
async def scene(service: Service) -> AsyncIterator[Scene]:
    async with at_desk(
        service,
        "连线秩序",
        host=HOST,
        members=[FIRST, LISTENER, LOUD, LATE],
        agenda=["议题"],
    ) as desk:
        people = desk.meeting.people
        loud = Camera(
            service.url, people[LOUD].token, "official", "不请自讲", may_speak=lambda _: True
        )
        watcher = WatchLink(service.url, people[LISTENER].token)
        await desk.host.turn_to("people")
        await desk.host.turn_to("link")
        async with running(watcher):
            sending = asyncio.create_task(_kept(loud))
            yield Scene(desk, watcher, loud, people[LOUD].person)
            sending.cancel()


async def _kept(camera: Camera) -> None:
    """A client that does not take no for an answer."""
    while True:
        try:
            await camera.run()
        except* TurnedAwayError:
            await asyncio.sleep(0.2)


async def test_who_is_muted_is_not_heard_until_the_host_says_so(scene: Scene) -> None:
    """The sender sends on; the listener's sound stops, the picture stays; the muted one is told."""
    host, loud = scene.desk.host, scene.loud
    await scene.arrives("video")
    await scene.grant()
    await scene.arrives("audio")
    line = scene.desk.row("line", LOUD)
    await expect(line.get_by_test_id("line-speaking")).to_be_visible(timeout=SHOWN_MS)
    tile = host.page.locator(f'[data-testid="video-tile"][data-person="{loud}"]').first
    await shows(tile, "data-talking", "true")

    await host.part("speaker-mute").click()
    await expect(line.get_by_test_id("line-muted")).to_be_visible(timeout=SHOWN_MS)
    await scene.ends("audio", "video")
    await shows(tile, "data-talking", "false")
    await host.part(f"mute-{loud}").click()
    await scene.arrives("audio")

    await host.part("mute-all").click()
    await scene.ends("audio", "video")
    await scene.end()
    await scene.grant()  # who is given the floor is heard
    await scene.arrives("audio")
    await scene.end()


async def test_the_desk_reads_how_good_each_line_is(scene: Scene) -> None:
    """In words first, the figures behind them; Prometheus gets sums that name nobody."""
    line = scene.desk.row("line", LOUD)
    await scene.arrives("video")
    await expect(line.get_by_test_id("line-words")).to_have_text("线路良好", timeout=SHOWN_MS)
    await line.get_by_test_id("line-figures").click()
    await expect(line.locator("dl")).to_contain_text("送出画面", timeout=SHOWN_MS)
    await expect(line.locator("dl")).to_contain_text(re.compile(r"\d+ kbit/s"))
    url = f"{scene.desk.service.url}/metrics"
    bits = re.compile(r'^yishi_link_received_bits{kind="picture",layer="0"} (\d{5,})$', re.M)

    async def measured() -> str | None:
        text = await asyncio.to_thread(_get, url)
        return text if bits.search(text) else None

    scraped = await until(measured, LINK_S, "the bitrate of the picture")
    assert scraped is not None
    assert LOUD not in scraped
    assert scene.loud not in scraped


def _get(url: str) -> str:
    with urlopen(url, timeout=10) as answer:
        text: str = answer.read().decode()
    return text


async def test_a_stopped_picture_is_not_seen_until_the_host_allows_it(scene: Scene) -> None:
    loud = scene.loud
    await scene.grant()
    await scene.arrives("video")
    await scene.arrives("audio")
    await scene.desk.more(scene.desk.row("line", LOUD), f"stop-{loud}")
    await scene.ends("video", "audio")
    await scene.desk.more(scene.desk.row("line", LOUD), f"stop-{loud}")
    await scene.arrives("video")
    await scene.end()


async def test_who_comes_after_the_lock_stays_outside(scene: Scene) -> None:
    """Whoever was there goes on; the late one is told why, and comes in when it is unlocked."""
    host, late = scene.desk.host, scene.desk.meeting.people[LATE]
    link = PublishLink(scene.desk.service.url, late.token, lambda: [SmallPicture(90)])
    enough = partial(_counts, late.person, "video", 10)
    await host.part("link-lock").click()
    await expect(host.part("link-locked")).to_be_visible(timeout=SHOWN_MS)

    async def refused() -> bool:
        return ErrorCode.LINK_LOCKED in [error.code for error in link.client.errors]

    async with running(link):
        await until(refused, LINK_S, "the refusal")
        await scene.arrives("video")
        assert (await scene.watcher.received())[late.person, "video"] == 0
    await host.part("link-lock").click()
    await expect(host.part("link-locked")).to_have_count(0, timeout=SHOWN_MS)
    again = PublishLink(scene.desk.service.url, late.token, lambda: [SmallPicture(90)])
    async with running(again):
        await scene.watcher.until_received(enough, LINK_S, "pictures after the unlocking")


async def test_who_is_put_out_comes_back_only_when_readmitted(scene: Scene) -> None:
    """Every page ends with the host's reason, coming again is refused, and nothing arrives."""
    host, desk = scene.desk.host, scene.desk
    reason = "反复打断他人发言，经提醒仍不改正"
    other = PublishLink(desk.service.url, desk.meeting.people[LOUD].token, list)
    away = asyncio.create_task(other.client.run())
    await other.client.until(lambda sections: sections.me is not None)
    await scene.arrives("video")

    await desk.more(desk.row("line", LOUD), f"remove-{scene.loud}")
    await host.part("reason").fill(reason)
    await host.part("reason-give").click()
    with pytest.raises(TurnedAwayError) as ended:
        await asyncio.wait_for(away, LINK_S)
    assert str(ended.value) == f"{CloseCode.REMOVED.value} {reason}"
    with pytest.raises(TurnedAwayError) as refused:
        await asyncio.wait_for(other.client.run(), LINK_S)
    assert refused.value.code == CloseCode.REMOVED
    await expect(host.part("removed")).to_contain_text(reason, timeout=SHOWN_MS)
    before = (await scene.watcher.received())[scene.loud, "video"]
    await expect(desk.row("line", LOUD)).to_have_count(0, timeout=SHOWN_MS)
    assert (await scene.watcher.received())[scene.loud, "video"] <= before + 5

    await host.part(f"readmit-{scene.loud}").click()
    await scene.arrives("video")
