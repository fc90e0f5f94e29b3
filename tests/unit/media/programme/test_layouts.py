"""Two side by side, votes, agenda, and what the host asks for."""

from __future__ import annotations

from typing import TypeVar

import pytest
from pydantic import BaseModel

from media.control import Cue, Strap
from media.cue import AgendaCue, Layout, Partner, SceneName, VoteCue
from media.programme.ballot import COUNTING_MS, RESULT_MS, VOTE_ALONE_MS, VOTE_MS
from media.programme.director import AGENDA_MS, BEGUN_MS, direct
from media.programme.scene import Look, Progress, Scene, Source

_Model = TypeVar("_Model", bound=BaseModel)

T = 1_800_000_000_000
STRAP = Strap(name="王建国", channel="video")
LI_STRAP = Strap(name="李娟", channel="video")
AGENDA = AgendaCue(title="议程一", number=1, of=2, since_ms=T)
VOTE = VoteCue(
    question="是否同意？",
    options=("同意", "反对"),
    secret=False,
    opened_ms=T,
    until_ms=T + 300_000,
    turnout=3,
    entitled=9,
)
MEETING = Cue(mode="meeting", title="积水治理", room="room", item="议程一")
SPEAKING = MEETING.model_copy(update={"speaker": "wang", "strap": STRAP})
ASKED = SPEAKING.model_copy(update={"partner": Partner(person="li", strap=LI_STRAP)})

ROOM = Source(1, "room", "picture", Look.ALIVE)
WANG = Source(3, "wang", "picture", Look.ALIVE)
LI = Source(5, "li", "picture", Look.ALIVE)
SCREEN = Source(9, "wang", "screen", Look.ALIVE)
ALL = (ROOM, WANG, LI)


def having(cue: _Model, **fields: object) -> _Model:
    return cue.model_copy(update=fields)


def looking(source: Source, look: Look) -> Source:
    return Source(source.number, source.person, source.kind, look)


def scene(cue: Cue, sources: tuple[Source, ...] = ALL, at_ms: int = T) -> Scene:
    return direct(cue, sources, None, at_ms).scene


# --- two side by side


def test_who_asked_stands_at_the_left_of_who_answers() -> None:
    """Each with the own strap; only whoever has the floor and the room are heard."""
    sounds = tuple(Source(n + 10, p, "sound") for n, p in enumerate(("room", "wang", "li")))
    shot = direct(ASKED, (*ALL, *sounds))
    assert shot.scene == Scene(
        "two", main=3, second=5, strap=STRAP, second_strap=LI_STRAP, item="议程一"
    )
    assert shot.heard == {10, 11}
    assert shot.want == {1, 3, 5, 10, 11}


def test_of_two_one_may_be_in_the_room() -> None:
    """Then the room is beside the remote one, whichever of them speaks."""
    in_room = having(ASKED, partner=Partner(person=None, strap=LI_STRAP))
    assert (scene(in_room).second, scene(in_room).main) == (1, 3)
    answers = having(ASKED, speaker=None, strap=STRAP)
    assert (scene(answers).second, scene(answers).main) == (5, 1)


@pytest.mark.parametrize("gone", [(ROOM, WANG), (ROOM, WANG, looking(LI, Look.STALLED))])
def test_without_the_other_picture_the_speaker_is_large(gone: tuple[Source, ...]) -> None:
    """No empty or frozen half is shown."""
    assert scene(ASKED, gone).name == "speaker"


def test_the_scene_before_stays_until_both_are_there() -> None:
    """No cut to something in between; not when what it showed has stopped meanwhile."""
    before = Scene("speaker", main=5, inset=1, strap=LI_STRAP)
    coming = (ROOM, looking(WANG, Look.WAITING), LI)
    shot = direct(ASKED, coming, before)
    assert shot.scene == before
    assert shot.want >= {1, 3, 5}
    stopped = (ROOM, looking(WANG, Look.WAITING), looking(LI, Look.STALLED))
    assert direct(ASKED, stopped, before).scene != before


def test_from_one_speaker_to_the_next_the_old_picture_stays_until_the_new_one_is_there() -> None:
    """With the old name: no face is ever shown under another's."""
    before = Scene("speaker", main=5, inset=1, strap=LI_STRAP)
    shot = direct(SPEAKING, (ROOM, looking(WANG, Look.WAITING), LI), before)
    assert (shot.scene, 5 in shot.want) == (before, True)
    gone = direct(SPEAKING, (ROOM, looking(WANG, Look.WAITING)), before).scene
    assert (gone.name, gone.main, gone.strap) == ("room", 1, STRAP)


# --- cards that come and go by themselves


def test_the_opening_card_stays_for_three_seconds() -> None:
    """The room is heard meanwhile, and decoded for a clean cut."""
    cue = having(MEETING, opened_ms=T)
    shot = direct(cue, (ROOM, Source(2, "room", "sound")), None, T + BEGUN_MS - 1)
    assert shot.scene.name == "opening"
    assert (shot.want, shot.heard) == (frozenset({1, 2}), frozenset({2}))
    assert scene(cue, at_ms=T + BEGUN_MS).name == "room"


