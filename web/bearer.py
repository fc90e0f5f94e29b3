"""Who asks over HTTP: the token in `Authorization: Bearer`."""

from __future__ import annotations

from starlette.requests import Request

from signaling.identity import Claims, TokenExpired, TokenInvalid, TokenRevoked
from web.auth import Invitations
from web.refusals import HttpCode, HttpRefused


def bearer(request: Request, invitations: Invitations) -> Claims:
    """
    What the request's token says.

    Raises: HttpRefused: 401 without a token, or with one that does not hold.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise HttpRefused(401, HttpCode.TOKEN_MISSING)
    try:
        return invitations.verify(token.strip())
    except TokenRevoked as error:
        raise HttpRefused(401, HttpCode.TOKEN_REVOKED) from error
    except TokenInvalid as error:
        raise HttpRefused(401, HttpCode.TOKEN_INVALID) from error
    except TokenExpired as error:
        raise HttpRefused(401, HttpCode.TOKEN_EXPIRED) from error
