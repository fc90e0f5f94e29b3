"""The floor moves the media, and reports of the media plane reach their clients."""

from __future__ import annotations

import asyncio

from media.control import (
    Allow,
    Answer,
    CloseRoom,
    CueProgramme,
    Disconnect,
    MediaCode,
    MediaRefused,
    Offered,
    OpenRoom,
    Part,
    PeerGone,
    ProgrammeAlarm,
    ProgrammeState,
    Publish,
    Restarted,
    Source,
    Subscribe,
)
from meetings.commands import (
    CallFloor,
    CallOffFloor,
    CloseMeeting,
    EndFloor,
    GrantFloor,
    OpenMeeting,
    PauseFloor,
    ReadyFloor,
    RecessMeeting,
    UnpauseFloor,
)
from meetings.record.memory import MemoryRecord
from signaling.wire.codes import ErrorCode
from tests.integration.signaling.client import Client, connected
from tests.integration.signaling.service import (
    CAMERA,
    HOST,
    LI,
    MEETING,
    SCREEN,
    WANG,
    ZHAO,
    eventually,
    running,
    sender,
)


def part(n: int) -> Part:
    """The n-th part of the programme."""
    return Part(
        room=MEETING,
        init="i",
        segment=0,
        part=n,
        file="f",
        start=n,
        length=1,
        duration_s=0.2,
        independent=True,
        last=False,
        at_ms=5_000 + n,
    )


def test_an_offer_travels_to_the_media_plane_and_its_answer_back() -> None:
    """There is a room before; then subscription, offer, answer."""

    async def scenario() -> None:
        async with running() as service, connected(LI, service.url) as li:
            plane = service.plane
            await li.say({"type": "link.publish", "sdp": "v=0 offer"})
            published = await li.answer("link.published")
            assert published["sdp"] == "answer to v=0 offer"
            assert isinstance(plane.requests[0], OpenRoom)
            assert plane.requests[0].programme is None
            await li.say({"type": "link.subscribe"})
            await plane.until(lambda: plane.of(Subscribe))
            (subscribe,) = plane.of(Subscribe)
            assert subscribe.hide == ("li",)
            plane.report(Offered(peer=subscribe.peer, offer=1, sdp="v=0"))
            plane.report(Offered(peer=subscribe.peer, offer=2, sdp="v=0"))
            while (await li.answer("link.offer"))["offer"] != 2:
                pass
            await li.say({"type": "link.answer", "offer": 1, "sdp": "old"})
            await li.say({"type": "link.answer", "offer": 2, "sdp": "new"})
            await plane.until(lambda: plane.of(Answer))
            assert [answer.sdp for answer in plane.of(Answer)] == ["new"]

    asyncio.run(scenario())


def test_the_floor_opens_and_closes_microphones_at_the_forwarder() -> None:
    """Granted, passed on, recess, ended: at each moment one remote person at most is heard."""

    async def scenario() -> None:
        async with (
            running() as service,
            connected(HOST, service.url) as host,
            connected(LI, service.url),
            connected(WANG, service.url),
            connected(CAMERA, service.url),
        ):
            plane = service.plane
            await host.ask(OpenMeeting())
            await plane.until(lambda: plane.heard() == {"cam"})
            for person in ("li", "wang"):
                await host.ask(GrantFloor(person=person))
                await plane.until(lambda person=person: plane.heard() == {"cam", person})  # type: ignore[misc]
            await host.ask(EndFloor())
            await plane.until(lambda: plane.heard() == {"cam"})
            await host.ask(GrantFloor(person="li"))
            await host.ask(RecessMeeting())
            await plane.until(lambda: plane.heard() == set())
            heard: set[str] = set()
            for request in plane.of(Allow):
                (heard.add if request.sound else heard.discard)(request.person)
                assert len(heard - {"cam"}) <= 1

    asyncio.run(scenario())


