"""What a command makes of the register is written with its events, and appointments outweigh it."""

from __future__ import annotations

from meetings import commands as cmd
from meetings import events as ev
from meetings.people import Person, Role
from meetings.refusals import Code, Refused
from meetings.service import Accepted
from tests.unit.meetings.given import OPEN
from tests.unit.meetings.hall import CHEN, LI, WANG, Hall, play

HE = Person(id="he", name="何书记员", role=Role.CLERK)
DESK = (*OPEN, ev.PersonJoined(person="he", role=Role.CLERK))


async def register(hall: Hall) -> dict[str, Person]:
    """Return what is stored, which has to be what is at hand."""
    stored = dict((await hall.record.register("m1")).people)
    assert stored == (await hall.service.live("m1")).register
    return stored


def test_somebody_without_a_device_gets_a_line_in_the_same_commit() -> None:
    async def scenario(hall: Hall) -> None:
        await hall.submit(HE, cmd.EnterAttendance(name="孙奶奶", office="3 号楼"))
        (signed_in,) = (await hall.events())[1:]
        assert isinstance(signed_in, ev.PersonSignedIn)
        line = (await register(hall))[signed_in.person]
        assert (line.name, line.office, line.role) == ("孙奶奶", "3 号楼", Role.VIEWER)
        assert hall.record.commits == [1]

    play(scenario, *DESK)


def test_each_new_person_gets_an_id_of_its_own() -> None:
    async def scenario(hall: Hall) -> None:
        await hall.submit(HE, cmd.EnterRoster(name="吴代表"), "command-1")
        await hall.submit(HE, cmd.EnterRoster(name="吴代表"), "command-2")
        await hall.submit(HE, cmd.EnterRoster(name="吴代表"), "command-2")  # sent again
        first, second = (await hall.events())[1:]
        assert isinstance(first, ev.RosterSet)
        assert isinstance(second, ev.RosterSet)
        assert first.person != second.person
        assert {first.person, second.person} <= (await register(hall)).keys()

    play(scenario, *DESK)


def test_a_refused_command_leaves_the_register_alone() -> None:
    async def scenario(hall: Hall) -> None:
        before = await register(hall)
        answer = await hall.submit(WANG, cmd.EnterRoster(name="吴代表"))
        assert answer == Refused(Code.FORBIDDEN, "viewer may not ask roster.enter")
        assert await register(hall) == before

    play(scenario)


def test_an_appointment_changes_the_line_and_what_the_person_may() -> None:
    """At once, on the connection that knows only what the invitation said."""

    async def scenario(hall: Hall) -> None:
        enter = cmd.EnterAttendance(name="孙奶奶")
        refused = await hall.submit(WANG, enter, "command-1")
        assert isinstance(refused, Refused)
        await hall.submit(CHEN, cmd.AppointPerson(person="wang", role=Role.CLERK))
        assert (await register(hall))["wang"].role is Role.CLERK
        assert isinstance(await hall.submit(WANG, enter, "command-2"), Accepted)
        await hall.submit(CHEN, cmd.AppointPerson(person="wang", role=Role.VIEWER), "command-2")
        refused = await hall.submit(WANG, enter, "command-3")
        assert isinstance(refused, Refused)

    play(scenario)


def test_who_comes_back_by_the_old_invitation_keeps_the_appointment() -> None:
    async def scenario(hall: Hall) -> None:
        await hall.submit(CHEN, cmd.AppointPerson(person="li", role=Role.DEPUTY))
        await hall.submit(LI, cmd.Leave(), "command-1")
        await hall.submit(LI, cmd.Join(), "command-2")
        assert (await hall.events())[-1] == ev.PersonJoined(person="li", role=Role.DEPUTY)
        assert (await register(hall))["li"] == LI.model_copy(update={"role": Role.DEPUTY})

    play(scenario)


def test_coming_by_a_link_does_not_wipe_out_what_the_roster_knows() -> None:
    """Links carry no contacts; another name in the link is taken over."""

    async def scenario(hall: Hall) -> None:
        known = WANG.model_copy(update={"real_name": "王淑芬", "contact": "13800000000"})
        await hall.submit(known, cmd.Join(), "command-1")
        renamed = WANG.model_copy(update={"name": "老王"})
        await hall.submit(renamed, cmd.Join(), "command-2")
        assert (await register(hall))["wang"] == known.model_copy(update={"name": "老王"})

    play(scenario)


def test_another_name_in_the_lobby_is_shown_to_the_desk() -> None:
    """The line is committed with an entry, so that the section is sent anew."""

    async def scenario(hall: Hall) -> None:
        qian = Person(id="qian", name="钱", role=Role.PARTICIPANT)
        await hall.submit(qian, cmd.Join(), "command-1")
        waits = ev.LobbyEntered(person="qian", role=Role.PARTICIPANT)
        await hall.submit(qian.model_copy(update={"name": "钱工"}), cmd.Join(), "command-2")
        assert (await hall.events())[1:] == [waits, waits]
        assert (await register(hall))["qian"].name == "钱工"
        away = cmd.TurnAway(persons=("qian",))
        await hall.submit(CHEN, away, "command-3")
        await hall.submit(qian.model_copy(update={"name": "主任"}), cmd.Join(), "command-4")
        assert (await register(hall))["qian"].name == "钱工"

    play(scenario, *OPEN, ev.LobbySet(on=True))
