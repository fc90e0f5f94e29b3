"""Several devices in the room: the host chooses camera and microphone."""

from __future__ import annotations

from meetings import commands as cmd
from meetings import events as ev
from meetings import views
from meetings.people import Role
from meetings.refusals import Code
from meetings.sections import Audience, PeopleSection
from tests.each import each
from tests.unit.meetings.given import HOST, OPEN, REGISTER, given, meeting

TWO = (
    *OPEN,
    ev.PersonJoined(person="front", role=Role.ROOM),
    ev.PersonJoined(person="back", role=Role.ROOM),
)


@each(
    "command, event",
    [
        (cmd.ChooseCamera(person="front"), ev.CameraChosen(person="front")),
        (cmd.ChooseMicrophone(person="back"), ev.MicrophoneChosen(person="back")),
    ],
)
def test_the_host_chooses_among_the_devices_that_are_there(
    command: cmd.Command, event: ev.Event
) -> None:
    """What is chosen already stays so, without another entry."""
    given(*TWO).when(HOST, command).then(event)
    given(*TWO, event).when(HOST, command).then()


@each("kind", [cmd.ChooseCamera, cmd.ChooseMicrophone])
@each("person", ["li", "front", "nobody"])
def test_nobody_else_is_the_room(
    kind: type[cmd.ChooseCamera | cmd.ChooseMicrophone], person: str
) -> None:
    """A member, a device that has gone, somebody unknown."""
    gone = (*TWO, ev.PersonLeft(person="front"))
    given(*gone).when(HOST, kind(person=person)).refused(Code.ROOM_UNKNOWN_DEVICE)


@each("audience", [Audience.HOST, Audience.PARTICIPANT, Audience.DISPLAY])
def test_every_screen_is_told_which_is_the_room(audience: Audience) -> None:
    """As it is at this moment, also while what was chosen is away."""

    def shown(*events: ev.Event) -> tuple[str | None, str | None]:
        section = views.section("people", meeting(*events), REGISTER, audience)
        assert isinstance(section, PeopleSection)
        return section.link.camera, section.link.microphone

    assert shown(*OPEN, ev.PersonLeft(person="room")) == (None, None)
    assert shown(*TWO) == ("back", "room")
    chosen = (*TWO, ev.CameraChosen(person="front"))
    assert shown(*chosen) == ("front", "room")
    assert shown(*chosen, ev.PersonLeft(person="front")) == ("back", "room")
