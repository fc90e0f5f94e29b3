"""Firefox sends and receives as Chromium does, also after an ICE restart of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from tests.fixtures.browsers import FLAGS, chromium_path
from tests.network.call import call, yishi
from tests.network.firefox import firefox
from tests.network.network import Network, network

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

PICTURES = 20


@pytest.fixture
def line() -> Iterator[Network]:
    with network() as made:
        yield made


async def test_firefox_publishes_and_subscribes_and_restarts_ice(
    line: Network, tmp_path: Path
) -> None:
    async with (
        async_playwright() as playwright,
        yishi() as forwarder,
        firefox(line.person, tmp_path) as far,
    ):
        near = await playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        await forwarder.enter("firefox")
        async with call(forwarder, far, near) as both:
            for restarts in (False, True):
                if restarts:
                    await both.far.restart(forwarder)
                for one in (both.near, both.far):
                    last = (await one.samples())[-1]
                    more = (
                        f"window.samples.at(-1).frames >= {last.frames + PICTURES} && "
                        f"window.samples.at(-1).samples > {last.samples}"
                    )
                    await one.until(more, 15.0)
        await near.close()
