"""
A forwarder's end of a real worker, and publishers that send in real time.

Everything runs in the caller's thread: `play_until` sends what is due and reads what comes.
"""

from __future__ import annotations

import io
import itertools
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

import av
import numpy as np
import numpy.typing as npt

from media.control import Cue, Part
from media.cue import SceneName
from media.programme.feed import (
    MESSAGE_MAX,
    PACKET,
    AlarmNote,
    CueNote,
    Finish,
    Finished,
    HowlNote,
    Keyframe,
    Note,
    PartNote,
    SceneNote,
    SourceDown,
    SourceUp,
    Want,
    decode_note,
    encode_note,
)
from media.segments.disk import DiskStore
from media.segments.port import RunStarted
from tests.fixtures.boxes import fragments
from tests.fixtures.publisher import PicturePublisher, SoundPublisher, Yuv, flat

STEP_S = 0.02  # sound every step, a picture every second step


@dataclass
class Camera:
    """A source of pictures of one colour."""

    publisher: PicturePublisher
    colour: Yuv
    size: tuple[int, int]
    running: bool = True
    lose: Callable[[], bool] = lambda: False
    """Asked for each packet: whether it is lost."""
    spoil: Callable[[bytes], bytes] = lambda data: data
    """What becomes of each packet on the way."""

    def resize(self, width: int, height: int) -> None:
        """The next pictures have another size."""
        self.size = (width, height)
        self.publisher.resize(width, height)


@dataclass
class Stage:
    """One worker and what it is fed with."""

    folder: Path
    room: str = "m1"
    cameras: dict[int, Camera] = field(default_factory=dict)
    microphones: dict[int, SoundPublisher] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    howls: list[HowlNote] = field(default_factory=list)
    alarms: list[AlarmNote] = field(default_factory=list)
    scenes: list[SceneName] = field(default_factory=list)
    wanted: frozenset[int] = frozenset()
    keyframes: list[int] = field(default_factory=list)
    finished: bool = False

    def start(self, *arguments: str, program: str = "media.programme") -> Self:
        """Start a worker; a second time, another one."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        self.socket = ours
        self.parts, self.wanted, self.finished = [], frozenset(), False
        self.howls, self.alarms = [], []
        self._numbers = itertools.count()
        self._steps = 0
        with theirs:
            fd = str(theirs.fileno())
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", program, "--fd", fd),
                    *("--room", self.room, "--folder", str(self.folder)),
                    *arguments,
                ],
                pass_fds=(theirs.fileno(),),
            )
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()
        self.process.kill()
        self.process.wait(10)

    def send(self, note: Note) -> None:
        self.socket.send(encode_note(note))

    def cue(self, cue: Cue) -> None:
        self.send(CueNote(cue=cue))

    def camera(
        self,
        person: str,
        colour: Yuv,
        codec: Literal["VP8", "H264"] = "VP8",
        size: tuple[int, int] = (640, 360),
    ) -> int:
        """A camera comes up; returns its source number."""
        number = next(self._numbers)
        self.cameras[number] = Camera(PicturePublisher(codec, *size), colour, size)
        up = SourceUp(source=number, person=person, kind="picture", codec=codec, clock_hz=90_000)
        self.send(up)
        return number

    def microphone(self, person: str, tone_hz: float) -> int:
        """A microphone comes up; returns its source number."""
        number = next(self._numbers)
        self.microphones[number] = SoundPublisher(tone_hz)
        self.send(
            SourceUp(source=number, person=person, kind="sound", codec="opus", clock_hz=48_000)
        )
        return number

    def down(self, number: int) -> None:
        self.cameras.pop(number, None)
        self.microphones.pop(number, None)
        self.send(SourceDown(source=number))

    def play_until(self, done: Callable[[], bool], within_s: float = 30.0) -> None:
        """Send and read in real time until *done*."""
        until = time.monotonic() + within_s
        due = time.monotonic()
        while not done():
            assert time.monotonic() < until, "it didn't happen in time"
            self._step()
            # A machine that is too slow sends later, not faster afterwards.
            due = max(due + STEP_S, time.monotonic())
            open_line = self._read()
            while open_line and (left := due - time.monotonic()) > 0:
                if select.select([self.socket], [], [], left)[0]:
                    open_line = self._read()
            time.sleep(max(0.0, due - time.monotonic()))

    def play_parts(self, count: int) -> None:
        """So many more parts of the programme, a fifth of a second each."""
        until = len(self.parts) + count
        self.play_until(lambda: len(self.parts) >= until, 30 + count)

    def finish(self) -> None:
        """The forwarder's order; returns when the worker has ended."""
        self.send(Finish())
        self.play_until(lambda: self.finished)
        assert self.process.wait(10) == 0

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait(10)
        self._read()
        self.socket.close()
        self.cameras.clear()
        self.microphones.clear()

    def _step(self) -> None:
        self._steps += 1
        for number, microphone in self.microphones.items():
            packets = microphone.send()
            if number in self.wanted:
                self._packets(number, packets)
        if self._steps % 2:
            return
        for number, camera in self.cameras.items():
            if camera.running and number in self.wanted:
                packets = camera.publisher.send(flat(*camera.size, camera.colour))
                kept = [camera.spoil(data) for data in packets if not camera.lose()]
                self._packets(number, kept)

    def _packets(self, number: int, packets: list[bytes]) -> None:
        for data in packets:
            try:
                self.socket.send(PACKET + number.to_bytes(2, "big") + data)
            except (BlockingIOError, ConnectionError):
                return

    def _read(self) -> bool:
        while True:
            try:
                message = self.socket.recv(MESSAGE_MAX)
            except BlockingIOError:
                return True
            except ConnectionError:
                return False
            if not message:
                return False
            self._note(decode_note(message))

    def _note(self, note: Note) -> None:
        match note:
            case Want():
                self.wanted = frozenset(note.sources)
            case Keyframe():
                self.keyframes.append(note.source)
                if note.source in self.cameras:
                    self.cameras[note.source].publisher.keyframe = True
            case PartNote():
                self.parts.append(note.part)
            case HowlNote():
                self.howls.append(note)
            case SceneNote():
                self.scenes.append(note.scene)
            case AlarmNote():
                self.alarms.append(note)
            case Finished():
                self.finished = True
            case _:
                raise AssertionError(f"can't happen: {note}")


