"""What happens to the minutes once they are written. Their text stands beside the record."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from meetings.models import EventModel
from meetings.people import PersonId

__all__ = [
    "ADDENDUM_MAX",
    "AddendumText",
    "MinutesAddendum",
    "MinutesPublished",
    "MinutesSigned",
    "Revision",
    "Sha256",
    "SignedAs",
    "SignoffEvent",
]

ADDENDUM_MAX = 2000  # characters

Revision = Annotated[int, Field(ge=1)]
"""Number of a revision of the draft: 1, 2, 3 ..."""
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of the revision's bytes as they are kept, in hexadecimal."""
AddendumText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=ADDENDUM_MAX)
]
SignedAs = Literal["host", "clerk"]
"""In which capacity; a deputy host signs as host."""


class MinutesSigned(EventModel):
    """Somebody stands by this revision; a newer one has to be signed anew."""

    type: Literal["minutes.signed"] = "minutes.signed"
    changes: ClassVar = frozenset({"minutes"})
    person: PersonId
    signed_as: SignedAs
    revision: Revision
    sha256: Sha256


class MinutesPublished(EventModel):
    """These are the minutes, for good; what is wrong with them is said in addenda."""

    type: Literal["minutes.published"] = "minutes.published"
    changes: ClassVar = frozenset({"minutes"})
    revision: Revision
    sha256: Sha256


class MinutesAddendum(EventModel):
    type: Literal["minutes.addendum"] = "minutes.addendum"
    changes: ClassVar = frozenset({"minutes"})
    person: PersonId
    text: AddendumText


SignoffEvent = MinutesSigned | MinutesPublished | MinutesAddendum
