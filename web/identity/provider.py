"""
Single sign-on: OpenID Connect Core 1.0, Authorization Code with PKCE (RFC 7636), by authlib.

The provider is found by discovery. State, nonce and code verifier wait in a signed cookie of their
own for as long as signing in takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from httpx2 import HTTPError
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import Response

WAIT_S = 10.0  # for an answer of the provider
SIGNING_IN_S = 600  # from the redirect to the return
SUBJECT_MAX = 255  # characters (OpenID Connect Core 1.0, 2)
LOGIN_MAX = 64  # characters


class ProviderFailed(Exception):
    """The provider can't be reached, refused, or said something that does not hold."""


@dataclass(frozen=True, slots=True)
class Identified:
    """Somebody whom the provider knows."""

    issuer: str
    subject: str
    login: str
    """The claim that names an account; empty: the provider did not tell."""


class Provider:
    """One OpenID provider."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, claim: str) -> None:
        """
        Args:
            issuer: its issuer identifier; `/.well-known/openid-configuration` is below it.
            client_secret: empty for a public client.
            claim: of the ID token or the user info, which names an account.
        """
        self._claim = claim
        self._client: Any = OAuth().register(
            name="provider",
            server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
            client_id=client_id,
            client_secret=client_secret or None,
            client_kwargs={
                "scope": "openid profile",
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": "client_secret_basic" if client_secret else "none",
                "timeout": WAIT_S,
            },
        )

    async def leave(self, request: Request, back: str) -> Response:
        """
        The redirect to the provider.

        Args:
            back: where it shall send the browser back to.

        Raises: ProviderFailed.
        """
        try:
            response: Response = await self._client.authorize_redirect(request, back)
        except (AuthlibBaseError, HTTPError, ValueError, KeyError, RuntimeError) as error:
            raise ProviderFailed(type(error).__name__) from error
        return response

    async def arrive(self, request: Request) -> Identified:
        """
        Who came back: exchanges the code and checks the ID token (signature, issuer, audience,
        nonce, times).

        Raises: ProviderFailed.
        """
        try:
            token = await self._client.authorize_access_token(request)
            claims = token.get("userinfo")
            if not claims:
                raise ProviderFailed("no ID token")
            subject = str(claims["sub"])
            login = claims.get(self._claim)
            if login is None:
                told = await self._client.userinfo(token=token)
                if str(told["sub"]) != subject:  # OpenID Connect Core 1.0, 5.3.2
                    raise ProviderFailed("the user info is somebody else's")
                login = told.get(self._claim)
        except (
            AuthlibBaseError,
            HTTPError,
            JoseError,
            ValueError,
            KeyError,
            RuntimeError,
        ) as error:
            raise ProviderFailed(type(error).__name__) from error
        if not 0 < len(subject) <= SUBJECT_MAX:
            raise ProviderFailed("no subject")
        known = isinstance(login, str) and len(login) <= LOGIN_MAX
        return Identified(str(claims["iss"]), subject, login if known else "")
