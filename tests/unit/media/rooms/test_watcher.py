"""Who is seen behind the two tracks of a watcher."""

from __future__ import annotations

import asyncio
from typing import Literal

import pytest

from media.control import Cue, MediaCode, MediaRefused, PeerGone, Report
from media.forwarding.choice import LARGEST
from media.forwarding.track import Track
from media.limits import Limits
from media.peers.port import SEND_SIZE, Codec, Kind, PeerEvents
from media.rooms.seen import codec_for, layer_for, shown
from media.rooms.slots import SourceKey
from media.rooms.watcher import Watchers
from tests.unit.media.rooms.fakes import PAYLOAD_TYPES, FakePeer

LIMITS = Limits(watchers_per_room=2)
MEETING = Cue(mode="meeting", title="t", room="room", speaker="li")
OPUS = Codec("opus", 111, 48_000)
VP8 = Codec("VP8", 96, 90_000)
H264 = Codec("H264", 102, 90_000, fmtp="profile-level-id=42e01f")


def track(kind: Kind, codec: Codec) -> Track:
    """One that is let through."""
    made = Track(kind, codec, 1, reporter=1, send=lambda _: None, limits=LIMITS)
    made.allow(True, 0.0)
    return made


def sources() -> dict[SourceKey, Track]:
    """The room and a member, the one by a camera with H264, the other by a browser."""
    return {
        SourceKey("room", "sound"): track("sound", OPUS),
        SourceKey("room", "picture"): track("picture", H264),
        SourceKey("li", "sound"): track("sound", OPUS),
        SourceKey("li", "picture"): track("picture", VP8),
        SourceKey("guest", "picture"): track("picture", VP8),
    }


def test_the_speaker_comes_before_the_room_and_nobody_else_is_shown() -> None:
    """A shared screen comes before both."""
    there = sources()
    order = [there[SourceKey("li", "picture")], there[SourceKey("room", "picture")]]
    assert list(shown(MEETING, there, "picture", frozenset())) == order
    screen = there[SourceKey("li", "screen")] = track("screen", VP8)
    assert list(shown(MEETING, there, "picture", frozenset())) == [screen, *order]


def test_the_room_is_heard_by_its_microphone_whichever_camera_is_shown() -> None:
    """Two devices in the room."""
    there = sources()
    there[SourceKey("desk", "sound")] = track("sound", OPUS)
    cue = MEETING.model_copy(update={"speaker": None, "microphone": "desk"})
    assert list(shown(cue, there, "sound", frozenset())) == [there[SourceKey("desk", "sound")]]
    assert list(shown(cue, there, "picture", frozenset())) == [there[SourceKey("room", "picture")]]


@pytest.mark.parametrize("mode", ["opening", "recess", "closing"])
def test_outside_of_the_open_meeting_nothing_is_shown(mode: str) -> None:
    """Whatever the gates would let through."""
    cue = MEETING.model_copy(update={"mode": mode})
    for kind in ("sound", "picture"):
        assert not list(shown(cue, sources(), kind, frozenset()))
    assert not list(shown(None, sources(), "picture", frozenset()))


def test_a_display_in_the_room_does_not_hear_the_room() -> None:
    """It sees it all the same."""
    there = sources()
    hidden = frozenset({"room"})
    assert list(shown(MEETING, there, "sound", hidden)) == [there[SourceKey("li", "sound")]]
    assert there[SourceKey("room", "picture")] in shown(MEETING, there, "picture", hidden)


def test_a_codec_is_taken_by_name_and_if_possible_by_profile() -> None:
    """A picture that the client can't take is not sent."""
    other = Codec("H264", 125, 90_000, fmtp="profile-level-id=42001f")
    assert codec_for(H264, (other, H264)) is H264
    assert codec_for(H264, (VP8, other)) is other
    assert codec_for(H264, (VP8,)) is None


