"""What entries make of the sign-off."""

from __future__ import annotations

from typing import assert_never

from meetings.events import Entry
from meetings.evolve import evolve
from meetings.signoff.events import (
    MinutesAddendum,
    MinutesPublished,
    MinutesSigned,
    SignoffEvent,
)
from meetings.signoff.state import Addendum, Publication, Signature, Signoff


def apply(signoff: Signoff, event: SignoffEvent, entry: Entry) -> Signoff:
    """Return the sign-off after *entry*."""
    match event:
        case MinutesSigned():
            signature = Signature(
                event.person, event.signed_as, event.revision, event.sha256, entry.at_ms
            )
            # Signatures under an older revision are worth nothing any more.
            kept = tuple(one for one in signoff.signatures if one.revision == event.revision)
            return evolve(signoff, signatures=(*kept, signature))
        case MinutesPublished():
            publication = Publication(event.revision, event.sha256, entry.at_ms)
            return evolve(signoff, publication=publication)
        case MinutesAddendum():
            addendum = Addendum(entry.offset, event.person, event.text, entry.at_ms)
            return evolve(signoff, addenda=(*signoff.addenda, addendum))
        case _:
            assert_never(event)
