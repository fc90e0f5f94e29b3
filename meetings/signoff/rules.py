"""
The sign-off: after the close, of one revision, by host and clerk; then published, once.

A revision is named by its number and the hash of its bytes, so that a signature can't be carried
over to another text.
"""

from __future__ import annotations

from meetings.authority import Actor
from meetings.people import Role
from meetings.refusals import Code, Refused
from meetings.signoff.commands import AmendMinutes, PublishMinutes, SignMinutes
from meetings.signoff.events import MinutesAddendum, MinutesPublished, MinutesSigned, SignedAs
from meetings.state import Meeting

ADDENDA_MAX = 50  # of one meeting


def sign(
    meeting: Meeting, command: SignMinutes, actor: Actor
) -> tuple[MinutesSigned, ...] | Refused:
    """
    Stand by a revision.

    Refused with `meeting.not_closed`, `minutes.published`, `minutes.stale` (a newer revision was
    signed, or this one with another text), `minutes.already_signed`.
    """
    if meeting.state != "closed":
        return Refused(Code.MEETING_NOT_CLOSED)
    signoff = meeting.signoff
    if signoff.publication is not None:
        return Refused(Code.MINUTES_PUBLISHED)
    for signature in signoff.signatures:
        same = (signature.revision, signature.sha256) == (command.revision, command.sha256)
        if not same and command.revision <= signature.revision:
            return Refused(Code.MINUTES_STALE)
        if same and signature.person == actor.person:
            return Refused(Code.MINUTES_ALREADY_SIGNED)
    signed_as: SignedAs = "clerk" if actor.role is Role.CLERK else "host"
    signed = MinutesSigned(
        person=actor.person,
        signed_as=signed_as,
        revision=command.revision,
        sha256=command.sha256,
    )
    return (signed,)


def publish(meeting: Meeting, command: PublishMinutes) -> tuple[MinutesPublished, ...] | Refused:
    """
    Publish the revision that was signed by the host (or a deputy) and, if the meeting had one, by
    the clerk.

    Refused with `meeting.not_closed`, `minutes.published`, `minutes.not_signed`.
    """
    if meeting.state != "closed":
        return Refused(Code.MEETING_NOT_CLOSED)
    if meeting.signoff.publication is not None:
        return Refused(Code.MINUTES_PUBLISHED)
    signed = {
        signature.signed_as
        for signature in meeting.signoff.signatures
        if (signature.revision, signature.sha256) == (command.revision, command.sha256)
    }
    if not needed(meeting) <= signed:
        return Refused(Code.MINUTES_NOT_SIGNED)
    return (MinutesPublished(revision=command.revision, sha256=command.sha256),)


def needed(meeting: Meeting) -> frozenset[SignedAs]:
    """Return the capacities that have to sign."""
    had_clerk = any(one.role is Role.CLERK for one in meeting.attendance.people.values())
    return frozenset({"host", "clerk"}) if had_clerk else frozenset({"host"})


def amend(
    meeting: Meeting, command: AmendMinutes, actor: Actor
) -> tuple[MinutesAddendum, ...] | Refused:
    """
    Correct published minutes.

    Refused with `minutes.not_published`, `minutes.too_many_addenda`.
    """
    if meeting.signoff.publication is None:
        return Refused(Code.MINUTES_NOT_PUBLISHED)
    if len(meeting.signoff.addenda) >= ADDENDA_MAX:
        return Refused(Code.MINUTES_TOO_MANY_ADDENDA)
    return (MinutesAddendum(person=actor.person, text=command.text),)
