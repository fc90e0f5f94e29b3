"""Moderation of the video link: what the host may order, and what of it is shown to whom."""

from __future__ import annotations

from meetings import commands as cmd
from meetings import events as ev
from meetings import views
from meetings.fold import apply
from meetings.link.rules import REMOVED_MAX
from meetings.link.sections import REMOVED_SHOWN
from meetings.link.state import CALLS_KEPT
from meetings.people import Role
from meetings.refusals import Code
from meetings.sections import Audience, PeopleSection
from meetings.state import Meeting
from tests.each import each
from tests.unit.meetings.given import (
    CLERK,
    CLOSED,
    HOST,
    MEMBER,
    OPEN,
    REGISTER,
    VIEWER,
    given,
    joined,
    meeting,
)

SPEAKING = (*OPEN, ev.FloorGranted(person="li"))
REASON = "反复打断他人"
REMOVE = cmd.RemovePerson(person="li", reason=REASON)
REMOVED = ev.PersonRemoved(person="li", reason=REASON)
OTHERS = [audience for audience in Audience if audience is not Audience.HOST]


def people(now: Meeting, audience: Audience = Audience.HOST) -> PeopleSection:
    section = views.section("people", now, REGISTER, audience)
    assert isinstance(section, PeopleSection)
    return section


class TestMuting:
    def test_one_is_muted_and_once_is_enough(self) -> None:
        given(*SPEAKING).when(HOST, cmd.Mute(person="li")).then(ev.LinkMuted(person="li"))
        muted = (*SPEAKING, ev.LinkMuted(person="li"))
        given(*muted).when(HOST, cmd.Mute(person="li")).then()
        given(*muted).when(HOST, cmd.Unmute(person="li")).then(ev.LinkUnmuted(person="li"))
        given(*SPEAKING).when(HOST, cmd.Unmute(person="li")).then()

    def test_the_room_can_be_muted_and_a_stranger_can_not(self) -> None:
        given(*OPEN).when(HOST, cmd.Mute(person="room")).then(ev.LinkMuted(person="room"))
        given(*OPEN).when(HOST, cmd.Mute(person="nobody")).refused(Code.PERSON_UNKNOWN)

    def test_all_are_muted_but_the_room_and_who_asks(self) -> None:
        given(*SPEAKING).when(HOST, cmd.Mute()).then(ev.LinkMuted(person="li"))
        given(*OPEN).when(HOST, cmd.Mute()).then()
        own = (*OPEN, ev.FloorGranted(person="chen"))
        given(*own).when(HOST, cmd.Mute()).then()

    def test_all_are_muted_also_who_will_go_on(self) -> None:
        interrupted = (
            *SPEAKING,
            ev.FloorGranted(person="wang", kind="point_of_order", interrupts=True),
        )
        given(*interrupted).when(HOST, cmd.Mute()).then(
            ev.LinkMuted(person="wang"), ev.LinkMuted(person="li")
        )

    def test_who_speaks_by_the_rooms_microphone_is_not_marked_as_muted(self) -> None:
        in_room = (*OPEN, ev.PersonSignedIn(person="li", role=Role.PARTICIPANT))
        given(*in_room, ev.FloorGranted(person="li")).when(HOST, cmd.Mute()).then()

    def test_the_floor_opens_the_microphone_again(self) -> None:
        """A raised hand that is answered, that is: nobody unmutes oneself."""
        muted = meeting(*OPEN, ev.LinkMuted(person="li"))
        decision = given(*OPEN, ev.LinkMuted(person="li")).when(HOST, cmd.GrantFloor(person="li"))
        assert isinstance(decision.decision, tuple)
        unmuted, granted = decision.decision
        assert unmuted == ev.LinkUnmuted(person="li")
        assert isinstance(granted, ev.FloorGranted)
        assert views.me(muted, REGISTER, "li").link.muted_by == ""
        given(*OPEN, ev.LinkMuted(person="li")).when(MEMBER, cmd.Unmute(person="li")).refused(
            Code.FORBIDDEN
        )

    def test_who_is_muted_is_told_by_whom(self) -> None:
        entry = ev.Entry(offset=8, at_ms=8000, actor="chen", event=ev.LinkMuted(person="li"))
        after = apply(meeting(*OPEN), entry)
        assert views.me(after, REGISTER, "li").link.muted_by == "陈主任"
        assert views.me(after, REGISTER, "wang").link.muted_by is None
        assert "li" in views.touched(meeting(*OPEN), after, entry)


class TestPictures:
    def test_a_picture_is_stopped_and_allowed(self) -> None:
        stopped = ev.PictureStopped(person="li")
        given(*OPEN).when(HOST, cmd.StopPicture(person="li")).then(stopped)
        given(*OPEN, stopped).when(HOST, cmd.StopPicture(person="li")).then()
        given(*OPEN, stopped).when(HOST, cmd.AllowPicture(person="li")).then(
            ev.PictureAllowed(person="li")
        )
        given(*OPEN).when(HOST, cmd.AllowPicture(person="li")).then()
        given(*OPEN).when(HOST, cmd.StopPicture(person="nobody")).refused(Code.PERSON_UNKNOWN)

    def test_who_is_stopped_is_told(self) -> None:
        after = meeting(*OPEN, ev.PictureStopped(person="li"))
        assert views.me(after, REGISTER, "li").link.stopped_by == ""
        assert people(after, Audience.VIEWER).link.stopped == ("li",)


