"""
The livestream over HTTP: playlists, segments, parts.

Everything can be kept by a cache in front: names never stand for two contents, and a playlist that
was waited for is the same for everybody who asked for it. Errors are never kept.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from media.livestream import Livestream, NotYet, TooFarAhead
from media.segments.port import UnknownFile
from web.refusals import HttpCode, answer

PLAYLIST = "application/vnd.apple.mpegurl"
VIDEO = "video/mp4"

# A first playlist may be shared for a second: without that, every viewer who comes in reaches us.
FIRST = "public, max-age=1"
# One that was waited for never changes in what was asked of it (RFC 8216bis, 6.2.5: a caching
# duration of six target durations).
WAITED = "public, max-age=6"
COMPLETE = "public, max-age=60"  # a recording; the meeting might be taken up again
FOREVER = "public, max-age=31536000, immutable"

NUMBER_MAX = 10**9


def routes(livestreams: Callable[[str], Livestream | None]) -> list[Route]:
    """
    The routes below /hls.

    Args:
        livestreams: the livestream of a meeting's id; None: it has none.
    """

    async def live(request: Request) -> Response:
        livestream = livestreams(request.path_params["meeting"])
        if livestream is None:
            return _refuse(404, HttpCode.LIVESTREAM_UNKNOWN, "no such livestream")
        try:
            segment = _number(request, "_HLS_msn")
            part = _number(request, "_HLS_part")
        except ValueError as error:
            return _refuse(400, HttpCode.LIVESTREAM_BAD_REQUEST, str(error))
        if segment is None and part is not None:
            return _refuse(400, HttpCode.LIVESTREAM_BAD_REQUEST, "_HLS_part needs _HLS_msn")
        try:
            text = await livestream.live(segment, part)
        except TooFarAhead as error:
            return _refuse(400, HttpCode.LIVESTREAM_TOO_FAR_AHEAD, str(error))
        except NotYet:
            if segment is None:
                return _refuse(404, HttpCode.LIVESTREAM_NOT_YET, "nothing to play yet", retry=True)
            return _refuse(503, HttpCode.LIVESTREAM_NOT_YET, "nothing new in time", retry=True)
        return Response(
            text,
            media_type=PLAYLIST,
            headers={"Cache-Control": FIRST if segment is None else WAITED},
        )

    async def recording(request: Request) -> Response:
        livestream = livestreams(request.path_params["meeting"])
        if livestream is None:
            return _refuse(404, HttpCode.LIVESTREAM_UNKNOWN, "no such livestream")
        text = livestream.recording()
        caching = COMPLETE if livestream.ended else FIRST
        return Response(text, media_type=PLAYLIST, headers={"Cache-Control": caching})

    async def media(request: Request) -> Response:
        livestream = livestreams(request.path_params["meeting"])
        if livestream is None:
            return _refuse(404, HttpCode.LIVESTREAM_UNKNOWN, "no such livestream")
        try:
            data = await livestream.media(request.path_params["file"])
        except UnknownFile:
            return _refuse(404, HttpCode.LIVESTREAM_UNKNOWN_FILE, "no playlist names it")
        return Response(data, media_type=VIDEO, headers={"Cache-Control": FOREVER})

    return [
        Route("/hls/{meeting}/live.m3u8", live, methods=["GET"]),
        Route("/hls/{meeting}/recording.m3u8", recording, methods=["GET"]),
        Route("/hls/{meeting}/{file}", media, methods=["GET"]),
    ]


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
