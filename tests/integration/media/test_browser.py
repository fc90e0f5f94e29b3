"""
The media process and Debian's Chromium: what aiortc's own client can't show.

Pictures are those of Chromium's fake camera, sounds its beeps. A test has a room of its own on one
media process, and pages of its own in one browser.
"""

from __future__ import annotations

import asyncio
import time
from typing import Literal

import pytest
from playwright.async_api import Error

from media.congestion.tuning import START_BPS
from media.control import PeerGone, Quality, Source
from tests.integration.media.browser import Play, Stage

ENOUGH_BPS = 1_000_000
"""Three times what a browser begins with. Two million take it less than 5 s on a quiet machine."""

LEARN_S = 60.0
"""A machine that is held up now and then makes a browser begin anew."""

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_pictures_and_sound_of_one_reach_the_other(
    play: Play, codec: Literal["VP8", "H264"]
) -> None:
    async def scenario(stage: Stage) -> None:
        one, two = await stage.person("p1"), await stage.person("p2")
        await one.publish(codec)
        await two.subscribe()
        await two.sees(20)
        got = await two.hears()
        assert got.persons == ["p1"]
        assert got.lost == 0

    play(scenario)


def test_three_see_each_other_and_not_themselves(play: Play) -> None:
    async def scenario(stage: Stage) -> None:
        people = [await stage.person(name) for name in ("p1", "p2", "p3")]
        for person in people:
            await person.publish()
            await person.subscribe()
        names = {person.name for person in people}
        for person in people:
            await person.until(lambda got, me=person: {*got.persons} == names - {me.name})  # type: ignore[misc]
            await person.sees(10)

    play(scenario)


def test_who_comes_late_sees_a_picture_soon(play: Play) -> None:
    """A keyframe is asked for: Chromium makes none by itself."""

    async def scenario(stage: Stage) -> None:
        one, two = await stage.person("p1"), await stage.person("p2")
        await one.publish()
        await two.subscribe()
        await two.sees(30)
        late = await stage.person("p3")
        began_s = time.monotonic()
        await late.subscribe()
        await late.sees(1)
        assert time.monotonic() - began_s < 5

    play(scenario)


def test_both_directions_learn_what_the_line_carries(play: Play) -> None:
    """By transport-wide feedback: the browser of ours, and we of the browser's."""

    async def scenario(stage: Stage) -> None:
        one, two = await stage.person("p1"), await stage.person("p2")
        await one.publish(layers=True)
        await two.subscribe()
        async with asyncio.timeout(LEARN_S):
            while True:
                if await one.call("available", "pub") >= ENOUGH_BPS:
                    break
                await asyncio.sleep(0.1)
        await two.sees(5)
        estimates = [START_BPS]
        while max(estimates) < 1.25 * START_BPS:
            report = await stage.plane.report(Quality, lambda q: q.room == stage.plane.room)
            estimates += [p.estimate for p in report.peers if p.peer == "p2/sub" and p.estimate]
        assert min(estimates) > 0.5 * START_BPS, "a local line is no reason to be careful"
        assert (await two.received()).lost == 0

    play(scenario)


def test_who_is_muted_is_not_heard_though_the_client_sends(play: Play) -> None:
    async def scenario(stage: Stage) -> None:
        one, two = await stage.person("p1"), await stage.person("p2")
        await one.publish()
        await two.subscribe()
        await two.sees(5)
        await two.hears()
        await stage.plane.allow("p1", sound=False)
        await stage.plane.report(Source, lambda s: s.picture and not s.sound)
        before = (await two.received()).packets["audio"]
        await two.sees(20)
        assert (await two.received()).packets["audio"] - before <= 2  # those on their way
        await stage.plane.allow("p1")
        await two.hears()

    play(scenario)


def test_a_picture_that_is_stopped_and_sent_again_comes_back(play: Play) -> None:
    """The m-line is given up with port 0, then used again under a new mid; sound goes on."""

    async def scenario(stage: Stage) -> None:
        one, two = await stage.person("p1"), await stage.person("p2")
        await one.publish()
        await two.subscribe()
        await two.sees(10)
        await two.hears()
        await one.send(await one.call("stopPicture", "pub"))
        await stage.plane.report(Source, lambda s: s.sound and not s.picture)
        await two.hears()
        await one.send(await one.call("addPicture", "pub"))
        await two.sees(10)
        await two.hears()

    play(scenario)


def test_an_ice_restart_by_the_client_interrupts_nothing(play: Play) -> None:
    async def scenario(stage: Stage) -> None:
        one, two = await stage.person("p1"), await stage.person("p2")
        await one.publish()
        await two.subscribe()
        await two.sees(20)
        before, freezes = await one.call("ufrags", "pub"), (await two.received()).freezes
        await one.send(await one.call("restart", "pub"))
        after = await one.call("ufrags", "pub")
        assert all(old != new for old, new in zip(before, after, strict=True))
        # Past the second in which the old path lingers: 20 pictures a second.
        got = await two.sees(50)
        # The new path's first packet may come before its check, and is then nobody's.
        assert got.lost <= 2
        assert got.state == "connected"
        assert got.freezes - freezes <= 1

    play(scenario)


def test_an_ice_restart_by_the_service_interrupts_nothing(play: Play) -> None:
    async def scenario(stage: Stage) -> None:
        one, two = await stage.person("p1"), await stage.person("p2")
        await one.publish()
        await two.subscribe()
        await two.sees(20)
        before, freezes = await two.call("ufrags", "sub"), (await two.received()).freezes
        await two.subscribe()
        got = await two.sees(50)
        after = await two.call("ufrags", "sub")
        assert all(old != new for old, new in zip(before, after, strict=True))
        assert (got.lost, got.state) == (0, "connected")
        assert got.freezes - freezes <= 1

    play(scenario)


def test_who_leaves_is_gone_at_once_and_the_slot_is_used_again(play: Play) -> None:
    async def scenario(stage: Stage) -> None:
        one, two = await stage.person("p1"), await stage.person("p2")
        await one.publish()
        await two.subscribe()
        await two.sees(5)
        await one.call("close_", "pub")
        gone = await stage.plane.report(PeerGone)
        assert (gone.peer, gone.reason) == ("p1/pub", "closed")
        three = await stage.person("p3")
        await three.publish()
        got = await two.sees(10)
        assert got.state == "connected"

    play(scenario)


def test_a_page_that_crashes_is_noticed(play: Play) -> None:
    """Nothing says goodbye; four silent seconds are the end, noticed within five."""

    async def scenario(stage: Stage) -> None:
        one, two = await stage.person("p1"), await stage.person("p2")
        await one.publish()
        await two.subscribe()
        await two.sees(5)
        began_s = time.monotonic()
        with pytest.raises(Error):
            await one.page.goto("chrome://crash")
        gone = await stage.plane.report(PeerGone)
        assert (gone.peer, gone.reason) == ("p1/pub", "silent")
        assert 3.5 < time.monotonic() - began_s < 5

    play(scenario)
