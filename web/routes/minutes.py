"""The minutes as a page and as DOCX, for those who may read them."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from meetings.people import DESK
from meetings.record.port import Record
from meetings.service import LiveMeeting, MeetingService, UnknownMeeting
from signaling.identity import Claims, TokenExpired, TokenInvalid
from web.auth import Invitations
from web.minutes import write_minutes
from web.refusals import HttpCode, HttpRefused

HTML_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
"""Content-Security-Policy: the page carries its style and nothing that runs."""
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def routes(
    record: Record, meetings: MeetingService, invitations: Invitations, timezone: str
) -> list[BaseRoute]:
    """`/api/meetings/{id}/minutes.html` and `.docx`, with `Authorization: Bearer TOKEN`."""

    async def html(request: Request) -> Response:
        live = await _allowed(request, meetings, invitations)
        page = await write_minutes(record, live.id, timezone, "html")
        return Response(
            page,
            media_type="text/html",
            headers={"content-security-policy": HTML_POLICY, "cache-control": "no-store"},
        )

    async def docx(request: Request) -> Response:
        live = await _allowed(request, meetings, invitations)
        document = await write_minutes(record, live.id, timezone, "docx")
        # RFC 6266, 5: a plain name for old programs, the real one in UTF-8.
        name = quote(f"{live.meeting.title}.docx", safe="")
        attachment = f"attachment; filename=minutes.docx; filename*=UTF-8''{name}"
        return Response(
            document,
            media_type=DOCX,
            headers={"content-disposition": attachment, "cache-control": "no-store"},
        )

    return [
        Route("/api/meetings/{meeting}/minutes.html", html),
        Route("/api/meetings/{meeting}/minutes.docx", docx),
    ]


async def _allowed(
    request: Request, meetings: MeetingService, invitations: Invitations
) -> LiveMeeting:
    """The meeting that the bearer may read: the host always, others of it once it is closed."""
    claims = _bearer(request, invitations)
    if claims.meeting != request.path_params["meeting"]:
        raise HttpRefused(403, HttpCode.FORBIDDEN)
    try:
        live = await meetings.live(claims.meeting)
    except UnknownMeeting as error:
        raise HttpRefused(404, HttpCode.MEETING_UNKNOWN) from error
    if claims.role not in DESK and live.meeting.state != "closed":
        raise HttpRefused(403, HttpCode.FORBIDDEN)
    return live


def _bearer(request: Request, invitations: Invitations) -> Claims:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise HttpRefused(401, HttpCode.TOKEN_MISSING)
    try:
        return invitations.verify(token.strip())
    except TokenInvalid as error:
        raise HttpRefused(401, HttpCode.TOKEN_INVALID) from error
    except TokenExpired as error:
        raise HttpRefused(401, HttpCode.TOKEN_EXPIRED) from error
