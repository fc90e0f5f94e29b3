"""The programme listens to each source that is heard, and tells who howls and when that is over."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np

from media.control import Cue
from media.programme.compositor import Compositor
from media.programme.feed import CueNote, HowlNote, SourceDown, SourceUp
from media.programme.lettering import Lettering
from media.programme.programme import Programme
from media.programme.sound import RATE, STEP
from tests.fixtures.publisher import rtp

MEETING = Cue(mode="meeting", title="会", room="room")
RECESS = Cue(mode="recess", title="会", room="room")


def opus(hz: float, loud: float, seconds: float) -> list[bytes]:
    """A tone as 20 ms packets."""
    encoder = av.AudioCodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = RATE, "mono", "flt"
    encoder.time_base = Fraction(1, RATE)
    packets: list[bytes] = []
    for n in range(round(seconds * RATE / STEP)):
        at = (np.arange(STEP) + n * STEP) / RATE
        pcm = (loud * np.sqrt(2) * np.sin(2 * np.pi * hz * at)).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(pcm[None, :], format="flt", layout="mono")
        frame.sample_rate, frame.pts = RATE, n * STEP
        packets += [bytes(packet) for packet in encoder.encode(frame)]
    return packets


def heard(programme: Programme, packets: list[bytes]) -> list[HowlNote]:
    """Play packets on the programme's pace: two packets, then 40 ms of sound."""
    notes: list[HowlNote] = []
    for n, packet in enumerate(packets):
        programme.packet(7, rtp(n, n * STEP, packet), n * 0.02)
        if n % 2:
            programme.decide(n * 0.02)
            programme.sound(2 * STEP)
            notes += programme.howls()
    return notes


def programme() -> Programme:
    made = Programme(Compositor(Lettering(None)))
    made.note(SourceUp(source=7, person="room", kind="sound", codec="opus", clock_hz=RATE))
    made.note(CueNote(cue=MEETING))
    made.decide(0.0)
    return made


def test_a_howl_is_told_once_by_its_person_and_frequency() -> None:
    (note,) = heard(programme(), opus(1_250, 0.2, 3.0))
    assert (note.person, note.howling) == ("room", True)
    assert abs(note.frequency_hz - 1_250) < 30


def test_a_source_that_is_no_longer_heard_does_not_howl() -> None:
    """The meeting goes into recess, or the source is gone."""
    for end in (CueNote(cue=RECESS), SourceDown(source=7)):
        made = programme()
        heard(made, opus(1_250, 0.2, 3.0))
        made.note(end)
        made.decide(4.0)
        assert [(note.person, note.howling) for note in made.howls()] == [("room", False)]
        assert made.howls() == []


def test_a_soft_tone_is_told_to_nobody() -> None:
    assert heard(programme(), opus(1_250, 0.02, 3.0)) == []
