"""The HTTP application: routes, headers, and how refusals are answered."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from web.headers import Headers
from web.metrics import Metrics
from web.refusals import HttpCode, HttpRefused, answer

_CODES = {404: HttpCode.NOT_FOUND, 405: HttpCode.METHOD}


def build_app(routes: Sequence[BaseRoute], metrics: Metrics) -> Starlette:
    """
    The application over these routes.

    Every refusal is JSON, `{"code", "detail"}`. What nobody foresaw is answered 500 `internal`
    without a word about its cause, and logged by the server.
    """
    return Starlette(
        routes=list(routes),
        middleware=[Middleware(Headers, metrics=metrics)],
        exception_handlers={
            HttpRefused: _refused,
            HTTPException: _http_error,
            ClientDisconnect: _gone,
            Exception: _internal,
        },
    )


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, HttpRefused)
    return error.response()


async def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    made = answer(error.status_code, _CODES.get(error.status_code, HttpCode.HTTP))
    made.headers.update(error.headers or {})
    return made


async def _gone(_request: Request, _error: Exception) -> Response:
    return answer(400, HttpCode.BODY_INVALID)  # nobody reads it; without it a traceback is logged


async def _internal(_request: Request, _error: Exception) -> Response:
    return answer(500, HttpCode.INTERNAL)
