"""Bounds for strangers: rates by address, in bounded memory."""

from __future__ import annotations

import pytest

from signaling.limits import Rate
from web.limits import RateLimit, network


def test_after_the_burst_the_rate_holds() -> None:
    """Two at once, then one a second."""
    limit = RateLimit(Rate(burst=2, per_s=1.0))
    assert [limit.take("192.0.2.1", 0.0) for _ in range(3)] == [True, True, False]
    assert limit.take("192.0.2.1", 1.0)
    assert not limit.take("192.0.2.1", 1.5)


def test_addresses_do_not_pay_for_each_other() -> None:
    """One who floods leaves the others alone."""
    limit = RateLimit(Rate(burst=1, per_s=0.1))
    assert limit.take("192.0.2.1", 0.0)
    assert not limit.take("192.0.2.1", 0.0)
    assert limit.take("192.0.2.2", 0.0)


def test_memory_is_bounded_and_the_longest_silent_is_forgotten() -> None:
    """A million addresses cost what the bound says."""
    limit = RateLimit(Rate(burst=1, per_s=0.0), addresses_max=3)
    for number in range(10):
        limit.take(f"192.0.2.{number}", 0.0)
        assert not limit.take("192.0.2.0", 0.0)
    assert len(limit) == 3


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", ""),
        ("testclient", "testclient"),
        ("x" * 1000, "x" * 64),
    ],
)
def test_what_counts_as_one_address(address: str, key: str) -> None:
    """An IPv6 site has 2**64 addresses and is one."""
    assert network(address) == key
