"""
For the desk: rosters from files, personal links, who used them, and their withdrawal.

Whoever has a link is the person, so links of those who run the meeting are given out and withdrawn
by those who run it alone, not by the clerk.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from meetings.events import RosterSet
from meetings.people import HOSTS, Person, PersonId
from meetings.record.port import Record
from meetings.refusals import Refused
from meetings.service import LiveMeeting, MeetingService
from web.auth import Invitations
from web.bearer import at_desk
from web.identity.invitations import GivenOut, Inviter, Revocations, Uses
from web.identity.roster_file import FILE_MAX, Sheet, read_sheet, sample_xlsx
from web.identity.roster_plan import Planned, plan
from web.identity.store import IdentityStore, StoreRefused
from web.limits import BodyTooLarge, read_body
from web.refusals import HttpCode, HttpRefused
from web.routes.accounts import json_body
from web.routes.rooms import qr_svg

DAYS = 30.0
DAYS_MAX = 366
DAY_S = 86_400
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AT_ONCE = 200  # lines of an import that wait for their commit together

_NO_STORE = {"cache-control": "no-store"}

Days = Annotated[float, Field(gt=0, le=DAYS_MAX)]
"""How long a link holds."""
_DAYS: TypeAdapter[float] = TypeAdapter(Days)


class InviteBody(BaseModel):
    """Who shall get one more link."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    person: str
    days: Days = DAYS


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
        uses: Uses,
    ) -> None:
        self._meetings = meetings
        self._record = record
        self._tokens = tokens
        self._store = store
        self._inviter = inviter
        self._revocations = revocations
        self._uses = uses
        self._importing = asyncio.Lock()  # whoever sends a file twice finds everybody known

    def routes(self) -> list[BaseRoute]:
        """For a `BaseRoute` list."""
        base = "/api/meetings/{meeting}"
        return [
            Route("/api/roster-sample.xlsx", _sample),
            Route(f"{base}/roster", self._import, methods=["POST"]),
            Route(f"{base}/roster/check", self._check, methods=["POST"]),
            Route(f"{base}/invitations", self._list),
            Route(f"{base}/invitations", self._invite, methods=["POST"]),
            Route(f"{base}/invitations/{{id}}/revoke", self._revoke, methods=["POST"]),
        ]

    async def _check(self, request: Request) -> Response:
        """What the file says and what would come of it; nothing is changed."""
        live, _ = await self._desk(request)
        sheet = await _sheet(request)
        lines = [_previewed(one) for one in plan(sheet.lines, live.meeting, live.register)]
        return JSONResponse({"lines": lines, "problems": _problems(sheet)}, headers=_NO_STORE)

    async def _import(self, request: Request) -> Response:
        """
        Put everybody in the file on the roster, with a personal link for each whom the asker may
        give one.

        Whoever is known by this name and office stays the same person, and only the line changes:
        the same file again, or a longer one, adds nobody twice.
        """
        live, desk = await self._desk(request)
        days = _days(request)
        sheet = await _sheet(request)
        if sheet.problems:
            return JSONResponse(
                {"code": HttpCode.ROSTER_INVALID, "detail": "", "problems": _problems(sheet)},
                status_code=422,
                headers=_NO_STORE,
            )
        async with self._importing:
            people = await self._enter(live, desk, plan(sheet.lines, live.meeting, live.register))
        inviting = [person for person in people if _may_invite(desk, live, person)]
        given = await self._given(live.id, inviting, days)
        return JSONResponse([_shown(one) for one in given], headers=_NO_STORE)

    async def _enter(
        self, live: LiveMeeting, desk: Person, planned: Sequence[Planned]
    ) -> list[Person]:
        """Carry it out; returns everybody. Raises: HttpRefused with what the meeting refuses."""

        async def carry_out(one: Planned) -> PersonId | Refused:
            if one.person is not None and one.change == "same":
                return one.person
            command_id = f"roster-{secrets.token_urlsafe(12)}"
            answer = await self._meetings.submit(live.id, desk, command_id, one.command)
            if isinstance(answer, Refused):
                return answer
            if one.person is not None:
                return one.person
            (entry,) = await self._record.read(live.id, answer.offset - 1, 1)
            assert isinstance(entry.event, RosterSet), "can't happen: another command's answer"
            return entry.event.person

        people: list[Person] = []
        for start in range(0, len(planned), AT_ONCE):
            some = planned[start : start + AT_ONCE]
            for person in await asyncio.gather(*map(carry_out, some)):
                if isinstance(person, Refused):
                    raise HttpRefused(409, person.code, person.detail)
                known = live.register.get(person)
                if known is not None:  # was not forgotten since
                    people.append(known)
        return people

    async def _list(self, request: Request) -> Response:
        live, _ = await self._desk(request)
        await self._uses.write()
        uses = await self._store.uses(live.id)
        listed = []
        for one in await self._store.invitations(live.id):
            known, used = live.register.get(one.person), uses.get(one.id)
            listed.append(
                {
                    **asdict(one),
                    "name": "" if known is None else known.name,
                    "office": "" if known is None else known.office,
                    "role": None if known is None else known.role.value,
                    "first_s": None if used is None else used.first_s,
                    "last_s": None if used is None else used.last_s,
                }
            )
        return JSONResponse(listed, headers=_NO_STORE)

    async def _invite(self, request: Request) -> Response:
        live, desk = await self._desk(request)
        body = await json_body(request, InviteBody)
        person = live.register.get(body.person)
        if person is None:
            raise HttpRefused(404, HttpCode.PERSON_UNKNOWN)
        if not _may_invite(desk, live, person):
            raise HttpRefused(403, HttpCode.FORBIDDEN)
        (given,) = await self._given(live.id, [person], body.days)
        picture = qr_svg(given.link).decode()
        return JSONResponse({**_shown(given), "qr": picture}, headers=_NO_STORE)

    async def _revoke(self, request: Request) -> Response:
        """Withdraw a link; whoever came by it is shown out at once."""
        live, desk = await self._desk(request)
        invitation = await self._store.invitation(live.id, request.path_params["id"])
        if invitation is None:
            raise HttpRefused(404, HttpCode.INVITATION_UNKNOWN)
        person = live.register.get(invitation.person)
        if person is not None and not _may_invite(desk, live, person):
            raise HttpRefused(403, HttpCode.FORBIDDEN)
        await self._store.revoke(live.id, invitation.id, self._revocations.now_s())
        await self._revocations.refresh()
        return Response(status_code=204)

    async def _given(self, meeting: str, people: list[Person], days: float) -> tuple[GivenOut, ...]:
        try:
            return await self._inviter.invite(meeting, people, days * DAY_S)
        except StoreRefused as error:
            raise HttpRefused(409, HttpCode.TOO_MANY, str(error)) from error

    async def _desk(self, request: Request) -> tuple[LiveMeeting, Person]:
        """The meeting and who asks, in the role of now. Raises: HttpRefused."""
        found = await at_desk(request, self._meetings, self._tokens)
        return found.live, found.claims.to_person().model_copy(update={"role": found.role})


