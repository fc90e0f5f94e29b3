"""Whatever goes wrong is answered as JSON with a stable code, and says nothing of its cause."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.app import build_app
from web.metrics import Metrics

pytestmark = pytest.mark.anyio


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """An application whose routes fail."""

    async def teapot(_: Request) -> Response:
        raise HTTPException(418, "short and stout", {"x-spout": "here"})

    async def surprise(_: Request) -> Response:
        raise LookupError("the password of the database is 1234")

    app = build_app([Route("/teapot", teapot), Route("/surprise", surprise)], Metrics())
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://yishi.lan") as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "http.not_found"),
        ("POST", "/teapot", 405, "http.method_not_allowed"),
        ("GET", "/teapot", 418, "http.error"),
        ("GET", "/surprise", 500, "internal"),
    ],
)
async def test_a_failure_has_a_code_and_no_cause(
    http: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await http.request(method, path)
    assert (answer.status_code, answer.json()) == (status, {"code": code, "detail": ""})
    assert answer.headers["cache-control"] == "no-store"


async def test_fields_that_belong_to_a_failure_stay(http: httpx.AsyncClient) -> None:
    assert (await http.get("/teapot")).headers["x-spout"] == "here"
    assert "GET" in (await http.post("/teapot")).headers["allow"]
