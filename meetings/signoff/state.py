"""The sign-off, as the record tells it."""

from __future__ import annotations

from dataclasses import dataclass

from meetings.people import PersonId
from meetings.signoff.events import SignedAs


@dataclass(frozen=True, slots=True)
class Signature:
    person: PersonId
    signed_as: SignedAs
    revision: int
    sha256: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Publication:
    revision: int
    sha256: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Addendum:
    id: int
    """Offset of its entry."""
    person: PersonId
    text: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Signoff:
    signatures: tuple[Signature, ...] = ()
    """Of the newest revision that anybody signed, in order."""
    publication: Publication | None = None
    addenda: tuple[Addendum, ...] = ()
