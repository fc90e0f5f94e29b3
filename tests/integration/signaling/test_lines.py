"""Who speaks, how good lines are, and order on the link, from the media plane to the pages."""

from __future__ import annotations

import asyncio

from media.control import (
    Disconnect,
    Howl,
    Offered,
    PeerQuality,
    Publish,
    Quality,
    Speakers,
    Subscribe,
    TrackQuality,
)
from meetings import events as ev
from meetings.commands import (
    CloseMeeting,
    GrantFloor,
    LockLink,
    OpenMeeting,
    Readmit,
    RemovePerson,
    SignIn,
    SignOut,
    UnlockLink,
)
from meetings.record.memory import MemoryRecord
from meetings.refusals import Code
from signaling.wire.codes import CloseCode, ErrorCode
from tests.integration.signaling.client import Client, connected
from tests.integration.signaling.service import (
    HOST,
    LI,
    MEETING,
    SCREEN,
    WANG,
    eventually,
    running,
    sender,
)

STATS = {"type": "link.stats", "freezes": 2, "frozen_ms": 700, "concealed": 15, "round_trip_ms": 60}


def quality(peer: str, lost: int) -> Quality:
    """One line that sends."""
    track = TrackQuality(kind="picture", bitrate=90_000, lost=lost, jitter_ms=3)
    return Quality(room=MEETING, peers=(PeerQuality(peer=peer, sends=True, tracks=(track,)),))


def test_speakers_are_told_to_those_on_the_link_and_to_nobody_else() -> None:
    """A viewer's page gets no frame, however often it changes."""

    async def scenario() -> None:
        async with (
            running() as service,
            connected(HOST, service.url) as host,
            connected(SCREEN, service.url) as screen,
            connected(LI, service.url) as li,
            connected(WANG, service.url) as wang,
        ):
            updates = wang.updates
            for n in range(50):
                service.plane.report(Speakers(room=MEETING, persons=("li",) if n % 2 else ()))
            for page in (host, screen, li):
                await page.shown("speakers", lambda told: told["persons"] == ["li"])
            assert "speakers" not in wang.sections
            await wang.say({"type": "ping", "sent_ms": 1.0})
            await wang.answer("pong")
            assert wang.updates == updates

    asyncio.run(scenario())


def test_the_desk_alone_sees_lines_and_howls() -> None:
    """What the forwarder measured and what the page says, under the person's name."""

    async def scenario() -> None:
        async with (
            running() as service,
            connected(HOST, service.url) as host,
            connected(LI, service.url) as li,
        ):
            plane = service.plane
            await li.publish()
            plane.report(quality(sender(plane, "li"), lost=80))
            await host.shown("calls", lambda told: told["calls"])
            await li.say(STATS)
            await li.say({"type": "ping", "sent_ms": 1.0})
            await li.answer("pong")
            plane.report(quality(sender(plane, "li"), lost=80))
            await host.shown("calls", lambda told: told["calls"][0]["freezes"] == 2)
            (line,) = host.sections["calls"]["calls"]
            assert (line["person"], line["trouble"], line["round_trip_ms"]) == ("li", "up", 60)
            assert service.counters.frozen_ms == 700
            plane.report(Howl(room=MEETING, person="cam", howling=True, frequency_hz=1_200))
            await host.shown("calls", lambda told: told["howls"])
            assert "calls" not in li.sections

    asyncio.run(scenario())


def test_a_call_is_summed_up_in_the_record_when_it_is_over() -> None:
    """Once, at the close for who is still there; a foreign peer is nobody's call."""

    async def scenario() -> None:
        record = MemoryRecord()
        async with (
            running(record=record) as service,
            connected(HOST, service.url) as host,
            connected(LI, service.url) as li,
        ):
            plane = service.plane
            await host.ask(OpenMeeting())
            await li.publish()
            for peer in (sender(plane, "li"), "foreign.0/pub"):
                plane.report(quality(peer, lost=20))
            await host.shown("calls", lambda told: told["calls"])
            await host.ask(CloseMeeting())
            live = await service.meetings.live(MEETING)
            await eventually(lambda: live.meeting.link.calls)
            plane.report(quality(sender(plane, "li"), lost=20))
        entries = await record.read(MEETING, 0, 100)
        summaries = [one for one in entries if isinstance(one.event, ev.CallSummarised)]
        assert [(one.actor, one.event.person) for one in summaries] == [("li", "li")]  # type: ignore[union-attr]
        (person, call), *others = live.meeting.link.calls
        assert (person, call.lost_up, call.lost_down, others) == ("li", 20, None, [])

    asyncio.run(scenario())


def test_who_is_put_out_is_disconnected_and_comes_back_only_when_readmitted() -> None:
    """Every page at once, its peers too; the refusal says why."""

    async def scenario() -> None:
        async with running() as service, connected(HOST, service.url) as host:
            plane = service.plane
            laptop = await Client(LI, service.url).connect()
            phone = await Client(LI, service.url).connect()
            await laptop.publish()
            assert (await host.ask(RemovePerson(person="li", reason="太吵")))["type"] == "result"
            assert await laptop.closed() == CloseCode.REMOVED
            assert await phone.closed() == CloseCode.REMOVED
            await plane.until(lambda: plane.of(Disconnect))
            assert {one.peer for one in plane.of(Disconnect)} >= {sender(plane, "li")}
            again = Client(LI, service.url)
            await again.connect(greet=False)
            await again.say({"type": "hello", "token": again.token})
            assert await again.closed() == CloseCode.REMOVED
            out = await service.ask(LI, GrantFloor(person="li"), "command-1")
            assert getattr(out, "code", None) == Code.FORBIDDEN
            await host.ask(Readmit(person="li"))
            await laptop.connect()
            await laptop.shown("me", lambda me: me["attendance"]["present"])
            await laptop.close()

    asyncio.run(scenario())


def test_a_locked_link_lets_in_who_was_there_and_who_is_to_speak() -> None:
    async def scenario() -> None:
        async with (
            running() as service,
            connected(HOST, service.url) as host,
            connected(WANG, service.url) as wang,
        ):
            plane = service.plane
            await host.ask(OpenMeeting())
            await host.ask(LockLink())
            async with connected(LI, service.url) as li:
                assert await li.publish_refused() == ErrorCode.LINK_LOCKED
                await host.ask(GrantFloor(person="wang"))
                await wang.shown("me", lambda me: me["holding"])
                await wang.publish()
                await host.ask(UnlockLink())
                await li.shown("people", lambda people: not people["link"]["locked"])
                await li.publish()
            assert {one.person for one in plane.of(Publish)} == {"li", "wang"}

    asyncio.run(scenario())


def test_who_signs_in_in_the_room_gets_no_more_sound() -> None:
    """By the room's code or the desk; the other devices of the person as well, and back again."""

    async def scenario() -> None:
        async with (
            running() as service,
            connected(HOST, service.url) as host,
            connected(LI, service.url) as li,
        ):
            plane = service.plane
            await li.say({"type": "link.subscribe"})
            await plane.until(lambda: plane.of(Subscribe))
            assert not plane.of(Subscribe)[-1].deaf
            plane.report(Offered(peer=plane.of(Subscribe)[-1].peer, offer=1, sdp="v=0"))
            await host.ask(SignIn(person="li"))
            await plane.until(lambda: plane.of(Subscribe)[-1].deaf)
            await host.ask(SignOut(person="li"))
            await plane.until(lambda: not plane.of(Subscribe)[-1].deaf)

    asyncio.run(scenario())
