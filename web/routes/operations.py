"""For those who run the service: health, metrics, and the local authority's certificate."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from web.metrics import CONTENT_TYPE, Metrics
from web.refusals import HttpCode, HttpRefused

HEALTH_S = 3.0  # seconds a part may take to answer, then it counts as broken

Checks = dict[str, Callable[[], Awaitable[bool]]]
"""Part -> whether it works."""


def routes(
    checks: Checks, metrics: Metrics, metrics_token: str | None, authority: Path | None
) -> list[BaseRoute]:
    """
    `/healthz`, `/metrics`, and with a local authority `/ca.pem`.

    Args:
        metrics_token: bearer token for `/metrics`; None: only this machine is answered.
        authority: certificate file of the local authority.
    """

    async def health(_: Request) -> Response:
        states = {name: await _works(check) for name, check in checks.items()}
        return JSONResponse(
            {"status": "ok" if all(states.values()) else "degraded", "parts": states},
            status_code=200 if all(states.values()) else 503,
            headers={"cache-control": "no-store"},
        )

    async def scrape(request: Request) -> Response:
        if not _may_scrape(request, metrics_token):
            raise HttpRefused(403, HttpCode.FORBIDDEN)
        return Response(metrics.render(), headers={"content-type": CONTENT_TYPE})

    certificate = authority.read_bytes() if authority is not None else None

    async def authority_file(_: Request) -> Response:
        return Response(
            certificate,
            media_type="application/x-x509-ca-cert",
            headers={"content-disposition": "attachment; filename=yishi-ca.crt"},
        )

    found: list[BaseRoute] = [Route("/healthz", health), Route("/metrics", scrape)]
    if certificate is not None:
        found.append(Route("/ca.pem", authority_file))
    return found


async def _works(check: Callable[[], Awaitable[bool]]) -> bool:
    try:
        async with asyncio.timeout(HEALTH_S):
            return await check()
    except (TimeoutError, OSError):
        return False


def _may_scrape(request: Request, token: str | None) -> bool:
    if token is not None:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
