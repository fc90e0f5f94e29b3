"""What the record says about sound and picture."""

from __future__ import annotations

from media.control import Allow, CloseRoom, Cue, CueProgramme, OpenRoom, Strap
from media.cue import AgendaCue
from meetings import events as ev
from meetings.fold import fold
from meetings.people import IP_CAMERA, Person, Role
from meetings.state import Meeting
from signaling.floor_to_media import (
    NOTHING,
    MediaPlan,
    Permission,
    Step,
    Told,
    after,
    plan,
    rooms,
    steps,
)
from tests.each import each

REGISTER = {
    "host": Person(id="host", name="周明", office="室长", role=Role.HOST),
    "li": Person(id="li", name="李娟", office="住建局", role=Role.PARTICIPANT),
    "res": Person(id="res", name="王伯", role=Role.VIEWER),
    "cam": Person(id="cam", name="会场", role=Role.ROOM),
}
CREATED = ev.MeetingCreated(
    title="加装电梯",
    room="1234",
    room_name="幸福里",
    planned_ms=0,
    agenda=(ev.AgendaItem(id=1, title="方案说明"),),
)
EVERYBODY = tuple(ev.PersonJoined(person=p.id, role=p.role) for p in REGISTER.values())
SEEN = Permission(sound=False, picture=True)
HEARD = Permission(sound=True, picture=True, screen=True)
SHOWS = Permission(sound=False, picture=True, screen=True)


def meeting(*events: ev.Event) -> Meeting:
    """Everybody is there, and this happened."""
    happened = (CREATED, *EVERYBODY, *events)
    return fold(
        "m", (ev.Entry(offset=n, at_ms=n, event=event) for n, event in enumerate(happened, 1))
    )


def planned(*events: ev.Event) -> MediaPlan:
    """The plan after these events."""
    return plan(meeting(*events), REGISTER)


# --- who is let through


def test_before_the_opening_members_are_seen_and_nobody_is_heard() -> None:
    """They see whether the others are there; nothing is recorded."""
    made = planned()
    assert made.allow == {"host": SEEN, "li": SEEN, "cam": SEEN}
    assert not made.programme
    assert not made.over


def test_in_an_open_meeting_the_room_is_heard() -> None:
    """Nobody remote without the floor."""
    made = planned(ev.MeetingOpened())
    assert made.allow == {"host": SEEN, "li": SEEN, "cam": HEARD}
    assert made.programme


@each("person", ["li", "host", "res"])
def test_whoever_holds_the_floor_is_heard_and_seen(person: str) -> None:
    """Also a viewer; and until the floor ends."""
    granted = ev.FloorGranted(person=person)
    assert planned(ev.MeetingOpened(), granted).allow[person] == HEARD
    ended = planned(ev.MeetingOpened(), granted, ev.FloorEnded(person=person, reason="ended"))
    assert not ended.allow.get(person, NOTHING).sound


def test_what_the_host_muted_or_stopped_is_closed() -> None:
    """Of a speaker and of the room; opened again by the host alone, or with the floor."""
    opened = (ev.MeetingOpened(), ev.FloorGranted(person="li"))
    muted = (*opened, ev.LinkMuted(person="li"), ev.LinkMuted(person="cam"))
    assert planned(*muted).allow == {"host": SEEN, "li": SHOWS, "cam": SHOWS}
    assert planned(*muted, ev.LinkUnmuted(person="li")).allow["li"] == HEARD
    stopped = (*opened, ev.PictureStopped(person="li"), ev.PictureStopped(person="host"))
    unseen = Permission(sound=True, picture=False)
    assert planned(*stopped).allow == {"li": unseen, "cam": HEARD}
    assert planned(*stopped, ev.PictureAllowed(person="li")).allow["li"] == HEARD


