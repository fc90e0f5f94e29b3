"""Little is given up before much, and nothing flaps."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from media.congestion import tuning
from media.congestion.allocation import Demand, Rank, Shares, allocate, needed

LAYERS = (150_000, 500_000, 1_700_000)


def demand(
    rank: Rank,
    rates: Sequence[int] = LAYERS,
    *,
    wanted: int | None = 2,
    granted: int | None = None,
) -> Demand:
    return Demand(rank, rates, wanted, granted)


def meeting() -> list[Demand]:
    """Who speaks, the room, and two thumbnails."""
    return [
        demand(Rank.FLOOR),
        demand(Rank.ROOM, wanted=1),
        demand(Rank.THUMBNAIL, wanted=0),
        demand(Rank.THUMBNAIL, wanted=0),
    ]


def test_what_is_given_up_first() -> None:
    """The largest picture's sharpness, thumbnails, the room's size, the room, who speaks."""
    steps = [
        (3_000_000, [2, 1, 0, 0]),
        (1_700_000, [1, 1, 0, 0]),
        (1_300_000, [1, 1, 0, None]),
        (1_100_000, [1, 1, None, None]),
        (800_000, [1, 0, None, None]),
        (400_000, [0, 0, None, None]),
        (250_000, [0, None, None, None]),
        (100_000, [None, None, None, None]),
        (0, [None, None, None, None]),
    ]
    for budget, expected in steps:
        assert allocate(budget, meeting()) == expected, budget


def test_a_shared_screen_counts_as_who_speaks() -> None:
    screen = demand(Rank.FLOOR, (900_000,), wanted=0)
    assert allocate(1_200_000, [demand(Rank.ROOM), screen]) == [0, 0]


def test_what_is_not_on_screen_gets_nothing() -> None:
    assert allocate(9_000_000, [demand(Rank.FLOOR, wanted=None)]) == [None]


def test_a_wish_for_more_layers_than_there_are_is_one_for_the_largest() -> None:
    assert allocate(9_000_000, [demand(Rank.THUMBNAIL, (1, 2), wanted=255)]) == [1]


def test_what_is_sent_must_fit_and_what_is_not_must_fit_with_room_to_spare() -> None:
    assert allocate(510_000, [demand(Rank.FLOOR, granted=1)]) == [1]
    assert allocate(510_000, [demand(Rank.FLOOR, granted=0)]) == [0]
    assert allocate(540_000, [demand(Rank.FLOOR, granted=0)]) == [1]


def test_a_moment_of_plenty_starts_nothing() -> None:
    assert allocate(3_000_000, [demand(Rank.FLOOR, granted=0)], 400_000) == [0]
    assert allocate(3_000_000, [demand(Rank.FLOOR, granted=1)], 400_000) == [1]


def test_a_layer_that_is_asked_for_and_does_not_come_costs_what_comes_instead() -> None:
    """A publisher with a weak line: nobody waits for bits that are not sent."""
    weak = (150_000, 500_000, 0)
    assert allocate(800_000, [demand(Rank.FLOOR, weak, granted=2)]) == [2]
    assert needed([demand(Rank.FLOOR, weak, granted=2)]) == 500_000


def test_a_layer_that_rests_is_guessed() -> None:
    resting = (150_000, 0, 0)
    assert allocate(600_000, [demand(Rank.FLOOR, resting, granted=0)]) == [1]
    assert needed([demand(Rank.FLOOR, resting, granted=0)]) > 1_000_000


def test_while_held_only_the_smallest_begins() -> None:
    """Who begins to speak is seen at once; sizes and thumbnails wait."""
    now = [
        demand(Rank.FLOOR),
        demand(Rank.ROOM, granted=0),
        demand(Rank.THUMBNAIL, wanted=1, granted=1),
        demand(Rank.THUMBNAIL, wanted=0),
    ]
    assert allocate(9_000_000, now, hold=True) == [0, 0, 1, None]
    assert allocate(9_000_000, now) == [2, 2, 1, 0]


RATES = st.lists(st.integers(0, 3_000_000), min_size=1, max_size=3)
DEMANDS = st.lists(
    st.builds(
        Demand,
        st.sampled_from(Rank),
        RATES,
        st.none() | st.integers(0, 4),
        st.none() | st.integers(0, 2),
    ),
    max_size=12,
)


@given(st.integers(0, 20_000_000), DEMANDS)
def test_no_more_is_given_than_there_is(budget: int, demands: list[Demand]) -> None:
    layers = allocate(budget, demands)
    spent = 0
    for one, layer in zip(demands, layers, strict=True):
        if layer is not None:
            assert one.wanted is not None
            assert layer <= one.wanted
            assert layer < len(one.rates)
            spent += one.cost(layer)
    assert spent <= budget


@given(DEMANDS)
def test_what_is_needed_is_enough(demands: list[Demand]) -> None:
    """Else a probe would stop short of the size that is shown."""
    monotone = [
        Demand(d.rank, tuple(sorted(d.rates)), d.wanted, d.granted)
        for d in demands
        if min(d.rates) > 0
    ]
    layers = allocate(needed(monotone) + len(monotone), monotone)
    for one, layer in zip(monotone, layers, strict=True):
        if one.wanted is not None:
            assert layer == min(one.wanted, len(one.rates) - 1)


def test_something_is_tried_at_the_start_and_not_for_long() -> None:
    shares = Shares()
    large = [demand(Rank.THUMBNAIL, (900_000,)), demand(Rank.FLOOR, (2_000_000,))]
    assert shares.divide(600_000, 40_000, large, 10.0) == [None, 0]
    assert shares.divide(600_000, 40_000, large, 10.0 + tuning.TRY_S) == [None, None]


def test_a_thumbnail_that_was_taken_away_waits() -> None:
    """Longer each time that it was in vain; but not once all fits."""
    shares = Shares()

    def divide(bps: int, granted: int | None, at_s: float) -> int | None:
        both = [
            demand(Rank.FLOOR, (900_000, 4_000_000), wanted=1, granted=0),
            demand(Rank.THUMBNAIL, (150_000,), wanted=0, granted=granted),
        ]
        return shares.divide(bps, 0, both, at_s)[1]

    assert divide(1_300_000, 0, 10.0) == 0
    assert divide(1_000_000, 0, 20.0) is None
    for step in range(10):
        assert divide(1_400_000, None, 20.1 + step * tuning.HOLD_S / 10) is None
    assert divide(1_400_000, None, 20.0 + tuning.HOLD_S) == 0
    lost_s = 20.5 + tuning.HOLD_S
    assert divide(1_000_000, 0, lost_s) is None
    divide(1_400_000, None, lost_s + tuning.HOLD_S)
    assert divide(1_400_000, None, lost_s + 1.5 * tuning.HOLD_S) is None, "twice as long"
    divide(9_000_000, None, lost_s + 1.5 * tuning.HOLD_S + 0.1)
    assert divide(9_000_000, None, lost_s + 1.8 * tuning.HOLD_S) == 0