def test_the_agenda_card_comes_when_the_meeting_turns_to_an_item() -> None:
    """Beside it whoever speaks, else the room; after six seconds it goes."""
    cue = having(MEETING, agenda=AGENDA)
    assert (scene(cue).name, scene(cue).inset) == ("agenda", 1)
    assert scene(having(SPEAKING, agenda=AGENDA)).inset == 3
    assert scene(cue, at_ms=T + AGENDA_MS).name == "room"
    assert scene(cue, at_ms=T - 1).name == "room"


def test_of_vote_and_agenda_the_newer_is_shown() -> None:
    vote = having(VOTE, opened_ms=T - 2_000, closed_ms=T - 1_000, tally=(1, 2))
    assert scene(having(MEETING, agenda=AGENDA, vote=vote)).name == "agenda"
    later = having(VOTE, opened_ms=T + 1_000)
    assert scene(having(MEETING, agenda=AGENDA, vote=later), at_ms=T + 1_001).name == "vote"


# --- votes


@pytest.mark.parametrize(
    ("cue", "after_ms", "name"),
    [
        (MEETING, 0, "vote"),
        (MEETING, VOTE_ALONE_MS - 1, "vote"),
        (MEETING, VOTE_ALONE_MS, "room"),
        (SPEAKING, VOTE_MS - 1, "vote"),
        (SPEAKING, VOTE_MS, "speaker"),
        (SPEAKING, 300_000 - VOTE_MS, "speaker"),
        (SPEAKING, 300_001 - VOTE_MS, "vote"),
        (SPEAKING, 300_000 + COUNTING_MS - 1, "vote"),
        (SPEAKING, 300_000 + COUNTING_MS, "speaker"),
    ],
)
def test_a_vote_fills_the_picture_when_it_opens_and_before_it_ends(
    cue: Cue, after_ms: int, name: SceneName
) -> None:
    """In between whoever speaks is seen, under the question."""
    shown = scene(having(cue, vote=VOTE), at_ms=T + after_ms)
    assert shown.name == name
    if name != "vote":
        assert (shown.item, shown.voting) == ("是否同意？", True)


def test_over_a_shared_screen_nothing_is_written_but_the_question_of_a_vote() -> None:
    """It has a heading of its own, just there."""
    shared = (*ALL, SCREEN)
    assert scene(SPEAKING, shared).item == ""
    shown = scene(having(SPEAKING, vote=VOTE), shared, T + VOTE_MS)
    assert (shown.name, shown.item, shown.voting) == ("screen", "是否同意？", True)


def test_while_a_vote_runs_countdown_and_turnout_are_told_and_no_result() -> None:
    """The card itself holds nothing that changes, so it is drawn once."""
    shown = scene(having(MEETING, vote=VOTE), at_ms=T + 9_500)
    assert shown.progress == Progress("open", 291, 3, 9, None)
    assert shown.card is not None
    more = scene(having(MEETING, vote=having(VOTE, turnout=4)), at_ms=T + 9_600)
    assert more.card == shown.card
    over = scene(having(MEETING, vote=VOTE), at_ms=T + 300_000).progress
    assert over is not None
    assert over.state == "counting"


def test_after_the_close_the_bars_stay_for_a_while() -> None:
    closed = having(VOTE, closed_ms=T, tally=(5, 2), turnout=7)
    cue = having(SPEAKING, vote=closed)
    assert scene(cue).progress == Progress("closed", None, 7, 9, (5, 2))
    assert scene(cue, at_ms=T + RESULT_MS).name == "speaker"
    assert scene(having(cue, layout="vote"), at_ms=T + RESULT_MS).name == "vote"


def test_a_result_that_is_withheld_is_not_shown() -> None:
    assert scene(having(SPEAKING, vote=having(VOTE, closed_ms=T))).name == "speaker"


# --- what the host asks for

RICH = having(ASKED, agenda=having(AGENDA, since_ms=T - 99_000), vote=having(VOTE, opened_ms=1))


@pytest.mark.parametrize("layout", ["room", "speaker", "two", "screen", "agenda", "vote", "card"])
def test_the_host_has_shown_what_is_there(layout: Layout) -> None:
    shown = scene(having(RICH, layout=layout), (*ALL, SCREEN), T - 60_000)
    assert shown.name == layout


@pytest.mark.parametrize(
    ("layout", "sources", "name"),
    [
        ("room", (looking(ROOM, Look.STALLED), WANG), "speaker"),
        ("speaker", (ROOM,), "room"),
        ("two", (ROOM,), "room"),
        ("screen", (ROOM,), "room"),
        ("agenda", (ROOM,), "room"),
        ("vote", (ROOM,), "room"),
    ],
)
def test_what_is_not_there_is_not_shown(
    layout: Layout, sources: tuple[Source, ...], name: SceneName
) -> None:
    """The programme follows the meeting instead; the scene's name tells the host."""
    cue = having(SPEAKING if WANG in sources else MEETING, layout=layout)
    assert scene(cue, sources).name == name


def test_without_a_partner_the_room_is_beside_the_speaker() -> None:
    """When the host asks for two."""
    shown = scene(having(SPEAKING, layout="two"))
    assert (shown.name, shown.second, shown.main) == ("two", 1, 3)
