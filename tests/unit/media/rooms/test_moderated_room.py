"""What a room tells of its lines and voices, and what a hostile or a deaf peer gets of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from media.control import PeerQuality, Quality, Speakers
from media.rooms.publisher import Publisher
from media.rooms.subscriber import Subscriber
from media.rtp import extensions
from media.rtp.packet import HEADER
from media.rtp.rtcp import (
    Nack,
    ReceiverReport,
    ReportBlock,
    SenderReport,
    compound,
)
from tests.unit.media.rooms.fakes import FakePeer, on_loop
from tests.unit.media.rooms.house import House, house
from tests.unit.media.wire import INTER, KEY, picture_line, rtp, sound_line

LEVEL = 3
TOLD = sound_line()
SOUND = replace(TOLD, extensions={**TOLD.extensions, extensions.LEVEL: LEVEL})


def loud(sequence: int, level: int, ssrc: int = 20) -> memoryview:
    """A packet of sound that tells its level."""
    header = HEADER.pack(0x90, 111, sequence, 960 * sequence, ssrc)
    return memoryview(header + bytes((0xBE, 0xDE, 0, 1, LEVEL << 4, level, 0, 0)) + b"opus")


def speak(peer: FakePeer, at: House, level: int, seconds: float, start: int) -> int:
    """Packets every 20 ms, ticks every 100 ms."""
    for n in range(round(seconds * 50)):
        at.now_s += 0.02
        peer.events.on_rtp(loud(start + n, level), at.now_s)
        if n % 5 == 4:
            at.room.tick(at.now_s)
    return start + round(seconds * 50)


@on_loop
async def test_who_speaks_is_told_once_and_again_at_the_end() -> None:
    async with house() as at:
        li = await at.publish("li", SOUND, picture_line())
        at.room.allow("li", sound=True, picture=True)
        sequence = speak(li, at, 25, 3.0, 1)
        speak(li, at, 110, 3.0, sequence)
        assert [report.persons for report in at.reports.of(Speakers)] == [("li",), ()]


@on_loop
async def test_who_is_muted_speaks_to_nobody_and_is_not_shown_as_speaking() -> None:
    async with house() as at:
        li = await at.publish("li", SOUND, picture_line())
        speak(li, at, 25, 1.0, 1)
        assert at.reports.of(Speakers) == []
        at.room.allow("li", sound=True, picture=False)
        sequence = speak(li, at, 25, 1.0, 100)
        at.room.allow("li", sound=False, picture=True)
        speak(li, at, 25, 1.0, sequence)
        assert [report.persons for report in at.reports.of(Speakers)] == [("li",), ()]


def of_peer(at: House, name: str) -> PeerQuality:
    newest = at.reports.of(Quality)[-1]
    (found,) = [one for one in newest.peers if one.peer == name]
    return found


@on_loop
async def test_the_lines_are_told_every_two_seconds() -> None:
    """A fifth of what li sends is lost; wang's line takes 80 ms and loses an eighth."""
    async with house() as at:
        li = await at.publish("li")
        wang = await at.subscribe("wang")
        at.room.allow("li", sound=True, picture=True)
        for n in range(40 * 10):
            at.now_s += 0.1 / 10
            if n % 5:
                li.events.on_rtp(rtp(n + 1, ssrc=10, payload=KEY if n == 1 else INTER), at.now_s)
            if n % 100 == 50:
                report = SenderReport(10, (1000 + n) << 32, 3_000 * n, n, n)
                li.events.on_rtcp(memoryview(compound((report,))), at.now_s)
            if n % 10 == 9:
                at.room.tick(at.now_s)
        ssrc = wang.offers[-1][1].ssrc
        sent = [one for one in wang.wire.rtcp if isinstance(one, SenderReport) and one.ssrc == ssrc]
        block = ReportBlock(ssrc, 32, 0, 0, 0, sent[-1].ntp >> 16 & 0xFFFFFFFF, 65_536 // 50)
        left_s = at.now_s
        wang.events.on_rtcp(memoryview(compound((ReceiverReport(5, (block,)),))), left_s + 0.1)
        for _ in range(20):
            at.now_s += 0.1
            at.room.tick(at.now_s)
        sender, receiver = of_peer(at, "li/pub"), of_peer(at, "wang/sub")
        assert len(at.reports.of(Quality)) == 3
        first = at.reports.of(Quality)[1].peers
        (track,) = next(one for one in first if one.sends).tracks
        assert track.kind == "picture"
        assert 150 <= track.lost <= 250
        assert track.bitrate > 0
        assert not sender.tracks, "silent for two seconds by now"
        assert receiver.lost == 125
        assert receiver.round_trip_ms is not None
        assert receiver.pictures == 0


@on_loop
async def test_a_companion_in_the_room_is_sent_no_sound() -> None:
    """Pictures of everybody, nobody's sound; and sound again once the person left the room."""
    async with house() as at:
        li = await at.publish("li")
        at.room.allow("li", sound=True, picture=True)
        wang = await at.subscribe("wang", deaf=True)
        assert [slot.kind for slot in wang.offers[-1]] == ["picture"]
        send(li, at)
        assert {sent.ssrc for sent in wang.wire.sent} == {wang.offers[-1][0].ssrc}
        await at.subscribe("wang", deaf=False)
        assert sorted(slot.kind for slot in wang.offers[-1]) == ["picture", "sound"]


@on_loop
async def test_who_comes_into_the_room_hears_nothing_from_then_on() -> None:
    """At once: the packets end before the new offer is answered."""
    async with house() as at:
        li = await at.publish("li")
        at.room.allow("li", sound=True, picture=True)
        wang = await at.subscribe("wang")
        send(li, at)
        sound = next(slot.ssrc for slot in wang.offers[-1] if slot.kind == "sound")
        assert sound in {sent.ssrc for sent in wang.wire.sent}
        wang.wire.sent.clear()
        await at.room.subscribe("wang/sub", ("wang",), deaf=True)
        send(li, at, 50)
        assert sound not in {sent.ssrc for sent in wang.wire.sent}
        assert wang.wire.sent


def send(peer: FakePeer, at: House, first: int = 1) -> None:
    for n in range(first, first + 5):
        peer.events.on_rtp(rtp(n, ssrc=10, payload=KEY), at.now_s)
        peer.events.on_rtp(rtp(n, ssrc=20, payload=b"opus", payload_type=111), at.now_s)


@on_loop
async def test_every_room_device_gets_everybody_but_all_rooms() -> None:
    """Mix-minus by subscription, for each of several devices that stand in the room."""
    async with house() as at:
        camera = await at.publish("room", sound_line(30), picture_line(31))
        second = await at.publish("room-2", sound_line(40), picture_line(41))
        await at.publish("li")
        for person in ("room", "room-2", "li"):
            at.room.allow(person, sound=True, picture=True)
        devices = [
            await at.subscribe(name, name, "room", "room-2")
            for name in ("room", "room-2", "display")
        ]
        li = await at.subscribe("li")
        for n in range(1, 6):
            for peer, sound in ((camera, 30), (second, 40)):
                packet = rtp(n, ssrc=sound, payload=b"opus", payload_type=111)
                peer.events.on_rtp(packet, at.now_s)
        for device in devices:
            assert set(device.persons) == {"li"}
            assert device.wire.sent == []
        assert set(li.persons) == {"room", "room-2"}
        assert len(li.wire.sent) == 10


@pytest.mark.parametrize("side", ["pub", "sub"])
@on_loop
async def test_a_flood_of_feedback_is_read_to_its_bound(side: str) -> None:
    """What is beyond is counted and dropped, a second later some is read again."""
    async with house() as at:
        await at.publish("li")
        await at.subscribe("wang")
        peer = at.peers[f"{'li' if side == 'pub' else 'wang'}/{side}"]
        flood = memoryview(compound((ReceiverReport(5), Nack(5, 77, (1,)))))
        bound = round(at.limits.rtcp_burst)
        for _ in range(bound + 500):
            peer.events.on_rtcp(flood, at.now_s)
        assert flooding(peer) == 500
        for _ in range(bound + 7):
            peer.events.on_rtcp(flood, at.now_s + bound / at.limits.rtcp_per_s)
        assert flooding(peer) == 507


def flooding(peer: FakePeer) -> int:
    owner = peer.events
    if isinstance(owner, Publisher):
        return owner.ingress.counters.flooding
    assert isinstance(owner, Subscriber)
    return owner.egress.counters.flooding
