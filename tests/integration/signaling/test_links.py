"""A link is made by offer and answer, shown to those on it, and ends or begins anew with a peer."""

from __future__ import annotations

import asyncio

from media.control import (
    Answer,
    CueProgramme,
    Disconnect,
    MediaCode,
    MediaRefused,
    Offered,
    OpenRoom,
    PeerGone,
    Restarted,
    Source,
    Subscribe,
)
from meetings.commands import CloseMeeting, EndFloor, GrantFloor, OpenMeeting
from signaling.wire.codes import ErrorCode
from tests.integration.signaling.client import Client, connected
from tests.integration.signaling.service import (
    CAMERA,
    HOST,
    LI,
    MEETING,
    SCREEN,
    ZHAO,
    part,
    running,
    sender,
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
            await li.publish()

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
            assert await screen.publish_refused() == ErrorCode.LINK_FORBIDDEN

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
            await li.publish()
            await li.say({"type": "link.subscribe"})
            await plane.until(lambda: plane.of(Subscribe))
            peers = {sender(plane, "li"), plane.of(Subscribe)[0].peer}
            plane.report(PeerGone(room=MEETING, peer=sender(plane, "li"), reason="failed"))
            assert (await li.answer("link.reset"))["reason"] == "failed"
            await plane.until(lambda: {one.peer for one in plane.of(Disconnect)} == peers)
            await li.publish()
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
                await client.publish()
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
            await li.publish()
            await plane.until(lambda: plane.heard() == {"cam", "li"})
            plane.report(part(0))
            await host.shown("livestream", lambda one: one["state"] == "live")
            plane.refusal = MediaRefused(MediaCode.UNAVAILABLE)
            assert await li.publish_refused() == ErrorCode.LINK_UNAVAILABLE
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
