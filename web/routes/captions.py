"""
Captions over HTTP: playlists and WebVTT files beside those of the livestream.

Caches may keep them as they keep playlists, but not for ever: a caption may be corrected.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from media.captions import playlist, webvtt
from media.captions.names import SPOKEN, playlist_address
from media.captions.webvtt import Cue
from media.livestream import Livestream, NotYet, TooFarAhead
from media.programme.playlist import LIVE, RECORDING
from media.programme.timeline import Timeline
from meetings.record.port import RecordError
from meetings.service import LiveMeeting, ServiceClosed, UnknownMeeting
from web.captions import live_cues, spoken_cues
from web.refusals import HttpCode, answer
from web.routes.livestream import (
    COMPLETE,
    FIRST,
    PLAYLIST,
    Directives,
    waited,
)

VTT = "text/vtt"
WRITTEN_LIVE = "public, max-age=6"
"""While its segment is in the live window somebody may correct it."""

Find = Callable[[str], Livestream | None]
Read = Callable[[str], Awaitable[LiveMeeting]]


def routes(livestreams: Find, meetings: Read) -> list[Route]:
    """
    The routes of captions below /hls; they come before the livestream's, which take any file.

    Args:
        livestreams: the livestream of a meeting's id; None: it has none.
        meetings: a meeting; raises as `MeetingService.live`.
    """

    def listed(kind: str) -> Callable[[Request], Awaitable[Response]]:
        async def get(request: Request) -> Response:
            livestream = livestreams(request.path_params["meeting"])
            if livestream is None:
                return _unknown()
            try:
                asked = Directives.of(request)
                timeline = await livestream.timeline(asked.segment, asked.part)
            except TooFarAhead as error:
                return answer(400, HttpCode.LIVESTREAM_TOO_FAR_AHEAD, str(error))
            except ValueError as error:
                return answer(400, HttpCode.LIVESTREAM_BAD_REQUEST, str(error))
            except NotYet:
                status = 404 if asked.segment is None else 503
                return answer(status, HttpCode.LIVESTREAM_NOT_YET, "nothing new in time")
            if kind != LIVE and livestream.ended:
                caching = COMPLETE
            else:
                caching = FIRST if asked.segment is None else waited(livestream)
            return _text(playlist.write(timeline, kind), PLAYLIST, caching)

        return get

    async def live_segment(request: Request) -> Response:
        number = request.path_params["number"]
        return await written(
            request, False, lambda found, cues: webvtt.segment(found, number, cues)
        )

    async def spoken_segment(request: Request) -> Response:
        number = request.path_params["number"]
        return await written(request, True, lambda found, cues: webvtt.segment(found, number, cues))

    async def whole(request: Request) -> Response:
        return await written(request, True, webvtt.whole)

    async def written(
        request: Request, spoken: bool, write: Callable[[Timeline, list[Cue]], str | None]
    ) -> Response:
        name = request.path_params["meeting"]
        livestream = livestreams(name)
        if livestream is None:
            return _unknown()
        try:
            timeline, meeting = await livestream.timeline(), await meetings(name)
        except (NotYet, UnknownMeeting):
            return answer(404, HttpCode.LIVESTREAM_UNKNOWN_FILE, "no playlist names it")
        except (RecordError, ServiceClosed) as error:
            return answer(503, HttpCode.LIVESTREAM_NOT_YET, str(error))
        cues = (spoken_cues if spoken else live_cues)(meeting.meeting, meeting.register)
        text = write(timeline, cues)
        if text is None:
            return answer(404, HttpCode.LIVESTREAM_UNKNOWN_FILE, "no playlist names it")
        return _text(text, VTT, COMPLETE if livestream.ended else WRITTEN_LIVE)

    return [
        *(
            Route(f"/hls/{{meeting}}/{playlist_address(kind)}", listed(kind))
            for kind in (LIVE, RECORDING, SPOKEN)
        ),
        Route("/hls/{meeting}/captions.vtt", whole),
        Route("/hls/{meeting}/captions-{number:int}.vtt", live_segment),
        Route("/hls/{meeting}/spoken-{number:int}.vtt", spoken_segment),
    ]


def _text(text: str, media_type: str, caching: str) -> Response:
    return Response(text, media_type=media_type, headers={"Cache-Control": caching})


def _unknown() -> Response:
    return answer(404, HttpCode.LIVESTREAM_UNKNOWN, "no such livestream")
