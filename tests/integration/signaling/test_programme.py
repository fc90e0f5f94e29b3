"""The programme runs while the meeting does, and the pages are told its state."""

from __future__ import annotations

import asyncio

from media.control import CloseRoom, CueProgramme, OpenRoom, ProgrammeAlarm, ProgrammeState
from meetings.commands import CloseMeeting, GrantFloor, OpenMeeting
from meetings.record.memory import MemoryRecord
from signaling.wire.codes import ErrorCode
from tests.integration.signaling.client import connected
from tests.integration.signaling.service import HOST, LI, MEETING, ZHAO, part, running


def test_the_programme_runs_from_the_opening_to_the_close() -> None:
    """With a cue at each turn, and closed after the last."""

    async def scenario() -> None:
        async with (
            running() as service,
            connected(HOST, service.url) as host,
            connected(LI, service.url) as li,
        ):
            plane = service.plane
            await li.publish()
            await host.ask(OpenMeeting())
            await host.ask(GrantFloor(person="li"))
            await plane.until(lambda: [c for c in plane.of(CueProgramme) if c.cue.speaker == "li"])
            await host.ask(CloseMeeting())
            await plane.until(lambda: plane.of(CloseRoom))
            opened = [room.programme for room in plane.of(OpenRoom)]
            assert opened == [None, f"/programmes/{MEETING}"]
            assert plane.of(CueProgramme)[-1].cue.mode == "closing"
            assert plane.heard() == set()
            assert await li.publish_refused() == ErrorCode.LINK_FORBIDDEN

    asyncio.run(scenario())


def test_a_meeting_that_was_open_gets_its_programme_back_before_anybody_comes() -> None:
    """The service was restarted; nobody is connected yet."""

    async def scenario() -> None:
        record = MemoryRecord()
        async with running(record=record) as service, connected(HOST, service.url) as host:
            await host.ask(OpenMeeting())
        async with running(record=record) as service:
            await service.plane.until(lambda: service.plane.of(CueProgramme))
            assert service.plane.of(OpenRoom)[0].programme is not None

    asyncio.run(scenario())


def test_the_livestream_is_shown_from_its_first_part_to_the_recording() -> None:
    """Off, starting, live with both playlists, ended with the recording."""

    async def scenario() -> None:
        async with (
            running() as service,
            connected(HOST, service.url) as host,
            connected(ZHAO, service.url) as zhao,
        ):
            assert zhao.sections["livestream"]["state"] == "off"
            await host.ask(OpenMeeting())
            service.plane.report(ProgrammeState(room=MEETING, state="starting"))
            service.plane.report(part(0))
            await zhao.shown("livestream", lambda one: one["state"] == "live")
            shown = zhao.sections["livestream"]
            assert shown["live_url"] == f"/hls/{MEETING}/programme.m3u8"
            assert shown["recording_url"] == f"/hls/{MEETING}/whole.m3u8"
            assert shown["since_ms"] == 5_000
            await host.ask(CloseMeeting())
            service.plane.report(ProgrammeState(room=MEETING, state="ended"))
            await zhao.shown("livestream", lambda one: one["state"] == "ended")
            assert zhao.sections["livestream"]["live_url"] is None
            assert zhao.sections["livestream"]["recording_url"] is not None

    asyncio.run(scenario())


def test_a_disk_that_confirms_nothing_darkens_the_red_light() -> None:
    """Though parts are written; the desk alone reads why."""

    async def scenario() -> None:
        async with (
            running() as service,
            connected(HOST, service.url) as host,
            connected(ZHAO, service.url) as zhao,
        ):
            await host.ask(OpenMeeting())
            service.plane.report(ProgrammeState(room=MEETING, state="starting"))
            service.plane.report(part(0))
            await zhao.shown("livestream", lambda one: one["recording"])
            alarm = ProgrammeAlarm(room=MEETING, kind="disk_stuck", since_ms=5_000)
            service.plane.report(alarm)
            service.plane.report(part(1))
            await zhao.shown("livestream", lambda one: not one["recording"])
            assert zhao.sections["livestream"]["alarms"] == []
            told = [{"kind": "disk_stuck", "since_ms": 5_000}]
            await host.shown("livestream", lambda one: one["alarms"] == told)
            service.plane.report(part(2))
            service.plane.report(alarm.model_copy(update={"since_ms": None}))
            await zhao.shown("livestream", lambda one: one["recording"])

    asyncio.run(scenario())
