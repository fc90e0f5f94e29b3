"""Behind firewalls: pictures and sound go both ways through coturn, by UDP, TCP and TLS."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, async_playwright

from signaling.relay import IceServers
from tests.network.call import FAR, Yishi, browsers, call, yishi
from tests.network.coturn import PORT, SECRET, TLS_PORT, URLS, coturn
from tests.network.emulator import Conditions
from tests.network.network import CLEAR, Network, network

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

ONLY = {
    # What the firewall lets pass; UDP that is direct is nowhere among it.
    "udp": Conditions(delay_ms=10, udp_ports=(PORT,), tcp_ports=()),
    "tcp": Conditions(delay_ms=10, udp_ports=(), tcp_ports=(PORT,)),
    "tls": Conditions(delay_ms=10, udp_ports=(), tcp_ports=(TLS_PORT,)),
}
PICTURES = 10


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """The person's line, with the relay at its other end."""
    with network() as made, coturn(tmp_path_factory.mktemp("coturn")):
        yield made


@dataclass(frozen=True)
class Stage:
    """What the tests share."""

    forwarder: Yishi
    far: Browser
    near: Browser


@pytest.fixture(scope="module")
async def stage(line: Network, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("browsers")
    trust = ["--ignore-certificate-errors"]
    async with (
        async_playwright() as playwright,
        yishi() as forwarder,
        browsers(playwright, line, folder, trust) as (far, near),
    ):
        yield Stage(forwarder, far, near)


def relay(way: str, *, seconds: float = 600) -> list[dict[str, object]]:
    """The relay as a client is told of it, by one way."""
    servers = IceServers((), (URLS[way],), SECRET.encode(), seconds)
    (server,) = servers.of(FAR, round(time.time() * 1_000))
    return [{"urls": server.urls, "username": server.username, "credential": server.credential}]


@pytest.mark.parametrize("way", ["udp", "tcp", "tls"])
async def test_who_is_behind_a_firewall_sends_and_receives_through_the_relay(
    stage: Stage, line: Network, way: str
) -> None:
    line.wifi.set(ONLY[way])
    await stage.forwarder.enter(f"through-{way}")
    configuration = {"iceServers": relay(way), "iceTransportPolicy": "relay"}
    async with call(stage.forwarder, stage.far, stage.near, configuration=configuration) as both:
        for link in ("pub", "sub"):
            assert await both.far.page.evaluate("link => window.way(link)", link) == f"relay {way}"
        for one in (both.near, both.far):  # they go on; `call` saw the first ones
            seen = (await one.samples())[-1].frames
            await one.until(f"window.samples.at(-1).frames >= {seen + PICTURES}", 10.0)
    line.wifi.set(CLEAR)


async def test_credentials_that_ran_out_give_no_relay(stage: Stage, line: Network) -> None:
    await stage.forwarder.enter("ran-out")
    async with call(stage.forwarder, stage.far, stage.near) as both:
        gather = "servers => window.gather(servers)"
        assert await both.far.page.evaluate(gather, relay("udp")) == "relay"
        refused = await both.far.page.evaluate(gather, relay("udp", seconds=-60))
        assert refused == "401"  # RFC 8489, 14.8: unauthenticated
