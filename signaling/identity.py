"""Who speaks on a connection. The port; signed tokens are `web`'s adapter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from meetings.people import Person, Role


@dataclass(frozen=True, slots=True)
class Claims:
    """What a valid token says."""

    meeting: str
    person: str
    role: Role
    name: str
    office: str = ""
    invitation: str = ""
    """Id by which the link can be withdrawn: its own, or the session's that gave it out."""
    real_name: str = ""

    def to_person(self) -> Person:
        """
        The line for the register.

        Raises:
            pydantic.ValidationError: name or office break the register's bounds.
        """
        return Person(
            id=self.person,
            name=self.name,
            office=self.office,
            role=self.role,
            real_name=self.real_name,
        )


class TokenInvalid(Exception):
    """Forged, damaged, or not a token at all."""


class TokenRevoked(TokenInvalid):
    """Withdrawn by the desk."""


class TokenExpired(Exception):
    """Once valid."""


class Identity(Protocol):
    """Tells who a token stands for."""

    def verify(self, token: str) -> Claims:
        """
        The claims of a token.

        Raises:
            TokenInvalid: forged, damaged, or not a token at all.
            TokenExpired: once valid.
        """
        ...
