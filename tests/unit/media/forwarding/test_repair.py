"""Requests to a publisher are bounded in number and in rate."""

from __future__ import annotations

from media.forwarding.repair import KeyframePace, KeyframeRequests, MissingPackets
from tests.unit.media.wire import LIMITS


def test_nothing_is_due_while_nothing_is_missing() -> None:
    missing = MissingPackets(LIMITS)
    assert missing.next_s == float("inf")
    missing.gap(5, 6, 0.0)
    assert missing.next_s == LIMITS.reorder_s
    missing.arrived(5)
    assert missing.next_s == float("inf")


def test_too_many_are_given_up_together() -> None:
    missing = MissingPackets(LIMITS)
    assert missing.gap(0, LIMITS.missing_max, 0.0)
    assert not missing.gap(100, 101, 0.0)
    assert len(missing) == 0
    assert missing.due(1_000, 9.0) == []


def test_what_was_asked_for_often_enough_is_forgotten() -> None:
    missing = MissingPackets(LIMITS)
    missing.gap(5, 6, 0.0)
    now_s = 0.0
    for _ in range(LIMITS.nack_tries):
        now_s = missing.next_s
        assert missing.due(9, now_s) == [5]
    assert missing.due(9, now_s + 60) == []
    assert len(missing) == 0


def test_a_keyframe_ends_the_requests() -> None:
    requests = KeyframeRequests(0.5, KeyframePace(0.1))
    assert not requests.due(0.0)
    assert requests.ask(1.0)
    assert not requests.ask(1.1)
    assert requests.due(1.5)
    requests.arrived()
    assert not requests.due(9.0)
    assert requests.ask(9.0)


def test_requests_for_two_layers_are_not_sent_at_once() -> None:
    """The answer to the first mostly brings keyframes for both; else the second is asked later."""
    pace = KeyframePace(0.1)
    small, large = KeyframeRequests(0.5, pace), KeyframeRequests(0.5, pace)
    assert small.ask(1.0)
    assert not large.ask(1.05)
    assert large.due(1.1)
    assert small.ask(1.5)
