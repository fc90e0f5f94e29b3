"""The director shows who has the floor, and never a picture that stands still."""

from __future__ import annotations

import pytest

from media.control import Cue, Strap
from media.programme.director import OPENING, direct
from media.programme.scene import Card, Look, Scene, Source

STRAP = Strap(name="王建国", office="区住建局", channel="video")
VOICE = STRAP.model_copy(update={"channel": "voice"})
MEETING = Cue(mode="meeting", title="积水治理", place="幸福里议事室", room="room", item="议程一")
SPEAKING = MEETING.model_copy(update={"speaker": "wang", "strap": STRAP})

ROOM = Source(1, "room", "picture", Look.ALIVE)
ROOM_SOUND = Source(2, "room", "sound")
WANG = Source(3, "wang", "picture", Look.ALIVE)
WANG_SOUND = Source(4, "wang", "sound")
OTHER = Source(5, "li", "picture", Look.ALIVE)
OTHER_SOUND = Source(6, "li", "sound")
ALL = (ROOM, ROOM_SOUND, WANG, WANG_SOUND, OTHER, OTHER_SOUND)


def stalled(source: Source) -> Source:
    return Source(source.number, source.person, source.kind, Look.STALLED)


def waiting(source: Source) -> Source:
    return Source(source.number, source.person, source.kind, Look.WAITING)


def test_before_the_first_cue_the_opening_card_is_shown() -> None:
    """There is a picture before anybody said what the meeting is about."""
    shot = direct(OPENING, ALL)
    assert shot.scene == Scene("opening", Card("opening", ""))
    assert not shot.want
    assert not shot.heard


@pytest.mark.parametrize("mode", ["opening", "recess", "closing"])
def test_on_a_card_nobody_is_seen_heard_or_decoded(mode: str) -> None:
    """A card hides everybody, whatever arrives."""
    shot = direct(Cue(mode=mode, title="t", room="room", speaker="wang"), ALL)
    assert shot.scene.card is not None
    assert shot.scene.card.kind == mode
    assert (shot.want, shot.heard) == (frozenset(), frozenset())


def test_the_room_alone_fills_the_picture() -> None:
    """Nobody remote speaks: the room is large, and only the room is wanted."""
    shot = direct(MEETING, ALL)
    assert shot.scene == Scene("room", main=1, item="议程一")
    assert shot.want == {1, 2}
    assert shot.heard == {2}


def test_the_speaker_is_large_with_the_room_as_inset() -> None:
    """Room and speaker are seen and heard, nobody else."""
    shot = direct(SPEAKING, ALL)
    assert shot.scene == Scene("speaker", main=3, inset=1, strap=STRAP, item="议程一")
    assert shot.want == {1, 2, 3, 4}
    assert shot.heard == {2, 4}


def test_a_speaker_without_camera_gets_a_name_card() -> None:
    """Who is only heard is shown by name, beside the room."""
    shot = direct(SPEAKING, (ROOM, ROOM_SOUND, WANG_SOUND))
    assert shot.scene.card == Card("voice", "积水治理", "幸福里议事室", "议程一", VOICE)
    assert shot.scene.inset == 1
    assert shot.heard == {2, 4}


def test_a_stalled_speaker_is_replaced_by_the_name_card_but_still_wanted() -> None:
    """A frozen picture isn't shown as live; it comes back by itself since it stays wanted."""
    shot = direct(SPEAKING, (ROOM, stalled(WANG)))
    assert shot.scene.main is None
    assert shot.scene.card is not None
    assert shot.scene.card.kind == "voice"
    assert 3 in shot.want


def test_until_the_speakers_first_picture_the_room_stays_large() -> None:
    """The name card doesn't flash up while the first keyframe is on its way."""
    assert direct(SPEAKING, (ROOM, waiting(WANG))).scene == Scene(
        "room", main=1, strap=STRAP, item="议程一"
    )


def test_a_stalled_room_is_left_out_of_the_inset() -> None:
    """The speaker stands alone while the room's camera is gone."""
    assert direct(SPEAKING, (stalled(ROOM), WANG)).scene.inset is None


def test_a_stalled_room_is_replaced_by_a_card() -> None:
    """Nothing else is there to be shown."""
    scene = direct(MEETING, (stalled(ROOM),), Scene("room", main=1)).scene
    assert scene.card == Card("waiting", "积水治理", "幸福里议事室", "议程一")


def test_a_card_stays_until_the_rooms_first_picture() -> None:
    """From the opening card to the room without another card in between."""
    opening = Scene("opening", Card("opening", "积水治理"))
    assert direct(MEETING, (waiting(ROOM),), opening).scene == opening
    assert direct(MEETING, (ROOM,), opening).scene.main == 1


def test_the_newest_of_two_sources_of_a_person_counts() -> None:
    """After a reconnect the old source is ignored, even while it looks alive."""
    again = Source(9, "wang", "picture", Look.ALIVE)
    shot = direct(SPEAKING, (*ALL, again))
    assert shot.scene.main == 9
    assert 3 not in shot.want


def test_a_room_that_holds_the_floor_itself_is_shown_once() -> None:
    """The room isn't its own inset."""
    shot = direct(SPEAKING.model_copy(update={"speaker": "room"}), ALL)
    assert shot.scene == Scene("room", main=1, strap=STRAP, item="议程一")


def test_a_meeting_without_a_room_camera_shows_its_speaker() -> None:
    """The room is optional."""
    shot = direct(SPEAKING.model_copy(update={"room": None}), ALL)
    assert shot.scene == Scene("speaker", main=3, strap=STRAP, item="议程一")


def test_a_shared_screen_fills_the_picture_with_its_speaker_beside_it() -> None:
    """Without the face the room is beside it; a screen that stands still gives way."""
    screen = Source(9, "wang", "screen", Look.ALIVE)
    shot = direct(SPEAKING, (*ALL, screen))
    assert shot.scene == Scene("screen", main=9, inset=3, strap=STRAP)
    assert 9 in shot.want
    assert direct(SPEAKING, (ROOM, screen)).scene.inset == 1
    assert direct(SPEAKING, (*ALL, stalled(screen))).scene.main == 3


def test_the_rooms_screen_is_shown_while_nobody_remote_shares_one() -> None:
    """With the room beside it, also while somebody remote speaks."""
    shared, own = Source(9, "room", "screen", Look.ALIVE), Source(8, "wang", "screen", Look.ALIVE)
    for cue in (MEETING, SPEAKING):
        scene = direct(cue, (*ALL, shared)).scene
        assert (scene.main, scene.inset) == (9, 1)
    assert direct(SPEAKING, (*ALL, shared, own)).scene.main == 8
    assert direct(MEETING, (*ALL, own)).scene.main == 1


def test_the_microphone_may_be_another_device_than_the_camera() -> None:
    """It is heard, and its picture is not asked for."""
    cue = MEETING.model_copy(update={"microphone": "li"})
    shot = direct(cue, ALL)
    assert shot.heard == {2, 6}
    assert 5 not in shot.want