def test_a_called_viewer_links_up_and_is_let_through_with_the_grant() -> None:
    """The link of the green room stays; called off, it ends."""

    async def scenario() -> None:
        async with (
            running() as service,
            connected(HOST, service.url) as host,
            connected(WANG, service.url) as wang,
        ):
            plane = service.plane
            await host.ask(OpenMeeting())
            await wang.say({"type": "link.publish", "sdp": "v=0"})
            assert (await wang.answer("error"))["code"] == ErrorCode.LINK_FORBIDDEN
            await host.ask(CallFloor(person="wang"))
            await wang.shown("me", lambda me: me["called"])
            await wang.say({"type": "link.publish", "sdp": "v=0"})
            await wang.answer("link.published")
            await wang.ask(ReadyFloor())
            assert not [allow for allow in plane.of(Allow) if allow.person == "wang"]
            await host.ask(GrantFloor(person="wang"))
            await plane.until(lambda: plane.heard() == {"wang"})
            assert len(plane.of(Publish)) == 1
            await host.ask(EndFloor())
            await plane.until(lambda: plane.of(Disconnect))
            await host.ask(CallFloor(person="wang"))
            await wang.shown("me", lambda me: me["called"])
            await wang.say({"type": "link.publish", "sdp": "v=0"})
            await plane.until(lambda: len(plane.of(Publish)) == 2)
            await host.ask(CallOffFloor(person="wang"))
            await plane.until(lambda: len(plane.of(Disconnect)) == 2)

    asyncio.run(scenario())


def test_a_resting_speech_closes_the_microphone_at_the_forwarder() -> None:
    """Paused, or interrupted by another one; and opens it again when it goes on."""

    async def scenario() -> None:
        async with (
            running() as service,
            connected(HOST, service.url) as host,
            connected(LI, service.url),
            connected(WANG, service.url),
        ):
            plane = service.plane
            await host.ask(OpenMeeting())
            await host.ask(GrantFloor(person="wang"))
            await plane.until(lambda: plane.heard() == {"wang"})
            await host.ask(PauseFloor())
            await plane.until(lambda: plane.heard() == set())
            await host.ask(UnpauseFloor())
            await plane.until(lambda: plane.heard() == {"wang"})
            await host.ask(GrantFloor(person="li", interrupt=True))
            await plane.until(lambda: plane.heard() == {"li"})
            await host.ask(EndFloor())
            await plane.until(lambda: plane.heard() == set())
            await host.ask(UnpauseFloor())
            await plane.until(lambda: plane.heard() == {"wang"})
            assert [a for a in plane.of(Allow) if a.person == "wang"][-1].picture

    asyncio.run(scenario())


def test_the_programme_runs_from_the_opening_to_the_close() -> None:
    """With a cue at each turn, and closed after the last."""

    async def scenario() -> None:
        async with (
            running() as service,
            connected(HOST, service.url) as host,
            connected(LI, service.url) as li,
        ):
            plane = service.plane
            await li.say({"type": "link.publish", "sdp": "v=0"})
            await li.answer("link.published")
            await host.ask(OpenMeeting())
            await host.ask(GrantFloor(person="li"))
            await plane.until(lambda: [c for c in plane.of(CueProgramme) if c.cue.speaker == "li"])
            await host.ask(CloseMeeting())
            await plane.until(lambda: plane.of(CloseRoom))
            opened = [room.programme for room in plane.of(OpenRoom)]
            assert opened == [None, f"/programmes/{MEETING}"]
            assert plane.of(CueProgramme)[-1].cue.mode == "closing"
            assert plane.heard() == set()
            await li.say({"type": "link.publish", "sdp": "v=0"})
            assert (await li.answer("error"))["code"] == ErrorCode.LINK_FORBIDDEN

    asyncio.run(scenario())


def test_a_viewer_has_a_link_while_holding_the_floor() -> None:
    """Refused before, ended with the floor, whatever the client does."""

    async def scenario() -> None:
        async with (
            running() as service,
            connected(HOST, service.url) as host,
            connected(WANG, service.url) as wang,
        ):
            plane = service.plane
            await host.ask(OpenMeeting())
            await wang.say({"type": "link.publish", "sdp": "v=0"})
            assert (await wang.answer("error"))["code"] == ErrorCode.LINK_FORBIDDEN
            await host.ask(GrantFloor(person="wang"))
            await wang.say({"type": "link.publish", "sdp": "v=0"})
            await wang.answer("link.published")
            peer = sender(plane, "wang")
            await host.ask(EndFloor())
            await plane.until(lambda: Disconnect(peer=peer) in plane.requests)

    asyncio.run(scenario())


