"""Platforms that a host enters: their addresses come in here and never go out again."""

from __future__ import annotations

import asyncio

from pydantic import ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from meetings.people import HOSTS
from meetings.service import MeetingService
from web.auth import Invitations
from web.bearer import at_desk
from web.limits import BodyTooLarge, read_body
from web.platforms import Entered, Platform, TooManyPlatforms
from web.refusals import HttpCode, HttpRefused

_NO_STORE = {"cache-control": "no-store"}


def routes(entered: Entered, meetings: MeetingService, tokens: Invitations) -> list[BaseRoute]:
    """The routes below /api/meetings/{meeting}/platforms; for hosts alone."""

    async def hosted(request: Request) -> str:
        """The meeting's id. Raises: HttpRefused: it is none, or somebody else asks."""
        live = (await at_desk(request, meetings, tokens, HOSTS)).live
        if live.meeting.state == "closed":
            raise HttpRefused(403, HttpCode.FORBIDDEN)
        return live.id

    async def enter(request: Request) -> Response:
        meeting = await hosted(request)
        try:
            platform = Platform.model_validate_json(await read_body(request))
            await asyncio.to_thread(entered.put, meeting, platform)
        except BodyTooLarge as error:
            raise HttpRefused(413, HttpCode.BODY_TOO_LARGE) from error
        except (ValidationError, TimeoutError, ClientDisconnect):
            # Without the cause: it may have the address.
            raise HttpRefused(422, HttpCode.PLATFORM_INVALID) from None
        except TooManyPlatforms as error:
            raise HttpRefused(409, HttpCode.PLATFORM_TOO_MANY) from error
        return Response(status_code=204, headers=_NO_STORE)

    async def remove(request: Request) -> Response:
        meeting = await hosted(request)
        await asyncio.to_thread(entered.remove, meeting, request.path_params["name"])
        return Response(status_code=204, headers=_NO_STORE)

    base = "/api/meetings/{meeting}/platforms"
    return [
        Route(base, enter, methods=["POST"]),
        Route(f"{base}/{{name}}", remove, methods=["DELETE"]),
    ]
