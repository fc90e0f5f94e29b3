"""
What the end-to-end tests stand on.

A test is a coroutine (AnyIO's pytest plugin runs it); every wait is for a condition, within the
test's time. Whatever a test does, the service must not log what nobody foresaw: each service is
asked at its end.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser, async_playwright

from demo.link import gather_loopback
from tests.fixtures.browsers import launch
from tests.fixtures.service import Service, served
from tests.fixtures.waiting import close_meetings


@pytest.fixture(scope="session", autouse=True)
def _loopback() -> None:
    gather_loopback()


SHARED: Final = pytest.StashKey[Service]()


@pytest.fixture(scope="session")
def service(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Service]:
    """A running service for tests that leave it alone; each makes its own meeting."""
    for made in served(tmp_path_factory.mktemp("service")):
        request.session.stash[SHARED] = made
        yield made
        del request.session.stash[SHARED]


@pytest.fixture(scope="module", autouse=True)
def _nothing_goes_on(request: pytest.FixtureRequest) -> Iterator[None]:
    """A programme that a module leaves behind would take half a processor from all that follow."""
    yield
    made = request.session.stash.get(SHARED, None)
    if made is not None:
        asyncio.run(close_meetings(made))


@pytest.fixture
def own_service(tmp_path: Path) -> Iterator[Service]:
    """A running service for a test that kills it."""
    yield from served(tmp_path)


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """One Chromium; each person has a context of their own in it."""
    async with async_playwright() as playwright:
        started = await launch(playwright)
        yield started
        await started.close()
