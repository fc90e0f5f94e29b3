"""A room leads everybody's allowed media to everybody else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Literal

import pytest

from media.control import (
    Layers,
    MediaCode,
    MediaRefused,
    Offered,
    PeerGone,
    Quality,
    Source,
    Tile,
)
from media.forwarding.subscription import Subscription
from media.limits import Limits
from media.peers.port import Inbound, PeerEvents
from media.rooms.room import Room
from media.rooms.subscriber import Subscriber
from media.rtp.rtcp import Nack, Pli, ReceiverReport, SenderReport
from tests.unit.media.rooms.fakes import FakePeer, Reports, Tasks, on_loop, settle
from tests.unit.media.wire import H264, KEY, LAYERED, picture_line, rtp, sound_line, with_rid

LIMITS = Limits(picture_cache=64, sound_cache=32, gather_s=0, peers_per_room=20)


class House:
    """A room with its peers by name, and a clock that the test moves."""

    def __init__(self, limits: Limits, tasks: Tasks) -> None:
        self.now_s = 100.0
        self.limits = limits
        self.reports = Reports()
        self.peers: dict[str, FakePeer] = {}
        self._next = ""
        self._inbound: Sequence[Inbound] = ()
        self.room = Room("m", self._make, self.reports, tasks.spawn, limits, lambda: self.now_s)

    def _make(self, events: PeerEvents, kind: Literal["publisher", "subscriber"]) -> FakePeer:
        peer = FakePeer(events, kind)
        peer.inbound = self._inbound
        self.peers[self._next] = peer
        return peer

    async def publish(
        self,
        person: str,
        *lines: Inbound,
        peer: str | None = None,
        connect: bool = True,
    ) -> FakePeer:
        """A person comes with sound on SSRC 20 and a picture on 10, if nothing else is said."""
        self._next = peer or f"{person}/pub"
        self._inbound = lines or (sound_line(), picture_line())
        if self._next in self.peers:
            self.peers[self._next].inbound = self._inbound
        await self.room.publish(self._next, person, "offer")
        publisher = self.peers[self._next]
        if connect:
            publisher.events.on_connected()
        await settle()
        return publisher

    async def subscribe(
        self,
        person: str,
        *hide: str,
        connect: bool = True,
        accept: bool = True,
        deaf: bool = False,
    ) -> FakePeer:
        self._next = f"{person}/sub"
        await self.room.subscribe(self._next, hide or (person,), deaf=deaf)
        subscriber = self.peers[self._next]
        await settle()
        if connect:
            subscriber.events.on_connected()
        if accept:
            await self.accept(person)
        return subscriber

    async def accept(self, person: str, answer: str = "") -> None:
        """The client answers the newest offer, if there is one."""
        name = f"{person}/sub"
        if self.peers[name].offers:
            await self.room.answer(name, len(self.peers[name].offers), answer)
        await settle()

    def allow(self, person: str, *, sound: bool = True, picture: bool = True) -> None:
        self.room.allow(person, sound=sound, picture=picture)

    def send(self, publisher: FakePeer, sequence: int, *, sound: bool = False) -> None:
        if sound:
            packet = rtp(sequence, ssrc=20, payload_type=111, payload=b"talk")
        else:
            packet = rtp(sequence, ssrc=10, payload=KEY)
        publisher.events.on_rtp(packet, self.now_s)

    def room_subscriptions(self, peer: FakePeer) -> Sequence[Subscription]:
        """What a subscriber is sent, slot by slot."""
        assert isinstance(peer.events, Subscriber)
        return peer.events.subscriptions

    def offered(self, person: str) -> int:
        return len([r for r in self.reports.of(Offered) if r.peer == f"{person}/sub"])

    def tick(self, count: int = 1) -> None:
        for _ in range(count):
            self.now_s += self.limits.tick_s
            self.room.tick(self.now_s)


@asynccontextmanager
async def house(limits: Limits = LIMITS) -> AsyncIterator[House]:
    tasks = Tasks()
    opened = House(limits, tasks)
    try:
        yield opened
        await opened.room.close()
    finally:
        await tasks.end()


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


# --- layers


def send_layers(house: House, publisher: FakePeer, sequence: int) -> None:
    """One packet of each layer, a keyframe; their SSRCs are 100, 200 and 300."""
    for rid, ssrc in (("q", 100), ("h", 200), ("f", 300)):
        publisher.events.on_rtp(with_rid(rid, sequence, ssrc), house.now_s)


def tile(person: str, height: int) -> Tile:
    return Tile(person=person, kind="picture", height=height)


@on_loop
async def test_each_subscriber_is_sent_the_layer_that_it_shows() -> None:
    async with house() as h:
        chen = await h.publish("chen", LAYERED)
        h.allow("chen")
        large = await h.subscribe("li")
        small = await h.subscribe("wang")
        none = await h.subscribe("zhou")
        h.tick(30)
        h.room.show("li/sub", (tile("chen", 720),))
        h.room.show("wang/sub", (tile("chen", 150),))
        h.room.show("zhou/sub", ())
        send_layers(h, chen, 1)
        h.tick()
        for peer in (large, small, none):
            peer.wire.sent.clear()
        for sequence in range(2, 12):
            send_layers(h, chen, sequence)
        sent = {sub.ssrc: sub for peer in (large, small) for sub in h.room_subscriptions(peer)}
        assert [len(peer.wire.sent) for peer in (large, small, none)] == [10, 10, 0]
        assert [sent[peer.wire.sent[0].ssrc].layer for peer in (large, small)] == [2, 0]


@on_loop
async def test_a_publisher_is_told_which_layers_are_shown() -> None:
    async with house() as h:
        chen = await h.publish("chen", LAYERED)
        h.allow("chen")
        await h.subscribe("li")
        h.room.show("li/sub", (tile("chen", 150),))
        for sequence in range(1, 31):
            send_layers(h, chen, sequence)
            h.tick()
        begin, rest = h.reports.of(Layers)
        assert begin.active == ("q", "h", "f")
        assert (rest.peer, rest.kind, rest.active) == ("chen/pub", "picture", ("q",))
        h.room.show("li/sub", (tile("chen", 720),))
        assert h.reports.of(Layers)[-1].active == ("q", "f"), "at once"


@on_loop
async def test_what_an_unknown_peer_shows_is_passed_over() -> None:
    async with house() as h:
        h.room.show("nobody/sub", (tile("chen", 720),))
        h.tick()
        assert h.reports.of(Layers) == []


@on_loop
async def test_a_picture_of_one_layer_is_sent_to_who_shows_it_and_never_paused() -> None:
    async with house() as h:
        chen = await h.publish("chen")
        h.allow("chen")
        shows = await h.subscribe("li")
        hides = await h.subscribe("wang")
        h.tick(30)
        h.room.show("li/sub", (tile("chen", 100),))
        h.room.show("wang/sub", ())
        h.tick(30)
        h.send(chen, 1)
        assert [len(peer.wire.sent) for peer in (shows, hides)] == [1, 0]
        assert h.reports.of(Layers) == []


@on_loop
async def test_a_picture_that_is_not_on_screen_is_not_told_as_held_back() -> None:
    """Or the desk would say of a page behind others that its line is weak."""
    async with house() as h:
        chen = await h.publish("chen", LAYERED)
        h.allow("chen")
        await h.subscribe("li")
        await h.subscribe("wang")
        h.room.show("li/sub", ())
        h.room.show("wang/sub", (tile("chen", 150),))
        for sequence in range(1, 61):
            send_layers(h, chen, sequence)
            h.tick()
        peers = {one.peer: one for one in h.reports.of(Quality)[-1].peers}
        assert (peers["li/sub"].pictures, peers["li/sub"].paused) == (0, 0)
        assert (peers["wang/sub"].pictures, peers["wang/sub"].paused) == (1, 0)
