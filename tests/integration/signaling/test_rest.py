"""Meetings in which nothing goes on do not stay in memory."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from media.control import CloseRoom, OpenRoom
from meetings.commands import CloseMeeting, OpenMeeting
from tests.integration.signaling.client import connected
from tests.integration.signaling.service import (
    FAST,
    HOST,
    LI,
    MEETING,
    ZHAO,
    eventually,
    running,
)


def test_a_closed_meeting_without_anybody_is_let_go() -> None:
    """Once nobody is expected back; whoever comes later is welcomed by a new hub."""

    async def scenario() -> None:
        limits = replace(FAST, grace_s=0.1, head_check_s=0.02, rest_s=0.1)
        async with running(limits) as service:
            async with connected(HOST, service.url) as host:
                await host.ask(OpenMeeting())
                await host.ask(CloseMeeting())
            assert service.hubs.serving == (MEETING,)
            await eventually(lambda: service.hubs.serving == service.meetings.loaded == ())
            assert service.plane.of(CloseRoom)
            async with connected(ZHAO, service.url) as zhao:
                assert zhao.sections["meeting"]["state"] == "closed"

    asyncio.run(scenario())


def test_a_meeting_before_its_opening_is_let_go_with_its_room() -> None:
    """Somebody tried the camera the day before; the room is made again for the next one."""

    async def scenario() -> None:
        limits = replace(FAST, grace_s=0.1, head_check_s=0.02, rest_s=0.1)
        async with running(limits) as service:
            for times in (1, 2):
                async with connected(LI, service.url) as li:
                    await li.publish()
                await eventually(lambda: service.hubs.serving == service.meetings.loaded == ())
                assert len(service.plane.of(OpenRoom)) == times
                assert len(service.plane.of(CloseRoom)) == times

    asyncio.run(scenario())


def test_a_meeting_that_is_under_way_is_kept_although_nobody_is_there() -> None:
    """Its programme runs, and its clocks."""

    async def scenario() -> None:
        limits = replace(FAST, grace_s=0.05, head_check_s=0.01, rest_s=0.05)
        async with running(limits) as service:
            async with connected(HOST, service.url) as host:
                await host.ask(OpenMeeting())
            live = await service.meetings.live(MEETING)
            await eventually(lambda: not live.meeting.attendance.present("host"))
            await asyncio.sleep(5 * limits.rest_s)  # nothing happens: that is the claim
            assert service.hubs.serving == service.meetings.loaded == (MEETING,)
            assert not service.plane.of(CloseRoom)

    asyncio.run(scenario())