def _may_invite(desk: Person, live: LiveMeeting, person: Person) -> bool:
    role = live.meeting.attendance.role(person.id, person.role)
    return desk.role in HOSTS or role not in HOSTS


async def _sample(_: Request) -> Response:
    """A roster to begin with."""
    data = await asyncio.to_thread(sample_xlsx)
    name = {"content-disposition": 'attachment; filename="roster.xlsx"'}
    return Response(data, media_type=XLSX, headers=name)


async def _sheet(request: Request) -> Sheet:
    """The file that was sent. Raises: HttpRefused."""
    try:
        data = await read_body(request, FILE_MAX)
    except TimeoutError as error:
        raise HttpRefused(408, HttpCode.BODY_INVALID) from error
    except BodyTooLarge as error:
        raise HttpRefused(413, HttpCode.BODY_TOO_LARGE) from error
    return await asyncio.to_thread(read_sheet, data)


def _days(request: Request) -> float:
    try:
        return _DAYS.validate_strings(request.query_params.get("days", str(DAYS)))
    except ValidationError as error:
        raise HttpRefused(400, HttpCode.BODY_INVALID) from error


def _problems(sheet: Sheet) -> Sequence[dict[str, object]]:
    return [asdict(problem) for problem in sheet.problems]


def _previewed(planned: Planned) -> dict[str, object]:
    entry = planned.line.entry
    return {
        "line": planned.line.number,
        "name": entry.name,
        "office": entry.office,
        "role": entry.role.value,
        "weight": entry.weight,
        "elector": entry.elector,
        "change": planned.change,
    }


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
