"""Health, metrics, the authority's certificate."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from tests.integration.web.conftest import METRICS_TOKEN, Site
from web.routes.operations import _may_scrape

pytestmark = pytest.mark.anyio


async def test_a_well_service_says_so(site: Site) -> None:
    """For the container's health check and for people."""
    answer = await site.http.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


@pytest.mark.parametrize("part", ["record", "media"])
async def test_a_broken_part_is_named(site: Site, part: str) -> None:
    """Whether it says no or fails."""
    site.health[part] = False
    answer = await site.http.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["parts"] == {"record": True, "media": True} | {part: False}


@pytest.mark.parametrize("authorization", ["", "Bearer wrong", f"Basic {METRICS_TOKEN}"])
async def test_metrics_need_the_token(site: Site, authorization: str) -> None:
    """How many are here is not everybody's business."""
    answer = await site.http.get("/metrics", headers={"authorization": authorization})
    assert (answer.status_code, answer.json()["code"]) == (403, "authority.forbidden")


@pytest.mark.parametrize(
    ("address", "allowed"),
    [("127.0.0.1", True), ("::1", True), ("192.168.1.9", False), ("", False)],
)
def test_without_a_token_only_this_machine_is_answered(address: str, allowed: bool) -> None:
    """The default."""
    request = Request({"type": "http", "headers": [], "client": (address, 1)})
    assert _may_scrape(request, None) is allowed


async def test_the_authority_can_be_downloaded(site: Site) -> None:
    """As a certificate, so that phones offer to install it."""
    answer = await site.http.get("/ca.pem")
    assert answer.headers["content-type"] == "application/x-x509-ca-cert"
    assert answer.text.startswith("-----BEGIN CERTIFICATE-----")
