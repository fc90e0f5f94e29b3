"""How the link's moderation is shown. Withheld: who was removed and why, from all but the desk."""

from __future__ import annotations

from meetings.link import room
from meetings.link.sections import REMOVED_SHOWN, LinkView, OwnLink, RemovedView
from meetings.link.state import Ruling
from meetings.naming import named
from meetings.people import PersonId, Register
from meetings.state import Meeting


def view(meeting: Meeting, register: Register, *, desk: bool) -> LinkView:
    link = meeting.link
    newest = sorted(link.removed.items(), key=lambda one: one[1].at_ms, reverse=True)
    return LinkView(
        locked=link.locked,
        muted=tuple(sorted(link.muted)),
        stopped=tuple(sorted(link.stopped)),
        camera=room.camera(meeting),
        microphone=room.microphone(meeting),
        removed=tuple(
            RemovedView(
                person=person,
                name=named(register, person)[0],
                reason=removal.reason,
                by=_by(register, removal),
                at_ms=removal.at_ms,
            )
            for person, removal in (newest[:REMOVED_SHOWN] if desk else ())
        ),
    )


def own(meeting: Meeting, register: Register, person: PersonId) -> OwnLink:
    """Build one person's part of `me`."""
    muted, stopped = meeting.link.muted.get(person), meeting.link.stopped.get(person)
    return OwnLink(
        muted_by=None if muted is None else _by(register, muted),
        stopped_by=None if stopped is None else _by(register, stopped),
    )


def _by(register: Register, ruling: Ruling) -> str:
    return "" if ruling.by is None else named(register, ruling.by)[0]