def test_who_is_locked_or_put_out_is_not_let_through() -> None:
    """Who comes after the lock, until the floor is granted; who was there comes back."""
    late = ev.PersonJoined(person="late", role=Role.PARTICIPANT)
    locked = (ev.MeetingOpened(), ev.LinkLocked(), late)
    assert "late" not in planned(*locked).allow
    assert planned(*locked, ev.FloorGranted(person="late")).allow["late"] == HEARD
    assert planned(*locked, ev.LinkUnlocked()).allow["late"] == SEEN
    back = (ev.PersonLeft(person="li"), ev.PersonJoined(person="li", role=Role.PARTICIPANT))
    assert planned(*locked, *back).allow["li"] == SEEN
    out = (ev.PersonLeft(person="li"), ev.PersonRemoved(person="li", reason="?"))
    assert "li" not in planned(ev.MeetingOpened(), *out).allow


def test_who_is_called_is_not_let_through_before_the_grant() -> None:
    """The link of the green room stands, and nobody hears or sees it."""
    called = (ev.MeetingOpened(), ev.FloorCalled(person="res"), ev.FloorReady(person="res"))
    assert "res" not in planned(*called).allow
    assert planned(*called).cue.speaker is None
    assert planned(*called, ev.FloorGranted(person="res")).allow["res"] == HEARD


@each(
    "over, after",
    [
        (ev.FloorPaused(left_ms=1), ev.FloorUnpaused(until_ms=90)),
        (ev.FloorOvertime(person="res"), ev.FloorExtended(until_ms=90)),
    ],
)
def test_a_speech_that_stands_still_is_seen_and_not_heard(over: ev.Event, after: ev.Event) -> None:
    """Paused, or over and held by the host; the room stays open, for the host speaks there."""
    granted = ev.FloorGranted(person="res", until_ms=50, overtime="host")
    stands = planned(ev.MeetingOpened(), granted, over)
    assert stands.allow["res"] == SEEN
    assert stands.allow["cam"] == HEARD
    assert planned(ev.MeetingOpened(), granted, over, after).allow["res"] == HEARD


def test_overtime_that_is_only_warned_of_is_heard() -> None:
    granted = ev.FloorGranted(person="res", until_ms=50, overtime="warn")
    over = ev.FloorOvertime(person="res")
    assert planned(ev.MeetingOpened(), granted, over).allow["res"] == HEARD


def test_of_an_interrupted_speech_only_the_other_one_is_heard() -> None:
    """A viewer who was interrupted keeps the link, to go on."""
    events = (
        ev.MeetingOpened(),
        ev.FloorGranted(person="res"),
        ev.FloorPaused(),
        ev.FloorGranted(person="li", interrupts=True),
    )
    made = planned(*events)
    assert (made.allow["res"], made.allow["li"]) == (SEEN, HEARD)
    assert made.cue.speaker == "li"
    ended = planned(*events, ev.FloorEnded(person="li", reason="ended"))
    assert (ended.allow["res"], ended.allow["li"]) == (SEEN, SEEN)
    goes_on = planned(
        *events, ev.FloorEnded(person="li", reason="ended"), ev.FloorUnpaused(until_ms=None)
    )
    assert goes_on.allow["res"] == HEARD


@each("person, permission", [("res", NOTHING), ("li", SEEN)])
def test_who_is_in_the_room_is_heard_through_its_microphone(
    person: str, permission: Permission
) -> None:
    """Never through an own device besides; the room's camera shows them, with their strap."""
    signed_in = ev.PersonSignedIn(person=person, role=REGISTER[person].role)
    made = planned(ev.MeetingOpened(), signed_in, ev.FloorGranted(person=person))
    assert made.allow.get(person, NOTHING) == permission
    assert made.allow["cam"] == HEARD
    assert made.cue.speaker is None
    assert made.cue.strap is not None
    assert made.cue.strap.name == REGISTER[person].name


def test_a_text_is_read_out_in_the_room() -> None:
    """Under the name of whoever wrote it."""
    called = (ev.FloorCalled(person="res"), ev.FloorTextGiven(person="res", text="请念"))
    cue = planned(ev.MeetingOpened(), *called, ev.FloorGranted(person="res")).cue
    assert cue.speaker is None
    assert cue.strap is not None
    assert cue.strap.name == "王伯"


