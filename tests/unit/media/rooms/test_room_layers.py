"""Of a layered picture, each subscriber gets the layer that it shows."""

from __future__ import annotations

from media.control import Layers, Quality, Tile
from tests.unit.media.rooms.fakes import FakePeer, on_loop
from tests.unit.media.rooms.house import House, house
from tests.unit.media.wire import LAYERED, with_rid


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
