"""What a room offers to its subscribers, and what becomes of their answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

from media.control import MediaCode, MediaRefused, Offered, PeerGone
from media.peers.port import PeerEvents
from tests.unit.media.rooms.fakes import FakePeer, on_loop, settle
from tests.unit.media.rooms.house import LIMITS, house
from tests.unit.media.wire import H264, KEY, picture_line, rtp, sound_line


@on_loop
async def test_without_sources_there_is_no_offer_yet() -> None:
    async with house() as h:
        await h.publish("wang")
        await h.subscribe("wang")
        assert h.offered("wang") == 0
        await h.publish("chen")
        assert h.offered("wang") == 1


@on_loop
async def test_many_who_come_at_once_cost_one_offer() -> None:
    async with house(replace(LIMITS, gather_s=0.3)) as h:
        wang = await h.subscribe("wang")
        for n in range(5):
            await h.publish(f"p{n}")
        assert h.offered("wang") == 0
        await h.reports.next(Offered)
        assert len(wang.offers[0]) == 10


@on_loop
async def test_one_offer_is_in_flight_and_what_changes_goes_into_the_next() -> None:
    async with house() as h:
        await h.publish("a")
        wang = await h.subscribe("wang", accept=False)
        await h.publish("b")
        await h.publish("c")
        assert h.offered("wang") == 1
        await h.accept("wang")
        assert h.offered("wang") == 2
        assert wang.persons == ["a", "a", "b", "b", "c", "c"]


@on_loop
async def test_a_slot_of_one_who_left_is_used_again() -> None:
    async with house() as h:
        await h.publish("a")
        wang = await h.subscribe("wang")
        h.allow("c")
        await h.room.disconnect("a/pub")
        await settle()
        await h.accept("wang")
        assert wang.persons == ["", ""]
        c = await h.publish("c")
        await h.accept("wang")
        assert wang.persons == ["c", "c"]
        h.send(c, 1)
        assert [sent.ssrc for sent in wang.wire.sent] == [wang.offers[-1][1].ssrc]


@on_loop
async def test_one_who_comes_again_keeps_the_slot_without_an_offer() -> None:
    async with house() as h:
        h.allow("a")
        a = await h.publish("a")
        wang = await h.subscribe("wang")
        h.send(a, 100)
        again = await h.publish("a", sound_line(40), picture_line(30, 31), peer="other/pub")
        assert a.closed
        assert [(gone.peer, gone.reason) for gone in h.reports.of(PeerGone)] == [
            ("a/pub", "closed")
        ]
        again.events.on_rtp(rtp(7, ssrc=30, payload=KEY), h.now_s)
        assert h.offered("wang") == 1
        assert [sent.sequence for sent in wang.wire.sent] == [1, 2]
        assert len({sent.ssrc for sent in wang.wire.sent}) == 1


@on_loop
async def test_another_codec_needs_an_offer_before_it_is_sent() -> None:
    async with house() as h:
        h.allow("a")
        await h.publish("a", picture_line())
        wang = await h.subscribe("wang")
        a = await h.publish("a", picture_line(codec=H264))
        packet = rtp(1, ssrc=10, payload_type=102, payload=b"\x67\x42")
        a.events.on_rtp(packet, h.now_s)
        assert wang.wire.sent == []
        await h.accept("wang")
        a.events.on_rtp(rtp(2, ssrc=10, payload_type=102, payload=b"\x67\x42"), h.now_s)
        assert [sent.payload_type for sent in wang.wire.sent] == [126]


@on_loop
async def test_nothing_is_sent_before_the_subscriber_is_connected() -> None:
    """A keyframe sent into the void would be missed by the decoder."""
    async with house() as h:
        h.allow("a")
        a = await h.publish("a")
        wang = await h.subscribe("wang", connect=False)
        h.send(a, 1)
        assert wang.wire.sent == []
        wang.events.on_connected()
        h.send(a, 2)
        assert len(wang.wire.sent) == 1


@on_loop
async def test_a_refused_slot_is_not_sent() -> None:
    async with house() as h:
        h.allow("a")
        a = await h.publish("a")
        wang = await h.subscribe("wang", accept=False)
        await h.accept("wang", "1")
        h.send(a, 1)
        h.send(a, 1, sound=True)
        assert [sent.payload for sent in wang.wire.sent] == [b"talk"]


@on_loop
async def test_a_broken_or_late_answer_is_refused_and_the_right_one_still_taken() -> None:
    async with house() as h:
        h.allow("a")
        a = await h.publish("a")
        wang = await h.subscribe("wang", accept=False)
        with pytest.raises(MediaRefused, match="stale_offer"):
            await h.room.answer("wang/sub", 7, "")
        with pytest.raises(MediaRefused, match="bad_sdp"):
            await h.room.answer("wang/sub", 1, "broken")
        with pytest.raises(MediaRefused, match="unknown_peer"):
            await h.room.answer("nobody/sub", 1, "")
        await h.accept("wang")
        h.send(a, 1)
        assert len(wang.wire.sent) == 1


@on_loop
async def test_an_offer_that_is_not_answered_ends_the_peer() -> None:
    async with house(replace(LIMITS, answer_s=0.01)) as h:
        await h.publish("a")
        wang = await h.subscribe("wang", accept=False)
        gone = await h.reports.next(PeerGone)
        assert (gone.peer, gone.reason) == ("wang/sub", "failed")
        await settle()
        assert wang.closed


@on_loop
async def test_a_peer_without_a_port_is_ended() -> None:
    async with house() as h:
        wang = await h.subscribe("wang")
        wang.refuse = MediaCode.NO_PORT
        await h.publish("a")
        assert (await h.reports.next(PeerGone)).peer == "wang/sub"


@on_loop
async def test_subscribing_again_restarts_ice_and_offers_at_once() -> None:
    async with house() as h:
        await h.publish("a")
        wang = await h.subscribe("wang", accept=False)
        await h.subscribe("wang", accept=False)
        assert wang.restarts == 1
        assert h.offered("wang") == 2
        await h.accept("wang")
        assert h.offered("wang") == 2


@on_loop
async def test_publishing_again_renegotiates_the_same_peer() -> None:
    async with house() as h:
        h.allow("a")
        await h.publish("a", sound_line())
        wang = await h.subscribe("wang")
        a = await h.publish("a", sound_line(), picture_line())
        await h.accept("wang")
        h.send(a, 1)
        assert len(wang.wire.sent) == 1
        assert len(h.peers) == 2


@on_loop
async def test_a_broken_first_offer_leaves_no_peer_behind() -> None:
    async with house() as h:
        h._next = "a/pub"
        original = h._make

        def refusing(events: PeerEvents, kind: Literal["publisher", "subscriber"]) -> FakePeer:
            peer = original(events, kind)
            peer.refuse = MediaCode.BAD_SDP
            return peer

        h.room._make_peer = refusing
        with pytest.raises(MediaRefused, match="bad_sdp"):
            await h.room.publish("a/pub", "a", "broken")
        assert not h.room.has("a/pub")
        assert h.peers["a/pub"].closed
        assert h.reports.all == []
