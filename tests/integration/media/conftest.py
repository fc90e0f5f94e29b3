"""What the tests of connections stand on."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import Browser, async_playwright

from tests.integration.media.browser import CHROMIUM, FLAGS, Play, Scenario, Stage
from tests.media_clients import loopback
from tests.media_plane import Plane, running


@pytest.fixture
def on_loopback() -> Iterator[None]:
    """Clients offer 127.0.0.1, and no other address."""
    with loopback():
        yield


@pytest.fixture(scope="module")
def play() -> Iterator[Play]:
    """Runs scenarios in one browser, each in a room of its own on one media process."""
    rooms = itertools.count()
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()

        async def begin() -> tuple[Plane, Browser]:
            plane = await stack.enter_async_context(running())
            driver = await stack.enter_async_context(async_playwright())
            browser = await driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            stack.push_async_callback(browser.close)
            return plane, browser

        plane, browser = runner.run(begin())

        async def one(scenario: Scenario) -> None:
            await plane.enter(f"room-{next(rooms)}")
            stage = Stage(plane, browser)
            try:
                await scenario(stage)
            finally:
                await stage.clear()

        yield lambda scenario: runner.run(one(scenario))
        runner.run(stack.aclose())
