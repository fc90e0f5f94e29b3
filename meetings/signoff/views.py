"""How the sign-off is shown. Withheld before publication, but from the desk: who signed already."""

from __future__ import annotations

from meetings.naming import named
from meetings.people import Register
from meetings.sections import Audience
from meetings.signoff.sections import AddendumView, MinutesSection, SignatureView
from meetings.state import Meeting


def section(meeting: Meeting, register: Register, audience: Audience) -> MinutesSection:
    signoff = meeting.signoff
    publication = signoff.publication
    signatures = signoff.signatures
    if publication is None and audience is not Audience.HOST:
        signatures = ()
    return MinutesSection(
        signatures=tuple(
            SignatureView(
                person=one.person,
                name=named(register, one.person)[0],
                signed_as=one.signed_as,
                revision=one.revision,
                sha256=one.sha256,
                at_ms=one.at_ms,
            )
            for one in signatures
        ),
        published=None if publication is None else publication.revision,
        published_ms=None if publication is None else publication.at_ms,
        sha256="" if publication is None else publication.sha256,
        addenda=tuple(
            AddendumView(
                id=one.id,
                person=one.person,
                name=named(register, one.person)[0],
                text=one.text,
                at_ms=one.at_ms,
            )
            for one in signoff.addenda
        ),
    )
