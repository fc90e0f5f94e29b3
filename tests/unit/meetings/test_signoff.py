"""The minutes' sign-off: by host and clerk, of one revision, after the close; then published."""

from __future__ import annotations

from meetings import commands as cmd
from meetings import events as ev
from meetings import views
from meetings.authority import Actor
from meetings.refusals import Code
from meetings.sections import Audience, MinutesSection
from meetings.signoff.rules import ADDENDA_MAX
from tests.each import each
from tests.unit.meetings.given import (
    CLERK,
    DEPUTY,
    HOST,
    OPEN,
    REGISTER,
    given,
    joined,
    meeting,
)

TEXT, OTHER = "a" * 64, "b" * 64
ENDED: tuple[ev.Event, ...] = (*OPEN, *joined(CLERK), ev.MeetingClosed())
"""With a clerk."""
ALONE: tuple[ev.Event, ...] = (*OPEN, ev.MeetingClosed())
"""Without one."""
SIGN = cmd.SignMinutes(revision=2, sha256=TEXT)
PUBLISH = cmd.PublishMinutes(revision=2, sha256=TEXT)
BY_HOST = ev.MinutesSigned(person="chen", signed_as="host", revision=2, sha256=TEXT)
BY_CLERK = ev.MinutesSigned(person="he", signed_as="clerk", revision=2, sha256=TEXT)
PUBLISHED = ev.MinutesPublished(revision=2, sha256=TEXT)


def shown(*events: ev.Event, audience: Audience = Audience.HOST) -> MinutesSection:
    section = views.section("minutes", meeting(*events), REGISTER, audience)
    assert isinstance(section, MinutesSection)
    return section


@each("actor, signed_as", [(HOST, "host"), (DEPUTY, "host"), (CLERK, "clerk")])
def test_the_desk_signs_in_its_capacity(actor: Actor, signed_as: ev.SignedAs) -> None:
    signed = BY_HOST.model_copy(update={"person": actor.person, "signed_as": signed_as})
    given(*ENDED, *joined(DEPUTY)).when(actor, SIGN).then(signed)


@each("command", [SIGN, PUBLISH])
def test_minutes_are_of_a_closed_meeting(command: cmd.SignMinutes | cmd.PublishMinutes) -> None:
    given(*OPEN).when(HOST, command).refused(Code.MEETING_NOT_CLOSED)


def test_a_person_signs_a_revision_once() -> None:
    given(*ENDED, BY_HOST).when(HOST, SIGN).refused(Code.MINUTES_ALREADY_SIGNED)
    given(*ENDED, BY_HOST).when(CLERK, SIGN).then(BY_CLERK)


def test_a_signature_is_for_one_text() -> None:
    """Not for an older revision than was signed already, nor for another text of the same."""
    signed = given(*ENDED, BY_HOST)
    older = cmd.SignMinutes(revision=1, sha256=OTHER)
    signed.when(CLERK, older).refused(Code.MINUTES_STALE)
    signed.when(CLERK, cmd.SignMinutes(revision=2, sha256=OTHER)).refused(Code.MINUTES_STALE)


def test_a_newer_revision_is_signed_anew() -> None:
    newer = BY_CLERK.model_copy(update={"revision": 3, "sha256": OTHER})
    sign = cmd.SignMinutes(revision=3, sha256=OTHER)
    given(*ENDED, BY_HOST).when(CLERK, sign).then(newer)
    publish = cmd.PublishMinutes(revision=3, sha256=OTHER)
    given(*ENDED, BY_HOST, newer).when(HOST, publish).refused(Code.MINUTES_NOT_SIGNED)
    assert [one.revision for one in shown(*ENDED, BY_HOST, newer).signatures] == [3]


@each("signed", [(), (BY_HOST,), (BY_CLERK,)])
def test_published_is_what_host_and_clerk_signed(signed: tuple[ev.Event, ...]) -> None:
    given(*ENDED, *signed).when(HOST, PUBLISH).refused(Code.MINUTES_NOT_SIGNED)
    given(*ENDED, BY_HOST, BY_CLERK).when(CLERK, PUBLISH).then(PUBLISHED)


def test_published_is_the_text_that_was_signed() -> None:
    other = cmd.PublishMinutes(revision=2, sha256=OTHER)
    given(*ENDED, BY_HOST, BY_CLERK).when(HOST, other).refused(Code.MINUTES_NOT_SIGNED)


def test_a_meeting_without_a_clerk_is_signed_by_the_host_alone() -> None:
    given(*ALONE).when(HOST, PUBLISH).refused(Code.MINUTES_NOT_SIGNED)
    given(*ALONE, BY_HOST).when(HOST, PUBLISH).then(PUBLISHED)


def test_what_is_published_stays() -> None:
    now = given(*ALONE, BY_HOST, PUBLISHED)
    now.when(HOST, cmd.SignMinutes(revision=3, sha256=OTHER)).refused(Code.MINUTES_PUBLISHED)
    now.when(HOST, PUBLISH).refused(Code.MINUTES_PUBLISHED)


def test_corrections_are_addenda_to_published_minutes() -> None:
    amend = cmd.AmendMinutes(text="第二项议题的时间应为十点")
    addendum = ev.MinutesAddendum(person="chen", text="第二项议题的时间应为十点")
    given(*ALONE, BY_HOST).when(HOST, amend).refused(Code.MINUTES_NOT_PUBLISHED)
    published = (*ALONE, BY_HOST, PUBLISHED)
    given(*published).when(HOST, amend).then(addendum)
    given(*published, *[addendum] * (ADDENDA_MAX - 1)).when(HOST, amend).then(addendum)
    full = given(*published, *[addendum] * ADDENDA_MAX)
    full.when(HOST, amend).refused(Code.MINUTES_TOO_MANY_ADDENDA)


def test_signatures_are_shown_to_all_once_the_minutes_are_published() -> None:
    assert len(shown(*ALONE, BY_HOST).signatures) == 1
    before = shown(*ALONE, BY_HOST, audience=Audience.VIEWER)
    assert (before.signatures, before.published, before.sha256) == ((), None, "")
    addendum = ev.MinutesAddendum(person="chen", text="更正")
    after = shown(*ALONE, BY_HOST, PUBLISHED, addendum, audience=Audience.VIEWER)
    assert [(one.name, one.signed_as) for one in after.signatures] == [("陈主任", "host")]
    assert (after.published, after.published_ms, after.sha256) == (2, 10_000, TEXT)
    assert [(one.id, one.name, one.text) for one in after.addenda] == [(11, "陈主任", "更正")]
