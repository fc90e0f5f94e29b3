"""What the tests of connections stand on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.media_clients import loopback


@pytest.fixture
def on_loopback() -> Iterator[None]:
    """Clients offer 127.0.0.1, and no other address."""
    with loopback():
        yield