@pytest.mark.parametrize(
    ("takes", "now", "layer"),
    [
        (None, None, LARGEST),  # nothing is known
        (2_000_000, None, 2),
        (1_500_000, 2, 2),
        (1_499_999, 2, 1),
        (1_900_000, 1, 1),  # not enough to spare
        (1_950_000, 1, 2),
        (90_000, 1, 0),  # the smallest, whatever it is: sound goes on besides
    ],
)
def test_a_watcher_gets_the_layer_that_its_line_takes(
    takes: int | None, now: int | None, layer: int
) -> None:
    """Down at once, up with room to spare; a layer that does not arrive is none."""
    assert layer_for((150_000, 500_000, 1_500_000), takes, now) == layer
    if layer == 2:
        assert layer_for((150_000, 500_000, 0), takes, now) == 1


class Hall:
    """Watchers without a network."""

    def __init__(self) -> None:
        self.peers: list[FakePeer] = []
        self.reports: list[Report] = []
        self.sources = sources()
        self.now_s = 10.0
        self.watchers = Watchers(
            "m",
            self._make,
            self.reports.append,
            lambda work: asyncio.ensure_future(work),
            LIMITS,
            bytearray(SEND_SIZE),
            lambda: self.sources,
            lambda: self.now_s,
        )

    def _make(self, events: PeerEvents, kind: Literal["publisher", "subscriber"]) -> FakePeer:
        self.peers.append(FakePeer(events, kind))
        return self.peers[-1]

    def carried(self, watcher: int = 0) -> dict[str, Track | None]:
        """What a watcher gets at this moment."""
        found = list(self.watchers._watchers.values())[watcher]
        return {kind: line.track for kind, (_, line) in found._lines.items()}

    def seen(self, *tracks: Track) -> None:
        """Packets of these arrived just now."""
        for one in tracks:
            one.layers[0].passed_s = self.now_s


def test_the_picture_follows_the_cue_and_what_arrives_with_the_codec_of_each() -> None:
    """A picture that fell silent gives way to the room; sound needs no packets to stay."""

    async def follow() -> None:
        hall = Hall()
        assert await hall.watchers.watch("w", (), "offer") == "answer to offer"
        hall.watchers.cue(MEETING)
        assert hall.carried() == {"sound": None, "picture": None}  # not connected yet
        hall.peers[0].events.on_connected()
        room, li = (hall.sources[SourceKey(p, "picture")] for p in ("room", "li"))
        hall.seen(room, li)
        hall.watchers.tick(report=False)
        assert hall.carried() == {"sound": hall.sources[SourceKey("li", "sound")], "picture": li}
        line = next(iter(hall.watchers._watchers.values()))._lines["picture"][1]
        assert line.codec == PAYLOAD_TYPES["VP8"]
        hall.now_s += 60
        hall.seen(room)
        hall.watchers.tick(report=False)
        assert hall.carried()["picture"] is room
        assert line.codec == PAYLOAD_TYPES["H264"]
        assert hall.carried()["sound"] is hall.sources[SourceKey("li", "sound")]
        hall.watchers.cue(MEETING.model_copy(update={"mode": "recess"}))
        assert hall.carried() == {"sound": None, "picture": None}

    asyncio.run(follow())


def test_there_are_so_many_watchers_and_no_more() -> None:
    """At the bound one is refused; a place that is free again can be taken."""

    async def fill() -> None:
        hall = Hall()
        for name in ("a", "b"):
            await hall.watchers.watch(name, (), "offer")
        with pytest.raises(MediaRefused) as refused:
            await hall.watchers.watch("c", (), "offer")
        assert refused.value.code is MediaCode.TOO_MANY
        await hall.watchers.watch("a", (), "restart")  # one that is here is no new one
        await hall.watchers.disconnect("b")
        await hall.watchers.watch("c", (), "offer")
        await hall.watchers.close()
        assert all(peer.closed for peer in hall.peers)

    asyncio.run(fill())


def test_a_watcher_that_is_over_is_reported_and_forgotten() -> None:
    """No track sends to it any more."""

    async def end() -> None:
        hall = Hall()
        await hall.watchers.watch("w", (), "offer")
        hall.watchers.cue(MEETING)
        hall.peers[0].events.on_connected()
        hall.peers[0].events.on_gone("silent")
        assert hall.reports == [PeerGone(room="m", peer="w", reason="silent")]
        assert not hall.watchers.has("w")
        await asyncio.sleep(0)

    asyncio.run(end())
