"""Layers that nobody shows are paused; what is shown is asked for at once."""

from __future__ import annotations

from media.forwarding.choice import LARGEST
from media.limits import Limits
from media.rooms.resting import Resting
from tests.unit.media.wire import Simulcast

LIMITS = Limits(layer_rest_s=2.0)


class Publisher:
    """Sends the layers that it should, but those of which it is not able."""

    def __init__(self) -> None:
        self.source = Simulcast()
        self.resting = Resting(self.source.track, LIMITS, 0.0)
        self.unable: set[str] = set()
        self.sequence = 0

    def look(self, *tops: int, until: float, since: float) -> list[tuple[str, ...]]:
        """Look each tenth of a second; what was told anew."""
        told: list[tuple[str, ...]] = []
        for tick in range(round(since * 10), round(until * 10) + 1):
            now_s = tick / 10
            self.sequence += 1
            for layer, rid in enumerate(("q", "h", "f")):
                if rid in self.resting.active and rid not in self.unable:
                    self.source.send(layer, self.sequence, at=now_s)
            if self.resting.look(tops, now_s):
                told.append(self.resting.active)
        return told


def test_a_new_picture_is_sent_in_all_layers_until_it_could_have_been_shown() -> None:
    publisher = Publisher()
    assert publisher.look(since=0.0, until=1.9) == [("q", "h", "f")], "told once, at the beginning"
    assert publisher.look(since=2.0, until=5.0) == [("q",)]


def test_the_smallest_layer_never_rests() -> None:
    publisher = Publisher()
    publisher.look(2, since=0.0, until=10.0)
    assert publisher.resting.active == ("q", "f")


def test_a_layer_that_is_shown_again_goes_on_at_once() -> None:
    publisher = Publisher()
    publisher.look(0, since=0.0, until=3.0)
    assert publisher.look(0, 1, since=3.1, until=3.1) == [("q", "h")]
    assert publisher.look(0, LARGEST, since=3.2, until=3.2) == [("q", "h", "f")]


def test_a_layer_rests_two_seconds_after_the_last_who_showed_it() -> None:
    publisher = Publisher()
    publisher.look(2, since=0.0, until=4.0)
    assert publisher.look(0, since=4.1, until=5.9) == []
    assert publisher.look(0, since=6.0, until=6.0) == [("q",)]


def test_what_is_below_stands_in_for_a_layer_that_does_not_come() -> None:
    """A publisher that can't send the large picture should send the middle one, unasked."""
    publisher = Publisher()
    publisher.look(2, since=0.0, until=4.0)
    publisher.unable = {"f"}
    assert publisher.look(2, since=4.1, until=6.0) == [("q", "h", "f")]
    publisher.unable = set()
    assert publisher.look(2, since=6.1, until=9.0) == [("q", "f")]
