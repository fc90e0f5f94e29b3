"""A room leads everybody's allowed media to everybody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from media.control import MediaRefused, PeerGone, Source
from media.rtp.rtcp import Nack, Pli, ReceiverReport, SenderReport
from tests.unit.media.rooms.fakes import on_loop, settle
from tests.unit.media.rooms.house import LIMITS, house
from tests.unit.media.wire import KEY, picture_line, rtp, sound_line


@on_loop
async def test_nothing_is_forwarded_until_it_is_allowed() -> None:
    async with house() as h:
        chen = await h.publish("chen")
        wang = await h.subscribe("wang")
        h.send(chen, 1, sound=True)
        h.send(chen, 1)
        assert wang.wire.sent == []
        h.allow("chen", sound=True, picture=False)
        h.send(chen, 2, sound=True)
        h.send(chen, 2)
        assert [sent.payload_type for sent in wang.wire.sent] == [109]
        h.allow("chen", sound=False, picture=False)
        h.send(chen, 3, sound=True)
        assert len(wang.wire.sent) == 1


@on_loop
async def test_a_screen_has_a_gate_of_its_own_and_is_reported() -> None:
    """Open with the picture's, unless something else is said."""
    async with house() as h:
        screen = replace(picture_line(30, 31, mid="2"), kind="screen")
        chen = await h.publish("chen", sound_line(), picture_line(), screen)
        wang = await h.subscribe("wang")
        for sequence, (allowed, seen) in enumerate(((None, True), (False, False), (True, True)), 1):
            h.room.allow("chen", sound=False, picture=True, screen=allowed)
            before = len(wang.wire.sent)
            chen.events.on_rtp(rtp(sequence, ssrc=30, payload=KEY), h.now_s)
            assert len(wang.wire.sent) - before == seen
            h.tick()
        assert h.reports.of(Source)[-1].screen
        h.room.allow("chen", sound=False, picture=True, screen=False)
        h.tick()
        assert not h.reports.of(Source)[-1].screen


@on_loop
async def test_a_permission_holds_for_a_peer_that_comes_later() -> None:
    async with house() as h:
        h.allow("chen")
        wang = await h.subscribe("wang")
        chen = await h.publish("chen")
        await h.accept("wang")
        h.send(chen, 1)
        assert len(wang.wire.sent) == 1


@on_loop
async def test_only_the_first_track_of_a_kind_is_ever_let_through() -> None:
    async with house() as h:
        h.allow("chen")
        chen = await h.publish(
            "chen", sound_line(20), sound_line(21, mid="2"), picture_line(10, 11)
        )
        wang = await h.subscribe("wang")
        chen.events.on_rtp(rtp(1, ssrc=21, payload_type=111), 0.0)
        h.send(chen, 1, sound=True)
        assert len(wang.wire.sent) == 1
        assert len(wang.offers[-1]) == 2


@on_loop
async def test_ten_see_each_other_but_not_themselves() -> None:
    async with house() as h:
        people = [f"p{n}" for n in range(10)]
        publishers = {person: await h.publish(person) for person in people}
        for person in people:
            h.allow(person)
        subscribers = {person: await h.subscribe(person) for person in people}
        for sequence in (1, 2):
            for publisher in publishers.values():
                h.send(publisher, sequence)
                h.send(publisher, sequence, sound=True)
        for person, subscriber in subscribers.items():
            assert person not in subscriber.persons
            assert len(subscriber.wire.sent) == 9 * 2 * 2
            assert len({sent.ssrc for sent in subscriber.wire.sent}) == 18


@on_loop
async def test_devices_in_the_room_hide_the_room() -> None:
    async with house() as h:
        await h.publish("room")
        await h.publish("chen")
        display = await h.subscribe("display", "display", "room")
        assert set(display.persons) == {"chen"}


