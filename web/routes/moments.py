"""The moments of a meeting that is over, for whoever watches its recording."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from meetings.refusals import Code
from meetings.service import MeetingService, UnknownMeeting
from meetings.state import Meeting
from web.auth import Invitations
from web.bearer import bearer
from web.moments import MomentsFiles
from web.refusals import HttpCode, HttpRefused, answer

ASK_AGAIN = "no-cache"
"""May be kept, and is asked for each time whether it is still so: a comment may be hidden."""


def routes(
    files: MomentsFiles, meetings: MeetingService, invitations: Invitations
) -> list[BaseRoute]:
    """
    `GET /api/meetings/{id}/moments`: chapters, results and public comments, once it is closed.

    With the token of anybody of the meeting; without one, where any resident could come in without
    being asked. Whoever waits in the lobby of other meetings does not read there either.
    """

    async def show(request: Request) -> Response:
        meeting_id = request.path_params["meeting"]
        named = "authorization" in request.headers
        if named and bearer(request, invitations).meeting != meeting_id:
            raise HttpRefused(403, HttpCode.FORBIDDEN)
        try:
            live = await meetings.live(meeting_id)
        except UnknownMeeting as error:
            raise HttpRefused(404, HttpCode.MEETING_UNKNOWN) from error
        if not named and not public(live.meeting):
            raise HttpRefused(401, HttpCode.TOKEN_MISSING)
        if live.meeting.state != "closed":
            return answer(409, Code.MEETING_NOT_CLOSED)
        file = await files.read(live)
        headers = {"cache-control": ASK_AGAIN, "etag": file.tag, "vary": "authorization"}
        if file.tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(file.body, media_type="application/json", headers=headers)

    return [Route("/api/meetings/{meeting}/moments", show)]


def public(meeting: Meeting) -> bool:
    """Whether any resident may come in without being asked."""
    lobby = meeting.attendance.lobby
    return not (lobby.on and lobby.viewers)
