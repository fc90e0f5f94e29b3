"""What the screens show of the minutes' sign-off."""

from __future__ import annotations

from meetings.models import SectionModel
from meetings.signoff.events import SignedAs

__all__ = ["AddendumView", "MinutesSection", "SignatureView"]


class SignatureView(SectionModel):
    person: str
    name: str
    signed_as: SignedAs
    revision: int
    sha256: str
    at_ms: int


class AddendumView(SectionModel):
    id: int
    person: str
    name: str
    text: str
    at_ms: int


class MinutesSection(SectionModel):
    signatures: tuple[SignatureView, ...]
    """Of the newest revision that anybody signed; before publication for the desk alone."""
    published: int | None
    """Revision; None: there are no minutes yet."""
    published_ms: int | None
    sha256: str
    """Of the published revision; empty before."""
    addenda: tuple[AddendumView, ...]
