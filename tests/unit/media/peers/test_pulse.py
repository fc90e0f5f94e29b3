"""Chores are done when they are due, at their rate, until they are taken off."""

from __future__ import annotations

import pytest

from media.peers.pulse import NEVER, Pulse


class Done:
    """Chores that note when they were done."""

    def __init__(self) -> None:
        self.pulse = Pulse()
        self.now_s = 0.0
        self.done: list[tuple[str, float]] = []

    def a(self) -> None:
        self.done.append(("a", self.now_s))

    def b(self) -> None:
        self.done.append(("b", self.now_s))

    def at(self, *moments: float) -> list[tuple[str, float]]:
        """What was done at these."""
        self.done.clear()
        for self.now_s in moments:
            self.pulse.beat(self.now_s)
        return self.done


def test_each_is_done_at_its_own_rate() -> None:
    all_ = Done()
    all_.pulse.add(all_.a, 1.0, 0.0)
    all_.pulse.add(all_.b, 2.0, 0.5)
    assert len(all_.pulse) == 2
    assert all_.pulse.due_s == 1.0
    assert all_.at(0.9) == []
    assert all_.at(1.0, 2.0, 2.5, 3.0) == [("a", 1.0), ("a", 2.0), ("b", 2.5), ("a", 3.0)]


def test_what_came_late_is_not_late_the_next_time() -> None:
    all_ = Done()
    all_.pulse.add(all_.a, 1.0, 0.0)
    assert all_.at(1.7, 2.0) == [("a", 1.7), ("a", 2.0)]


def test_what_was_missed_is_not_made_up_for() -> None:
    all_ = Done()
    all_.pulse.add(all_.a, 1.0, 0.0)
    assert all_.at(7.5, 8.0, 8.5) == [("a", 7.5), ("a", 8.5)]


def test_one_that_is_there_already_keeps_its_time() -> None:
    all_ = Done()
    all_.pulse.add(all_.a, 1.0, 0.0)
    all_.pulse.add(all_.a, 1.0, 0.9)
    assert all_.at(1.0) == [("a", 1.0)]


def test_what_was_taken_off_is_done_no_more_and_may_come_again() -> None:
    all_ = Done()
    all_.pulse.add(all_.a, 1.0, 0.0)
    all_.pulse.remove(all_.a)
    all_.pulse.remove(all_.a)
    all_.pulse.add(all_.a, 1.0, 0.5)
    assert all_.at(1.0, 1.5, 2.5) == [("a", 1.5), ("a", 2.5)]
    all_.pulse.remove(all_.a)
    assert not all_.pulse
    assert all_.at(9.0) == []
    assert all_.pulse.due_s == NEVER


def test_who_takes_itself_off_while_it_is_done_is_done_no_more() -> None:
    all_ = Done()

    def once() -> None:
        all_.a()
        all_.pulse.remove(once)

    all_.pulse.add(once, 1.0, 0.0)
    all_.pulse.add(all_.b, 1.0, 0.0)
    assert all_.at(1.0, 2.0) == [("a", 1.0), ("b", 1.0), ("b", 2.0)]


def test_one_that_fails_is_done_again_and_holds_up_the_others_only_once() -> None:
    all_ = Done()

    def fails() -> None:
        all_.a()
        raise RuntimeError

    all_.pulse.add(fails, 1.0, 0.0)
    all_.pulse.add(all_.b, 1.0, 0.1)
    with pytest.raises(RuntimeError):
        all_.at(1.2)
    assert all_.done == [("a", 1.2)]
    assert all_.at(1.3) == [("b", 1.3)]
    with pytest.raises(RuntimeError):
        all_.at(2.0)


def test_a_period_of_no_time_is_refused() -> None:
    all_ = Done()
    with pytest.raises(ValueError, match="period"):
        all_.pulse.add(all_.a, 0.0, 0.0)
