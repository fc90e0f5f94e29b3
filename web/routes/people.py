"""For the desk: rosters from files, personal links, and their withdrawal."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import asdict

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from meetings.events import RosterSet
from meetings.people import DESK, Person
from meetings.record.port import Record
from meetings.refusals import Refused
from meetings.service import LiveMeeting, MeetingService, UnknownMeeting
from web.auth import Invitations
from web.bearer import bearer
from web.identity.invitations import GivenOut, Inviter, Revocations
from web.identity.roster_file import FILE_MAX, RosterFileError, read_roster
from web.identity.store import IdentityStore, StoreRefused
from web.limits import BodyTooLarge, read_body
from web.refusals import HttpCode, HttpRefused
from web.routes.accounts import json_body
from web.routes.rooms import qr_svg

DAYS_MAX = 366
DAY_S = 86_400
AT_ONCE = 200  # lines of an import that wait for their commit together

_NO_STORE = {"cache-control": "no-store"}


class InviteBody(BaseModel):
    """Who shall get one more link."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    person: str
    days: float = Field(30.0, gt=0, le=DAYS_MAX)


class People:
    """The routes below /api/meetings/{meeting}: roster and invitations."""

    def __init__(
        self,
        meetings: MeetingService,
        record: Record,
        tokens: Invitations,
        store: IdentityStore,
        inviter: Inviter,
        revocations: Revocations,
    ) -> None:
        self._meetings = meetings
        self._record = record
        self._tokens = tokens
        self._store = store
        self._inviter = inviter
        self._revocations = revocations

    def routes(self) -> list[BaseRoute]:
        """For a `BaseRoute` list."""
        base = "/api/meetings/{meeting}"
        return [
            Route(f"{base}/roster", self._import, methods=["POST"]),
            Route(f"{base}/invitations", self._list),
            Route(f"{base}/invitations", self._invite, methods=["POST"]),
            Route(f"{base}/invitations/{{id}}/revoke", self._revoke, methods=["POST"]),
        ]

    async def _import(self, request: Request) -> Response:
        """
        Put everybody in the file on the roster, with a personal link each.

        The same file again, by the same person, adds nobody; it gives new links.
        """
        live, desk = await self._desk(request)
        data = await _file(request)
        try:
            entries = await asyncio.to_thread(read_roster, data)
        except RosterFileError as error:
            problems = [{"line": one.line, "words": one.words} for one in error.problems]
            return JSONResponse(
                {"code": HttpCode.ROSTER_INVALID, "detail": str(error), "problems": problems},
                status_code=422,
                headers=_NO_STORE,
            )
        name = hashlib.sha256(data).hexdigest()[:32]
        people: list[Person] = []
        for start in range(0, len(entries), AT_ONCE):
            some = list(enumerate(entries, 1))[start : start + AT_ONCE]
            answers = await asyncio.gather(
                *(
                    self._meetings.submit(live.id, desk, f"roster-{name}-{number}", entry)
                    for number, entry in some
                )
            )
            for answer in answers:
                if isinstance(answer, Refused):
                    refusal = {"code": answer.code, "detail": answer.detail}
                    return JSONResponse(refusal, status_code=409, headers=_NO_STORE)
                (entry,) = await self._record.read(live.id, answer.offset - 1, 1)
                assert isinstance(entry.event, RosterSet), "can't happen: another command's answer"
                person = live.register.get(entry.event.person)
                if person is not None:  # was not forgotten since
                    people.append(person)
        given = await self._given(live.id, people, 30.0)
        return JSONResponse([_shown(one) for one in given], headers=_NO_STORE)

    async def _list(self, request: Request) -> Response:
        live, _ = await self._desk(request)
        found = await self._store.invitations(live.id)
        named = [
            {**asdict(one), "name": known.name if (known := live.register.get(one.person)) else ""}
            for one in found
        ]
        return JSONResponse(named, headers=_NO_STORE)

    async def _invite(self, request: Request) -> Response:
        live, _ = await self._desk(request)
        body = await json_body(request, InviteBody)
        person = live.register.get(body.person)
        if person is None:
            raise HttpRefused(404, HttpCode.PERSON_UNKNOWN)
        (given,) = await self._given(live.id, [person], body.days)
        picture = qr_svg(given.link).decode()
        return JSONResponse({**_shown(given), "qr": picture}, headers=_NO_STORE)

    async def _revoke(self, request: Request) -> Response:
        """Withdraw a link; whoever came by it is shown out at once."""
        live, _ = await self._desk(request)
        now_s = self._revocations.now_s()
        if not await self._store.revoke(live.id, request.path_params["id"], now_s):
            raise HttpRefused(404, HttpCode.INVITATION_UNKNOWN)
        await self._revocations.refresh()
        return Response(status_code=204)

    async def _given(self, meeting: str, people: list[Person], days: float) -> tuple[GivenOut, ...]:
        try:
            return await self._inviter.invite(meeting, people, days * DAY_S)
        except StoreRefused as error:
            raise HttpRefused(409, HttpCode.TOO_MANY, str(error)) from error

    async def _desk(self, request: Request) -> tuple[LiveMeeting, Person]:
        """The meeting and who asks, in the role of now. Raises: HttpRefused."""
        claims = bearer(request, self._tokens)
        if claims.meeting != request.path_params["meeting"]:
            raise HttpRefused(403, HttpCode.FORBIDDEN)
        try:
            live = await self._meetings.live(claims.meeting)
        except UnknownMeeting as error:
            raise HttpRefused(404, HttpCode.MEETING_UNKNOWN) from error
        role = live.meeting.attendance.role(claims.person, claims.role)
        if role not in DESK or claims.person in live.meeting.forgotten:
            raise HttpRefused(403, HttpCode.FORBIDDEN)
        return live, claims.to_person().model_copy(update={"role": role})


async def _file(request: Request) -> bytes:
    try:
        return await read_body(request, FILE_MAX)
    except TimeoutError as error:
        raise HttpRefused(408, HttpCode.BODY_INVALID) from error
    except BodyTooLarge as error:
        raise HttpRefused(413, HttpCode.BODY_TOO_LARGE) from error


def _shown(given: GivenOut) -> dict[str, object]:
    person = given.person
    return {
        "id": given.invitation.id,
        "person": person.id,
        "name": person.name,
        "office": person.office,
        "role": person.role.value,
        "ends_s": given.invitation.ends_s,
        "link": given.link,
    }
