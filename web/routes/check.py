"""What the page `/check` asks: does media get through, by which way, and how much."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from media.control import MediaCode, MediaRefused
from signaling.limits import Rate
from signaling.line_check import CHECK_S, LineCheck
from signaling.relay import IceServers
from signaling.wire.frames import SDP_MAX
from web.limits import BodyTooLarge, RateLimit, read_body
from web.refusals import HttpCode, HttpRefused

SAMPLE = 400_000  # bytes each way: 1.6 s at 2 Mbit/s
CREDENTIAL_S = 60.0  # the relay's credentials are for this check alone
CHECKING = Rate(burst=60, per_s=0.5)
"""Requests from an address: a check makes seven, and an office stands behind one."""


def routes(check: LineCheck, servers: IceServers, clock_ms: Callable[[], int]) -> list[BaseRoute]:
    """`/api/check`, `/api/check/offer`, `/api/check/sample`."""
    limit = RateLimit(CHECKING)
    relay = IceServers((), servers.relay_urls, servers.relay_secret, CREDENTIAL_S)

    def bounded(request: Request) -> None:
        address = request.client.host if request.client is not None else ""
        if not limit.take(address, time.monotonic()):
            raise HttpRefused(429, HttpCode.TOO_FREQUENT, retry_s=10)

    async def body(request: Request, bound: int) -> bytes:
        try:
            return await read_body(request, bound)
        except BodyTooLarge as error:
            raise HttpRefused(413, HttpCode.BODY_TOO_LARGE) from error
        except TimeoutError as error:
            raise HttpRefused(408, HttpCode.BODY_INVALID) from error

    async def ways(request: Request) -> Response:
        bounded(request)
        given = relay.of(f"check-{secrets.token_hex(4)}", clock_ms()) if relay.relay_urls else ()
        return JSONResponse({"ice_servers": [one.model_dump() for one in given]})

    async def offer(request: Request) -> Response:
        bounded(request)
        try:
            sdp = await check.answer((await body(request, SDP_MAX)).decode("utf-8", "replace"))
        except MediaRefused as refused:
            if refused.code is MediaCode.BAD_SDP:
                raise HttpRefused(400, HttpCode.BODY_INVALID, refused.detail) from refused
            raise HttpRefused(
                503, HttpCode.OVERLOADED, refused.detail, retry_s=round(CHECK_S)
            ) from refused
        return Response(sdp, media_type="application/sdp")

    async def down(request: Request) -> Response:
        bounded(request)
        return Response(secrets.token_bytes(SAMPLE), media_type="application/octet-stream")

    async def up(request: Request) -> Response:
        bounded(request)
        await body(request, SAMPLE)
        return Response(status_code=204)

    return [
        Route("/api/check", ways),
        Route("/api/check/offer", offer, methods=["POST"]),
        Route("/api/check/sample", down),
        Route("/api/check/sample", up, methods=["POST"]),
    ]
