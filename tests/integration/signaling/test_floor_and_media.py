"""The floor opens and closes microphones and links at the forwarder."""

from __future__ import annotations

import asyncio

from media.control import Allow, CueProgramme, Disconnect, MediaCode, MediaRefused, Publish
from meetings.commands import (
    CallFloor,
    CallOffFloor,
    EndFloor,
    GrantFloor,
    OpenMeeting,
    PauseFloor,
    ReadyFloor,
    RecessMeeting,
    UnpauseFloor,
)
from signaling.wire.codes import ErrorCode
from tests.integration.signaling.client import connected
from tests.integration.signaling.service import CAMERA, HOST, LI, WANG, eventually, running, sender


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
            assert await wang.publish_refused() == ErrorCode.LINK_FORBIDDEN
            await host.ask(CallFloor(person="wang"))
            await wang.shown("me", lambda me: me["called"])
            await wang.publish()
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
            assert await wang.publish_refused() == ErrorCode.LINK_FORBIDDEN
            await host.ask(GrantFloor(person="wang"))
            await wang.publish()
            peer = sender(plane, "wang")
            await host.ask(EndFloor())
            await plane.until(lambda: Disconnect(peer=peer) in plane.requests)

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
