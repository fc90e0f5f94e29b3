"""The floor opens and closes microphones at the forwarder, whatever clients send."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from aiortc import MediaStreamTrack

from demo.camera import Camera
from demo.client import MeetingClient, enter
from demo.link import PublishLink
from meetings.commands import CallFloor, GrantFloor, ReadyFloor
from meetings.people import Role
from signaling.wire.codes import ErrorCode
from signaling.wire.frames import LinkPublish
from tests.fixtures.links import Received, SmallPicture, WatchLink
from tests.fixtures.service import Service
from tests.fixtures.waiting import open_meeting, running, until

pytestmark = pytest.mark.anyio

LINK_S = 20.0
"""For a link to come up on a busy machine."""


def count(person: str, kind: str, at_least: int, received: Received) -> bool:
    return received[person, kind] >= at_least


async def test_who_lacks_the_floor_is_not_heard_however_much_he_sends(service: Service) -> None:
    """Sound that is sent all the time arrives while its sender holds the floor, and only then."""
    meeting = service.new_meeting(
        "发言权", host="主持人", participants=["抢话的人", "听众"], agenda=["议题"]
    )
    loud = meeting.people["抢话的人"]
    attacker = Camera(service.url, loud.token, "official", "不请自讲", may_speak=lambda _: True)
    watcher = WatchLink(service.url, meeting.people["听众"].token)
    host = MeetingClient(service.url, meeting.people["主持人"].token)
    pictures = partial(count, loud.person, "video")

    async with asyncio.timeout(90), running(attacker, watcher, host), open_meeting(host):
        seen = await watcher.until_received(partial(pictures, 60), LINK_S, "pictures")
        assert seen[loud.person, "audio"] == 0, "heard without the floor"

        granted = await host.ask(GrantFloor(person=loud.person, seconds=5))
        assert granted.type == "result"
        await watcher.until_received(
            partial(count, loud.person, "audio", 50), 3.0, "sound with the floor"
        )

        await host.until(lambda s: s.floor is not None and s.floor.holder is None)
        closed = await watcher.received()
        after = await watcher.until_received(
            partial(pictures, closed[loud.person, "video"] + 60), LINK_S, "pictures go on"
        )
        # What was under way when the floor ended may still arrive: 200 ms are 10 packets.
        assert after[loud.person, "audio"] <= closed[loud.person, "audio"] + 10


async def test_a_viewer_without_the_floor_may_not_send(service: Service) -> None:
    """A viewer's offer is refused with `link.forbidden`, and the connection lives on."""
    meeting = service.new_meeting("观众", host="主持人", participants=[], agenda=["议题"])
    entered = await enter(service.url, meeting.room, "居民")
    viewer = MeetingClient(service.url, entered["token"])

    async def refused() -> bool:
        return [error.code for error in viewer.errors] == [ErrorCode.LINK_FORBIDDEN]

    async with asyncio.timeout(30), running(viewer):
        sections = await viewer.until(lambda s: s.me is not None)
        assert sections.me is not None
        assert sections.me.role is Role.VIEWER
        await viewer.send(LinkPublish(sdp="v=0\r\n"))
        await until(refused, 5.0, "the refusal")


async def test_a_viewer_in_the_green_room_is_seen_by_nobody_until_the_grant(
    service: Service,
) -> None:
    """The link stands while others speak, so that the first picture is there at once."""
    meeting = service.new_meeting("候场", host="主持人", participants=["听众"], agenda=["议题"])
    entered = await enter(service.url, meeting.room, "居民")
    resident = PublishLink(service.url, entered["token"], partial(small, 90))
    watcher = WatchLink(service.url, meeting.people["听众"].token)
    host = MeetingClient(service.url, meeting.people["主持人"].token)

    async def linked() -> bool:
        peer = resident.connection
        return peer is not None and peer.connectionState == "connected"

    async with asyncio.timeout(90), running(resident, watcher, host), open_meeting(host):
        sections = await resident.client.until(lambda s: s.me is not None)
        assert sections.me is not None
        person = sections.me.person
        called = await host.ask(CallFloor(person=person))
        assert called.type == "result"
        await until(linked, LINK_S, "the link of the green room")
        await resident.client.ask(ReadyFloor())
        assert (await watcher.received())[person, "video"] == 0

        await host.ask(GrantFloor(person=person))
        await watcher.until_received(partial(count, person, "video", 10), LINK_S, "pictures")


def small(shade: int) -> list[MediaStreamTrack]:
    return [SmallPicture(shade)]


async def test_ten_participants_see_each_other(service: Service) -> None:
    """Ten people publish and watch; pictures of nine others arrive at each of them."""
    names = [f"参会人{number}" for number in range(1, 11)]
    meeting = service.new_meeting("十人连线", host="主持人", participants=names, agenda=["议题"])
    people = [meeting.people[name] for name in names]
    publishers = [
        PublishLink(service.url, one.token, partial(small, 20 * n)) for n, one in enumerate(people)
    ]
    watchers = [WatchLink(service.url, one.token) for one in people]
    host = MeetingClient(service.url, meeting.people["主持人"].token)

    def sees_all_others(me: str, received: Received) -> bool:
        return all(received[other.person, "video"] >= 10 for other in people if other.person != me)

    async with asyncio.timeout(120), running(host, *publishers, *watchers), open_meeting(host):
        for one, watcher in zip(people, watchers, strict=True):
            received = await watcher.until_received(
                partial(sees_all_others, one.person), 60.0, "pictures of nine others"
            )
            assert received[one.person, "video"] == 0, "nobody is sent the own picture"