def test_of_several_devices_in_the_room_one_is_heard_and_one_is_the_room() -> None:
    """The first that came is heard, the last is shown, until the host chooses; both may share."""
    second = ev.PersonJoined(person="cam2", role=Role.ROOM)
    both = (ev.MeetingOpened(), second)
    made = planned(*both)
    assert (made.allow["cam"], made.allow["cam2"]) == (HEARD, SHOWS)
    assert (made.cue.room, made.cue.microphone) == ("cam2", "cam")
    chosen = planned(*both, ev.CameraChosen(person="cam"), ev.MicrophoneChosen(person="cam2"))
    assert (chosen.allow["cam"], chosen.allow["cam2"]) == (SHOWS, HEARD)
    assert (chosen.cue.room, chosen.cue.microphone) == ("cam", "cam2")
    gone = planned(*both, ev.CameraChosen(person="cam"), ev.PersonLeft(person="cam"))
    assert (gone.cue.room, gone.cue.microphone) == ("cam2", "cam2")


def test_a_fetched_camera_stands_behind_one_that_somebody_set_up() -> None:
    """Whenever it comes: its picture is the room's only when there is no other, or it is chosen."""
    fetched = f"{IP_CAMERA}1"
    joined = ev.PersonJoined(person=fetched, role=Role.ROOM)
    made = planned(ev.MeetingOpened(), joined)
    assert (made.cue.room, made.cue.microphone) == ("cam", "cam")
    assert not made.allow[fetched].sound
    assert planned(ev.MeetingOpened(), joined, ev.CameraChosen(person=fetched)).cue.room == fetched
    alone = planned(ev.MeetingOpened(), joined, ev.PersonLeft(person="cam"))
    assert (alone.cue.room, alone.allow[fetched]) == (fetched, HEARD)


def test_in_recess_nobody_is_heard() -> None:
    """Not even the room: people talk privately."""
    made = planned(ev.MeetingOpened(), ev.MeetingRecessed())
    assert not any(permission.sound for permission in made.allow.values())
    assert made.programme


def test_after_the_close_nobody_is_let_through() -> None:
    """Nor is there a programme any more."""
    made = planned(ev.MeetingOpened(), ev.FloorGranted(person="li"), ev.MeetingClosed())
    assert made.allow == {}
    assert made.over
    assert not made.programme


def test_who_left_is_not_let_through() -> None:
    """A client that stays on the line has no permission."""
    made = planned(ev.MeetingOpened(), ev.PersonLeft(person="cam"), ev.PersonLeft(person="li"))
    assert made.allow == {"host": SEEN}
    assert made.cue.room is None


# --- what is shown


def test_the_cue_names_the_speaker_the_room_and_the_item() -> None:
    """With the strap from the register."""
    made = planned(ev.MeetingOpened(), ev.AgendaMoved(item=1), ev.FloorGranted(person="li"))
    assert made.cue == Cue(
        mode="meeting",
        title="加装电梯",
        place="幸福里",
        room="cam",
        microphone="cam",
        speaker="li",
        strap=Strap(name="李娟", office="住建局", channel="video"),
        item="方案说明",
        agenda=AgendaCue(title="方案说明", number=1, of=1, since_ms=7),
        opened_ms=6,
    )


def test_somebody_who_was_forgotten_speaks_without_a_strap() -> None:
    """The register has no line any more."""
    made = plan(meeting(ev.MeetingOpened(), ev.FloorGranted(person="li")), {})
    assert made.cue.speaker == "li"
    assert made.cue.strap is None


def test_the_room_is_not_its_own_speaker() -> None:
    """Its picture is the scene already."""
    made = planned(ev.MeetingOpened(), ev.FloorGranted(person="cam"))
    assert made.cue.speaker is None
    assert made.allow["cam"] == HEARD


