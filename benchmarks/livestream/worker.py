"""A real worker with sources that carry the clock, and the web side of it; all on this machine."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np

from benchmarks.livestream import barcode
from benchmarks.programme.sources import camera, forth_and_back, microphone
from media.control import Cue, Part, Strap
from media.programme.feed import (
    MESSAGE_MAX,
    NOTE,
    PACKET,
    CueNote,
    Keyframe,
    PartNote,
    SourceUp,
    Want,
    decode_note,
    encode_note,
)
from tests.fixtures.clips import pictures
from tests.fixtures.publisher import PicturePublisher

CUE = Cue(
    mode="meeting",
    title="幸福里小区积水治理协商会议",
    place="幸福里议事室",
    item="雨季积水治理方案",
    room="room",
    speaker="wang",
    strap=Strap(name="王建国", office="区住房和城乡建设局"),
)

SPEAKER, SPEAKER_SOUND, ROOM, ROOM_SOUND = range(4)


class Feed:
    """
    The forwarder's end: a speaker and a room of 360p, each with sound.

    The speaker's picture carries the time at which it was made, before it is encoded. The rest is
    coded beforehand: cameras are elsewhere, and what they cost is nothing that is measured here.
    """

    def __init__(self, folder: Path, on_part: Callable[[Part], None]) -> None:
        self._on_part = on_part
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        with theirs:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "media.programme", "--fd", str(theirs.fileno())),
                    *("--folder", str(folder), "--room", "benchmark"),
                ],
                pass_fds=(theirs.fileno(),),
                start_new_session=True,  # its place counts against the others, as the service's
            )
        self._socket = ours
        self._speaker = PicturePublisher("H264", 640, 360)
        self._room = camera(forth_and_back(pictures("street")), 360)
        self._voices = {SPEAKER_SOUND: microphone(0.8), ROOM_SOUND: microphone(0.2)}
        self._wanted: frozenset[int] = frozenset()
        self.dropped = 0
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=target, daemon=True) for target in (self._send, self._receive)
        ]

    def start(self) -> None:
        """Announce the sources and begin to send."""
        for person, picture, sound in (
            ("wang", SPEAKER, SPEAKER_SOUND),
            ("room", ROOM, ROOM_SOUND),
        ):
            codec = "H264" if picture == SPEAKER else "VP8"
            for up in (
                SourceUp(
                    source=picture, person=person, kind="picture", codec=codec, clock_hz=90_000
                ),
                SourceUp(source=sound, person=person, kind="sound", codec="opus", clock_hz=48_000),
            ):
                self._socket.send(encode_note(up))
        self._socket.send(encode_note(CueNote(cue=CUE)))
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End the worker."""
        self._stopping.set()
        self._threads[0].join()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._threads[1].join()
        self._socket.close()
        self.process.wait(10)

    def _send(self) -> None:
        moving = np.add.outer(np.arange(360), np.arange(2 * 640)) // 4 % 160 + 40
        speaker = np.full((540, 640), 128, np.uint8)
        count, due = 0, time.monotonic()
        while not self._stopping.is_set():
            for number, voice in self._voices.items():
                self._packets(number, voice.next(0))
            if count % 2 == 0:
                shift = count * 3 % 640
                speaker[:360] = moving[:, shift : shift + 640]
                barcode.draw(speaker[:360], time.time_ns() // 1_000_000)
                frame = av.VideoFrame.from_ndarray(speaker, format="yuv420p")
                self._packets(SPEAKER, self._speaker.send(frame))
                self._packets(ROOM, self._room.next(360))
            count += 1
            due = max(due + 0.02, time.monotonic() - 0.1)
            time.sleep(max(0.0, due - time.monotonic()))

    def _packets(self, number: int, packets: list[bytes]) -> None:
        if number not in self._wanted:
            return
        for data in packets:
            try:
                message = PACKET + number.to_bytes(2, "big") + data
                self._socket.send(message, socket.MSG_DONTWAIT)
            except OSError:
                self.dropped += 1

    def _receive(self) -> None:
        while message := self._socket.recv(MESSAGE_MAX):
            assert message[:1] == NOTE
            match decode_note(message):
                case Want(sources=sources):
                    self._wanted = frozenset(sources)
                case Keyframe(source=source) if source == SPEAKER:
                    self._speaker.keyframe = True
                case PartNote(part=part):
                    self._on_part(part)
                case _:
                    pass


def into_loop(
    loop: asyncio.AbstractEventLoop, take: Callable[[Part], None]
) -> Callable[[Part], None]:
    """Hand parts over from a thread to a loop."""

    def hand_over(part: Part) -> None:
        loop.call_soon_threadsafe(take, part)

    return hand_over
