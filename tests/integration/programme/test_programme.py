"""
What is shown and heard, and when: real codecs on a clock that the test moves.

Pictures and sound are really encoded, sent as packets, decoded and composed; only time is not real,
so that a busy machine changes nothing.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

import numpy as np
import pytest

from media.control import Cue, Strap
from media.cue import Partner
from media.programme.compositor import INSET, LAYER_PERCENT, LEFT, RIGHT, Compositor
from media.programme.encoder import FRAME_SAMPLES
from media.programme.feed import CueNote, SourceDown, SourceUp
from media.programme.fonts import find
from media.programme.lettering import Lettering
from media.programme.planes import HEIGHT, Box
from media.programme.programme import SOURCES_MAX, Programme
from media.programme.sound import Pcm
from tests.fixtures.publisher import PicturePublisher, SoundPublisher, Yuv, flat, rtp
from tests.integration.programme.stage import Camera, loudness, near

ROOM, WANG = (90, 180, 100), (150, 90, 170)
ROOM_HZ, WANG_HZ = 440.0, 1_000.0
MIDDLE = (640, 200)
IN_INSET = (INSET.x + INSET.width // 2, INSET.y + INSET.height // 2)
ROUND_TRIP_S = 0.12  # from asking for a keyframe to its packets
FRAME_S = 0.04

MEETING = Cue(mode="meeting", title="积水治理", place="幸福里议事室", room="room", item="议程一")
SPEAKING = MEETING.model_copy(
    update={"speaker": "wang", "strap": Strap(name="王建国", office="区住建局")}
)


@dataclass(frozen=True)
class Moment:
    """One picture of the programme and its sound."""

    at_s: float
    scene: Literal["room", "speaker", "card", "other"]
    inset: Literal["room", "other"]
    sound: Pcm


@dataclass
class Simulation:
    """A programme and its publishers in the test's time."""

    programme: Programme = field(
        default_factory=lambda: Programme(Compositor(Lettering(find(None))))
    )
    now_s: float = 100.0
    cameras: dict[int, Camera] = field(default_factory=dict)
    microphones: dict[int, SoundPublisher] = field(default_factory=dict)
    moments: list[Moment] = field(default_factory=list)
    asked: list[tuple[float, int]] = field(default_factory=list)
    wanted: dict[int, int] = field(default_factory=dict)
    """By source: how high its picture is shown, pixels."""

    def __post_init__(self) -> None:
        self._numbers = iter(range(100))
        self._promised: deque[tuple[float, int]] = deque()

    def camera(self, person: str, colour: Yuv, codec: Literal["VP8", "H264"] = "VP8") -> int:
        number = next(self._numbers)
        self.cameras[number] = Camera(PicturePublisher(codec), colour, (640, 360))
        self.programme.note(
            SourceUp(source=number, person=person, kind="picture", codec=codec, clock_hz=90_000)
        )
        return number

    def microphone(self, person: str, tone_hz: float) -> int:
        number = next(self._numbers)
        self.microphones[number] = SoundPublisher(tone_hz)
        self.programme.note(
            SourceUp(source=number, person=person, kind="sound", codec="opus", clock_hz=48_000)
        )
        return number

    def cue(self, cue: Cue) -> None:
        self.programme.note(CueNote(cue=cue))

    def play(self, seconds: float) -> None:
        for _ in range(round(seconds / FRAME_S)):
            self._frame()

    def _frame(self) -> None:
        self.now_s += FRAME_S
        while self._promised and self._promised[0][0] <= self.now_s:
            _, number = self._promised.popleft()
            if number in self.cameras:
                self.cameras[number].publisher.keyframe = True
        for number, microphone in self.microphones.items():
            packets = microphone.send() + microphone.send()
            if number in self.wanted:
                for data in packets:
                    self.programme.packet(number, data, self.now_s)
        for number, camera in self.cameras.items():
            if camera.running and number in self.wanted:
                for data in camera.publisher.send(flat(*camera.size, camera.colour)):
                    if not camera.lose():
                        self.programme.packet(number, data, self.now_s)
        self.programme.decide(self.now_s)
        want = self.programme.wants()
        if want is not None:
            self.wanted = want.sources
            self.programme.told(want)
        for ask in self.programme.keyframes(self.now_s):
            self.asked.append((self.now_s, ask.source))
            self._promised.append((self.now_s + ROUND_TRIP_S, ask.source))
        planes = self.programme.picture("12:00").to_ndarray()
        self.moments.append(
            Moment(
                self.now_s,
                _scene(_pixel(planes, *MIDDLE)),
                "room" if near(_pixel(planes, *IN_INSET), ROOM) else "other",
                self.programme.sound(FRAME_SAMPLES),
            )
        )

    def since(self, start_s: float) -> list[Moment]:
        return [moment for moment in self.moments if moment.at_s > start_s]

    def scenes(self, start_s: float = 0.0) -> list[str]:
        """The scenes one after the other, without repetition."""
        found: list[str] = []
        for moment in self.since(start_s):
            if not found or found[-1] != moment.scene:
                found.append(moment.scene)
        return found

    def first(self, scene: str, start_s: float) -> float:
        """Seconds from *start_s* to the first picture of a scene."""
        return next(m.at_s for m in self.since(start_s) if m.scene == scene) - start_s