@dataclass(frozen=True)
class Shown:
    """One decoded picture of the programme."""

    at_ms: int
    """Wall clock, as its part says."""
    at_s: float
    """In its run, from the first picture."""
    planes: npt.NDArray[np.uint8]
    """Planar 4:2:0, shape (1080, 1280)."""

    def pixel(self, x: int, y: int) -> Yuv:
        """Mean of a small field around a place."""
        half = self.planes[720:].reshape(2, 360, 640)
        field = half[:, y // 2 - 2 : y // 2 + 2, x // 2 - 2 : x // 2 + 2].mean(axis=(1, 2))
        return int(self.planes[y - 4 : y + 4, x - 4 : x + 4].mean()), int(field[0]), int(field[1])


@dataclass
class Run:
    """What one worker wrote."""

    init: str
    data: bytes
    walls: list[int] = field(default_factory=list)
    """Wall clock of each picture."""

    def pictures(self) -> list[Shown]:
        """All pictures; there are as many as the parts say."""
        with av.open(io.BytesIO(self.data), "r") as container:
            return [
                Shown(wall, float(frame.time or 0), frame.to_ndarray().astype(np.uint8, copy=False))
                for wall, frame in zip(self.walls, container.decode(video=0), strict=True)
            ]

    def sound(self) -> npt.NDArray[np.float32]:
        """All sound: mono, 48 kHz."""
        with av.open(io.BytesIO(self.data), "r") as container:
            chunks = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
        return np.concatenate(chunks).astype(np.float32)


def runs(folder: Path) -> list[Run]:
    """The recording, by its journal."""
    store = DiskStore(folder)
    found: list[Run] = []
    for entry in store.journal():
        if isinstance(entry, RunStarted):
            found.append(Run(entry.init, store.read(entry.init)))
        elif isinstance(entry, Part):
            assert found[-1].init == entry.init
            data = store.read(entry.file, entry.start, entry.length)
            found[-1].data += data
            at_ms = entry.at_ms
            for sample in fragments(data)[0].tracks[0].samples:
                found[-1].walls.append(at_ms)
                at_ms += sample.duration // 90
    return found


def near(a: Yuv, b: Yuv, tolerance: int = 8) -> bool:
    """Whether two colours are the same but for coding."""
    return all(abs(x - y) <= tolerance for x, y in zip(a, b, strict=True))


def loudness(pcm: npt.NDArray[np.float32], tone_hz: float) -> float:
    """Amplitude of a tone in a stretch of sound."""
    at = np.arange(len(pcm)) / 48_000
    return float(2 * abs(np.mean(pcm * np.exp(-2j * np.pi * tone_hz * at))))