def test_the_mode_follows_the_state() -> None:
    """Cards before, in between and after."""
    opened, recess, closed = ev.MeetingOpened(), ev.MeetingRecessed(), ev.MeetingClosed()
    modes = [planned(*events).cue.mode for events in [(), (opened,), (opened, recess)]]
    assert [*modes, planned(opened, closed).cue.mode] == ["opening", "meeting", "recess", "closing"]


def test_a_camera_is_known_as_one_after_it_left() -> None:
    """A display must not get it when it comes back."""
    assert rooms(meeting(ev.PersonLeft(person="cam"))) == ("cam",)


# --- what is told


def run(wanted: MediaPlan, told: Told, *, linked: bool = False) -> tuple[list[Step], Told]:
    """Carry out all steps, one by one."""
    done: list[Step] = []
    while todo := steps(wanted, told, linked=linked, folder="/f"):
        done.append(todo[0])
        told = after(told, todo[0])
        assert len(done) < 100
    return done, told


def test_nothing_is_told_while_there_is_nobody_to_tell_it_about() -> None:
    """A scheduled meeting without links needs no room."""
    assert steps(planned(), Told(), linked=False, folder="/f") == ()


def test_the_first_link_makes_a_room_without_a_programme() -> None:
    """What happens before the opening is not recorded."""
    done, told = run(planned(), Told(), linked=True)
    assert done[0] == OpenRoom(room="m", programme=None)
    assert {step.person for step in done[1:] if isinstance(step, Allow)} == {"host", "li", "cam"}
    assert told.open
    assert not told.programme


def test_a_room_that_nobody_needs_any_more_is_closed() -> None:
    """No link and no programme; one that has a programme stays, whoever is there."""
    _, told = run(planned(), Told(), linked=True)
    done, told = run(planned(), told, linked=False)
    assert done == [CloseRoom(room="m")]
    assert told == Told()
    _, told = run(planned(ev.MeetingOpened()), Told())
    assert run(planned(ev.MeetingOpened()), told, linked=False)[0] == []


def test_the_opening_begins_the_programme_in_the_room_that_is_there() -> None:
    """With its folder and its first cue."""
    _, told = run(planned(), Told(), linked=True)
    done, told = run(planned(ev.MeetingOpened()), told, linked=True)
    assert OpenRoom(room="m", programme="/f") in done
    assert isinstance(done[-1], CueProgramme)
    assert told.programme


def test_a_microphone_is_closed_before_the_next_is_opened() -> None:
    """The floor passes: nobody hears two, whenever the line breaks."""
    opened = ev.MeetingOpened()
    _, told = run(planned(opened, ev.FloorGranted(person="li")), Told())
    passed = planned(
        opened,
        ev.FloorGranted(person="li"),
        ev.FloorEnded(person="li", reason="passed"),
        ev.FloorGranted(person="res"),
    )
    done, _ = run(passed, told)
    assert done[:2] == [
        Allow(room="m", person="li", sound=False, picture=True, screen=False),
        Allow(room="m", person="res", sound=True, picture=True, screen=True),
    ]
    assert isinstance(done[2], CueProgramme)


def test_the_close_mutes_everybody_shows_the_card_and_ends_the_room() -> None:
    """And after that nothing is told any more."""
    _, told = run(planned(ev.MeetingOpened()), Told())
    closed = planned(ev.MeetingOpened(), ev.MeetingClosed())
    done, told = run(closed, told)
    assert [type(step) for step in done] == [Allow, Allow, Allow, CueProgramme, CloseRoom]
    assert all(not (s.sound or s.picture) for s in done if isinstance(s, Allow))
    assert told == Told()
    assert run(closed, told)[0] == []


def test_a_new_media_process_is_told_everything_again() -> None:
    """The same steps as for a new room."""
    wanted = planned(ev.MeetingOpened(), ev.FloorGranted(person="li"))
    first, told = run(wanted, Told())
    assert run(wanted, told)[0] == []
    assert run(wanted, Told())[0] == first
