"""
Links asked for over HTTP, for encoders, room systems and players that know no socket.

WHIP (RFC 9725): `POST /api/meetings/{meeting}/whip` with an offer that sends; the person of the
token publishes by it, with the same rights as on a page. WHEP (draft-ietf-wish-whep):
`POST /api/meetings/{meeting}/whep` with an offer that receives; answered with the one sound and the
one picture that the meeting is about. Both make a resource, `.../whip/{link}`, which takes PATCH
(an ICE restart; the client's candidates are not needed) and DELETE.

The bearer token is that of the person's link. Pages of other origins may ask too (CORS): nothing
here goes by a cookie.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Final, Literal, assert_never

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from signaling.direct import DirectLink, DirectLinks, DirectRefused
from signaling.identity import Claims
from signaling.limits import Rate
from signaling.relay import IceServers
from signaling.sdpfrag import FRAGMENT_MAX, BadFragment, credentials, fragment_of, restarted
from signaling.wire.frames import SDP_MAX, IceServer
from web.auth import Invitations
from web.bearer import bearer
from web.limits import BodyTooLarge, RateLimit, read_body
from web.refusals import HttpCode, HttpRefused, answer

Way = Literal["whip", "whep"]

ASKING = Rate(burst=30, per_s=2.0)
"""Offers and changes of one address: an encoder that lost its line tries again every second."""
RETRY_S = 2  # seconds after which what is unavailable now may be there

OFFER: Final = "application/sdp"
FRAGMENT: Final = "application/trickle-ice-sdpfrag"

_CORS: Final = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag, Link, Location",
}
_PREFLIGHT: Final = {
    **_CORS,
    "access-control-allow-headers": "Authorization, Content-Type, If-Match",
    "access-control-max-age": "86400",
}
_STATUS: Final = {
    "link.bad_sdp": 422,  # RFC 9725, section 4.2: tracks that are not supported
    "link.forbidden": 403,
    "link.locked": 403,
    "meeting.unknown": 404,
    "link.unknown_peer": 409,
}
"""Of refusals; whatever else is refused is 503: come again."""

Handler = Callable[[Request], Awaitable[Response]]


def routes(
    links: DirectLinks, invitations: Invitations, ice_servers: IceServers
) -> list[BaseRoute]:
    """The endpoints of both ways, and their resources."""
    limit = RateLimit(ASKING)
    paths: list[BaseRoute] = []
    for way in ("whip", "whep"):
        direct = _Direct(way, links, invitations, limit, ice_servers)
        # RFC 9725, section 4: GET, HEAD and PUT are answered 405, which the routes do themselves.
        paths += [
            Route(f"/api/meetings/{{meeting}}/{way}", direct.begin, methods=["POST", "OPTIONS"]),
            Route(
                f"/api/meetings/{{meeting}}/{way}/{{link}}",
                direct.change,
                methods=["PATCH", "DELETE", "OPTIONS"],
            ),
        ]
    return paths


class _Direct:
    """One way, whip or whep."""

    def __init__(
        self,
        way: Way,
        links: DirectLinks,
        invitations: Invitations,
        limit: RateLimit,
        ice_servers: IceServers,
    ) -> None:
        self._way = way
        self._links = links
        self._invitations = invitations
        self._limit = limit
        self._ice_servers = ice_servers

    async def begin(self, request: Request) -> Response:
        """POST an offer: 201 with the answer and the resource's address."""
        if request.method == "OPTIONS":
            return self._options({"accept-post": OFFER}, "POST, OPTIONS")
        return await _refusable(self._begin, request)

    async def change(self, request: Request) -> Response:
        """PATCH or DELETE a resource."""
        if request.method == "OPTIONS":
            return self._options({"accept-patch": FRAGMENT}, "PATCH, DELETE, OPTIONS")
        return await _refusable(
            self._delete if request.method == "DELETE" else self._patch, request
        )

    def _options(self, accepts: dict[str, str], methods: str) -> Response:
        headers = {**_PREFLIGHT, **accepts, "access-control-allow-methods": methods}
        return Response(status_code=204, headers=headers)

    async def _begin(self, request: Request) -> Response:
        claims = self._claims(request)
        offer = await _body(request, OFFER, SDP_MAX)
        match self._way:
            case "whip":
                link, sdp = await self._links.publish(claims, offer)
            case "whep":
                link, sdp = await self._links.watch(claims, offer)
            case _:
                assert_never(self._way)
        made = Response(sdp, status_code=201, media_type=OFFER, headers={"etag": _etag(link)})
        made.headers["location"] = f"{request.url.path.rstrip('/')}/{link.id}"
        # Not before the token was seen: a relay's credentials are worth something.
        for server in self._ice_servers.of(claims.person, self._links.hubs.clock_ms()):
            for line in ice_links(server):
                made.headers.append("link", line)
        return made

    async def _patch(self, request: Request) -> Response:
        """
        RFC 9725, section 4.3: with the ETag of the ICE session candidates, which are not needed;
        with "*" and new credentials an ICE restart.
        """
        link = self._link(request)
        match = request.headers.get("if-match")
        fragment = await _body(request, FRAGMENT, FRAGMENT_MAX)
        if match is None:
            raise HttpRefused(428, HttpCode.PRECONDITION_MISSING)
        try:
            asked = credentials(fragment)
        except BadFragment as error:
            raise HttpRefused(400, HttpCode.BODY_INVALID, str(error)) from error
        if match != "*":
            if match != _etag(link):
                raise HttpRefused(412, HttpCode.PRECONDITION_FAILED)
            return Response(status_code=204)
        offer = restarted(link.offer, asked)
        sdp = await (link.publish(offer) if self._way == "whip" else link.watch(offer))
        link.generation += 1
        return Response(fragment_of(sdp), media_type=FRAGMENT, headers={"etag": _etag(link)})

    async def _delete(self, request: Request) -> Response:
        self._link(request).close()
        return Response(status_code=200)

    def _claims(self, request: Request) -> Claims:
        address = request.client.host if request.client is not None else ""
        if not self._limit.take(address, time.monotonic()):
            raise HttpRefused(429, HttpCode.TOO_FREQUENT, retry_s=RETRY_S)
        claims = bearer(request, self._invitations)
        if claims.meeting != request.path_params["meeting"]:
            raise HttpRefused(403, HttpCode.FORBIDDEN, "the token is of another meeting")
        return claims

    def _link(self, request: Request) -> DirectLink:
        link = self._links.find(request.path_params["link"], self._claims(request))
        if link is None:
            raise HttpRefused(404, HttpCode.LINK_UNKNOWN)
        return link


