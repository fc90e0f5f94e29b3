"""
CPU of one meeting's programme, for each scene, as a share of one core.

    python -m benchmarks.programme [--seconds 8] [--scene speaker ...] [--moving]

A real worker is fed with coded pictures (VP8) and speech, and writes all renditions to a disk. The
pictures are a meeting's: people before fixed cameras, a document on a screen. With `--moving`
everything in them moves: a man in a car that drives, a street, the street again on the screen.

Counted is the worker's processor time over the time that passed; beside it what one 720p encode of
the man in the car at x264's `veryfast` alone would take at that moment.
"""

from __future__ import annotations

import argparse
import os
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from benchmarks.livestream.service import cpu_s
from benchmarks.programme import footage
from benchmarks.programme.sources import Stream, camera, forth_and_back, microphone, screen
from benchmarks.programme.yardstick import Yardstick
from media.cue import AgendaCue, Cue, Layout, Partner, Strap, VoteCue
from media.programme.feed import (
    MESSAGE_MAX,
    PACKET,
    CueNote,
    PartNote,
    SceneNote,
    SourceUp,
    Want,
    decode_note,
    encode_note,
    encode_report,
)
from tests.fixtures.clips import pictures

AIM: Final = 0.30
SETTLE_S: Final = 2.5
Cameras = Mapping[int, Stream]
REPORT_STEPS: Final = 50
"""Of 20 ms, from one sender report to the next."""
ROOM, WANG, LI, SCREEN, ROOM_SOUND, WANG_SOUND = range(6)

MEETING: Final = Cue(
    mode="meeting",
    title="老旧小区加装电梯专题协商会",
    place="幸福里社区议事室",
    room="room",
    item="加装电梯费用分摊方案",
    agenda=AgendaCue(title="加装电梯费用分摊方案", number=2, of=5, department="区住建局"),
)
SPEAKING: Final = MEETING.model_copy(
    update={
        "speaker": "wang",
        "strap": Strap(name="王建国", office="区住房和城乡建设局", channel="video"),
    }
)
ASKED: Final = SPEAKING.model_copy(
    update={"partner": Partner(person="li", strap=Strap(name="李桂兰", channel="video"))}
)


def _vote(*, closed: bool) -> VoteCue:
    now_ms = time.time_ns() // 1_000_000
    return VoteCue(
        question="是否同意按楼层比例分摊加装电梯的费用？",
        options=("同意", "反对", "弃权"),
        secret=False,
        opened_ms=now_ms,
        until_ms=now_ms + 600_000,
        closed_ms=now_ms if closed else None,
        turnout=23,
        entitled=40,
        tally=(15, 6, 2) if closed else None,
    )


def _cue(scene: str) -> Cue:
    layouts: dict[str, tuple[Cue, Layout]] = {
        "room": (MEETING, "room"),
        "speaker": (SPEAKING, "speaker"),
        "two": (ASKED, "two"),
        "screen": (SPEAKING, "screen"),
        "agenda": (MEETING, "agenda"),
        "vote": (MEETING, "vote"),
        "result": (MEETING, "vote"),
        "card": (MEETING, "card"),
        "recess": (MEETING, "auto"),
    }
    cue, layout = layouts[scene]
    changes: dict[str, object] = {"layout": layout}
    if layout == "vote":
        changes["vote"] = _vote(closed=scene == "result")
    if scene == "recess":
        changes["mode"] = "recess"
    return cue.model_copy(update=changes)


SCENES: Final = (
    *("room", "speaker", "two", "screen", "agenda", "vote", "result", "card", "recess"),
)


@cache
def _meeting() -> Cameras:
    """Fixed cameras, and a document."""
    person = footage.person()
    return {
        ROOM: camera(forth_and_back(footage.table()), 180, 360, 720),
        WANG: camera(forth_and_back(person), 180, 360, 720),
        LI: camera(forth_and_back(person, 30), 180, 360),
        SCREEN: screen(footage.document()),
    }


@cache
def _moving() -> Cameras:
    """Everything moves."""
    car, street = pictures("talking_head"), pictures("street")
    return {
        ROOM: camera(forth_and_back(street), 180, 360, 720),
        WANG: camera(forth_and_back(car), 180, 360, 720),
        LI: camera(forth_and_back(car, 30), 180, 360),
        SCREEN: screen(forth_and_back(street, 20)),
    }


