"""A person on several pages: one of them has the video link, and the others know."""

from __future__ import annotations

import asyncio

from media.control import Disconnect, Publish, Subscribe
from meetings.commands import RequestFloor
from signaling.wire.frames import CLAIM_MAX_MS
from tests.integration.signaling.client import Client, connected
from tests.integration.signaling.service import LI, running, sender


def test_the_page_that_was_asked_last_has_the_link() -> None:
    """The older page is told and its peers end; it may take the link back, and is told in turn."""

    async def scenario() -> None:
        async with (
            running() as service,
            connected(LI, service.url) as laptop,
            connected(LI, service.url) as phone,
        ):
            plane = service.plane
            await laptop.say({"type": "link.publish", "sdp": "v=0", "claimed_ms": 10})
            await laptop.answer("link.published")
            await laptop.say({"type": "link.subscribe"})
            await plane.until(lambda: plane.of(Subscribe))
            peers = {sender(plane, "li"), plane.of(Subscribe)[0].peer}
            await phone.say({"type": "link.publish", "sdp": "v=0", "claimed_ms": 20})
            await phone.answer("link.published")
            await laptop.answer("link.moved")
            await plane.until(lambda: {one.peer for one in plane.of(Disconnect)} == peers)
            await laptop.say({"type": "link.publish", "sdp": "v=0", "claimed_ms": 30})
            await laptop.answer("link.published")
            await phone.answer("link.moved")

    asyncio.run(scenario())


def test_a_page_that_comes_back_does_not_take_the_link_from_a_newer_one() -> None:
    """It repeats its old claim, and is told that it has no link; the newer page notices nothing."""

    async def scenario() -> None:
        async with running() as service, connected(LI, service.url) as phone:
            laptop = await Client(LI, service.url).connect()
            await laptop.say({"type": "link.publish", "sdp": "v=0", "claimed_ms": 10})
            await laptop.answer("link.published")
            laptop.drop()
            await phone.say({"type": "link.publish", "sdp": "v=0", "claimed_ms": 20})
            await phone.answer("link.published")
            await laptop.connect()
            await laptop.say({"type": "link.publish", "sdp": "v=0", "claimed_ms": 10})
            await laptop.answer("link.moved")
            assert len(service.plane.of(Publish)) == 2
            await phone.ask(RequestFloor())
            assert not [frame for frame in phone.frames if frame["type"] == "link.moved"]
            await laptop.close()

    asyncio.run(scenario())


def test_a_claim_of_the_future_is_one_of_now() -> None:
    """A clock that is wrong locks nobody out of the own link."""

    async def scenario() -> None:
        async with (
            running() as service,
            connected(LI, service.url) as laptop,
            connected(LI, service.url) as phone,
        ):
            await laptop.say({"type": "link.publish", "sdp": "v=0", "claimed_ms": CLAIM_MAX_MS})
            await laptop.answer("link.published")
            await phone.say({"type": "link.publish", "sdp": "v=0", "claimed_ms": CLAIM_MAX_MS})
            await phone.answer("link.published")
            await laptop.answer("link.moved")

    asyncio.run(scenario())
