"""A subscriber is sent what it shows, as large as it shows it."""

from __future__ import annotations

import pytest

from media.forwarding.choice import LARGEST
from media.limits import Limits
from media.rooms.shown import Shown
from media.rooms.slots import SourceKey

LIMITS = Limits(layer_height=720, layer_rest_s=2.0)
CHEN = SourceKey("chen", "picture")
LI = SourceKey("li", "picture")


def told(tiles: dict[SourceKey, int], at: float = 10.0) -> Shown:
    shown = Shown(LIMITS)
    shown.keep({CHEN, LI}, at - 5.0)
    shown.tell(tiles, at)
    return shown


def test_who_never_tells_wants_everything_as_large_as_it_comes() -> None:
    shown = Shown(LIMITS)
    shown.keep({CHEN}, 0.0)
    assert shown.wanted(CHEN, 3, 0.0) == LARGEST
    assert shown.wanted(CHEN, 1, 9.0) == LARGEST


@pytest.mark.parametrize(
    ("height", "layers", "layer"),
    [
        (1, 3, 0),
        (234, 3, 0),
        (235, 3, 1),
        (468, 3, 1),
        (469, 3, 2),
        (4_320, 3, 2),
        (468, 2, 0),
        (469, 2, 1),
        (2_000, 1, 0),
    ],
)
def test_the_smallest_layer_that_is_large_enough_is_wanted(
    height: int, layers: int, layer: int
) -> None:
    """180, 360 and 720 pixels, each stretched by up to three tenths."""
    assert told({CHEN: height}).wanted(CHEN, layers, 20.0) == layer


def test_what_is_not_on_screen_is_not_wanted() -> None:
    assert told({CHEN: 100}).wanted(LI, 3, 20.0) is None


def test_larger_is_wanted_at_once_and_smaller_after_a_rest() -> None:
    shown = told({CHEN: 100})
    shown.tell({CHEN: 720}, 20.0)
    assert shown.wanted(CHEN, 3, 20.0) == 2
    shown.tell({CHEN: 100}, 30.0)
    assert shown.wanted(CHEN, 3, 31.9) == 2
    assert shown.wanted(CHEN, 3, 32.0) == 0
    shown.tell({}, 40.0)
    assert shown.wanted(CHEN, 3, 41.9) == 0
    assert shown.wanted(CHEN, 3, 42.0) is None


def test_a_rest_is_not_prolonged_by_what_is_told_meanwhile() -> None:
    shown = told({CHEN: 720})
    shown.tell({CHEN: 100}, 20.0)
    shown.tell({CHEN: 90}, 21.0)
    assert shown.wanted(CHEN, 3, 22.0) == 0


def test_a_new_picture_is_wanted_small_until_the_client_can_have_told() -> None:
    shown = told({CHEN: 720})
    wang = SourceKey("wang", "picture")
    shown.keep({CHEN, LI, wang}, 20.0)
    assert shown.wanted(wang, 3, 21.9) == 0
    shown.keep({CHEN, LI, wang}, 21.9)
    assert shown.wanted(wang, 3, 22.0) is None