def ice_links(server: IceServer) -> list[str]:
    """A STUN or TURN server as values of `Link` (RFC 9725, section 4.6)."""
    credential = ""
    if server.username:
        credential = (
            f'; username="{server.username}"; credential="{server.credential}"'
            '; credential-type="password"'
        )
    return [f'<{url}>; rel="ice-server"{credential}' for url in server.urls]


def _etag(link: DirectLink) -> str:
    """RFC 9725, section 4.3.1: one for each ICE session."""
    return f'"{link.id[:8]}-{link.generation}"'


async def _body(request: Request, media_type: str, bound: int) -> str:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != media_type:
        raise HttpRefused(415, HttpCode.BODY_INVALID, f"must be {media_type}")
    try:
        return (await read_body(request, bound)).decode()
    except TimeoutError as error:
        raise HttpRefused(408, HttpCode.BODY_INVALID) from error
    except BodyTooLarge as error:
        raise HttpRefused(413, HttpCode.BODY_TOO_LARGE) from error
    except UnicodeDecodeError as error:
        raise HttpRefused(400, HttpCode.BODY_INVALID) from error


async def _refusable(handler: Handler, request: Request) -> Response:
    """Have it answered; refusals too are for pages of other origins to read."""
    try:
        made = await handler(request)
    except HttpRefused as refused:
        made = refused.response()
    except DirectRefused as refused:
        status = _STATUS.get(refused.code, 503)
        made = answer(status, refused.code, refused.detail)
        if status == 503:
            made.headers["retry-after"] = str(RETRY_S)
    made.headers.update(_CORS)
    made.headers["cache-control"] = "no-store"
    return made
