"""
The livestream over HTTP: playlists, segments, parts.

Everything can be kept by a cache in front: names never stand for two contents, and a playlist that
was waited for is the same for everybody who asked for it. Errors are never kept.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Self

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from media.livestream import Livestream, NotYet, TooFarAhead
from media.programme.playlist import LIVE, RECORDING
from media.programme.renditions import RENDITIONS, Rendition
from media.segments.port import UnknownFile
from web.refusals import HttpCode, answer

PLAYLIST = "application/vnd.apple.mpegurl"
VIDEO = "video/mp4"

# A first playlist may be shared for a second: without that, every viewer who comes in reaches us.
FIRST = "public, max-age=1"
VARIANTS = "public, max-age=60"  # which renditions there are is the same for a whole programme
COMPLETE = "public, max-age=60"  # a recording; the meeting might be taken up again
FOREVER = "public, max-age=31536000, immutable"

NUMBER_MAX = 10**9
SKIPS = {"YES", "v2"}  # v2 would skip date ranges too: there are none

Asked = Callable[[Livestream, "Directives"], Awaitable[str]]


def waited(livestream: Livestream) -> str:
    """
    A playlist that was waited for never changes in what was asked of it (RFC 8216bis, 6.2.5.2: a
    caching duration of six target durations).
    """
    return f"public, max-age={6 * livestream.timing.target_s}"


@dataclass(frozen=True, slots=True)
class Directives:
    """What a player asks of a playlist (RFC 8216bis, 6.2.5)."""

    segment: int | None
    part: int | None
    skip: bool

    @classmethod
    def of(cls, request: Request) -> Self:
        """
        From the address; what is not known there is ignored.

        Raises:
            ValueError: a directive that makes no sense.
        """
        segment, part = _number(request, "_HLS_msn"), _number(request, "_HLS_part")
        if segment is None and part is not None:
            raise ValueError("_HLS_part needs _HLS_msn")
        return cls(segment, part, request.query_params.get("_HLS_skip") in SKIPS)


def routes(livestreams: Callable[[str], Livestream | None]) -> list[Route]:
    """
    The routes below /hls.

    Args:
        livestreams: the livestream of a meeting's id; None: it has none.
    """

    def playlist(
        kind: str, asked: Asked, first: str = FIRST
    ) -> Callable[[Request], Awaitable[Response]]:
        async def get(request: Request) -> Response:
            livestream = livestreams(request.path_params["meeting"])
            if livestream is None:
                return _refuse(404, HttpCode.LIVESTREAM_UNKNOWN, "no such livestream")
            try:
                directives = Directives.of(request)
            except ValueError as error:
                return _refuse(400, HttpCode.LIVESTREAM_BAD_REQUEST, str(error))
            return await _playlist(livestream, kind, asked, directives, first)

        return get

    async def media(request: Request) -> Response:
        livestream = livestreams(request.path_params["meeting"])
        if livestream is None:
            return _refuse(404, HttpCode.LIVESTREAM_UNKNOWN, "no such livestream")
        try:
            data = await livestream.media(request.path_params["file"])
        except UnknownFile:
            return _refuse(404, HttpCode.LIVESTREAM_UNKNOWN_FILE, "no playlist names it")
        return Response(data, media_type=VIDEO, headers={"Cache-Control": FOREVER})

    def route(address: str, kind: str, asked: Asked, first: str = FIRST) -> Route:
        return Route(f"/hls/{{meeting}}/{address}", playlist(kind, asked, first), methods=["GET"])

    return [
        route("programme.m3u8", LIVE, _variants(LIVE), VARIANTS),
        route("whole.m3u8", RECORDING, _variants(RECORDING)),
        *(route(one.address(LIVE), LIVE, _live(one)) for one in RENDITIONS),
        *(route(one.address(RECORDING), RECORDING, _recording(one)) for one in RENDITIONS),
        Route("/hls/{meeting}/{file}", media, methods=["GET"]),
    ]


def _variants(kind: str) -> Asked:
    return lambda livestream, _: livestream.multivariant(kind)


def _live(rendition: Rendition) -> Asked:
    return lambda livestream, asked: livestream.live(asked.segment, asked.part, rendition)


def _recording(rendition: Rendition) -> Asked:
    return lambda livestream, asked: livestream.recording(
        asked.segment, asked.part, rendition, skip=asked.skip
    )


async def _playlist(
    livestream: Livestream, kind: str, asked: Asked, directives: Directives, first: str
) -> Response:
    try:
        text = await asked(livestream, directives)
    except TooFarAhead as error:
        return _refuse(400, HttpCode.LIVESTREAM_TOO_FAR_AHEAD, str(error))
    except NotYet:
        if directives.segment is None:
            return _refuse(404, HttpCode.LIVESTREAM_NOT_YET, "nothing to play yet", retry=True)
        return _refuse(503, HttpCode.LIVESTREAM_NOT_YET, "nothing new in time", retry=True)
    if kind == RECORDING and livestream.ended:
        caching = COMPLETE
    else:
        caching = first if directives.segment is None else waited(livestream)
    return Response(text, media_type=PLAYLIST, headers={"Cache-Control": caching})


def _number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(NUMBER_MAX)):
        raise ValueError(f"{name} must be a number")
    return int(text)


def _refuse(status: int, code: HttpCode, detail: str, *, retry: bool = False) -> Response:
    refused = answer(status, code, detail)
    if retry:
        refused.headers["Retry-After"] = "1"
    return refused
