"""Who asks over HTTP, by the token in `Authorization: Bearer`, and as what."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from starlette.requests import Request

from meetings.people import DESK, Role
from meetings.service import LiveMeeting, MeetingService, UnknownMeeting
from signaling.identity import Claims, TokenExpired, TokenInvalid, TokenRevoked
from web.auth import Invitations
from web.refusals import HttpCode, HttpRefused


def bearer(request: Request, invitations: Invitations) -> Claims:
    """
    What the request's token says.

    Raises: HttpRefused: 401 without a token, or with one that does not hold.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise HttpRefused(401, HttpCode.TOKEN_MISSING)
    try:
        return invitations.verify(token.strip())
    except TokenRevoked as error:
        raise HttpRefused(401, HttpCode.TOKEN_REVOKED) from error
    except TokenInvalid as error:
        raise HttpRefused(401, HttpCode.TOKEN_INVALID) from error
    except TokenExpired as error:
        raise HttpRefused(401, HttpCode.TOKEN_EXPIRED) from error


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks about a meeting."""

    live: LiveMeeting
    claims: Claims
    role: Role
    """Of now. Who was put out or forgotten reads what every viewer may, and nothing more."""


async def asker(request: Request, meetings: MeetingService, invitations: Invitations) -> Asker:
    """
    Who asks about the meeting of the address, by the token.

    Raises:
        HttpRefused: 401: as `bearer`; 403: the token is of another meeting; 404: there is none.
    """
    claims = bearer(request, invitations)
    if claims.meeting != request.path_params["meeting"]:
        raise HttpRefused(403, HttpCode.FORBIDDEN)
    try:
        live = await meetings.live(claims.meeting)
    except UnknownMeeting as error:
        raise HttpRefused(404, HttpCode.MEETING_UNKNOWN) from error
    meeting = live.meeting
    gone = claims.person in meeting.forgotten or claims.person in meeting.link.removed
    role = Role.VIEWER if gone else meeting.attendance.role(claims.person, claims.role)
    return Asker(live, claims, role)


async def at_desk(
    request: Request,
    meetings: MeetingService,
    invitations: Invitations,
    roles: Collection[Role] = DESK,
) -> Asker:
    """The same; 403 for everybody in another role than these."""
    found = await asker(request, meetings, invitations)
    if found.role not in roles:
        raise HttpRefused(403, HttpCode.FORBIDDEN)
    return found
