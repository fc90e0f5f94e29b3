"""Unmasking: recorded with its reason, told to the person, the name shown to the desk alone."""

from __future__ import annotations

from meetings import commands as cmd
from meetings import events as ev
from meetings import views
from meetings.fold import apply
from meetings.people import Person, Register, Role
from meetings.refusals import Code
from meetings.sections import UNMASKED_SHOWN, Audience, PeopleSection
from meetings.state import Meeting
from meetings.unmasking.rules import UNMASKED_MAX
from tests.each import each
from tests.unit.meetings.given import HOST, OPEN, REGISTER, given, meeting

OTHERS = [audience for audience in Audience if audience is not Audience.HOST]
KNOWN: Register = {
    **REGISTER,
    "wang": Person(
        id="wang", name="夏天的风", real_name="王秀兰", contact="13800000000", role=Role.VIEWER
    ),
}
REASON = "威胁他人，需联系"
UNMASK = cmd.UnmaskPerson(person="wang", reason=REASON)
UNMASKED = ev.PersonUnmasked(person="wang", reason=REASON)


def people(now: Meeting, audience: Audience, register: Register = KNOWN) -> PeopleSection:
    section = views.section("people", now, register, audience)
    assert isinstance(section, PeopleSection)
    return section


def test_the_desk_unmasks_once_with_a_reason() -> None:
    given(*OPEN).when(HOST, UNMASK).then(UNMASKED)
    given(*OPEN, UNMASKED).when(HOST, UNMASK).refused(Code.PERSON_ALREADY_UNMASKED)


@each("person", ["room", "nobody"])
def test_there_has_to_be_somebody(person: str) -> None:
    """Equipment has no other name."""
    unmask = cmd.UnmaskPerson(person=person, reason="?")
    given(*OPEN).when(HOST, unmask).refused(Code.PERSON_UNKNOWN)


def test_somebody_who_left_can_be_unmasked_also_after_the_close() -> None:
    left = (*OPEN, ev.PersonLeft(person="wang"), ev.MeetingClosed())
    given(*left).when(HOST, UNMASK).then(UNMASKED)


def test_unmaskings_are_bounded() -> None:
    came = [ev.PersonJoined(person=f"p{n}", role=Role.VIEWER) for n in range(UNMASKED_MAX)]
    seen = [ev.PersonUnmasked(person=f"p{n}", reason="?") for n in range(UNMASKED_MAX)]
    given(*OPEN, *came, *seen[:-1]).when(HOST, UNMASK).then(UNMASKED)
    given(*OPEN, *came, *seen).when(HOST, UNMASK).refused(Code.PERSON_TOO_MANY_UNMASKED)
    listed = people(meeting(*OPEN, *came, *seen), Audience.HOST)
    assert (listed.unmasked, len(listed.unmasked_listed)) == (UNMASKED_MAX, UNMASKED_SHOWN)
    assert listed.unmasked_listed[0].person == f"p{UNMASKED_MAX - 1}"


@each("audience", Audience)
def test_without_unmasking_nobody_sees_the_real_name(audience: Audience) -> None:
    for name in views.AUDIENCE_SECTIONS[audience]:
        written = views.section(name, meeting(*OPEN), KNOWN, audience).model_dump_json()
        assert "王秀兰" not in written
        assert "13800000000" not in written


@each("audience", OTHERS)
def test_others_are_told_how_many_were_unmasked(audience: Audience) -> None:
    section = people(meeting(*OPEN, UNMASKED), audience)
    assert (section.unmasked, section.unmasked_listed) == (1, ())
    assert "王秀兰" not in section.model_dump_json()


def test_the_desk_sees_the_real_name_then_and_never_the_contact() -> None:
    entry = ev.Entry(offset=8, at_ms=8000, actor="chen", event=UNMASKED)
    section = people(apply(meeting(*OPEN), entry), Audience.HOST)
    (one,) = section.unmasked_listed
    assert (one.name, one.real_name, one.reason) == ("夏天的风", "王秀兰", REASON)
    assert (one.by, one.at_ms) == ("陈主任", 8000)
    assert "13800000000" not in section.model_dump_json()


def test_somebody_forgotten_has_no_real_name() -> None:
    forgotten = {person: who for person, who in KNOWN.items() if person != "wang"}
    (one,) = people(meeting(*OPEN, UNMASKED), Audience.HOST, forgotten).unmasked_listed
    assert (one.name, one.real_name) == ("", "")


def test_who_was_unmasked_is_told_why() -> None:
    assert views.me(meeting(*OPEN), KNOWN, "wang").unmasked == ""
    assert views.me(meeting(*OPEN, UNMASKED), KNOWN, "wang").unmasked == REASON
    assert views.me(meeting(*OPEN, UNMASKED), KNOWN, "zhao").unmasked == ""
