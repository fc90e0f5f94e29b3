"""People are not connections."""

from __future__ import annotations

import pytest

from signaling.presence import Presence


@pytest.fixture
def presence() -> Presence:
    """With ten seconds of grace."""
    return Presence(10.0)


def test_somebody_with_two_connections_is_here_until_both_are_gone(presence: Presence) -> None:
    """The grace time begins with the last one."""
    presence.came("p")
    presence.came("p")
    presence.went("p", 1.0)
    assert "p" in presence
    assert presence.next_s() is None
    presence.went("p", 5.0)
    assert "p" not in presence
    assert presence.next_s() == 15.0


def test_the_grace_time_is_exact_and_tells_once(presence: Presence) -> None:
    """Not before, at it, and never again."""
    presence.came("p")
    presence.went("p", 0.0)
    assert presence.due(9.999) == ()
    assert not presence.empty
    assert presence.due(10.0) == ("p",)
    assert presence.due(10.0) == ()
    assert presence.empty


def test_who_comes_back_in_time_never_left(presence: Presence) -> None:
    """A page that is loaded again."""
    presence.came("p")
    presence.went("p", 0.0)
    presence.came("p")
    assert presence.due(100.0) == ()
    assert presence.next_s() is None


def test_who_was_there_before_the_service_stopped_is_waited_for(presence: Presence) -> None:
    """Those who are connected already are not."""
    presence.came("here")
    presence.expect(["here", "away"], 2.0)
    assert presence.next_s() == 12.0
    assert presence.due(12.0) == ("away",)
    assert not presence.empty


def test_connections_are_counted_over_all_people(presence: Presence) -> None:
    """For the bound of a meeting."""
    for person in ("p", "p", "q"):
        presence.came(person)
    assert presence.connections == 3
    presence.went("p", 0.0)
    assert presence.connections == 2


def test_each_leaves_at_the_own_time(presence: Presence) -> None:
    """In the order of going."""
    for n, person in enumerate("abc"):
        presence.came(person)
        presence.went(person, float(n))
    assert presence.due(11.0) == ("a", "b")
    assert presence.next_s() == 12.0
