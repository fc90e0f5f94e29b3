"""With the lobby on, whoever was invited waits to be let in, and learns why not."""

from __future__ import annotations

from meetings import commands as cmd
from meetings import events as ev
from meetings import views
from meetings.attendance.sections import LOBBY_LISTED, PeopleSection
from meetings.authority import Actor
from meetings.people import Person, Role
from meetings.refusals import Code
from meetings.sections import Audience
from tests.each import each
from tests.unit.meetings.given import (
    CLERK,
    CREATED,
    DISPLAY,
    HOST,
    MEMBER,
    OPEN,
    REGISTER,
    ROOM,
    VIEWER,
    given,
    joined,
    meeting,
)

QIAN = Actor("qian", Role.PARTICIPANT)
LATE = Actor("zhou", Role.VIEWER)
ON = ev.LobbySet(on=True)
DESK: tuple[ev.Event, ...] = (*OPEN, *joined(CLERK), ON)
WAITS = ev.LobbyEntered(person="qian", role=Role.PARTICIPANT)
ADMITTED = ev.LobbyAdmitted(persons=("qian",))
AWAY = ev.LobbyTurnedAway(persons=("qian",), reason="名额已满")


def test_who_was_invited_waits() -> None:
    given(*DESK).when(QIAN, cmd.Join()).then(WAITS)
    given(*DESK, WAITS).when(QIAN, cmd.Join()).then()
    assert not meeting(*DESK, WAITS).attendance.present("qian")


def test_residents_wait_where_it_is_set_so() -> None:
    given(*DESK).when(LATE, cmd.Join()).then(*joined(LATE))
    everyone = ev.LobbySet(on=True, viewers=True)
    given(*OPEN, everyone).when(LATE, cmd.Join()).then(
        ev.LobbyEntered(person="zhou", role=Role.VIEWER)
    )


@each("actor", [HOST, CLERK, ROOM])
def test_the_desk_and_equipment_never_wait(actor: Actor) -> None:
    created = CREATED.model_copy(update={"lobby": True})
    given(created).when(actor, cmd.Join()).then(*joined(actor))


def test_a_display_does_not_join_at_all() -> None:
    given(*DESK).when(DISPLAY, cmd.Join()).refused(Code.FORBIDDEN)


def test_who_was_inside_before_does_not_wait() -> None:
    """A lost line is no reason to wait again."""
    given(*DESK, ev.PersonLeft(person="li")).when(MEMBER, cmd.Join()).then(*joined(MEMBER))


def test_who_was_admitted_comes_in_now_and_later() -> None:
    given(*DESK, WAITS).when(CLERK, cmd.AdmitFromLobby(persons=("qian", "qian"))).then(ADMITTED)
    given(*DESK, WAITS, ADMITTED).when(QIAN, cmd.Join()).then(*joined(QIAN))
    left = ev.PersonLeft(person="qian")
    given(*DESK, WAITS, ADMITTED, *joined(QIAN), left).when(QIAN, cmd.Join()).then(*joined(QIAN))


def test_of_a_crowd_those_are_admitted_who_still_wait() -> None:
    command = cmd.AdmitFromLobby(persons=("gone", "qian"))
    given(*DESK, WAITS).when(CLERK, command).then(ADMITTED)
    given(*DESK).when(CLERK, command).refused(Code.LOBBY_UNKNOWN)


def test_who_is_turned_away_is_told_why_and_stays_out() -> None:
    turn_away = cmd.TurnAway(persons=("qian",), reason="名额已满")
    given(*DESK, WAITS).when(CLERK, turn_away).then(AWAY)
    given(*DESK, WAITS, AWAY).when(CLERK, turn_away).refused(Code.LOBBY_UNKNOWN)
    given(*DESK, WAITS, AWAY).when(QIAN, cmd.Join()).then()
    given(*DESK, WAITS, AWAY).when(QIAN, cmd.Leave()).then()
    own = views.me(meeting(*DESK, WAITS, AWAY), REGISTER, "qian").attendance
    assert (own.lobby, own.reason) == ("turned_away", "名额已满")