def test_a_display_never_gets_the_room_back() -> None:
    """Also when the camera comes after it."""

    async def scenario() -> None:
        async with running() as service, connected(SCREEN, service.url) as screen:
            plane = service.plane
            await screen.say({"type": "link.subscribe"})
            await plane.until(lambda: plane.of(Subscribe))
            async with connected(CAMERA, service.url):
                await plane.until(lambda: len(plane.of(Subscribe)) == 2)
            assert [one.hide for one in plane.of(Subscribe)] == [("screen",), ("cam", "screen")]
            await screen.say({"type": "link.publish", "sdp": "v=0"})
            assert (await screen.answer("error"))["code"] == ErrorCode.LINK_FORBIDDEN

    asyncio.run(scenario())


def test_who_is_on_the_link_is_shown_to_those_on_it() -> None:
    """Sources come and go in the section `links`."""

    async def scenario() -> None:
        async with running() as service, connected(HOST, service.url) as host:
            plane = service.plane
            source = Source(room=MEETING, person="li", sound=True, picture=False, linked=True)
            plane.report(source)
            await host.shown("links", lambda links: links["sources"])
            assert host.sections["links"]["sources"] == [
                {"person": "li", "sound": True, "picture": False, "screen": False}
            ]
            plane.report(source.model_copy(update={"linked": False}))
            await host.shown("links", lambda links: not links["sources"])

    asyncio.run(scenario())


def test_a_failed_peer_is_reset_and_its_other_half_ended() -> None:
    """The client starts anew; others hear nothing of it."""

    async def scenario() -> None:
        async with (
            running() as service,
            connected(LI, service.url) as li,
            connected(HOST, service.url) as host,
        ):
            plane = service.plane
            await li.say({"type": "link.publish", "sdp": "v=0"})
            await li.answer("link.published")
            await li.say({"type": "link.subscribe"})
            await plane.until(lambda: plane.of(Subscribe))
            peers = {sender(plane, "li"), plane.of(Subscribe)[0].peer}
            plane.report(PeerGone(room=MEETING, peer=sender(plane, "li"), reason="failed"))
            assert (await li.answer("link.reset"))["reason"] == "failed"
            await plane.until(lambda: {one.peer for one in plane.of(Disconnect)} == peers)
            await li.say({"type": "link.publish", "sdp": "v=0"})
            await li.answer("link.published")
            assert sender(plane, "li") not in peers
            assert [frame["type"] for frame in host.frames] == ["welcome"]

    asyncio.run(scenario())


def test_when_a_connection_is_gone_so_are_its_peers() -> None:
    """Whether it said goodbye or not."""

    async def scenario() -> None:
        async with running() as service:
            plane = service.plane
            for polite in (True, False):
                client = await Client(LI, service.url).connect()
                await client.say({"type": "link.publish", "sdp": "v=0"})
                await client.answer("link.published")
                peer = sender(plane, "li")
                if polite:
                    await client.close()
                else:
                    client.drop()
                await plane.until(lambda peer=peer: Disconnect(peer=peer) in plane.requests)  # type: ignore[misc]

    asyncio.run(scenario())


def test_after_a_restart_of_the_media_process_everything_is_set_up_again() -> None:
    """Room, programme, permissions and cue; linked clients start anew, others hear nothing."""

    async def scenario() -> None:
        async with (
            running() as service,
            connected(HOST, service.url) as host,
            connected(LI, service.url) as li,
            connected(CAMERA, service.url),
        ):
            plane = service.plane
            await host.ask(OpenMeeting())
            await host.ask(GrantFloor(person="li"))
            await li.say({"type": "link.publish", "sdp": "v=0"})
            await li.answer("link.published")
            await plane.until(lambda: plane.heard() == {"cam", "li"})
            plane.report(part(0))
            await host.shown("livestream", lambda one: one["state"] == "live")
            plane.refusal = MediaRefused(MediaCode.UNAVAILABLE)
            await li.say({"type": "link.publish", "sdp": "v=0"})
            assert (await li.answer("error"))["code"] == ErrorCode.LINK_UNAVAILABLE
            await host.ask(GrantFloor(person="host"))
            plane.refusal = None
            plane.requests.clear()
            plane.report(Restarted())
            assert (await li.answer("link.reset"))["reason"] == "restarted"
            await plane.until(lambda: plane.heard() == {"cam", "host"})
            await plane.until(lambda: plane.of(CueProgramme))
            assert plane.of(OpenRoom) == [
                OpenRoom(room=MEETING, programme=f"/programmes/{MEETING}")
            ]
            await host.shown("livestream", lambda one: one["state"] == "interrupted")
            assert [frame["type"] for frame in host.frames] == ["welcome"]

    asyncio.run(scenario())


