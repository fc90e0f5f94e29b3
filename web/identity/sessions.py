"""
Who is signed in: a signed cookie, which JavaScript can't read and other sites can't send.

It names a session that the store knows, so that signing out, another password and the account's
removal end it, wherever the cookie is, together with the links that were given out in it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable

import itsdangerous
from starlette.requests import Request
from starlette.responses import Response

from web.identity.store import Account, IdentityStore, Session

COOKIE = "yishi_account"
PATH = "/api/account"
SESSION_S = 12 * 3600  # a long day at the desk
LINK_S = 86_400
"""
Seconds that the link of a seat holds: a meeting that began in a session may outlast it, and the
line may break in it.
"""
_SALT = "yishi.account.2"


def derived(secret: bytes, use: str) -> bytes:
    """A secret of its own for one use (HMAC-SHA256 as a pseudorandom function)."""
    return hmac.new(secret, f"yishi.{use}.1".encode(), hashlib.sha256).digest()


class Sessions:
    """Begins, finds and ends sessions."""

    def __init__(self, secret: bytes, store: IdentityStore, clock_s: Callable[[], float]) -> None:
        self._store = store
        self._clock_s = clock_s
        self._signer = itsdangerous.URLSafeSerializer(
            secret,
            salt=_SALT,
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    async def begin(self, account: Account) -> Session:
        """Sign *account* in. Raises: RecordError."""
        now_s = int(self._clock_s())
        session = Session(
            id=secrets.token_urlsafe(12),
            account=account.id,
            ends_s=now_s + SESSION_S,
            links_end_s=now_s + SESSION_S + LINK_S,
        )
        await self._store.begin_session(session, now_s)
        return session

    def hand_over(self, request: Request, response: Response, session: Session) -> None:
        """Give the browser the session with this answer."""
        value = self._signer.dumps(session.id)
        response.set_cookie(
            COOKIE,
            value if isinstance(value, str) else value.decode(),
            max_age=session.ends_s - int(self._clock_s()),
            path=PATH,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="lax",  # the way back from the provider is a link from another site
        )

    async def end(self, request: Request, response: Response) -> None:
        """Sign whoever asks out, with this answer. Raises: RecordError."""
        session = self._named(request)
        if session is not None:
            await self._store.end_session(session, int(self._clock_s()))
        response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="lax")

    async def find(self, request: Request) -> tuple[Session, Account] | None:
        """Who is signed in; None: nobody, or not any more. Raises: RecordError."""
        session = self._named(request)
        return None if session is None else await self._store.session(session, int(self._clock_s()))

    def _named(self, request: Request) -> str | None:
        try:
            return str(self._signer.loads(request.cookies.get(COOKIE, "")))
        except (itsdangerous.BadData, ValueError):
            return None
