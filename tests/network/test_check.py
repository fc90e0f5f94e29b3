"""The check before a meeting says what a firewall does, in words for the person who sits there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.fixtures.browsers import FLAGS, chromium_path, new_page
from tests.fixtures.service import Service
from tests.network.coturn import SECRET, TLS_PORT, URLS, coturn
from tests.network.emulator import Conditions
from tests.network.network import CLEAR, SERVICE, Network, network

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

DONE_MS = 60_000


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with network() as made, coturn(tmp_path_factory.mktemp("coturn")):
        yield made


@pytest.fixture(scope="module")
def service(line: Network, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that knows the relay."""
    made = Service(tmp_path_factory.mktemp("service"), address=SERVICE)
    made.environment |= {"YISHI_TURN_URLS": ",".join(URLS.values()), "YISHI_TURN_SECRET": SECRET}
    made.start()
    yield made
    made.stop()
    assert not made.unforeseen(), made.text()


@pytest.fixture(scope="module")
async def page(
    line: Network, service: Service, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Page]:
    """A phone's page at the person's place."""
    program = line.person.script(tmp_path_factory.mktemp("browser") / "chromium", [chromium_path()])
    flags = [*FLAGS, "--ignore-certificate-errors"]
    flags.append(f"--unsafely-treat-insecure-origin-as-secure={service.url}")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=flags)
        yield await new_page(browser, width=390, height=844)
        await browser.close()


async def outcomes(page: Page, service: Service) -> dict[str, str]:
    """Run the check; (advice in its order, then each step's outcome) by name."""
    await page.goto(f"{service.url}/check")
    await page.get_by_test_id("check-start").click()
    await expect(page.get_by_test_id("check")).to_have_attribute(
        "data-state", "done", timeout=DONE_MS
    )
    advices = await page.get_by_test_id("check-advice").all()
    found = {"advice": " ".join([await one.get_attribute("data-advice") or "" for one in advices])}
    for step in await page.locator("[data-outcome]").all():
        name = (await step.get_attribute("data-testid") or "").removeprefix("check-")
        found[name] = await step.get_attribute("data-outcome") or ""
    return found


async def test_on_a_good_line_everything_works(page: Page, service: Service, line: Network) -> None:
    line.wifi.set(CLEAR)
    found = await outcomes(page, service)
    assert found.pop("advice") == "good"
    assert set(found) >= {"secure", "direct", "relay_udp", "relay_tcp", "relay_tls", "rate"}
    assert set(found.values()) == {"good"}


async def test_with_udp_blocked_the_page_says_that_the_spare_line_is_used(
    page: Page, service: Service, line: Network
) -> None:
    """As in an office that lets pages through, and TLS."""
    passes = (service.port, TLS_PORT)
    line.wifi.set(Conditions(delay_ms=10, udp_ports=(), tcp_ports=passes))
    found = await outcomes(page, service)
    line.wifi.set(CLEAR)
    assert found["advice"] == "relayed_slow"
    wanted = {"direct": "bad", "relay_udp": "bad", "relay_tcp": "bad", "relay_tls": "good"}
    assert wanted.items() <= found.items()
    await expect(page.get_by_test_id("check-advice").first).to_contain_text("备用线路")
