"""Who speaks is told calmly, to a bound, and never more than four times a second."""

from __future__ import annotations

from itertools import pairwise

from media.rooms.speakers import BEGINS, ENDS, HOLD_S, SPEAKERS_MAX, TOLD_EVERY_S, Speakers

LOUD, QUIET = 30.0, 90.0


def test_somebody_speaks_from_one_level_and_stops_below_another() -> None:
    speakers = Speakers()
    assert speakers.update({"li": BEGINS + 0.1}, 0.0) is None
    assert speakers.update({"li": BEGINS}, 0.1) == ("li",)
    assert speakers.update({"li": ENDS}, 5.0) is None  # goes on
    assert speakers.update({"li": ENDS + 0.1}, 5.0 + HOLD_S - 0.01) is None  # held
    assert speakers.update({"li": ENDS + 0.1}, 5.001 + HOLD_S) == ()


def test_a_breath_is_no_end() -> None:
    speakers = Speakers()
    assert speakers.update({"li": LOUD}, 0.0) == ("li",)
    for n in range(7):
        assert speakers.update({"li": QUIET}, 0.1 * (n + 1)) is None
    assert speakers.update({"li": LOUD}, 0.79) is None


def test_several_speak_at_once_and_the_loudest_are_shown() -> None:
    speakers = Speakers()
    levels = {f"p{n}": 20.0 + n for n in range(SPEAKERS_MAX + 2)}
    told = speakers.update(levels, 0.0)
    assert told == tuple(f"p{n}" for n in range(SPEAKERS_MAX))


def test_changes_are_told_four_times_a_second_at_most() -> None:
    """However the levels jump; what is told late is how it is then."""
    speakers = Speakers()
    told = []
    for n in range(1000):  # ten seconds, every 10 ms
        now_s = n * 0.01
        levels = {f"p{n % 50}": LOUD}
        if speakers.update(levels, now_s) is not None:
            told.append(now_s)
    assert 1 < len(told) <= 10 / TOLD_EVERY_S
    gaps = [after - before for before, after in pairwise(told)]
    assert min(gaps) >= TOLD_EVERY_S


def test_who_is_no_longer_let_through_is_not_shown_a_moment_longer() -> None:
    speakers = Speakers()
    assert speakers.update({"li": LOUD}, 0.0) == ("li",)
    assert speakers.update({}, TOLD_EVERY_S) == ()
