"""Forged, broken, oversized and foreign input is refused or dropped, and nobody else notices."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import socket
import time
from functools import partial

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from demo.client import MeetingClient, TurnedAwayError, enter, socket_url
from demo.link import PublishLink
from meetings.commands import PostComment
from meetings.people import Person, Role
from signaling.wire.codes import CloseCode, ErrorCode
from signaling.wire.frames import FRAME_MAX, LinkAnswer, LinkPublish
from tests.fixtures.links import Received, SmallPicture, WatchLink
from tests.fixtures.service import Meeting, Service
from tests.fixtures.waiting import open_meeting, running, until
from web.auth import Invitations

pytestmark = pytest.mark.anyio

FLOOD = 100
"""Broken frames in a row: more than anybody's mistakes."""
RFC6455_TOO_BIG = 1009
"""Closed by the transport itself, without reading on."""


def new_meeting(service: Service) -> Meeting:
    return service.new_meeting("坏输入", host="主持人", participants=["甲", "乙"], agenda=["议题"])


def invitations(service: Service, clock_s: float) -> Invitations:
    return Invitations((service.data / "secret").read_bytes(), lambda: clock_s)


async def turned_away(service: Service, token: str) -> int:
    """The close code that a hello with *token* earns."""
    with pytest.raises(TurnedAwayError) as raised:
        async with asyncio.timeout(10):
            await MeetingClient(service.url, token).run()
    return raised.value.code


async def test_tokens_that_are_forged_expired_or_of_no_meeting_are_told_apart(
    service: Service,
) -> None:
    """Each gets its own code, in the range that says: do not come again."""
    meeting = new_meeting(service)
    person = Person(id="somebody", name="某人", role=Role.HOST)
    good = meeting.people["甲"].token
    forged = Invitations(secrets.token_bytes(32), time.time).issue(meeting.id, person)
    expired = invitations(service, time.time() - 3600).issue(meeting.id, person, valid_s=60)
    elsewhere = invitations(service, time.time()).issue("no-such-meeting", person)

    assert await turned_away(service, forged) == CloseCode.TOKEN_INVALID
    assert await turned_away(service, good[:-3] + "AAA") == CloseCode.TOKEN_INVALID
    assert await turned_away(service, "x" * 2_000) == CloseCode.TOKEN_INVALID
    assert await turned_away(service, expired) == CloseCode.TOKEN_EXPIRED
    assert await turned_away(service, elsewhere) == CloseCode.MEETING_UNKNOWN


@pytest.mark.parametrize(
    "first",
    [
        b"\x00\xff\xfe",
        "",
        "not json",
        "[" * 10_000,
        "null",
        '{"type": "hello"}',
        '{"type": "command", "id": "12345678", "command": {"type": "meeting.open"}}',
        '{"type": "nonsense"}',
        json.dumps({"type": "hello", "token": "t" * 3_000}),
        "x" * (FRAME_MAX + 1),
        "字" * FRAME_MAX,
    ],
)
async def test_a_first_frame_that_is_no_hello_leads_nowhere(
    service: Service, first: str | bytes
) -> None:
    """It is answered with an error, or the connection is closed; nothing is told of any meeting."""
    async with asyncio.timeout(10), connect(socket_url(service.url), proxy=None) as stranger:
        try:
            await stranger.send(first)
            told = json.loads(await stranger.recv())
        except ConnectionClosed as closed:
            told = {"type": "error", "code": closed.rcvd.code if closed.rcvd else None}
    assert told["type"] in {"error", "refusal"}
    assert told["code"] in {*ErrorCode, *CloseCode, RFC6455_TOO_BIG}


async def test_broken_frames_of_a_guest_are_answered_and_others_go_on(service: Service) -> None:
    """Each broken frame gets an error, the guest stays, and the others' comments arrive."""
    meeting = new_meeting(service)
    entered = await enter(service.url, meeting.room, "捣乱的人")
    guest = MeetingClient(service.url, entered["token"])
    others = [MeetingClient(service.url, meeting.people[name].token) for name in "甲乙"]
    broken: list[str | bytes] = [
        b"\x80\x00",
        "{",
        '{"type": "command"}',
        '{"type": "vote.cast"}',
        '{"type": "command", "id": "short", "command": {"type": "floor.request"}}',
        '{"type": "command", "id": "long-enough", "command": {"type": "meeting.explode"}}',
        '{"type": "ping", "sent_ms": "now"}',
        '{"type": "ping", "sent_ms": 1e999}',
        '{"type": "hello", "token": "again"}',
        '{"type": "link.answer", "offer": 99, "sdp": "v=0"}',
        "x" * (FRAME_MAX + 1),
    ]

    async def all_answered() -> bool:
        return len(guest.errors) + len(guest.refusals) >= len(broken)

    async with asyncio.timeout(30), running(guest, *others):
        await guest.until(lambda s: s.me is not None)
        for frame in broken:
            await guest.send_text(frame)
        await until(all_answered, 5.0, "every broken frame is answered")
        answer = await others[0].ask(PostComment(text="会议照常"))
        assert answer.type == "result"
        for client in (guest, *others):
            await client.until(lambda s: s.comments is not None and s.comments.total == 1)


