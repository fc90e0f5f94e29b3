"""A track holds its layers, and tells which of them is to be had."""

from __future__ import annotations

from media.rtp.rtcp import Pli
from tests.each import each
from tests.unit.media.wire import INTER, KEY, LIMITS, Simulcast


def arriving(source: Simulcast, *layers: int, at: float) -> None:
    for layer in layers:
        source.send(layer, round(at * 100), at=at)


@each(
    "layers, top, chosen",
    [
        ((0, 1, 2), 2, 2),
        ((0, 1, 2), 255, 2),
        ((0, 1, 2), 1, 1),
        ((0, 1), 2, 1),
        ((0, 2), 1, 0),
        ((1, 2), 0, 1),
        ((), 2, 0),
    ],
)
def test_the_largest_layer_that_arrives_is_chosen_else_one_above(
    layers: tuple[int, ...], top: int, chosen: int
) -> None:
    source = Simulcast()
    arriving(source, *layers, at=1.0)
    assert source.track.choose(top) == chosen


def test_a_layer_is_gone_when_the_others_go_on_without_it() -> None:
    source = Simulcast()
    arriving(source, 0, 1, 2, at=1.0)
    arriving(source, 0, at=1.0 + LIMITS.layer_silent_s - 0.01)
    assert source.track.choose(2) == 2
    arriving(source, 0, at=1.01 + LIMITS.layer_silent_s)
    assert source.track.choose(2) == 0


def test_a_still_picture_keeps_its_layer() -> None:
    """A shared screen that doesn't change has hardly any packets, in every layer alike."""
    source = Simulcast()
    arriving(source, 0, 1, 2, at=1.0)
    assert source.track.choose(2) == 2
    arriving(source, 0, 1, 2, at=60.0)
    assert source.track.choose(2) == 2


def test_the_gate_of_a_track_is_that_of_all_its_layers() -> None:
    source = Simulcast()
    source.track.allow(False, 0.0)
    arriving(source, 0, 1, 2, at=1.0)
    assert [layer.counters.passed for layer in source.track.layers] == [0, 0, 0]
    assert not source.track.allowed


def test_a_track_is_live_while_any_layer_is() -> None:
    source = Simulcast()
    arriving(source, 1, at=1.0)
    assert source.track.live(1.9)
    assert not source.track.live(2.1)


def test_rates_are_what_arrives_of_each_layer() -> None:
    source = Simulcast()
    source.track.work(0.0)
    for n in range(50):
        source.send(0, n, bytes(100), at=n / 50)
        source.send(2, n, bytes(1_000), at=n / 50)
    source.track.work(1.0)
    assert source.track.rates(1.0) == (40_000, 0, 400_000)
    assert source.track.rates(3.0) == (0, 0, 0)


def test_keyframe_requests_for_several_layers_are_spread() -> None:
    """The answer to one mostly brings keyframes in all layers."""
    source = Simulcast()
    arriving(source, 0, 1, 2, at=1.0)
    source.wire.rtcp.clear()
    for layer in source.track.layers:
        layer.ask_keyframe(1.0)
    assert len(source.wire.feedback(Pli)) == 1
    for index in range(3):
        source.send(index, 200, KEY, at=1.05)
    source.track.work(1.2)
    assert len(source.wire.feedback(Pli)) == 1


def test_a_layer_without_a_keyframe_is_asked_for_its_own() -> None:
    source = Simulcast()
    arriving(source, 0, 1, 2, at=1.0)
    source.wire.rtcp.clear()
    for layer in source.track.layers[:2]:
        layer.ask_keyframe(1.0)
    source.send(0, 200, KEY, at=1.05)
    source.send(1, 200, INTER, at=1.05)
    source.track.work(1.2)
    assert [pli.ssrc for pli in source.wire.rtcp if isinstance(pli, Pli)] == [100, 200]
