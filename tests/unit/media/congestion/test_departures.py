"""What left is matched with what is told of it, whoever tells whatever."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from media.congestion import tuning
from media.congestion.departures import IN_A_ROW, Departures, Group
from media.congestion.outflow import Outflow, never
from media.rtp.transport_feedback import TransportFeedback


def told(base: int, *arrivals: int | None, reference: int = 0) -> TransportFeedback:
    return TransportFeedback(1, 2, base & 0xFFFF, 0, reference, arrivals)


def test_a_burst_is_a_group() -> None:
    departures = Departures()
    departures.sent([100, 200, 300], 3, 600, 10.0)
    departures.sent([400], 1, 400, 10.02)
    assert departures.left_s == 10.02
    groups, received, lost = departures.told(told(0, 4, 8, 12, 90, reference=1), 10.1)
    start_s = 0.064
    assert groups == [
        Group(10.0, start_s + 0.001, start_s + 0.003, 600),
        Group(10.02, start_s + 0.0225, start_s + 0.0225, 400),
    ]
    assert (received, lost) == (4, 0)


def test_a_burst_may_be_told_of_in_two_parts() -> None:
    departures = Departures()
    departures.sent([100, 200, 300], 3, 600, 10.0)
    first = departures.told(told(0, 4), 10.1)
    second = departures.told(told(1, 5, None), 10.2)
    assert [group.octets for group in (*first.groups, *second.groups)] == [100, 200]
    assert (first.received, second.received, second.lost) == (1, 1, 1)
    third = departures.told(told(0, 4, 5, 9), 10.3)
    assert (third.received, third.lost) == (1, -1), "late, and told of twice"
    assert [group.octets for group in third.groups] == [300]


def test_feedback_that_was_lost_tells_nothing_of_its_packets() -> None:
    departures = Departures()
    departures.sent([100], 1, 100, 10.0)
    departures.sent([200], 1, 200, 10.1)
    assert departures.told(told(1, 3), 10.2).received == 1
    assert departures.told(told(0, 3), 10.3).received == 0


def test_the_receivers_clock_may_wrap() -> None:
    """After twelve days, in the middle of a meeting."""
    departures = Departures()
    departures.sent([100], 1, 100, 10.0)
    departures.sent([100], 1, 100, 10.064)
    (before,) = departures.told(told(0, 0, reference=0xFFFFFF), 10.1).groups
    (after,) = departures.told(told(1, 0, reference=0), 10.2).groups
    assert round(after.last_s - before.last_s, 6) == 0.064


def test_numbers_of_a_burst_never_wrap() -> None:
    departures = Departures()
    for _ in range(30_000):
        assert (departures.next & 0xFFFF) + IN_A_ROW <= 0x10000
        departures.sent([1] * 7, 7, 7, 0.0)


def test_what_is_remembered_is_bounded() -> None:
    departures = Departures()
    for step in range(3 * tuning.HISTORY_BURSTS):
        departures.sent([1], 1, 1, step / 100)
    assert len(departures._fresh) == tuning.HISTORY_BURSTS


class _Outlet:
    overhead = 10

    def send_rtp(self, buffer: bytearray, lengths: object) -> int:
        return len(lengths)  # type: ignore[arg-type]  # a sequence


@given(
    st.lists(
        st.tuples(
            st.integers(0, 5),
            st.floats(0.0, 3.0),
            st.integers(0, 0xFFFF) | st.integers(0, 40),
            st.integers(0, 0xFFFFFF),
            st.lists(st.none() | st.integers(-30_000, 30_000), max_size=30),
        ),
        max_size=30,
    )
)
def test_a_hostile_subscriber_gets_at_most_a_bad_estimate(
    steps: list[tuple[int, float, int, int, list[int | None]]],
) -> None:
    """Nothing is raised, and the estimate keeps its bounds."""
    now_s = 50.0
    outflow = Outflow(_Outlet(), 3, bytearray(4_000), lambda: now_s, never)
    outflow.padder = lambda count: count
    outflow.wanted_bps = 5_000_000
    for bursts, passed_s, base, reference, arrivals in steps:
        now_s += passed_s
        for _ in range(bursts):
            outflow.send(bytearray(4_000), [200, 300], 500, waits=False)
        outflow.told(TransportFeedback(1, 2, base, 0, reference, tuple(arrivals)), now_s)
        outflow.work(now_s)
        assert tuning.FLOOR_BPS <= outflow.estimate.bps <= tuning.CEILING_BPS


def test_on_a_calm_line_the_last_burst_that_arrived_whole_stands_for_all() -> None:
    departures = Departures()
    departures.sent([100, 200], 2, 300, 10.0)
    departures.sent([400], 1, 400, 10.02)
    departures.sent([500, 600], 2, 1_100, 10.04)
    first, second = departures.told(told(0, 4, 8, 90, 95), 10.1, calm=True).groups
    assert first == (10.02, 0.0225, 0.0225, 700)
    assert second == (10.04, 0.02375, 0.02375, 500)
    rest = departures.told(told(4, 3), 10.2, calm=True)
    assert (rest.received, rest.lost) == (1, 0)


def test_a_loss_on_a_calm_line_is_seen() -> None:
    departures = Departures()
    departures.sent([100], 1, 100, 10.0)
    departures.sent([400], 1, 400, 10.02)
    assert departures.told(told(0, 4, None), 10.1, calm=True)[1:] == (1, 1)
