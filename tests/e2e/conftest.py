"""
What the end-to-end tests stand on.

A test is a coroutine (AnyIO's pytest plugin runs it); every wait is for a condition, within the
test's time. Whatever a test does, the service must not log what nobody foresaw: each service is
asked at its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.link import gather_loopback
from tests.fixtures.service import Service, served


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """One event loop for all tests, so that they may share browsers."""
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def _loopback() -> None:
    gather_loopback()


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A running service for tests that leave it alone; each makes its own meeting."""
    yield from served(tmp_path_factory.mktemp("service"))


@pytest.fixture
def own_service(tmp_path: Path) -> Iterator[Service]:
    """A running service for a test that kills it."""
    yield from served(tmp_path)