def test_who_was_turned_away_stays_out_when_the_lobby_is_taken_away() -> None:
    off = ev.LobbySet(on=False)
    given(*DESK, WAITS, AWAY, off).when(QIAN, cmd.Join()).then()


def test_who_was_turned_away_can_be_admitted_after_all() -> None:
    command = cmd.AdmitFromLobby(persons=("qian",))
    given(*DESK, WAITS, AWAY).when(CLERK, command).then(ADMITTED)
    given(*DESK, WAITS, AWAY, ADMITTED).when(QIAN, cmd.Join()).then(*joined(QIAN))


def test_who_goes_waits_no_more() -> None:
    gone = ev.LobbyLeft(person="qian")
    given(*DESK, WAITS).when(QIAN, cmd.Leave()).then(gone)
    given(*DESK, WAITS, gone).when(QIAN, cmd.Join()).then(WAITS)


def test_taken_away_the_lobby_lets_in_whoever_waits() -> None:
    off = ev.LobbySet(on=False)
    given(*DESK, WAITS).when(CLERK, cmd.SetLobby(on=False)).then(ADMITTED, off)
    given(*DESK).when(CLERK, cmd.SetLobby(on=False)).then(off)
    given(*DESK).when(CLERK, cmd.SetLobby(on=True)).then()


def test_who_is_signed_in_or_made_a_clerk_waits_no_more() -> None:
    seated = ev.PersonSignedIn(person="qian", role=Role.PARTICIPANT)
    given(*DESK, WAITS).when(CLERK, cmd.SignIn(person="qian")).then(ADMITTED, seated)
    appoint = cmd.AppointPerson(person="qian", role=Role.CLERK)
    appointed = ev.PersonAppointed(person="qian", role=Role.CLERK)
    given(*DESK, WAITS).when(HOST, appoint).then(ADMITTED, appointed)


def test_who_waits_may_do_nothing_and_knows_it() -> None:
    given(*DESK, WAITS).when(QIAN, cmd.PostComment(text="我来了")).refused(Code.NOT_PRESENT)
    register = {**REGISTER, "qian": Person(id="qian", name="钱", role=Role.PARTICIPANT)}
    me = views.me(meeting(*DESK, WAITS), register, "qian")
    assert me.may == ()
    assert me.attendance.lobby == "waiting"


def test_the_desk_sees_who_waits_and_others_how_many() -> None:
    crowd = [
        ev.LobbyEntered(person=f"w{n}", role=Role.PARTICIPANT) for n in range(LOBBY_LISTED + 1)
    ]
    state = meeting(*DESK, *crowd)
    for audience in Audience:
        section = views.section("people", state, REGISTER, audience)
        assert isinstance(section, PeopleSection)
        assert section.lobby.waiting == LOBBY_LISTED + 1
        listed = LOBBY_LISTED if audience is Audience.HOST else 0
        assert len(section.lobby.listed) == listed
    away = views.section("people", meeting(*DESK, WAITS, AWAY), REGISTER, Audience.HOST)
    assert isinstance(away, PeopleSection)
    assert [one.id for one in away.lobby.turned_away] == ["qian"]
    assert away.lobby.waiting == 0


def test_the_waiting_of_a_lobby_is_in_the_order_of_coming() -> None:
    """Another name keeps the place."""
    first = ev.LobbyEntered(person="zhou", role=Role.VIEWER)
    assert meeting(*DESK, first, WAITS, first).attendance.lobby.order == ("zhou", "qian")


def test_viewers_of_the_room_see_nobody_by_name_in_the_lobby() -> None:
    section = views.section("people", meeting(*DESK, WAITS), REGISTER, Audience.VIEWER)
    assert "qian" not in section.model_dump_json()
    given(*DESK, WAITS).when(VIEWER, cmd.AdmitFromLobby(persons=("qian",))).refused(Code.FORBIDDEN)
