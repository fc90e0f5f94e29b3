"""Clients over real sockets: welcome, updates, commands, presence."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from media.control import Source
from meetings import views
from meetings.commands import (
    GrantFloor,
    Leave,
    MoveAgenda,
    OpenMeeting,
    PostComment,
    RequestFloor,
)
from meetings.people import Person, Register, Role
from meetings.record.memory import MemoryRecord
from meetings.sections import Audience
from meetings.state import Meeting
from signaling.wire.codes import CloseCode
from signaling.wire.frames import Sections
from tests.integration.signaling.client import Client, connected, snapshot
from tests.integration.signaling.service import (
    FAST,
    HOST,
    LI,
    MEETING,
    SCREEN,
    WANG,
    Service,
    eventually,
    running,
    token,
)


def present(client: Client) -> set[str]:
    """Members that this client is shown as present."""
    return {one["id"] for one in client.sections["people"]["members"] if one["present"]}


async def attending(service: Service) -> set[str]:
    """Everybody who is present in the record."""
    people = (await service.meetings.live(MEETING)).meeting.attendance.people
    return {person for person in people if people[person].present}


def test_a_client_is_welcomed_and_gets_every_section() -> None:
    """Hello, welcome, one update; the own coming is in it."""

    async def scenario() -> None:
        async with running() as service, connected(HOST, service.url) as host:
            (welcome,) = host.frames
            assert welcome["meeting"] == MEETING
            assert welcome["person"] == "host"
            assert welcome["audience"] == "host"
            assert not welcome["resumed"]
            assert welcome["offset"] == host.offset == 2
            assert host.updates == 1
            assert set(host.sections) == set(Sections.model_fields)
            assert present(host) == {"host"}
            assert host.sections["me"]["name"] == "周明"
            assert host.sections["livestream"]["state"] == "off"

    asyncio.run(scenario())


def test_what_one_does_everybody_sees() -> None:
    """Each audience its own way: the note of a floor request is the host's alone."""

    async def scenario() -> None:
        async with (
            running() as service,
            connected(HOST, service.url) as host,
            connected(WANG, service.url) as wang,
            connected(SCREEN, service.url) as screen,
        ):
            source = Source(room=MEETING, person="li", sound=False, picture=True, linked=True)
            service.plane.report(source)
            await screen.shown("links", lambda links: links["sources"])
            assert not wang.sections["links"]["sources"]
            assert (await host.ask(OpenMeeting()))["type"] == "result"
            result = await wang.ask(RequestFloor(about="漏水"))
            for client in (host, wang, screen):
                await client.shown("floor", lambda floor: floor["queue"])
            (waiting,) = host.sections["floor"]["queue"]
            assert waiting["request"] == result["offset"]
            assert waiting["about"] == "漏水"
            assert wang.sections["floor"]["queue"][0]["about"] == ""
            await wang.until(lambda: wang.sections["me"]["position"] == 1)
            await host.ask(GrantFloor(person="wang"))
            await wang.until(lambda: wang.sections["me"]["holding"])
            # Who holds the floor is on the video link from now on.
            await wang.shown("links", lambda links: links["sources"])

    asyncio.run(scenario())


def test_a_repeated_command_is_answered_alike_and_carried_out_once() -> None:
    """On the same connection, on another one, and with something else in it."""

    async def scenario() -> None:
        async with running() as service, connected(HOST, service.url) as host:
            await host.ask(OpenMeeting())
            first = await host.ask(PostComment(text="好"), "repeated-1")
            assert await host.ask(PostComment(text="好"), "repeated-1") == first
            async with connected(HOST, service.url) as again:
                assert await again.ask(PostComment(text="好"), "repeated-1") == first
            refused = await host.ask(MoveAgenda(item=9), "repeated-2")
            assert refused["type"] == "refusal"
            assert await host.ask(MoveAgenda(item=9), "repeated-2") == refused
            assert (await snapshot(HOST, service.url))["comments"]["total"] == 1

    asyncio.run(scenario())


def test_a_client_that_comes_back_gets_only_what_changed() -> None:
    """By epoch and offset; a foreign epoch gets everything."""

    async def scenario() -> None:
        async with running() as service, connected(HOST, service.url) as host:
            wang = await Client(WANG, service.url).connect()
            wang.drop()
            await host.ask(OpenMeeting())
            await host.until(lambda: host.sections["meeting"]["state"] == "open")
            before = dict(wang.sections)
            wang.sections.clear()
            await wang.connect()
            assert wang.frames[0]["resumed"]
            assert set(wang.sections) == {"meeting", "me", "links", "livestream"}
            assert {**before, **wang.sections} == await snapshot(WANG, service.url)
            wang.drop()
            wang.epoch = "another"
            await wang.connect()
            assert not wang.frames[0]["resumed"]
            assert set(wang.sections) == set(before)
            await wang.close()

    asyncio.run(scenario())


