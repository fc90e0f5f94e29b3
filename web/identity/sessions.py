"""Who is signed in: a signed cookie, which JavaScript can't read and other sites can't send."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

import itsdangerous
from starlette.requests import Request
from starlette.responses import Response

from web.identity.store import Account, IdentityStore

COOKIE = "yishi_account"
PATH = "/api/account"
SESSION_S = 12 * 3600  # a long day at the desk
_SALT = "yishi.account.1"


def derived(secret: bytes, use: str) -> bytes:
    """A secret of its own for one use (HMAC-SHA256 as a pseudorandom function)."""
    return hmac.new(secret, f"yishi.{use}.1".encode(), hashlib.sha256).digest()


class Sessions:
    """Makes and reads the cookie."""

    def __init__(self, secret: bytes, store: IdentityStore, clock_s: Callable[[], float]) -> None:
        self._store = store
        self._clock_s = clock_s
        self._signer = itsdangerous.URLSafeSerializer(
            secret,
            salt=_SALT,
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def begin(self, request: Request, response: Response, account: Account) -> None:
        """Sign *account* in with this answer."""
        ends_s = int(self._clock_s()) + SESSION_S
        value = self._signer.dumps([account.id, _state(account), ends_s])
        response.set_cookie(
            COOKIE,
            value if isinstance(value, str) else value.decode(),
            max_age=SESSION_S,
            path=PATH,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="lax",  # the way back from the provider is a link from another site
        )

    def end(self, response: Response) -> None:
        """Sign out with this answer."""
        response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="lax")

    async def account(self, request: Request) -> Account | None:
        """
        Whoever is signed in; None: nobody, or not any more.

        Another password, or the account's removal, ends all of its sessions.
        """
        try:
            account_id, state, ends_s = self._signer.loads(request.cookies.get(COOKIE, ""))
        except (itsdangerous.BadData, ValueError, TypeError):
            return None
        if not isinstance(ends_s, int) or ends_s <= self._clock_s():
            return None
        account = await self._store.account(str(account_id))
        return account if account is not None and _state(account) == state else None


def _state(account: Account) -> str:
    """Changes with the password; tells nothing of it."""
    return hashlib.sha256(f"{account.id}\n{account.password}".encode()).hexdigest()[:16]