async def test_a_flood_is_cut_off_and_others_go_on(service: Service) -> None:
    """Somebody who only floods is closed with `FLOODING`."""
    meeting = new_meeting(service)
    entered = await enter(service.url, meeting.room, "刷屏的人")
    other = MeetingClient(service.url, meeting.people["甲"].token)
    flooder = MeetingClient(service.url, entered["token"])

    async def flood() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(flooder.run())
            await flooder.until(lambda s: s.me is not None)
            for _ in range(FLOOD):
                await flooder.send_text('{"type": "flood"}')

    async with asyncio.timeout(30), running(other):
        with pytest.raises(ExceptionGroup) as raised:
            await flood()
        assert raised.group_contains(TurnedAwayError, match=str(int(CloseCode.FLOODING)))
        answer = await other.ask(PostComment(text="没有影响"))
        assert answer.type == "result"


async def test_a_broken_description_is_refused_with_its_code(service: Service) -> None:
    """No SDP, half an SDP, an SDP of another world: `link.bad_sdp`; the connection lives on."""
    meeting = new_meeting(service)
    client = MeetingClient(service.url, meeting.people["甲"].token)
    broken = ["hello", "v=0\r\n", "v=0\r\nm=video", "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" * 50]

    async def refused(number: int) -> bool:
        return len(client.errors) >= number

    async with asyncio.timeout(30), running(client):
        await client.until(lambda s: s.me is not None)
        for number, sdp in enumerate(broken, 1):
            await client.send(LinkPublish(sdp=sdp))
            await until(partial(refused, number), 10.0, f"{sdp[:20]!r} is refused")
        assert {error.code for error in client.errors} == {ErrorCode.LINK_BAD_SDP}
        await client.send(LinkAnswer(offer=1, sdp="v=0\r\n"))
        answer = await client.ask(PostComment(text="仍在会场"))
        assert answer.type == "result"


def media_addresses(sdp: str) -> set[tuple[str, int]]:
    """UDP addresses that the service's description names."""
    found = re.findall(
        r"a=candidate:\S+ 1 udp \d+ (127\.0\.0\.1) (\d+) typ host", sdp, re.IGNORECASE
    )
    return {(address, int(port)) for address, port in found}


@pytest.mark.nightly
async def test_foreign_packets_change_nothing_for_those_who_watch(service: Service) -> None:
    """STUN, DTLS, RTP and noise from strangers, thrown at the port of a running link."""
    meeting = new_meeting(service)
    sender, receiver = meeting.people["甲"], meeting.people["乙"]
    publisher = PublishLink(service.url, sender.token, lambda: [SmallPicture(90)])
    watcher = WatchLink(service.url, receiver.token)
    host = MeetingClient(service.url, meeting.people["主持人"].token)
    noise = [
        b"",
        b"\x00",
        b"\x00\x01\x00\x00\x21\x12\xa4\x42" + bytes(12),  # STUN binding request, no integrity
        b"\x00\x01\xff\xff\x21\x12\xa4\x42" + bytes(12),  # ... with a length that lies
        b"\x01\x01\x00\x00\x21\x12\xa4\x42" + bytes(12),  # STUN answer to nothing
        b"\x16\xfe\xfd" + bytes(10) + b"\xff\xff",  # DTLS record, cut off
        b"\x80\x60" + bytes(40),  # RTP
        b"\x80\xc8" + bytes(40),  # RTCP
        b"\xff" * 1500,
    ]

    def more(than: Received, received: Received) -> bool:
        return received[sender.person, "video"] >= than[sender.person, "video"] + 20

    async with asyncio.timeout(60), running(publisher, watcher, host), open_meeting(host):
        before = await watcher.until_received(partial(more, Received()), 20.0, "pictures")
        link = publisher.connection
        assert link is not None
        addresses = media_addresses(link.remoteDescription.sdp)
        assert addresses, link.remoteDescription.sdp
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for _ in range(50):
                for address in addresses:
                    for packet in noise:
                        stranger.sendto(packet, address)
                await asyncio.sleep(0)
        await watcher.until_received(partial(more, before), 15.0, "pictures go on")
        assert publisher.connection is link, "the link was not made anew"
