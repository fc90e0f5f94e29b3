"""Lobby, appointment, checking in and second devices, through real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from meetings import commands as cmd
from meetings import events as ev
from meetings.people import Person, Role
from signaling.wire.codes import CloseCode
from tests.integration.signaling.client import Client, connected
from tests.integration.signaling.service import (
    FAST,
    HOST,
    LI,
    MEETING,
    SCREEN,
    WANG,
    Service,
    eventually,
    running,
)

QIAN = Person(id="qian", name="钱工", office="设计院", role=Role.PARTICIPANT)
INSIDE = {"agenda", "floor", "votes", "comments", "people", "roster"}


def play(scenario: Callable[[Service], Awaitable[None]]) -> None:
    async def go() -> None:
        async with running() as service:
            await scenario(service)

    asyncio.run(go())


async def present(service: Service, person: str) -> bool:
    return (await service.meetings.live(MEETING)).meeting.attendance.present(person)


def last_welcome(client: Client) -> dict[str, object]:
    return [frame for frame in client.frames if frame["type"] == "welcome"][-1]


# --- lobby


def test_whoever_waits_sees_the_meetings_name_and_nothing_else() -> None:
    """No people, no agenda, no livestream, no link; and may ask nothing."""

    async def scenario(service: Service) -> None:
        async with connected(HOST, service.url) as host:
            await host.ask(cmd.SetLobby(on=True))
            async with connected(QIAN, service.url) as qian:
                assert last_welcome(qian)["audience"] == "lobby"
                assert qian.sections.keys() == {"meeting", "me"}
                assert qian.sections["me"]["attendance"]["lobby"] == "waiting"
                refusal = await qian.ask(cmd.PostComment(text="我来了"))
                assert refusal["code"] == "person.not_present"
                await qian.say({"type": "link.subscribe"})
                assert (await qian.answer("error"))["code"] == "link.forbidden"
                await host.ask(cmd.OpenMeeting())
                await qian.shown("meeting", lambda meeting: meeting["state"] == "open")
                assert qian.sections.keys() == {"meeting", "me"}

    play(scenario)


def test_whoever_is_let_in_is_welcomed_anew_on_the_same_connection() -> None:
    """And is in the record as present; in bulk."""

    async def scenario(service: Service) -> None:
        async with connected(HOST, service.url) as host:
            await host.ask(cmd.SetLobby(on=True))
            crowd = [QIAN.model_copy(update={"id": f"q{n}", "name": f"钱{n}"}) for n in range(5)]
            clients = [await Client(one, service.url).connect() for one in crowd]
            await host.shown("people", lambda people: people["lobby"]["waiting"] == 5)
            listed = host.sections["people"]["lobby"]["listed"]
            assert [one["name"] for one in listed] == [f"钱{n}" for n in range(5)]
            await host.ask(cmd.AdmitFromLobby(persons=tuple(one.id for one in crowd)))
            for client in clients:
                await client.until(lambda client=client: client.sections.keys() >= INSIDE)  # type: ignore[misc]
                welcome = last_welcome(client)
                assert (welcome["audience"], welcome["resumed"]) == ("participant", False)
                assert client.sections["me"]["attendance"]["lobby"] is None
                assert await present(service, client.person.id)
                assert (await client.ask(cmd.PostComment(text="到了")))["type"] == "result"
                await client.close()

    play(scenario)


def test_whoever_is_turned_away_is_told_why() -> None:
    async def scenario(service: Service) -> None:
        async with connected(HOST, service.url) as host, connected(LI, service.url) as li:
            await host.ask(cmd.SetLobby(on=True))
            async with connected(QIAN, service.url) as qian:
                away = cmd.TurnAway(persons=("qian",), reason="名额已满")
                assert (await host.ask(away))["type"] == "result"
                await qian.shown("me", lambda me: me["attendance"]["lobby"] == "turned_away")
                assert qian.sections["me"]["attendance"]["reason"] == "名额已满"
                assert qian.sections.keys() == {"meeting", "me"}
            assert li.sections["me"]["attendance"]["lobby"] is None  # was inside before

    play(scenario)


def test_whoever_was_let_in_while_the_line_was_down_comes_back_to_everything() -> None:
    """The position that the page has is one of the lobby: it is not resumed."""

    async def scenario(service: Service) -> None:
        async with connected(HOST, service.url) as host:
            await host.ask(cmd.SetLobby(on=True))
            qian = await Client(QIAN, service.url).connect()
            qian.drop()
            await host.ask(cmd.AdmitFromLobby(persons=("qian",)))
            await qian.connect()
            assert last_welcome(qian)["resumed"] is False
            assert qian.sections.keys() >= INSIDE
            await qian.close()

    play(scenario)


def test_whoever_gives_up_waiting_is_off_the_list() -> None:
    """Said goodbye, or away for the grace time."""

    async def go() -> None:
        async with (
            running(replace(FAST, grace_s=0.05)) as service,
            connected(HOST, service.url) as host,
        ):
            await host.ask(cmd.SetLobby(on=True))
            for goodbye in (True, False):
                qian = await Client(QIAN, service.url).connect()
                await host.shown("people", lambda people: people["lobby"]["waiting"] == 1)
                if goodbye:
                    await qian.ask(cmd.Leave())
                qian.drop()
                await host.shown("people", lambda people: people["lobby"]["waiting"] == 0)

    asyncio.run(go())


# --- appointment


def test_an_appointed_clerk_gets_the_desks_view_without_coming_again() -> None:
    """And loses it with the office. Rights follow at once."""

    async def scenario(service: Service) -> None:
        async with connected(HOST, service.url) as host, connected(WANG, service.url) as wang:
            enter = cmd.EnterAttendance(name="孙奶奶")
            assert (await wang.ask(enter))["code"] == "authority.forbidden"
            await host.ask(cmd.AppointPerson(person="wang", role=Role.CLERK))
            await wang.until(lambda: last_welcome(wang)["audience"] == "host")
            await wang.shown("me", lambda me: me["role"] == "clerk")
            assert "attendance.enter" in wang.sections["me"]["may"]
            assert (await wang.ask(enter))["type"] == "result"
            await wang.shown("people", lambda people: people["viewers_listed"])
            await host.ask(cmd.AppointPerson(person="wang", role=Role.VIEWER))
            await wang.until(lambda: last_welcome(wang)["audience"] == "viewer")
            await wang.shown("me", lambda me: me["role"] == "viewer")
            assert wang.sections["people"]["viewers_listed"] == []
            assert (await wang.ask(enter))["code"] == "authority.forbidden"

    play(scenario)


def test_an_appointment_outlives_the_connection() -> None:
    """The invitation still says participant."""

    async def scenario(service: Service) -> None:
        async with connected(HOST, service.url) as host:
            async with connected(LI, service.url):
                await host.ask(cmd.AppointPerson(person="li", role=Role.DEPUTY))
            async with connected(LI, service.url) as li:
                assert last_welcome(li)["audience"] == "host"
                assert (await li.ask(cmd.OpenMeeting()))["type"] == "result"

    play(scenario)


def test_who_is_no_longer_a_participant_has_no_link_any_more() -> None:
    async def scenario(service: Service) -> None:
        async with connected(HOST, service.url) as host, connected(LI, service.url) as li:
            await li.say({"type": "link.publish", "sdp": "v=0", "claimed_ms": 1})
            await li.answer("link.published")
            await host.ask(cmd.AppointPerson(person="li", role=Role.VIEWER))
            await li.shown("me", lambda me: me["role"] == "viewer")
            await li.say({"type": "link.publish", "sdp": "v=0", "claimed_ms": 2})
            assert (await li.answer("error"))["code"] == "link.forbidden"

    play(scenario)


def test_the_host_losing_the_line_changes_no_rights() -> None:
    """The deputy goes on; the host comes back as host."""

    async def scenario(service: Service) -> None:
        sun = Person(id="sun", name="孙副室长", role=Role.DEPUTY)
        async with connected(sun, service.url) as deputy:
            host = await Client(HOST, service.url).connect()
            host.drop()
            assert (await deputy.ask(cmd.OpenMeeting()))["type"] == "result"
            await host.connect()
            assert (await host.ask(cmd.RecessMeeting()))["type"] == "result"
            assert (await deputy.ask(cmd.ResumeMeeting()))["type"] == "result"
            await host.close()

    play(scenario)


# --- checking in


def test_a_resident_signs_in_with_the_code_on_the_rooms_display() -> None:
    """The display and the desk see it, others do not."""

    async def scenario(service: Service) -> None:
        async with (
            connected(SCREEN, service.url) as screen,
            connected(HOST, service.url) as host,
            connected(WANG, service.url) as wang,
        ):
            code = screen.sections["check_in"]["code"]
            assert host.sections["check_in"]["code"] == code
            assert "check_in" not in wang.sections
            wrong = f"{(int(code) + 5000) % 10_000:04}"
            assert (await wang.ask(cmd.SignIn(code=wrong)))["code"] == "attendance.wrong_code"
            signed = await wang.ask(cmd.SignIn(code=code), "sign-in-1")
            assert signed["type"] == "result"
            again = await wang.ask(cmd.SignIn(code=code), "sign-in-1")  # the answer got lost
            assert again["offset"] == signed["offset"]
            await wang.shown("me", lambda me: me["attendance"]["signed_in"])
            await screen.shown("people", lambda people: people["in_room"] == 2)

    play(scenario)


def test_a_guesser_is_stopped() -> None:
    """Five tries; then not even the right code is looked at. The clerk may still help."""

    async def scenario(service: Service) -> None:
        async with connected(HOST, service.url) as host, connected(WANG, service.url) as wang:
            code = host.sections["check_in"]["code"]
            wrong = cmd.SignIn(code=f"{(int(code) + 5000) % 10_000:04}")
            codes = [(await wang.ask(wrong))["code"] for _ in range(5)]
            assert codes == ["attendance.wrong_code"] * 5
            refusal = await wang.ask(cmd.SignIn(code=code))
            assert refusal["code"] == "attendance.too_many_codes"
            assert (await host.ask(cmd.SignIn(person="wang")))["type"] == "result"

    play(scenario)


def test_who_is_signed_in_stays_when_the_phone_goes() -> None:
    async def go() -> None:
        async with (
            running(replace(FAST, grace_s=0.05)) as service,
            connected(HOST, service.url) as host,
        ):
            wang = await Client(WANG, service.url).connect()
            await host.ask(cmd.SignIn(person="wang"))
            wang.drop()
            record = await service.meetings.live(MEETING)
            await eventually(lambda: not record.meeting.attendance.people["wang"].connected)
            assert record.meeting.attendance.present("wang")
            await wang.connect()
            assert record.meeting.attendance.people["wang"].connected
            assert len(record.meeting.attendance.people["wang"].intervals) == 1
            await wang.close()

    asyncio.run(go())


# --- second devices


def test_a_companion_has_no_sound_and_no_camera() -> None:
    """It sees and asks everything else; the person is one."""

    async def scenario(service: Service) -> None:
        async with connected(LI, service.url) as laptop, connected(HOST, service.url) as host:
            await laptop.say({"type": "link.publish", "sdp": "v=0", "claimed_ms": 1})
            await laptop.answer("link.published")
            phone = await Client(LI, service.url, companion=True).connect()
            welcome = last_welcome(phone)
            assert (welcome["companion"], welcome["linked_elsewhere"]) == (True, True)
            for frame in ({"type": "link.subscribe"}, {"type": "link.publish", "sdp": "v=0"}):
                await phone.say({**frame} if "sdp" not in frame else {**frame, "claimed_ms": 9})
                assert (await phone.answer("error"))["code"] == "link.forbidden"
            assert (await phone.ask(cmd.PostComment(text="到了")))["type"] == "result"
            await laptop.shown("comments", lambda comments: "到了" in str(comments))
            assert not [one for one in laptop.frames if one["type"] == "link.moved"]
            members = host.sections["people"]["members"]
            assert len([one for one in members if one["id"] == "li"]) == 1
            await phone.close()

    play(scenario)


def test_a_device_that_comes_first_hears_that_there_is_no_other() -> None:
    async def scenario(service: Service) -> None:
        async with connected(LI, service.url) as phone:
            welcome = last_welcome(phone)
            assert (welcome["companion"], welcome["linked_elsewhere"]) == (False, False)

    play(scenario)


def test_who_was_forgotten_does_not_come_back_by_the_old_invitation() -> None:
    """The name in the link would bring back what was deleted."""

    async def scenario(service: Service) -> None:
        async with connected(HOST, service.url) as host:
            async with connected(WANG, service.url):
                pass
            assert (await host.ask(cmd.ForgetPerson(person="wang")))["type"] == "result"
            wang = await Client(WANG, service.url).connect(greet=False)
            await wang.say({"type": "hello", "token": wang.token, "resume": None})
            assert await wang.closed() == 4500
            names = [one["name"] for one in host.sections["people"]["members"]]
            assert "王伯" not in names

    play(scenario)


def test_events_of_the_attendance_are_recorded_once() -> None:
    """Two pages of one person in the lobby are one who waits."""

    async def scenario(service: Service) -> None:
        async with connected(HOST, service.url) as host:
            await host.ask(cmd.SetLobby(on=True))
            async with connected(QIAN, service.url) as one, connected(QIAN, service.url) as two:
                await host.ask(cmd.AdmitFromLobby(persons=("qian",)))
                for page in (one, two):
                    await page.until(lambda page=page: page.sections.keys() >= INSIDE)  # type: ignore[misc]
            live = await service.meetings.live(MEETING)
            entries = live.entries_after(0) or ()
            kinds = [type(e.event) for e in entries if getattr(e.event, "person", "") == "qian"]
            assert kinds.count(ev.LobbyEntered) == 1
            assert kinds.count(ev.PersonJoined) == 1

    play(scenario)


# --- withdrawn invitations


def test_who_came_by_a_withdrawn_invitation_is_shown_out() -> None:
    """And by no other: the same person's second link holds on."""

    async def scenario(service: Service) -> None:
        first = await Client(LI, service.url, invitation="i1").connect()
        second = await Client(LI, service.url, invitation="i2").connect()
        service.hubs.end_invited({"i1"})
        assert await first.closed() == CloseCode.TOKEN_REVOKED
        assert (await second.ask(cmd.PostComment(text="还在")))["type"] == "result"
        await second.close()

    play(scenario)


def test_a_withdrawn_invitation_is_no_way_in() -> None:
    async def scenario(service: Service) -> None:
        late = await Client(LI, service.url, invitation="withdrawn").connect(greet=False)
        await late.say({"type": "hello", "token": late.token})
        assert await late.closed() == CloseCode.TOKEN_REVOKED
        assert not await present(service, "li")

    play(scenario)
