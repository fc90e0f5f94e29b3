"""
The programme between its line and its encoder: notes and packets in, pictures and sound out.

No socket and no clock in here; time is the caller's monotonic clock, in seconds.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

import av

from media.control import Cue
from media.programme.compositor import Compositor, heights
from media.programme.director import OPENING, direct
from media.programme.feed import CueNote, HowlNote, Keyframe, Note, SourceDown, SourceUp, Want
from media.programme.howl import HowlDetector
from media.programme.limiter import DELAY
from media.programme.mixer import Mixer
from media.programme.picture import PictureSource
from media.programme.planes import HEIGHT
from media.programme.scene import Look, Scene, Shot, Source
from media.programme.sound import RATE, Pcm, SoundSource, opus_decoder
from media.programme.sync import FAR_S, Clock, Hold

SLOT_S = 0.04
"""A picture is shown so long; it may be half of that early or late."""
SOURCES_MAX = 256
"""More at a time are ignored; a meeting has at most two for each linked person."""

_log = logging.getLogger(__name__)


class Programme:
    """One programme's state."""

    def __init__(self, compositor: Compositor) -> None:
        self._compositor = compositor
        self._mixer = Mixer()
        self._cue: Cue = OPENING
        self._ups: dict[int, SourceUp] = {}
        self._pictures: dict[int, PictureSource] = {}
        self._sounds: dict[int, SoundSource] = {}
        self._howls: dict[int, HowlDetector] = {}
        self._ringing: dict[str, HowlNote] = {}
        self._clocks: dict[int, Clock] = {}
        self._holds: dict[int, Hold] = {}
        """By source of sound."""
        self._shot = direct(OPENING, ())
        self._told: dict[int, int] = {}

    @property
    def scene(self) -> Scene:
        """What the last picture showed."""
        return self._shot.scene

    @property
    def cue(self) -> Cue:
        """The last one."""
        return self._cue

    @property
    def camera(self) -> tuple[int, PictureSource] | None:
        """Source that fills the picture, with its pictures; None: a card or a shared screen."""
        main = self._shot.scene.main
        if main is None or self._ups[main].kind == "screen":
            return None
        return main, self._pictures[main]

    @property
    def composed(self) -> int:
        """Pictures that differ from the one before, so far."""
        return self._compositor.count

    @property
    def sounds(self) -> bool:
        """Whether somebody should be heard: a source of sound is on, or a picture without one."""
        return bool(self._shot.heard) or self._shot.scene.main is not None

    def note(self, note: Note) -> None:
        """Take a note of the forwarder; those that don't concern the picture are ignored."""
        if isinstance(note, SourceUp):
            if len(self._ups) < SOURCES_MAX:
                self._ups[note.source] = note
            else:
                _log.warning("more than %d sources: %d is ignored", SOURCES_MAX, note.source)
        elif isinstance(note, SourceDown):
            self._quiet(note.source)
            self._ups.pop(note.source, None)
            self._pictures.pop(note.source, None)
            self._sounds.pop(note.source, None)
            self._clocks.pop(note.source, None)
            self._holds.pop(note.source, None)
        elif isinstance(note, CueNote):
            self._cue = note.cue

    def packet(self, source: int, data: bytes, now_s: float) -> None:
        """Take an RTP packet; of a source that isn't wanted, it is dropped."""
        picture = self._pictures.get(source)
        if picture is not None:
            picture.push(data, now_s)
            return
        sound = self._sounds.get(source)
        if sound is not None:
            sound.push(data)

    def report(self, source: int, ntp: int, timestamp: int) -> None:
        """A publisher's clock at a timestamp (sender report)."""
        up = self._ups.get(source)
        if up is not None:
            self._clocks[source] = Clock.of(ntp, timestamp, up.clock_hz)

    def decide(self, now_s: float, at_ms: int = 0) -> Shot:
        """
        Have the director look again, and start or stop decoding.

        Args:
            at_ms: wall clock of the picture.
        """
        for picture in self._pictures.values():
            picture.advance(now_s)
        self._shot = direct(self._cue, self._sources(now_s), self._shot.scene, at_ms)
        for number in self._shot.want - self._pictures.keys() - self._sounds.keys():
            up = self._ups[number]
            if up.codec == "opus":
                self._sounds[number] = SoundSource(opus_decoder())
            else:
                self._pictures[number] = PictureSource(up.codec, now_s)
        for number in (self._pictures.keys() | self._sounds.keys()) - self._shot.want:
            self._pictures.pop(number, None)
            self._sounds.pop(number, None)
            self._holds.pop(number, None)
            self._quiet(number)
        return self._shot

    def _quiet(self, number: int) -> None:
        """Nothing is heard of a source any more: no howl either."""
        detector, up = self._howls.pop(number, None), self._ups.get(number)
        if detector is not None and detector.howling and up is not None:
            self._ringing[up.person] = HowlNote(person=up.person, howling=False, frequency_hz=0)

    def _sources(self, now_s: float) -> Iterator[Source]:
        for number, up in self._ups.items():
            picture = self._pictures.get(number)
            look = picture.look(now_s) if picture is not None else Look.WAITING
            yield Source(number, up.person, up.kind, look)

    def picture(self, clock: str) -> av.VideoFrame:
        """
        The next picture of the decided scene.

        Args:
            clock: time of day as text.
        """
        for number, picture in self._pictures.items():
            picture.show(self._heard_now(number, picture))
        return self._compositor.compose(self._shot.scene, self._pictures, clock)

    def _heard_now(self, number: int, picture: PictureSource) -> int | None:
        """Timestamp of the picture whose moment is heard now; None: nothing tells."""
        person = self._ups[number].person
        sounds = [
            n for n in self._shot.heard & self._sounds.keys() if self._ups[n].person == person
        ]
        clock = self._clocks.get(number)
        if not sounds or clock is None or picture.newest is None:
            return None
        sound, sound_clock = self._sounds[max(sounds)], self._clocks.get(max(sounds))
        if sound_clock is None or sound.playing is None:
            return None
        moment_s = sound_clock.moment(sound.playing) - DELAY / RATE
        lag_s = moment_s - clock.moment(picture.newest)
        if abs(lag_s) > FAR_S:
            return None
        hold = self._holds.setdefault(max(sounds), Hold())
        if hold.look(lag_s):
            sound.hold(round(hold.hold_s * RATE))
        return clock.at(moment_s + SLOT_S / 2)

    def sound(self, samples: int) -> Pcm:
        """The next samples of everybody who is heard."""
        return self._mixer.block(self._sounds, self._shot.heard, samples, self._listen)

    def _listen(self, number: int, pcm: Pcm) -> None:
        up = self._ups.get(number)
        detector = self._howls.get(number)
        if detector is None:
            detector = self._howls[number] = HowlDetector()
        if detector.hear(pcm) and up is not None:
            self._ringing[up.person] = HowlNote(
                person=up.person, howling=detector.howling, frequency_hz=detector.frequency_hz
            )

    def howls(self) -> list[HowlNote]:
        """Whose sound has begun to ring, or has ended to, since this was asked last."""
        notes = list(self._ringing.values())
        self._ringing.clear()
        return notes

    def wants(self) -> Want | None:
        """
        The note that is due since the shown sources changed; `told` confirms it.

        What is kept ready may be small, but not while a first picture is waited for: those will be
        shown together.
        """
        waiting = any(picture.frame is None for picture in self._pictures.values())
        wanted = dict.fromkeys(sorted(self._shot.want), 0)
        for number in self._pictures if waiting else ():
            wanted[number] = self._told.get(number, HEIGHT)
        wanted |= heights(self._shot.scene)
        return None if wanted == self._told else Want(sources=wanted)

    def told(self, want: Want) -> None:
        """The forwarder has this note."""
        self._told = want.sources

    def keyframes(self, now_s: float) -> list[Keyframe]:
        """Keyframes to ask for now."""
        return [
            Keyframe(source=number)
            for number, picture in self._pictures.items()
            if picture.wants_keyframe(now_s)
        ]
