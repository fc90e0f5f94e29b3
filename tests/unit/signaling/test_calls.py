"""Lines are told in one word each, and a call ends as one summary."""

from __future__ import annotations

from typing import Any

from media.control import Howl, PeerQuality, TrackQuality
from signaling.calls import CONCEALED, FROZEN_MS, KEPT_MS, LOST, SLOW_MS, Calls
from signaling.wire.frames import CallView, LinkStats
from tests.each import each

OWNERS = {"a.0/pub": "li", "a.0/sub": "li", "b.0/sub": "wang"}
PERIOD_MS = 2_000


def sender(lost: int = 0, peer: str = "a.0/pub") -> PeerQuality:
    tracks = (
        TrackQuality(kind="sound", bitrate=32_000, lost=0, jitter_ms=3, layers=(32_000,)),
        TrackQuality(kind="picture", bitrate=500_000, lost=lost, jitter_ms=9, layers=(1, 2)),
    )
    return PeerQuality(peer=peer, sends=True, tracks=tracks)


def receiver(peer: str = "a.0/sub", **fields: Any) -> PeerQuality:
    return PeerQuality(peer=peer, sends=False, **fields)


def stats(**fields: Any) -> LinkStats:
    return LinkStats(**{"freezes": 0, "frozen_ms": 0, "concealed": 0, **fields})


def told(calls: Calls, *peers: PeerQuality, now_ms: int = 0) -> None:
    calls.measured(peers, OWNERS.get, now_ms)


def line(calls: Calls, person: str = "li", now_ms: int = 0) -> CallView:
    (found,) = [one for one in calls.section(now_ms).calls if one.person == person]
    return found


def test_both_peers_of_a_person_make_one_line() -> None:
    calls = Calls()
    told(calls, sender(), receiver(bitrate=900, round_trip_ms=40), receiver("b.0/sub"))
    assert [one.person for one in calls.section(0).calls] == ["li", "wang"]
    li = line(calls)
    assert (li.trouble, li.round_trip_ms, li.bitrate) == (None, 40, 900)
    assert [track.kind for track in li.tracks] == ["sound", "picture"]


def test_a_peer_that_belongs_to_nobody_is_passed_over() -> None:
    calls = Calls()
    told(calls, sender(peer="foreign/pub"))
    assert calls.section(0).calls == ()


@each(
    "peer, page, word",
    [
        (sender(LOST - 1), stats(), None),
        (sender(LOST), stats(), "up"),
        (receiver(lost=LOST - 1), stats(), None),
        (receiver(lost=LOST), stats(), "down"),
        (receiver(), stats(concealed=CONCEALED - 1), None),
        (receiver(), stats(concealed=CONCEALED), "down"),
        (receiver(), stats(frozen_ms=FROZEN_MS - 1), None),
        (receiver(), stats(frozen_ms=FROZEN_MS), "frozen"),
        (receiver(round_trip_ms=SLOW_MS - 1), stats(), None),
        (receiver(round_trip_ms=SLOW_MS), stats(), "slow"),
        (sender(), stats(round_trip_ms=SLOW_MS), "slow"),
        (receiver(pictures=3, paused=2), stats(), None),
        (receiver(pictures=3, paused=3), stats(), "sound_only"),
        (receiver(pictures=3, paused=3, lost=LOST, round_trip_ms=900), stats(), "sound_only"),
    ],
)
def test_each_trouble_has_its_word(peer: PeerQuality, page: LinkStats, word: str | None) -> None:
    """From its bound on; the worst goes first."""
    calls = Calls()
    told(calls, peer)
    calls.said("li", page, 0)
    calls.said("li", page, 0)
    assert line(calls).trouble == word


def test_the_moment_in_which_somebody_begins_to_speak_is_no_trouble() -> None:
    """A browser makes up some sound there: what was so in one report alone is not told."""
    calls = Calls()
    told(calls, receiver())
    calls.said("li", stats(concealed=900, frozen_ms=4_000), 0)
    assert line(calls).trouble is None
    calls.said("li", stats(), 0)
    assert line(calls).trouble is None


def test_what_was_said_once_is_not_true_for_ever() -> None:
    calls = Calls()
    told(calls, receiver())
    calls.said("li", stats(frozen_ms=FROZEN_MS), 0)
    calls.said("li", stats(frozen_ms=FROZEN_MS), 0)
    told(calls, receiver(), now_ms=KEPT_MS - 1)
    assert line(calls, now_ms=KEPT_MS - 1).trouble == "frozen"
    assert line(calls, now_ms=KEPT_MS).trouble is None
    told(calls, receiver("b.0/sub"), now_ms=2 * KEPT_MS)
    assert [one.person for one in calls.section(2 * KEPT_MS).calls] == ["wang"]


def test_of_somebody_without_a_link_nothing_is_kept() -> None:
    calls = Calls()
    calls.said("zhao", stats(freezes=1), 0)
    calls.broke("zhao")
    assert calls.section(0).calls == ()
    assert calls.finish("zhao") is None


def test_a_howl_is_named_until_it_is_over() -> None:
    calls = Calls()
    calls.howled(Howl(room="m", person="room", howling=True, frequency_hz=1_250))
    (howl,) = calls.section(0).howls
    assert (howl.person, howl.frequency_hz) == ("room", 1_250)
    calls.howled(Howl(room="m", person="room", howling=False, frequency_hz=1_250))
    assert calls.section(0).howls == ()
    calls.howled(Howl(room="m", person="room", howling=True, frequency_hz=1_250))
    calls.silenced()
    assert calls.section(0).howls == ()


def test_a_call_is_summed_up_once() -> None:
    calls = Calls()
    for n in range(5):
        weak = n in (2, 3)
        told(
            calls,
            sender(20),
            receiver(lost=LOST if weak else 10, round_trip_ms=80 + n),
            now_ms=1_000 + n * PERIOD_MS,
        )
    calls.said("li", stats(frozen_ms=300, concealed=20), 9_500)
    calls.said("li", stats(frozen_ms=100, concealed=40), 9_900)
    calls.broke("li")
    assert calls.persons == ("li",)
    call = calls.finish("li")
    assert call is not None
    assert (call.from_ms, call.to_ms, call.round_trip_ms) == (1_000, 9_000, 82)
    assert (call.lost_up, call.lost_down) == (20, 26)
    assert (call.frozen_ms, call.concealed) == (400, 30)
    assert (call.weak_ms, call.breaks) == (2 * PERIOD_MS, 1)
    assert calls.finish("li") is None
    assert calls.section(9_000).calls == ()


def test_what_nobody_measured_is_not_known() -> None:
    calls = Calls()
    told(calls, PeerQuality(peer="a.0/pub", sends=True))
    call = calls.finish("li")
    assert call is not None
    assert (call.round_trip_ms, call.lost_up, call.lost_down, call.frozen_ms) == (None,) * 4


def test_a_break_of_the_line_is_not_counted_as_weak_time() -> None:
    calls = Calls()
    told(calls, receiver(lost=LOST), now_ms=0)
    told(calls, receiver(lost=LOST), now_ms=60_000)
    call = calls.finish("li")
    assert call is not None
    assert call.weak_ms == 0
