"""The minutes: a draft for the desk to edit, sign and publish; the forms as files for readers."""

from __future__ import annotations

import secrets
from typing import TypeVar, get_args
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from meetings.commands import Command, PublishMinutes, SignMinutes
from meetings.minutes.draft import Draft, DraftError, Form
from meetings.minutes.forms import TITLES
from meetings.minutes.typeset import FontMissing, TypesetterMissing
from meetings.people import DESK
from meetings.refusals import Code, Refused
from meetings.service import LiveMeeting, MeetingService
from meetings.signoff.events import Revision, Sha256
from signaling.identity import Claims
from web.auth import Invitations
from web.bearer import asker, at_desk
from web.limits import BODY_MAX, BodyTooLarge, read_body
from web.minutes import Kind, MinutesFiles, NotPublished
from web.refusals import HttpCode, HttpRefused, answer
from web.revisions import RevisionConflict, TooManyRevisions

HTML_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
"""Content-Security-Policy: the page carries its style and nothing that runs."""
MEDIA_TYPES: dict[Kind, str] = {
    "html": "text/html",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
DRAFT_MAX = 2_000_000  # bytes of a draft
Model = TypeVar("Model", bound=BaseModel)
NEVER = {"cache-control": "no-store"}


class SaveBody(BaseModel):
    """A draft, and the revision that it was made of."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    revision: int
    """0: none was saved before."""
    draft: Draft


class NamedRevision(BaseModel):
    """The revision that is signed or published."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    revision: Revision
    sha256: Sha256


def routes(
    files: MinutesFiles, meetings: MeetingService, invitations: Invitations
) -> list[BaseRoute]:
    """
    Under `/api/meetings/{id}/minutes`, with `Authorization: Bearer TOKEN`:

    - `GET /draft`, `PUT /draft`, `POST /sign`, `POST /publish`: for the desk;
    - `GET /{form}.{kind}`: record, summary, results, attendance as html, docx, pdf; for the desk at
      any time, for the others of the meeting once published.
    """

    async def show(request: Request) -> Response:
        live = (await at_desk(request, meetings, invitations)).live
        view = await files.draft(live.meeting)
        return Response(view.model_dump_json(), media_type="application/json", headers=NEVER)

    async def save(request: Request) -> Response:
        live = (await at_desk(request, meetings, invitations)).live
        body = await _body(request, SaveBody, DRAFT_MAX)
        if live.meeting.signoff.publication is not None:
            return answer(409, Code.MINUTES_PUBLISHED)
        try:
            saved = await files.save(live.meeting, body.revision, body.draft)
        except DraftError as error:
            raise HttpRefused(422, HttpCode.DRAFT_INVALID, str(error)) from error
        except RevisionConflict as error:
            raise HttpRefused(409, HttpCode.DRAFT_CONFLICT) from error
        except TooManyRevisions as error:
            raise HttpRefused(409, HttpCode.DRAFT_TOO_MANY) from error
        return JSONResponse({"revision": saved.number, "sha256": saved.sha256}, headers=NEVER)

    async def sign(request: Request) -> Response:
        found = await at_desk(request, meetings, invitations)
        named = await _revision(request, found.live)
        asked = SignMinutes(revision=named.revision, sha256=named.sha256)
        return await _ask(found.live, found.claims, asked)

    async def publish(request: Request) -> Response:
        found = await at_desk(request, meetings, invitations)
        named = await _revision(request, found.live)
        asked = PublishMinutes(revision=named.revision, sha256=named.sha256)
        return await _ask(found.live, found.claims, asked)

    async def _revision(request: Request, live: LiveMeeting) -> NamedRevision:
        """What is signed is what is kept, and the newest."""
        named = await _body(request, NamedRevision)
        try:
            await files.confirm(live.id, named.revision, named.sha256)
        except RevisionConflict as error:
            raise HttpRefused(409, HttpCode.DRAFT_CONFLICT) from error
        return named

    async def _ask(live: LiveMeeting, claims: Claims, command: Command) -> Response:
        # Each request is a command of its own: a refusal must not be repeated from memory.
        done = await meetings.submit(
            live.id, claims.to_person(), secrets.token_urlsafe(12), command
        )
        if isinstance(done, Refused):
            return answer(403 if done.code is Code.FORBIDDEN else 409, done.code, done.detail)
        return JSONResponse({"offset": done.offset}, headers=NEVER)

    async def form(request: Request) -> Response:
        reader = await asker(request, meetings, invitations)
        its_form, kind = _named(request)
        public = reader.role not in DESK
        try:
            written = await files.write(reader.live.meeting, its_form, kind, published=public)
        except NotPublished:
            return answer(403, Code.MINUTES_NOT_PUBLISHED)
        except TypesetterMissing as error:
            raise HttpRefused(501, HttpCode.PDF_UNAVAILABLE, str(error)) from error
        except FontMissing as error:
            raise HttpRefused(501, HttpCode.PDF_FONT_MISSING, str(error)) from error
        headers = dict(NEVER)
        if kind == "html":
            headers["content-security-policy"] = HTML_POLICY
        else:
            # RFC 6266, 5: a plain name for old programs, the real one in UTF-8.
            name = quote(f"{reader.live.meeting.title} {TITLES[its_form]}.{kind}", safe="")
            headers["content-disposition"] = (
                f"attachment; filename={its_form}.{kind}; filename*=UTF-8''{name}"
            )
        return Response(written, media_type=MEDIA_TYPES[kind], headers=headers)

    base = "/api/meetings/{meeting}/minutes"
    return [
        Route(f"{base}/draft", show),
        Route(f"{base}/draft", save, methods=["PUT"]),
        Route(f"{base}/sign", sign, methods=["POST"]),
        Route(f"{base}/publish", publish, methods=["POST"]),
        Route(f"{base}/{{file}}", form),
    ]


def _named(request: Request) -> tuple[Form, Kind]:
    """The form and kind of `record.docx`; refused 404 for any other name."""
    name, _, ending = request.path_params["file"].partition(".")
    form = next((one for one in TITLES if one == name), None)
    kind = next((one for one in get_args(Kind) if one == ending), None)
    if form is None or kind is None:
        raise HttpRefused(404, HttpCode.NOT_FOUND)
    return form, kind


async def _body(request: Request, model: type[Model], bound: int = BODY_MAX) -> Model:
    try:
        return model.model_validate_json(await read_body(request, bound))
    except TimeoutError as error:
        raise HttpRefused(408, HttpCode.BODY_INVALID) from error
    except BodyTooLarge as error:
        raise HttpRefused(413, HttpCode.BODY_TOO_LARGE) from error
    except ValidationError as error:
        raise HttpRefused(400, HttpCode.BODY_INVALID) from error
