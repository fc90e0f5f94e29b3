"""
Signed tokens: who a link stands for.

A token carries meeting, person, role, name, office and its end, signed with the service's secret.
Its owner may read it, nobody else ought to see it: it travels in the fragment of links and in the
first frame of a socket, and neither reaches a server's log.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Container
from typing import Annotated, Any

import itsdangerous
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from meetings.people import Name, Office, Person, PersonId, RealName, Role
from signaling.identity import Claims, TokenExpired, TokenInvalid, TokenRevoked
from signaling.wire.frames import TOKEN_MAX

SALT = "yishi.invitation.1"
"""Changes with the token's layout: tokens of another layout are then invalid, not misread."""

INVITATION_S = 30 * 86_400  # seconds an invitation holds: the meeting, and the minutes after it
VIEWER_S = 7 * 86_400  # seconds a viewer stays the same person

PLAIN_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are read for one another on paper (i, l, o, 0, 1)."""


class _Compact:
    """JSON without spaces and escapes: a Chinese name is 3 bytes a letter, not 6."""

    @staticmethod
    def dumps(value: object, **_: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    @staticmethod
    def loads(text: str | bytes, **_: Any) -> Any:
        return json.loads(text)


class _Payload(BaseModel):
    """What is signed; short names, since links are printed and scanned."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    m: PersonId  # the meeting's id has the same alphabet and bound
    p: PersonId
    r: str
    n: Name
    o: Office
    q: RealName = ""
    i: Annotated[str, StringConstraints(max_length=32)] = ""
    """Id of the invitation."""
    x: int
    """End, seconds since 1970."""


class Invitations:
    """Makes tokens and tells whom they stand for: the default adapter of `signaling.identity`."""

    def __init__(
        self,
        secret: bytes,
        clock_s: Callable[[], float],
        revoked: Container[str] = frozenset(),
        used: Callable[[str], None] = lambda _: None,
    ) -> None:
        """
        Args:
            secret: what tokens are signed with; the same on every node.
            clock_s: wall clock, seconds since 1970.
            revoked: ids of invitations that do not hold any more.
            used: told the id of each invitation that is shown and holds; must not block.
        """
        self._clock_s = clock_s
        self._revoked = revoked
        self._used = used
        self._signer = itsdangerous.URLSafeSerializer(
            secret,
            salt=SALT,
            serializer=_Compact,
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def issue(
        self,
        meeting: str,
        person: Person,
        *,
        valid_s: float = INVITATION_S,
        invitation: str = "",
    ) -> str:
        """
        A token of at most TOKEN_MAX characters for this person in this meeting.

        Args:
            invitation: by which it can be withdrawn; empty: it can't be.
        """
        payload = _Payload(
            m=meeting,
            p=person.id,
            r=person.role.value,
            n=person.name,
            o=person.office,
            q=person.real_name,
            i=invitation,
            x=int(self._clock_s() + valid_s),
        )
        token = self._signer.dumps(payload.model_dump(exclude_defaults=True))
        return token.decode() if isinstance(token, bytes) else token

    def verify(self, token: str) -> Claims:
        """
        The claims of a token; its work is bounded by TOKEN_MAX.

        Raises:
            TokenInvalid: forged, damaged, or not a token at all; TokenRevoked: withdrawn.
            TokenExpired: once valid.
        """
        if len(token) > TOKEN_MAX:
            raise TokenInvalid("too long")
        try:
            # The signature is checked before anything of the payload is unpacked or parsed.
            payload = _Payload.model_validate(self._signer.loads(token))
            role = Role(payload.r)
        except itsdangerous.BadData as error:
            raise TokenInvalid("bad signature") from error
        except (ValidationError, ValueError) as error:
            raise TokenInvalid("bad claims") from error
        if payload.x <= self._clock_s():
            raise TokenExpired(f"ended at {payload.x}")
        if payload.i and payload.i in self._revoked:
            raise TokenRevoked(payload.i)
        if payload.i:
            self._used(payload.i)
        return Claims(
            meeting=payload.m,
            person=payload.p,
            role=role,
            name=payload.n,
            office=payload.o,
            real_name=payload.q,
            invitation=payload.i,
        )


def new_person_id() -> str:
    """A random id that nobody can guess or meet twice: 96 bits."""
    return secrets.token_urlsafe(12)


def new_meeting_id() -> str:
    """A random id for a meeting, 74 bits; folders and commands name it, so: plain letters."""
    return "".join(secrets.choice(PLAIN_LETTERS) for _ in range(15))