class Feed:
    """The forwarder's end of one worker."""

    def __init__(self, folder: Path, cameras: Cameras, *, screen: bool) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        ours.setblocking(False)
        command = [sys.executable, "-m", "media.programme", "--fd", str(theirs.fileno())]
        with theirs:
            self.process = subprocess.Popen(
                [*command, "--folder", str(folder), "--room", "benchmark"],
                pass_fds=(theirs.fileno(),),
            )
        self._socket = ours
        persons = {ROOM: "room", WANG: "wang", LI: "li"}
        if screen:
            persons[SCREEN] = "wang"
        self._cameras = {number: cameras[number].again() for number in persons}
        self._sounds = {ROOM_SOUND: microphone(0.2), WANG_SOUND: microphone(0.8)}
        self._wanted: dict[int, int] = {}
        self.parts = self.dropped = 0
        self.scene = ""
        for number, person in persons.items():
            kind = "screen" if number == SCREEN else "picture"
            self._up(number, person, kind, "VP8", 90_000)
        for number, person in ((ROOM_SOUND, "room"), (WANG_SOUND, "wang")):
            self._up(number, person, "sound", "opus", 48_000)

    def _up(self, source: int, person: str, kind: str, codec: str, clock_hz: int) -> None:
        up = {"source": source, "person": person, "kind": kind, "codec": codec}
        self._socket.send(encode_note(SourceUp.model_validate({**up, "clock_hz": clock_hz})))

    def cue(self, cue: Cue) -> None:
        self._socket.send(encode_note(CueNote(cue=cue)))

    def play(self, seconds: float) -> None:
        """Send in real time."""
        begun_s = due_s = time.monotonic()
        step = 0
        while due_s < begun_s + seconds:
            if step % REPORT_STEPS == 0:
                self._report(due_s)
            for number, sound in self._sounds.items():
                self._send(number, sound)
            if step % 2 == 0:
                for number, pictures in self._cameras.items():
                    self._send(number, pictures)
            step += 1
            due_s += 0.02
            while (left_s := due_s - time.monotonic()) > 0:
                if select.select([self._socket], [], [], left_s)[0]:
                    self._read()

    def stop(self) -> None:
        self._socket.close()
        self.process.wait(10)

    def _report(self, now_s: float) -> None:
        """Tell which moment the next packets are of, as publishers do: so lips are in step."""
        for number, stream in (self._cameras | self._sounds).items():
            self._socket.send(encode_report(number, round(now_s * 2**32), stream.timestamp))

    def _send(self, number: int, stream: Stream) -> None:
        for packet in stream.next(self._wanted.get(number)):
            try:
                self._socket.send(PACKET + number.to_bytes(2, "big") + packet)
            except BlockingIOError:
                self.dropped += 1

    def _read(self) -> None:
        match decode_note(self._socket.recv(MESSAGE_MAX)):
            case Want(sources=sources):
                self._wanted = sources
            case PartNote():
                self.parts += 1
            case SceneNote(scene=scene):
                self.scene = scene
            case _:
                pass


def measure(scene: str, cameras: Cameras, seconds: float) -> tuple[float, int, str]:
    """Core share of the worker, parts that it wrote, and the scene that it showed."""
    with tempfile.TemporaryDirectory() as folder:
        feed = Feed(Path(folder), cameras, screen=scene == "screen")
        try:
            feed.cue(_cue(scene))
            feed.play(SETTLE_S)
            begun_s, before_s, parts = time.monotonic(), cpu_s(feed.process.pid), feed.parts
            feed.play(seconds)
            share = (cpu_s(feed.process.pid) - before_s) / (time.monotonic() - begun_s)
            return share, feed.parts - parts, feed.scene
        finally:
            feed.stop()


def main() -> int:
    """Measure and print; status 1 if a scene misses the aim."""
    parser = argparse.ArgumentParser(prog="benchmarks.programme", description=__doc__)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--scene", nargs="*", choices=SCENES, default=SCENES)
    parser.add_argument("--moving", action="store_true", help="cameras that move")
    options = parser.parse_args()
    print(f"a programme's worker, {options.seconds:.0f} s a scene; load {os.getloadavg()[0]:.1f}")
    missed = False
    yardstick = Yardstick()
    cameras = _moving if options.moving else _meeting
    for scene in options.scene:
        before = yardstick.share()
        share, parts, shown = measure(scene, cameras(), options.seconds)
        alone = (before + yardstick.share()) / 2
        expected = round(options.seconds * 5)
        late = "" if abs(parts - expected) <= 2 else f"   {parts} parts of {expected}"
        print(
            f"  {scene:8s} {share:5.2f} of a core; x264 alone {alone:.2f}: {share / alone:.2f}x"
            f"   (shown: {shown}){late}",
            flush=True,
        )
        missed = missed or share > AIM
    print(f"aim {AIM:.2f} {'missed' if missed else 'met'}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