@cache
def _card_colour() -> Yuv:
    simulation = Simulation()
    simulation.programme.decide(0.0)
    return _pixel(simulation.programme.picture("12:00").to_ndarray(), *MIDDLE)


def _pixel(planes: np.ndarray, x: int, y: int) -> Yuv:
    half = planes[720:].reshape(2, 360, 640)
    return int(planes[y, x]), int(half[0, y // 2, x // 2]), int(half[1, y // 2, x // 2])


def _scene(pixel: Yuv) -> Literal["room", "speaker", "card", "other"]:
    if near(pixel, ROOM):
        return "room"
    if near(pixel, WANG):
        return "speaker"
    return "card" if near(pixel, _card_colour()) else "other"


@pytest.fixture
def simulation() -> Simulation:
    """A meeting with a room and a linked official, before its opening."""
    simulation = Simulation()
    simulation.cue(MEETING.model_copy(update={"mode": "opening"}))
    simulation.camera("room", ROOM)
    simulation.microphone("room", ROOM_HZ)
    simulation.camera("wang", WANG, "H264")
    simulation.microphone("wang", WANG_HZ)
    simulation.play(0.4)
    return simulation


def level(moments: list[Moment], tone_hz: float) -> float:
    return loudness(np.concatenate([moment.sound for moment in moments]), tone_hz)


def test_each_scene_comes_within_half_a_second_of_its_cue(simulation: Simulation) -> None:
    """With a line that takes 120 ms for a keyframe; and no other scene in between."""
    assert simulation.scenes() == ["card"]
    for cue, scenes in (
        (MEETING, ["card", "room"]),
        (SPEAKING, ["room", "speaker"]),
        (MEETING, ["room"]),
        (MEETING.model_copy(update={"mode": "recess"}), ["card"]),
    ):
        start = simulation.now_s
        simulation.cue(cue)
        simulation.play(1.0)
        assert simulation.scenes(start) == scenes
        assert simulation.first(scenes[-1], start) < 0.5


def test_only_who_is_on_is_heard(simulation: Simulation) -> None:
    """The room in the meeting, the speaker with the floor, nobody on a card."""
    heard = {}
    modes = {
        "room": MEETING,
        "both": SPEAKING,
        "none": MEETING.model_copy(update={"mode": "recess"}),
    }
    for name, cue in modes.items():
        simulation.cue(cue)
        simulation.play(0.4)
        start = simulation.now_s
        simulation.play(0.6)
        moments = simulation.since(start)
        heard[name] = level(moments, ROOM_HZ) > 0.3, level(moments, WANG_HZ) > 0.3
        assert all(np.abs(moment.sound).max() <= 1 for moment in moments)
    assert heard == {"room": (True, False), "both": (True, True), "none": (False, False)}


def test_only_shown_sources_are_wanted(simulation: Simulation) -> None:
    """Nothing is decoded that isn't on."""
    assert not simulation.wanted
    simulation.cue(MEETING)
    simulation.play(0.2)
    assert simulation.wanted.keys() == {0, 1}
    simulation.cue(SPEAKING)
    simulation.play(0.2)
    assert simulation.wanted.keys() == {0, 1, 2, 3}


def test_a_speaker_who_stops_is_replaced_within_a_second(simulation: Simulation) -> None:
    """By name card and room; the picture comes back by itself."""
    simulation.cue(SPEAKING)
    simulation.play(1.0)
    simulation.cameras[2].running = False
    stopped = simulation.now_s
    simulation.play(2.0)
    assert 0.8 < simulation.first("card", stopped) <= 1.0
    assert simulation.moments[-1].inset == "room"
    simulation.cameras[2].running = True
    again = simulation.now_s
    simulation.play(0.6)
    assert simulation.scenes(again) == ["speaker"]


def _nearly(box: Box) -> int:
    return box.height * LAYER_PERCENT // 100


def test_pictures_are_wanted_as_high_as_they_are_shown(simulation: Simulation) -> None:
    """What is only kept ready may be small, but not what is waited for."""
    simulation.camera("li", WANG)
    simulation.cameras[4].running = False
    li = Partner(person="li", strap=Strap(name="李桂兰"))
    asking = SPEAKING.model_copy(update={"partner": li})
    simulation.cue(MEETING)
    simulation.play(0.5)
    assert simulation.wanted == {0: HEIGHT, 1: 0}
    simulation.cue(asking)
    simulation.play(0.5)
    assert simulation.moments[-1].scene == "room"
    assert simulation.wanted == {0: HEIGHT, 1: 0, 2: HEIGHT, 3: 0, 4: HEIGHT}
    simulation.cameras[4].running = True
    simulation.play(0.5)
    assert simulation.wanted == {0: 0, 1: 0, 2: _nearly(RIGHT), 3: 0, 4: _nearly(LEFT)}
    simulation.cue(SPEAKING)
    simulation.play(0.2)
    assert simulation.wanted == {0: _nearly(INSET), 1: 0, 2: HEIGHT, 3: 0}
    simulation.cue(SPEAKING.model_copy(update={"layout": "card"}))
    simulation.play(0.2)
    assert simulation.wanted == {0: 0, 1: 0, 2: 0, 3: 0}


def test_a_room_that_stops_is_replaced_within_a_second(simulation: Simulation) -> None:
    """By a card when it is alone, by nothing when it is the inset."""
    simulation.cue(MEETING)
    simulation.play(1.0)
    simulation.cameras[0].running = False
    stopped = simulation.now_s
    simulation.play(1.2)
    assert simulation.first("card", stopped) <= 1.0
    simulation.cue(SPEAKING)
    simulation.play(1.0)
    assert simulation.moments[-1].scene == "speaker"
    assert simulation.moments[-1].inset == "other"


def test_a_speaker_whose_connection_ends_is_replaced_at_once(simulation: Simulation) -> None:
    """A new connection takes the place of the old one."""
    simulation.cue(SPEAKING)
    simulation.play(1.0)
    gone = simulation.now_s
    del simulation.cameras[2]
    simulation.programme.note(SourceDown(source=2))
    simulation.play(0.2)
    assert simulation.first("card", gone) <= 2 * FRAME_S
    back = simulation.now_s
    simulation.camera("wang", WANG)
    simulation.play(1.0)
    assert simulation.scenes(back)[-1] == "speaker"


@pytest.mark.parametrize("person", ["room", "wang"])
def test_after_loss_no_broken_picture_is_shown(simulation: Simulation, person: str) -> None:
    """One packet in thirty is lost for good: keyframes are asked for, and pictures stay whole."""
    chance = random.Random(5)
    simulation.cue(MEETING if person == "room" else SPEAKING)
    simulation.play(1.0)
    start, asked = simulation.now_s, len(simulation.asked)
    number = 0 if person == "room" else 2
    simulation.cameras[number].lose = lambda: chance.random() < 1 / 30
    simulation.play(8.0)
    moments = simulation.since(start)
    expected = "room" if person == "room" else "speaker"
    assert len(simulation.asked) > asked
    assert {moment.scene for moment in moments} <= {expected, "card"}
    assert np.mean([moment.scene == expected for moment in moments]) > 0.9


def test_keyframes_are_asked_for_in_measure(simulation: Simulation) -> None:
    """A camera that never sends one is asked at most three times a second."""
    simulation.cameras[0].running = False
    start = simulation.now_s
    simulation.cue(MEETING)
    simulation.play(3.0)
    asks = [number for at, number in simulation.asked if at > start]
    assert 5 <= len(asks) <= 9


def test_a_gigantic_picture_is_refused(simulation: Simulation) -> None:
    """Before memory is taken for it; the others go on."""
    simulation.cue(SPEAKING)
    simulation.play(0.2)
    header = b"\x10\x02\x00\x9d\x01\x2a\xff\x3f\xff\x3f"  # a VP8 keyframe of 16383x16383
    simulation.cameras[2].running = False
    for sequence in range(3):
        simulation.programme.packet(2, rtp(sequence, 0, header + bytes(600), marker=True), 0.0)
    simulation.play(1.2)
    assert simulation.moments[-1].scene == "card"
    assert simulation.moments[-1].inset == "room"


def test_more_sources_than_a_meeting_has_are_ignored() -> None:
    """The bound holds whatever the forwarder says."""
    simulation = Simulation()
    for number in range(SOURCES_MAX + 10):
        simulation.programme.note(
            SourceUp(
                source=number, person=f"p{number}", kind="picture", codec="VP8", clock_hz=90_000
            )
        )
    simulation.cue(MEETING.model_copy(update={"speaker": f"p{SOURCES_MAX + 5}"}))
    simulation.play(0.1)
    assert not simulation.wanted


def test_random_packets_end_nothing(simulation: Simulation) -> None:
    """Whatever a publisher sends, the programme goes on."""
    chance = random.Random(11)
    simulation.cue(SPEAKING)
    simulation.play(0.6)

    def garbage() -> bytes:
        return chance.randbytes(chance.randrange(300))

    for number in (1, 2, 3):
        for _ in range(300):
            simulation.programme.packet(number, garbage(), simulation.now_s)
            simulation.programme.packet(number, b"\x80\xe0" + garbage(), simulation.now_s)
    simulation.play(1.0)
    assert simulation.moments[-1].inset == "room"
