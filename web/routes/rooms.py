"""The way in for residents: a room's code, a name, a token. And the code as a QR picture."""

from __future__ import annotations

import io
import time
import unicodedata

import segno
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from meetings.events import MeetingCreated
from meetings.people import Name, Person, Role
from meetings.record.port import Listing, Record
from signaling.identity import Claims, TokenExpired, TokenInvalid
from web.auth import VIEWER_S, Invitations, new_person_id
from web.limits import ENTER, BodyTooLarge, RateLimit, read_body
from web.links import Origins, room_code, room_link, secure_link
from web.refusals import HttpCode, HttpRefused

QR_LIFE_S = 300  # seconds a QR picture may be kept by a browser

_NAME: TypeAdapter[str] = TypeAdapter(Name)
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class EnterBody(BaseModel):
    """What a viewer sends to enter."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str
    real_name: str = ""
    """As on the identity card, where the meeting demands it; shown to nobody."""
    token: str | None = None
    """An earlier token: who shows it stays the same person."""


def routes(record: Record, invitations: Invitations, origins: Origins) -> list[BaseRoute]:
    """`/api/rooms/{code}`, `/api/rooms/{code}/enter`, `/qr/{code}.svg`."""
    limit = RateLimit(ENTER)

    async def current(code: str) -> Listing:
        """The meeting that the code leads to; refused 404 when the room never had one."""
        try:
            meeting = await record.current_meeting(room_code(code))
        except ValueError as error:
            raise HttpRefused(404, HttpCode.ROOM_UNKNOWN) from error
        if meeting is None:
            raise HttpRefused(404, HttpCode.ROOM_UNKNOWN)
        return meeting

    async def demands_real_names(meeting: Listing) -> bool:
        (first,) = await record.read(meeting.id, 0, 1)
        return isinstance(first.event, MeetingCreated) and first.event.real_names

    async def show(request: Request) -> Response:
        meeting = await current(request.path_params["code"])
        return JSONResponse(
            {
                "room": meeting.room,
                "room_name": meeting.room_name,
                "meeting": {"id": meeting.id, "title": meeting.title, "state": meeting.state},
                "real_names": await demands_real_names(meeting),
                "link": room_link(origins.viewers, meeting.room),
                "secure_link": secure_link(origins, meeting.room),
            },
            headers={"cache-control": "no-store"},
        )

    async def enter(request: Request) -> Response:
        address = request.client.host if request.client is not None else ""
        if not limit.take(address, time.monotonic()):
            raise HttpRefused(429, HttpCode.TOO_FREQUENT)
        body = await _enter_body(request)
        name = clean_name(body.name)
        meeting = await current(request.path_params["code"])
        earlier = _same_person(invitations, body.token, meeting.id)
        person = Person(
            id=new_person_id() if earlier is None else earlier.person,
            name=name,
            role=Role.VIEWER,
            real_name=_real_name(body, earlier) if await demands_real_names(meeting) else "",
        )
        token = invitations.issue(meeting.id, person, valid_s=VIEWER_S)
        return JSONResponse(
            {"token": token, "meeting": meeting.id, "person": person.id},
            headers={"cache-control": "no-store"},
        )

    async def qr(request: Request) -> Response:
        meeting = await current(request.path_params["code"])
        picture = qr_svg(room_link(origins.viewers, meeting.room))
        return Response(
            picture,
            media_type="image/svg+xml",
            headers={"cache-control": f"public, max-age={QR_LIFE_S}"},
        )

    return [
        Route("/api/rooms/{code}", show),
        Route("/api/rooms/{code}/enter", enter, methods=["POST"]),
        Route("/qr/{code}.svg", qr),
    ]


def clean_name(text: str) -> str:
    """
    A name as it is kept: one line, single spaces, composed letters, 1..40 characters.

    Raises:
        HttpRefused: 422; empty, too long, or with control characters (those that turn the writing
            direction among them: with them a name could pass for another).
    """
    text = " ".join(unicodedata.normalize("NFC", text).split())
    if any(letter in _BIDI or unicodedata.category(letter) in {"Cc", "Cs"} for letter in text):
        raise HttpRefused(422, HttpCode.NAME_INVALID)
    try:
        return _NAME.validate_python(text)
    except ValidationError as error:
        raise HttpRefused(422, HttpCode.NAME_INVALID) from error


def qr_svg(link: str) -> bytes:
    """The link as a QR picture, error correction M (15 %): it hangs on a wall and gets dirty."""
    out = io.BytesIO()
    segno.make(link, error="m", micro=False).save(
        out, kind="svg", scale=8, border=4, dark="#000", light="#fff", xmldecl=False, omitsize=True
    )
    return out.getvalue()


async def _enter_body(request: Request) -> EnterBody:
    try:
        return EnterBody.model_validate_json(await read_body(request))
    except TimeoutError as error:
        raise HttpRefused(408, HttpCode.BODY_INVALID) from error
    except BodyTooLarge as error:
        raise HttpRefused(413, HttpCode.BODY_TOO_LARGE) from error
    except ValidationError as error:
        raise HttpRefused(400, HttpCode.BODY_INVALID) from error


def _same_person(invitations: Invitations, token: str | None, meeting: str) -> Claims | None:
    """The viewer whom an earlier token of this meeting stands for; None: somebody new."""
    if token is None:
        return None
    try:
        claims = invitations.verify(token)
    except (TokenInvalid, TokenExpired):
        return None  # not worth a refusal: the person enters as somebody new
    same = claims.meeting == meeting and claims.role is Role.VIEWER
    return claims if same else None


def _real_name(body: EnterBody, earlier: Claims | None) -> str:
    """The real name that was given now or before. Raises: HttpRefused: 422; none, or a bad one."""
    given = body.real_name.strip() or ("" if earlier is None else earlier.real_name)
    if not given:
        raise HttpRefused(422, HttpCode.REAL_NAME_MISSING)
    return clean_name(given)