def test_a_person_leaves_when_the_last_connection_stays_away() -> None:
    """Not when one of two goes; only after the grace time."""

    async def scenario() -> None:
        limits = replace(FAST, grace_s=0.3)
        async with running(limits) as service, connected(HOST, service.url) as host:
            one = await Client(LI, service.url).connect()
            two = await Client(LI, service.url).connect()
            await host.until(lambda: present(host) == {"host", "li"})
            one.drop()
            live = await service.meetings.live(MEETING)
            offset = live.meeting.offset
            await two.close()
            await host.until(lambda: present(host) == {"host"})
            assert live.meeting.offset == offset + 1
            await one.connect()
            await host.until(lambda: present(host) == {"host", "li"})
            await one.close()

    asyncio.run(scenario())


def test_a_goodbye_on_one_of_two_pages_takes_nobody_away() -> None:
    """On the last one it does, at once."""

    async def scenario() -> None:
        async with (
            running() as service,
            connected(LI, service.url) as one,
            connected(LI, service.url) as two,
        ):
            assert (await one.ask(Leave()))["type"] == "result"
            assert await attending(service) == {"li"}
            await one.close()
            await eventually(lambda: service.counters.connections == 1)
            assert (await two.ask(Leave()))["type"] == "result"
            assert await attending(service) == set()

    asyncio.run(scenario())


def test_who_was_there_before_a_restart_leaves_unless_he_comes_back() -> None:
    """The record has both present; one comes back in time."""

    async def scenario() -> None:
        record = MemoryRecord()
        async with running(record=record) as service:
            async with connected(HOST, service.url) as host, connected(LI, service.url):
                await host.ask(OpenMeeting())
            assert await attending(service) == {"host", "li"}
        limits = replace(FAST, grace_s=0.5)
        async with (
            running(limits, record=record) as service,
            connected(HOST, service.url) as host,
        ):
            assert present(host) == {"host", "li"}
            await host.until(lambda: present(host) == {"host"})

    asyncio.run(scenario())


def test_a_person_has_at_most_four_connections() -> None:
    """The oldest is replaced, and told to stop."""

    async def scenario() -> None:
        async with running() as service:
            clients = [await Client(WANG, service.url).connect() for _ in range(5)]
            assert await clients[0].closed() == CloseCode.REPLACED
            for client in clients[1:]:
                await client.ask(RequestFloor())
                await client.close()

    asyncio.run(scenario())


def test_a_full_meeting_sends_away_who_comes_next() -> None:
    """With a code that says: come again."""

    async def scenario() -> None:
        limits = replace(FAST, connections_per_meeting=1)
        async with running(limits) as service, connected(HOST, service.url):
            late = await Client(WANG, service.url).connect(greet=False)
            await late.say({"type": "hello", "token": token(WANG), "resume": None})
            assert await late.closed() == CloseCode.OVERLOADED

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("nonsense", CloseCode.TOKEN_INVALID),
        ("expired", CloseCode.TOKEN_EXPIRED),
        (token(WANG, "no-such-meeting"), CloseCode.MEETING_UNKNOWN),
        (f"{MEETING}|p|viewer||", CloseCode.TOKEN_INVALID),
    ],
)
def test_a_wrong_token_closes_for_good(wrong: str, code: CloseCode) -> None:
    """Forged, expired, of another meeting, with a name that no register takes."""

    async def scenario() -> None:
        async with running() as service:
            client = await Client(WANG, service.url).connect(greet=False)
            await client.say({"type": "hello", "token": wrong, "resume": None})
            assert await client.closed() == code
            assert code >= 4500

    asyncio.run(scenario())


def test_when_the_service_stops_everybody_is_told_to_come_again() -> None:
    """And it does not wait for those who don't listen."""

    async def scenario() -> None:
        async with running() as service:
            client = await Client(HOST, service.url).connect()
        assert await client.closed() == CloseCode.SHUTTING_DOWN

    asyncio.run(scenario())


def test_a_section_is_built_once_for_everybody_in_an_audience(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However many viewers are shown a comment."""
    built: list[tuple[str, Audience]] = []
    really = views.section

    def counted(name: str, meeting: Meeting, register: Register, audience: Audience) -> object:
        built.append((name, audience))
        return really(name, meeting, register, audience)

    async def scenario() -> None:
        viewers = [Person(id=f"v{n}", name=f"居民{n}", role=Role.VIEWER) for n in range(30)]
        async with running() as service, connected(HOST, service.url) as host:
            await host.ask(OpenMeeting())
            clients = [await Client(viewer, service.url).connect() for viewer in viewers]
            for client in clients:
                await client.shown("people", lambda people: people["viewers"] == 30)
            monkeypatch.setattr(views, "section", counted)
            await host.ask(PostComment(text="大家好"))
            for client in clients:
                await client.shown("comments", lambda comments: comments["total"] == 1)
            assert built.count(("comments", Audience.VIEWER)) == 1
            for client in clients:
                client.drop()

    asyncio.run(scenario())
