"""Erasure: a name leaves the register for good, and the record goes on without it."""

from __future__ import annotations

import asyncio

from meetings import commands as cmd
from meetings import events as ev
from meetings import views
from meetings.people import Person, PersonId, Role
from meetings.proof.faults import Report
from meetings.proof.keys import SigningKey
from meetings.record.memory import MemoryRecord
from meetings.refusals import Code, Refused
from meetings.sections import Audience
from meetings.service import Accepted, MeetingService
from tests.each import each
from tests.unit.meetings.given import CLOSED, CREATED, HOST, OPEN, REGISTER, VIEWER, given, meeting
from tests.unit.meetings.proof.sample import checked, exported

FORGET = cmd.ForgetPerson(person="wang")
FORGOTTEN = ev.PersonForgotten(person="wang")
LEFT = ev.PersonLeft(person="wang")


def test_somebody_who_left_is_forgotten() -> None:
    given(*OPEN, LEFT).when(HOST, FORGET).then(FORGOTTEN)
    given(*OPEN, LEFT, FORGOTTEN).when(HOST, FORGET).refused(Code.PERSON_FORGOTTEN)


def test_also_after_the_close() -> None:
    """That is when people ask for it."""
    given(*CLOSED, LEFT).when(HOST, FORGET).then(FORGOTTEN)


def test_also_somebody_who_never_came() -> None:
    """The name of whoever was invited stands in the register from the start."""
    forgotten = ev.PersonForgotten(person="invited")
    given(*OPEN).when(HOST, cmd.ForgetPerson(person="invited")).then(forgotten)


def test_whoever_is_there_goes_first() -> None:
    given(*OPEN).when(HOST, FORGET).then(LEFT, FORGOTTEN)
    room = ev.PersonSignedIn(person="wang", role=Role.VIEWER)
    out = ev.PersonSignedOut(person="wang")
    given(*OPEN, room).when(HOST, FORGET).then(out, LEFT, FORGOTTEN)
    given(*OPEN, room, LEFT).when(HOST, FORGET).then(out, FORGOTTEN)


def test_a_speech_ends_and_a_hand_goes_down() -> None:
    hand = ev.FloorRequested(person="wang")
    down = ev.FloorWithdrawn(request=8, person="wang")
    given(*OPEN, hand, LEFT).when(HOST, FORGET).then(down, FORGOTTEN)
    speaks = ev.FloorGranted(person="wang")
    ended = ev.FloorEnded(person="wang", reason="left")
    given(*OPEN, speaks).when(HOST, FORGET).then(ended, LEFT, FORGOTTEN)


def test_who_waits_in_the_lobby_goes_too() -> None:
    waits = ev.LobbyEntered(person="sun", role=Role.PARTICIPANT)
    left, forgotten = ev.LobbyLeft(person="sun"), ev.PersonForgotten(person="sun")
    forget = cmd.ForgetPerson(person="sun")
    given(*OPEN, waits).when(HOST, forget).then(left, forgotten)
    turned_away = ev.LobbyTurnedAway(persons=("sun",))
    given(*OPEN, waits, turned_away).when(HOST, forget).then(left, forgotten)


def test_the_invitation_of_somebody_forgotten_is_void() -> None:
    """It would bring the name back."""
    given(*OPEN, LEFT, FORGOTTEN).when(VIEWER, cmd.Join()).refused(Code.PERSON_FORGOTTEN)


@each("audience", Audience)
def test_nobody_sees_the_name_any_more(audience: Audience) -> None:
    """What was said stays, without a name."""
    spoke = (
        ev.CommentPosted(person="wang", text="路灯坏了"),
        ev.FloorGranted(person="wang"),
        ev.FloorEnded(person="wang", reason="ended"),
    )
    now = meeting(*OPEN, *spoke, LEFT, FORGOTTEN)
    register = {person: line for person, line in REGISTER.items() if person != "wang"}
    written = [
        views.section(name, now, register, audience).model_dump_json()
        for name in views.AUDIENCE_SECTIONS[audience]
    ]
    said = any("路灯坏了" in section for section in written)
    assert said is ("comments" in views.AUDIENCE_SECTIONS[audience])
    assert not any("王阿姨" in section for section in written)


WANG = Person(id="wang", name="王阿姨", contact="13800000000", role=Role.VIEWER)
CHEN = Person(id="chen", name="陈主任", role=Role.HOST)


class Hall:
    """A service with a meeting."""

    def __init__(self) -> None:
        self.record = MemoryRecord()
        self.service = MeetingService(self.record, lambda: 1000, lambda _meeting, _offset: None)
        self._asked = 0

    async def ask(self, person: Person, command: cmd.Command) -> Accepted | Refused:
        self._asked += 1
        return await self.service.submit("m1", person, f"command-{self._asked}", command)

    async def known(self) -> set[PersonId]:
        """Who stands in the register, in memory and in the store alike."""
        stored = (await self.record.register("m1")).people
        assert (await self.service.live("m1")).register == stored
        return set(stored)


def test_the_service_deletes_the_line_and_does_not_take_it_up_again() -> None:
    """Neither by the old invitation, nor by an appointment that comes at the same moment."""

    async def scenario() -> None:
        hall = Hall()
        await hall.service.create("m1", CREATED, [CHEN])
        for person in (CHEN, WANG):
            await hall.ask(person, cmd.Join())
        assert await hall.known() == {"chen", "wang"}
        before = dict((await hall.service.live("m1")).section_offsets)
        answers = await asyncio.gather(
            hall.ask(CHEN, FORGET),
            hall.ask(CHEN, cmd.AppointPerson(person="wang", role=Role.CLERK)),
            hall.ask(WANG, cmd.Join()),
        )
        assert answers[2] == Refused(Code.PERSON_FORGOTTEN)
        assert await hall.known() == {"chen"}
        after = (await hall.service.live("m1")).section_offsets
        assert all(after[name] > before[name] for name in views.NAMED)
        await hall.service.close()

    asyncio.run(scenario())


def test_the_export_is_sound_and_without_the_name() -> None:
    async def scenario() -> Report:
        hall = Hall()
        await hall.service.create("m1", CREATED, [CHEN])
        for person in (CHEN, WANG):
            await hall.ask(person, cmd.Join())
        await hall.ask(WANG, cmd.PostComment(text="路灯坏了"))
        named = await exported(hall.record, key=SigningKey(b"k" * 32))
        assert "王阿姨".encode() in b"".join(named)
        await hall.ask(CHEN, FORGET)
        lines = await exported(hall.record, key=SigningKey(b"k" * 32))
        text = b"".join(lines)
        assert "王阿姨".encode() not in text
        assert b"13800000000" not in text
        assert "路灯坏了".encode() in text
        assert b"person.forgotten" in text
        await hall.service.close()
        return checked(lines)

    assert asyncio.run(scenario()).sound
