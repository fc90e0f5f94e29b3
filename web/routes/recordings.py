"""
A recording as one file, for the desk of its meeting.

A token must not stand in an address, and a file of gigabytes can't be fetched by a script. So the
desk asks for an address with a ticket, which opens this one file for an hour and nothing else.
"""

from __future__ import annotations

from urllib.parse import quote

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from meetings.service import MeetingService, UnknownMeeting
from web.auth import Invitations
from web.bearer import at_desk
from web.recordings import NoRecording, Recordings
from web.refusals import HttpCode, HttpRefused

TICKET_S = 3_600
"""A download begins by then, and may be taken up again after a break of the line."""
NEVER = {"cache-control": "no-store"}


def routes(
    recordings: Recordings, meetings: MeetingService, invitations: Invitations, secret: bytes
) -> list[BaseRoute]:
    """
    - `POST /api/meetings/{id}/recording`, with `Authorization: Bearer TOKEN` of the desk: the
      answer's `url` is where the MP4 is; it is made first, if there is none.
    - `GET /recordings/{id}.mp4?ticket=...`: the file; ranges are answered (RFC 9110, 14).

    Args:
        secret: signs tickets.
    """
    tickets = URLSafeTimedSerializer(secret, salt="recording")

    async def make(request: Request) -> Response:
        meeting = (await at_desk(request, meetings, invitations)).live.id
        try:
            await recordings.file(meeting)
        except NoRecording as error:
            raise HttpRefused(404, HttpCode.LIVESTREAM_UNKNOWN) from error
        ticket = tickets.dumps(meeting)
        url = f"/recordings/{quote(meeting)}.mp4?ticket={ticket}"
        return JSONResponse({"url": url}, headers=NEVER)

    async def load(request: Request) -> Response:
        meeting = request.path_params["meeting"]
        try:
            named = tickets.loads(request.query_params.get("ticket", ""), max_age=TICKET_S)
        except BadSignature as error:
            raise HttpRefused(403, HttpCode.FORBIDDEN) from error
        if named != meeting:
            raise HttpRefused(403, HttpCode.FORBIDDEN)
        try:
            live = await meetings.live(meeting)
            path = await recordings.file(meeting)
        except (UnknownMeeting, NoRecording) as error:
            raise HttpRefused(404, HttpCode.LIVESTREAM_UNKNOWN) from error
        return FileResponse(
            path, media_type="video/mp4", filename=f"{live.meeting.title}.mp4", headers=NEVER
        )

    return [
        Route("/api/meetings/{meeting}/recording", make, methods=["POST"]),
        Route("/recordings/{meeting}.mp4", load, methods=["GET"]),
    ]
