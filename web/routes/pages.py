"""The client's page, under each of its addresses, and its files."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from web.assets import Assets
from web.refusals import HttpCode, HttpRefused


def routes(assets: Assets) -> list[BaseRoute]:
    """`/`, `/r/{code}`, `/join`, `/desk`, `/check`: one page that looks at its address; files."""

    async def page(request: Request) -> Response:
        return assets.index.response(request)

    async def file(request: Request) -> Response:
        asset = assets.get(request.path_params["path"])
        if asset is None:
            raise HttpRefused(404, HttpCode.NOT_FOUND)
        return asset.response(request)

    async def icon(request: Request) -> Response:
        asset = assets.get("favicon.svg") or assets.get("favicon.ico")
        return asset.response(request) if asset is not None else Response(status_code=204)

    return [
        Route("/", page),
        Route("/r/{code}", page),
        Route("/join", page),
        Route("/desk", page),
        Route("/check", page),
        Route("/static/{path:path}", file),
        Route("/favicon.ico", icon),
    ]