def test_a_microphone_is_closed_also_when_the_first_try_is_lost() -> None:
    """The media plane did not answer in time, and was not replaced: it is told again."""

    async def scenario() -> None:
        async with (
            running() as service,
            connected(HOST, service.url) as host,
            connected(LI, service.url),
        ):
            plane = service.plane
            await host.ask(OpenMeeting())
            await host.ask(GrantFloor(person="li"))
            await plane.until(lambda: plane.heard() == {"li"})
            plane.refusal = MediaRefused(MediaCode.UNAVAILABLE, "no answer")
            await host.ask(EndFloor())
            await eventually(lambda: plane.refused)
            plane.refusal = None
            await plane.until(lambda: plane.heard() == set())

    asyncio.run(scenario())


def test_one_person_too_many_holds_nobody_up() -> None:
    """Permissions are refused; the room is opened and the programme told nevertheless."""

    async def scenario() -> None:
        async with (
            running() as service,
            connected(LI, service.url),
            connected(HOST, service.url) as host,
        ):
            plane = service.plane
            plane.refusal, plane.refuses = MediaRefused(MediaCode.TOO_MANY, "persons"), Allow
            await host.ask(OpenMeeting())
            await plane.until(lambda: plane.of(CueProgramme))
            assert plane.refused == 2

    asyncio.run(scenario())


def test_a_refusal_of_the_media_plane_reaches_who_asked() -> None:
    """With its own code; the next try may succeed."""

    async def scenario() -> None:
        async with running() as service, connected(LI, service.url) as li:
            await li.say({"type": "link.subscribe"})
            await service.plane.until(lambda: service.plane.of(Subscribe))
            service.plane.refusal = MediaRefused(MediaCode.BAD_SDP, "no m-line")
            await li.say({"type": "link.publish", "sdp": "nonsense"})
            error = await li.answer("error")
            assert (error["code"], error["detail"]) == (ErrorCode.LINK_BAD_SDP, "no m-line")
            service.plane.refusal = None
            await li.say({"type": "link.publish", "sdp": "v=0"})
            await li.answer("link.published")

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


NO_LINKS: dict[str, list[object]] = {"sources": [], "cameras": []}


def test_who_had_the_floor_keeps_nothing_of_the_links() -> None:
    """Emptied when the floor ends, and also for a page that was away at that moment."""

    async def scenario() -> None:
        async with (
            running() as service,
            connected(HOST, service.url) as host,
            connected(ZHAO, service.url) as zhao,
        ):
            source = Source(room=MEETING, person="host", sound=True, picture=True, linked=True)
            service.plane.report(source)
            await host.shown("links", lambda links: links["sources"])
            await host.ask(OpenMeeting())
            assert zhao.sections["links"] == NO_LINKS
            away = await Client(ZHAO, service.url).connect()
            await host.ask(GrantFloor(person="zhao"))
            await zhao.shown("links", lambda links: links["sources"])
            await away.shown("links", lambda links: links["sources"])
            away.drop()
            await host.ask(EndFloor())
            await zhao.shown("links", lambda links: not links["sources"])
            await away.connect()
            assert away.sections["links"] == NO_LINKS
            await away.close()

    asyncio.run(scenario())


def test_after_the_close_nobody_is_shown_as_linked() -> None:
    """Members have no link then; what they saw last is taken back."""

    async def scenario() -> None:
        async with running() as service, connected(HOST, service.url) as host:
            source = Source(room=MEETING, person="li", sound=True, picture=True, linked=True)
            service.plane.report(source)
            await host.shown("links", lambda links: links["sources"])
            await host.ask(OpenMeeting())
            await host.ask(CloseMeeting())
            await host.shown("links", lambda links: not links["sources"])

    asyncio.run(scenario())
