"""The client's page and its files, and what every answer carries."""

from __future__ import annotations

import pytest

from tests.integration.web.conftest import METRICS_TOKEN, Site

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("path", ["/", "/r/xingfuli", "/r/anything", "/join"])
async def test_every_address_of_the_client_shows_its_page(site: Site, path: str) -> None:
    """The page itself looks at its address."""
    answer = await site.http.get(path)
    assert answer.status_code == 200
    assert "议事" in answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


async def test_files_of_the_client_are_served(site: Site) -> None:
    """With their type and a lasting name."""
    answer = await site.http.get("/static/assets/index-C0ffee.js")
    assert answer.headers["content-type"].startswith("application/javascript")
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/static/none.js", "/static/../pyproject.toml", "/static/%2e%2e/pyproject.toml"],
)
async def test_what_is_not_there_is_told_as_json(site: Site, path: str) -> None:
    """A stable code; no way out of the folder."""
    answer = await site.http.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "http.not_found")


async def test_another_method_is_refused(site: Site) -> None:
    """With the methods that are allowed."""
    answer = await site.http.post("/")
    assert (answer.status_code, answer.json()["code"]) == (405, "http.method_not_allowed")
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("path", ["/", "/nowhere", "/api/rooms/xingfuli", "/static/none.js"])
async def test_every_answer_is_guarded(site: Site, path: str) -> None:
    """Also refusals: no sniffing, no referrer, no frame, only our own scripts."""
    headers = (await site.http.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert "camera=(self)" in headers["permissions-policy"]
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "ws://yishi.lan" in headers["content-security-policy"]


async def test_answers_are_counted_by_route(site: Site) -> None:
    """By the route's template: what people type never becomes a label."""
    await site.http.get("/r/one")
    await site.http.get("/r/two")
    await site.http.get("/wp-login.php")
    text = (
        await site.http.get("/metrics", headers={"authorization": f"Bearer {METRICS_TOKEN}"})
    ).text
    assert 'yishi_http_requests_total{route="/r/{code}",status="200"} 2' in text
    assert 'yishi_http_requests_total{route="other",status="404"} 1' in text
    assert "wp-login" not in text