@on_loop
async def test_names_belong_to_who_took_them() -> None:
    async with house() as h:
        await h.publish("a")
        await h.subscribe("wang")
        for attempt in (
            h.room.publish("a/pub", "b", "offer"),
            h.room.publish("wang/sub", "wang", "offer"),
            h.room.subscribe("a/pub", ()),
        ):
            with pytest.raises(MediaRefused, match="unknown_peer"):
                await attempt


@on_loop
async def test_peers_and_persons_are_bounded() -> None:
    async with house(replace(LIMITS, peers_per_room=2, persons_per_room=2)) as h:
        await h.publish("a")
        await h.subscribe("a")
        with pytest.raises(MediaRefused, match="too_many"):
            await h.publish("b")
        with pytest.raises(MediaRefused, match="too_many"):
            await h.subscribe("b")
        h.allow("a")
        h.allow("b")
        with pytest.raises(MediaRefused, match="too_many"):
            h.allow("c")
        h.allow("b", sound=False, picture=False)
        h.allow("c")


@on_loop
async def test_sources_are_reported_by_what_arrives_and_is_let_through() -> None:
    async with house() as h:
        a = await h.publish("a", connect=False)
        assert h.reports.of(Source) == []
        a.events.on_connected()
        h.allow("a", picture=False)
        h.tick()
        h.send(a, 1)
        h.send(a, 1, sound=True)
        h.tick(3)
        h.tick(10)
        await h.room.disconnect("a/pub")
        told = [(r.linked, r.sound, r.picture) for r in h.reports.of(Source)]
        assert told == [
            (True, False, False),
            (True, True, False),
            (True, False, False),
            (False, False, False),
        ]


@on_loop
async def test_a_peer_that_falls_silent_is_reported_and_its_source_ends() -> None:
    async with house() as h:
        a = await h.publish("a")
        wang = await h.subscribe("wang")
        a.events.on_gone("silent")
        await settle()
        assert h.reports.of(PeerGone) == [PeerGone(room="m", peer="a/pub", reason="silent")]
        assert not h.reports.of(Source)[-1].linked
        await h.accept("wang")
        assert wang.persons == ["", ""]


@on_loop
async def test_a_peer_that_we_end_is_not_reported() -> None:
    async with house() as h:
        a = await h.publish("a")
        wang = await h.subscribe("wang")
        await h.room.disconnect("a/pub")
        await h.room.disconnect("wang/sub")
        await h.room.disconnect("nobody")
        await settle()
        assert a.closed
        assert wang.closed
        assert h.reports.of(PeerGone) == []
        assert not h.room.has("a/pub")
        assert not h.room.has("wang/sub")


@on_loop
async def test_feedback_finds_its_way_both_ways() -> None:
    async with house() as h:
        h.allow("a")
        a = await h.publish("a")
        wang = await h.subscribe("wang")
        h.send(a, 1)
        h.send(a, 2)
        picture = next(slot for slot in wang.offers[-1] if slot.kind == "picture")
        h.now_s += 1
        wang.events.on_rtcp(
            memoryview(Pli(5, picture.ssrc).pack() + Nack(5, picture.ssrc, (2,)).pack()), h.now_s
        )
        assert len(a.wire.feedback(Pli)) == 2  # the first when the gate opened
        assert wang.wire.sent[-1].ssrc == picture.rtx_ssrc


@on_loop
async def test_reports_are_sent_about_once_a_second() -> None:
    async with house() as h:
        h.allow("a")
        a = await h.publish("a")
        wang = await h.subscribe("wang")
        h.send(a, 1)
        a.events.on_rtcp(memoryview(SenderReport(10, 1 << 32, 0, 0, 0).pack()), h.now_s)
        h.tick(30)
        assert len(wang.wire.feedback(SenderReport)) == 3
        reports = [r for r in a.wire.rtcp if isinstance(r, ReceiverReport) and r.blocks]
        assert len(reports) == 3


@on_loop
async def test_the_timer_ticks() -> None:
    async with house(replace(LIMITS, tick_s=0.001)) as h:
        h.allow("a")
        a = await h.publish("a")
        h.room.start()
        h.send(a, 1)
        assert (await h.reports.next(Source, 2)).picture