class TestRemoval:
    def test_who_speaks_is_put_out_with_everything_of_theirs(self) -> None:
        hand = (*SPEAKING, ev.FloorRequested(person="li", kind="point_of_order"))
        given(*hand).when(HOST, REMOVE).then(
            ev.FloorEnded(person="li", reason="left"),
            ev.FloorWithdrawn(request=9, person="li"),
            ev.PersonLeft(person="li"),
            REMOVED,
        )

    def test_who_is_in_the_room_is_signed_out(self) -> None:
        in_room = (*OPEN, ev.PersonSignedIn(person="li", role=Role.PARTICIPANT))
        given(*in_room).when(HOST, REMOVE).then(
            ev.PersonSignedOut(person="li"), ev.PersonLeft(person="li"), REMOVED
        )

    def test_somebody_who_has_left_can_be_kept_out(self) -> None:
        given(*OPEN, ev.PersonLeft(person="li")).when(HOST, REMOVE).then(REMOVED)

    def test_nobody_comes_back_until_readmitted(self) -> None:
        out = (*OPEN, ev.PersonLeft(person="li"), REMOVED)
        given(*out).when(MEMBER, cmd.Join()).refused(Code.PERSON_REMOVED)
        given(*out).when(MEMBER, cmd.RequestFloor()).refused(Code.NOT_PRESENT)
        given(*out).when(HOST, cmd.SignIn(person="li")).refused(Code.PERSON_REMOVED)
        given(*out).when(HOST, cmd.GrantFloor(person="li")).refused(Code.FLOOR_UNKNOWN_PERSON)
        given(*out).when(HOST, REMOVE).refused(Code.PERSON_ALREADY_REMOVED)
        again = ev.PersonReadmitted(person="li")
        given(*out).when(HOST, cmd.Readmit(person="li")).then(again)
        given(*out, again).when(MEMBER, cmd.Join()).then(*joined(MEMBER))

    def test_not_the_host_and_nobody_unknown(self) -> None:
        host, nobody = (cmd.RemovePerson(person=one, reason="?") for one in ("chen", "nobody"))
        given(*OPEN).when(HOST, host).refused(Code.PERSON_NOT_REMOVABLE)
        given(*OPEN).when(HOST, nobody).refused(Code.PERSON_UNKNOWN)

    def test_nobody_is_readmitted_who_is_not_out(self) -> None:
        given(*OPEN).when(HOST, cmd.Readmit(person="li")).refused(Code.PERSON_NOT_REMOVED)

    def test_removals_are_bounded(self) -> None:
        out = [ev.PersonRemoved(person=f"p{n}", reason="?") for n in range(REMOVED_MAX)]
        left = ev.PersonLeft(person="li")
        given(*OPEN, *out[:-1], left).when(HOST, REMOVE).then(REMOVED)
        given(*OPEN, *out, left).when(HOST, REMOVE).refused(Code.PERSON_TOO_MANY_REMOVED)
        assert len(people(meeting(*OPEN, *out)).link.removed) == REMOVED_SHOWN

    @each("audience", OTHERS)
    def test_the_desk_alone_sees_who_was_put_out_and_why(self, audience: Audience) -> None:
        entry = ev.Entry(offset=8, at_ms=8000, actor="chen", event=REMOVED)
        after = apply(meeting(*OPEN), entry)
        (one,) = people(after).link.removed
        assert (one.person, one.name, one.reason, one.by) == ("li", "李工", REASON, "陈主任")
        assert REASON not in people(after, audience).model_dump_json()


class TestLock:
    def test_it_is_put_on_and_taken_off_once(self) -> None:
        given(*OPEN).when(HOST, cmd.LockLink()).then(ev.LinkLocked())
        given(*OPEN, ev.LinkLocked()).when(HOST, cmd.LockLink()).then()
        given(*OPEN, ev.LinkLocked()).when(HOST, cmd.UnlockLink()).then(ev.LinkUnlocked())
        given(*OPEN).when(HOST, cmd.UnlockLink()).then()
        assert people(meeting(*OPEN, ev.LinkLocked()), Audience.VIEWER).link.locked

    def test_who_was_there_comes_back_and_nobody_else(self) -> None:
        link = meeting(*OPEN, ev.LinkLocked(), ev.PersonLeft(person="li")).link
        assert link.admits("li", Role.PARTICIPANT, expected=False)
        assert link.admits("room", Role.ROOM, expected=False)
        assert not link.admits("qian", Role.PARTICIPANT, expected=False)
        assert not link.admits("room-2", Role.ROOM, expected=False)

    def test_who_is_to_speak_joins_and_the_desk_always(self) -> None:
        link = meeting(*OPEN, ev.LinkLocked()).link
        assert link.admits("qian", Role.PARTICIPANT, expected=True)
        assert link.admits("he", CLERK.role, expected=False)
        assert link.admits("screen", Role.DISPLAY, expected=False)

    def test_who_is_put_out_is_no_longer_among_those_inside(self) -> None:
        out = (*OPEN, ev.LinkLocked(), ev.PersonLeft(person="li"), REMOVED)
        assert not meeting(*out).link.admits("li", Role.PARTICIPANT, expected=True)
        back = meeting(*out, ev.PersonReadmitted(person="li")).link
        assert back.admits("li", Role.PARTICIPANT, expected=False)


class TestCalls:
    CALL = ev.Call(from_ms=1, to_ms=2)

    def test_the_service_writes_down_how_a_call_went_also_after_the_close(self) -> None:
        summarised = ev.CallSummarised(person="wang", call=self.CALL)
        given(*CLOSED).when(VIEWER, cmd.SummariseCall(call=self.CALL)).then(summarised)

    def test_memory_keeps_the_newest(self) -> None:
        calls = [
            ev.CallSummarised(person="li", call=ev.Call(from_ms=n, to_ms=n))
            for n in range(CALLS_KEPT + 1)
        ]
        kept = meeting(*OPEN, *calls).link.calls
        assert (len(kept), kept[0][1].from_ms) == (CALLS_KEPT, 1)
