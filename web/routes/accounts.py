"""Signing in: local accounts and the OpenID provider; and the meetings that an account has."""

from __future__ import annotations

import logging
import math
import time
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from meetings.people import Person, Role
from meetings.service import MeetingService, UnknownMeeting
from signaling.limits import Rate
from web.auth import Invitations
from web.identity.invitations import Revocations
from web.identity.passwords import Passwords
from web.identity.provider import SIGNING_IN_S, Provider, ProviderFailed
from web.identity.sessions import LINK_S, PATH, Sessions
from web.identity.store import Account, IdentityStore, Session
from web.limits import BodyTooLarge, RateLimit, read_body
from web.links import Origins, join_link
from web.refusals import HttpCode, HttpRefused

log = logging.getLogger(__name__)

ADDRESS = Rate(burst=30, per_s=0.5)
"""Tries from one address: an office behind one is let in."""
LOGIN = Rate(burst=10, per_s=1 / 30)
"""Tries at one login, from wherever."""
DESK_PAGE = "/desk"
_NO_STORE = {"cache-control": "no-store"}

Body = TypeVar("Body", bound=BaseModel)


class SignInBody(BaseModel):
    """What the sign-in page sends."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    login: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=512)


class Accounts:
    """The routes below /api/account."""

    def __init__(
        self,
        store: IdentityStore,
        sessions: Sessions,
        meetings: MeetingService,
        invitations: Invitations,
        revocations: Revocations,
        origins: Origins,
        provider: Provider | None,
        provider_name: str,
    ) -> None:
        self._store = store
        self._sessions = sessions
        self._meetings = meetings
        self._invitations = invitations
        self._revocations = revocations
        self._origins = origins
        self._provider = provider
        self._provider_name = provider_name
        self._passwords = Passwords()
        self._addresses = RateLimit(ADDRESS)
        self._logins = RateLimit(LOGIN)

    def routes(self, secret: bytes) -> list[BaseRoute]:
        """
        `/api/account`, its sign-in and sign-out, and the way over the provider, if there is one.

        Args:
            secret: signs what waits in the browser meanwhile.
        """
        found: list[BaseRoute] = [
            Route(PATH, self._show),
            Route(f"{PATH}/ways", self._ways),
            Route(f"{PATH}/sign-in", self._sign_in, methods=["POST"]),
            Route(f"{PATH}/sign-out", self._sign_out, methods=["POST"]),
        ]
        if self._provider is not None:
            waiting = Middleware(
                SessionMiddleware,
                secret_key=secret.hex(),
                session_cookie="yishi_provider",
                max_age=SIGNING_IN_S,
                path=f"{PATH}/provider",
                same_site="lax",
                https_only=self._origins.members.startswith("https:"),
            )
            found.append(
                Mount(
                    f"{PATH}/provider",
                    routes=[Route("/", self._leave), Route("/back", self._arrive)],
                    middleware=[waiting],
                )
            )
        return found

    async def _ways(self, _: Request) -> Response:
        """How one can sign in here, and where a password is not sent in the clear."""
        provider = self._provider_name if self._provider is not None else None
        encrypted = self._origins.members.startswith("https:")
        secure = f"{self._origins.members}{DESK_PAGE}" if encrypted else None
        ways = {"password": True, "provider": provider, "secure": secure}
        return JSONResponse(ways, headers=_NO_STORE)

    async def _sign_in(self, request: Request) -> Response:
        address = request.client.host if request.client is not None else ""
        now_s = time.monotonic()
        if not self._addresses.take(address, now_s):
            raise _slower(ADDRESS)
        body = await json_body(request, SignInBody)
        if not self._logins.take(f"login {body.login}", now_s):
            raise _slower(LOGIN)
        account = await self._store.account_of(body.login)
        stored = "" if account is None else account.password
        if not await self._passwords.right(stored, body.password) or account is None:
            raise HttpRefused(401, HttpCode.ACCOUNT_WRONG)
        session = await self._sessions.begin(account)
        answer = JSONResponse(await self._shown(session, account), headers=_NO_STORE)
        self._sessions.hand_over(request, answer, session)
        return answer

    async def _sign_out(self, request: Request) -> Response:
        """The connections that came by a link of this session end, too."""
        answer = Response(status_code=204)
        await self._sessions.end(request, answer)
        await self._revocations.refresh()
        return answer

    async def _show(self, request: Request) -> Response:
        found = await self._sessions.find(request)
        if found is None:
            raise HttpRefused(401, HttpCode.ACCOUNT_SIGNED_OUT)
        return JSONResponse(await self._shown(*found), headers=_NO_STORE)

    async def _shown(self, session: Session, account: Account) -> dict[str, object]:
        """The account and its meetings, with a way into each."""
        seats = []
        for seat in await self._store.seats(account.id):
            try:
                live = await self._meetings.live(seat.meeting)
            except UnknownMeeting:
                continue
            if seat.person in live.meeting.forgotten:
                continue
            role = live.meeting.attendance.role(seat.person, Role(seat.role))
            person = Person(id=seat.person, name=account.name, office=account.office, role=role)
            token = self._invitations.issue(
                seat.meeting, person, valid_s=LINK_S, invitation=session.id
            )
            seats.append(
                {
                    "meeting": seat.meeting,
                    "title": live.meeting.title,
                    "room_name": live.meeting.room_name,
                    "state": live.meeting.state,
                    "planned_ms": live.meeting.planned_ms,
                    "role": role.value,
                    "link": join_link(self._origins.members, token),
                }
            )
        seats.sort(key=lambda seat: str(seat["planned_ms"]).zfill(20), reverse=True)
        return {
            "login": account.login,
            "name": account.name,
            "office": account.office,
            "ends_ms": session.ends_s * 1000,
            "seats": seats,
        }

    # --- the provider

    async def _leave(self, request: Request) -> Response:
        assert self._provider is not None, "can't happen: routed without a provider"
        try:
            return await self._provider.leave(
                request, f"{self._origins.members}{PATH}/provider/back"
            )
        except ProviderFailed as error:
            return _failed(HttpCode.ACCOUNT_PROVIDER, error)

    async def _arrive(self, request: Request) -> Response:
        assert self._provider is not None, "can't happen: routed without a provider"
        try:
            who = await self._provider.arrive(request)
        except ProviderFailed as error:
            return _failed(HttpCode.ACCOUNT_PROVIDER, error)
        account = await self._store.bind(who.login, who.issuer, who.subject)
        if account is None:
            return _failed(HttpCode.ACCOUNT_UNKNOWN)
        answer = RedirectResponse(DESK_PAGE, status_code=303, headers=_NO_STORE)
        self._sessions.hand_over(request, answer, await self._sessions.begin(account))
        return answer


def _slower(rate: Rate) -> HttpRefused:
    """Refuses one try too many; by then there is one more."""
    return HttpRefused(429, HttpCode.TOO_MANY_TRIES, retry_s=math.ceil(1 / rate.per_s))


def _failed(code: HttpCode, error: ProviderFailed | None = None) -> Response:
    """Back to the page, which has the words; the cause goes to the log."""
    if error is not None:
        log.warning("single sign-on failed: %s", error)
    return RedirectResponse(f"{DESK_PAGE}#error={code}", status_code=303, headers=_NO_STORE)


async def json_body(request: Request, model: type[Body]) -> Body:
    """
    The body as *model*.

    Its type has to be said: forms of other sites can't say it (Fetch, 2.2.2, "simple" types).

    Raises: HttpRefused.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HttpRefused(415, HttpCode.BODY_INVALID, "application/json")
    try:
        return model.model_validate_json(await read_body(request))
    except TimeoutError as error:
        raise HttpRefused(408, HttpCode.BODY_INVALID) from error
    except BodyTooLarge as error:
        raise HttpRefused(413, HttpCode.BODY_TOO_LARGE) from error
    except ValidationError as error:
        raise HttpRefused(400, HttpCode.BODY_INVALID) from error
