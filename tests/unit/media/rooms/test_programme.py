"""The programme's worker is fed what it wants of what is allowed, and replaced when it dies."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

from media.control import Cue, Howl, Part, ProgrammeAlarm, ProgrammeState
from media.forwarding.track import Track
from media.limits import Limits
from media.programme.feed import (
    AlarmNote,
    CueNote,
    Finish,
    Finished,
    HowlNote,
    Keyframe,
    Note,
    PartNote,
    SourceDown,
    SourceUp,
    Want,
)
from media.rooms.programme import Programme
from media.rooms.slots import SourceKey
from media.rtp.packet import parse_header
from media.rtp.rtcp import Pli, SenderReport
from tests.unit.media.rooms.fakes import FakeWorker, Reports, Tasks, on_loop, settle
from tests.unit.media.wire import INTER, KEY, OPUS, VP8, Simulcast, Wire, read, rtp

LIMITS = Limits(picture_cache=64, sound_cache=32, worker_restarts_s=(0.001,), worker_exit_s=0.01)
CUE = Cue(mode="meeting", title="加装电梯", room="room", speaker="chen")
PART = Part(
    room="m", init="i.mp4", segment=1, part=0, file="1.m4s", start=0, length=9,
    duration_s=0.2, independent=True, last=False, at_ms=7,
)  # fmt: skip


class Studio:
    """A programme, its workers, and one person with sound and picture."""

    def __init__(self, limits: Limits) -> None:
        self.now_s = 0.0
        self.reports = Reports()
        self.workers: list[FakeWorker] = []
        self.started = asyncio.Event()
        self.broken = False
        self.wire = Wire()
        self.sound = Track("sound", OPUS, 20, reporter=1, send=self.wire.feed, limits=limits)
        self.picture = Track("picture", VP8, 10, reporter=1, send=self.wire.feed, limits=limits)
        self.sources: Mapping[SourceKey, Track] = {
            SourceKey("chen", "sound"): self.sound,
            SourceKey("chen", "picture"): self.picture,
        }
        self.programme = Programme(
            "m", "/folder", self._launch, self.reports, limits, lambda: self.now_s
        )

    async def _launch(self, room: str, folder: str, line: socket.socket) -> FakeWorker:
        if self.broken:
            self.started.set()
            raise OSError("no such program")
        worker = FakeWorker(room, folder, line)
        self.workers.append(worker)
        self.started.set()
        return worker

    async def worker(self) -> FakeWorker:
        """The next worker, when it is there."""
        async with asyncio.timeout(5):
            await self.started.wait()
        self.started.clear()
        await settle()
        return self.workers[-1]

    def send(self, sequence: int, payload: bytes = KEY) -> None:
        packet = rtp(sequence, ssrc=10, payload=payload)
        self.picture.layers[0].receive(packet, parse_header(packet), self.now_s)

    def talk(self, sequence: int) -> None:
        packet = rtp(sequence, ssrc=20, payload_type=111, payload=b"talk")
        self.sound.layers[0].receive(packet, parse_header(packet), self.now_s)

    def states(self) -> list[str]:
        return [report.state for report in self.reports.of(ProgrammeState)]


@asynccontextmanager
async def studio(limits: Limits = LIMITS) -> AsyncIterator[Studio]:
    tasks = Tasks()
    opened = Studio(limits)
    tasks.spawn(opened.programme.run())
    try:
        yield opened
    finally:
        await tasks.end()
        for worker in opened.workers:
            worker.exit()


def numbers(notes: list[Note]) -> dict[str, int]:
    """The worker's numbers of the sources, by kind."""
    return {note.kind: note.source for note in notes if isinstance(note, SourceUp)}


async def told(worker: FakeWorker, note: Note) -> None:
    worker.send(note)
    # the loop looks at sockets once a turn
    for _ in range(3):
        await asyncio.sleep(0.001)


@on_loop
async def test_a_worker_learns_of_sources_and_the_cue() -> None:
    async with studio() as s:
        s.programme.sources_changed(s.sources)
        s.programme.cue(CUE)
        worker = await s.worker()
        assert (worker.room, worker.folder) == ("m", "/folder")
        sound, picture, cue = worker.notes()
        assert sound == SourceUp(
            source=0, person="chen", kind="sound", codec="opus", clock_hz=48_000
        )
        assert picture == SourceUp(
            source=1, person="chen", kind="picture", codec="VP8", clock_hz=90_000
        )
        assert cue == CueNote(cue=CUE)
        s.programme.sources_changed({SourceKey("chen", "sound"): s.sound})
        assert worker.notes() == [SourceDown(source=1)]
        s.programme.sources_changed(s.sources)
        (again,) = worker.notes()
        assert isinstance(again, SourceUp)
        assert again.source == 2, "a number is never used again"
        assert s.states() == ["starting"]


@on_loop
async def test_packets_come_only_if_wanted_and_allowed() -> None:
    async with studio() as s:
        s.programme.sources_changed(s.sources)
        worker = await s.worker()
        up = numbers(worker.notes())
        s.sound.allow(True, 0.0)
        s.talk(1)
        assert worker.packets() == []
        await told(worker, Want(sources={up["sound"]: 0, up["picture"]: 720}))
        s.talk(2)
        s.send(2)
        (packet,) = worker.packets()
        assert packet[:3] == b"P" + up["sound"].to_bytes(2, "big")
        sent = read(packet[3:])
        assert (sent.payload_type, sent.sequence, sent.payload) == (111, 1, b"talk")
        s.sound.allow(False, 0.0)
        s.talk(3)
        assert worker.packets() == []
        await told(worker, Want(sources={}))
        s.sound.allow(True, 0.0)
        s.talk(4)
        assert worker.packets() == []


@on_loop
async def test_a_picture_begins_with_a_keyframe_that_is_asked_for() -> None:
    async with studio() as s:
        s.picture.allow(True, 0.0)
        s.programme.sources_changed(s.sources)
        worker = await s.worker()
        up = numbers(worker.notes())
        s.now_s = 1.0
        await told(worker, Want(sources={up["picture"]: 720}))
        assert len(s.wire.feedback(Pli)) == 2
        s.send(1, INTER)
        s.send(2, KEY)
        s.send(3, INTER)
        assert [read(packet[3:]).payload for packet in worker.packets()] == [KEY, INTER]
        s.now_s = 2.0
        await told(worker, Keyframe(source=up["picture"]))
        assert len(s.wire.feedback(Pli)) == 3


@on_loop
async def test_a_picture_comes_in_the_layer_that_is_high_enough() -> None:
    """Another one takes over at its keyframe, and until then the old one goes on."""
    async with studio() as s:
        layered = Simulcast(limits=LIMITS)
        s.programme.sources_changed({SourceKey("chen", "picture"): layered.track})
        worker = await s.worker()
        (up,) = numbers(worker.notes()).values()

        def seen(sequence: int) -> list[int]:
            """Which layers arrive: each tells its own in its last byte."""
            for layer in range(3):
                layered.send(layer, sequence, KEY + bytes((layer,)))
            return [read(packet[3:]).payload[-1] for packet in worker.packets()]

        assert seen(1) == []
        await told(worker, Want(sources={up: 720}))
        assert seen(2) == [2]
        await told(worker, Want(sources={up: 198}))
        layered.send(2, 3, INTER + bytes((2,)))
        assert [read(packet[3:]).payload[-1] for packet in worker.packets()] == [2]
        assert seen(4)[-1:] == [1]
        await told(worker, Want(sources={up: 0}))
        assert seen(5)[-1:] == [0]
        assert seen(6) == [0]
        await told(worker, Want(sources={up: 361}))
        assert seen(7)[-1:] == [2]
        await told(worker, Want(sources={}))
        assert seen(8) == []


@on_loop
async def test_clocks_are_told_before_the_packets_that_they_are_of() -> None:
    async with studio() as s:
        s.sound.allow(True, 0.0)
        s.sound.layers[0].on_sender_report(SenderReport(20, 5 << 32, 960, 0, 0), 0.0)
        s.programme.sources_changed(s.sources)
        worker = await s.worker()
        up = numbers(worker.notes())
        await told(worker, Want(sources={up["sound"]: 0}))
        s.talk(1)
        s.talk(2)
        s.sound.layers[0].on_sender_report(SenderReport(20, 6 << 32, 48_960, 0, 0), 1.0)
        s.talk(3)
        head = b"R" + up["sound"].to_bytes(2, "big")
        packets = worker.packets()
        assert [packet[:1] for packet in packets] == [b"R", b"P", b"P", b"R", b"P"]
        assert packets[0] == head + (5 << 32).to_bytes(8, "big") + (960).to_bytes(4, "big")
        assert packets[3] == head + (6 << 32).to_bytes(8, "big") + (48_960).to_bytes(4, "big")


@on_loop
async def test_a_worker_that_falls_behind_loses_packets_but_no_notes() -> None:
    """After the loss the picture goes on with a keyframe."""
    async with studio() as s:
        s.picture.allow(True, 0.0)
        s.programme.sources_changed(s.sources)
        worker = await s.worker()
        up = numbers(worker.notes())
        await told(worker, Want(sources={up["picture"]: 720}))
        for sequence in range(1, 3_000):
            s.send(sequence, KEY + bytes(1_000))
        s.programme.cue(CUE)
        s.send(3_000, INTER)
        received: list[Note | bytes] = []
        async with asyncio.timeout(5):
            while not any(isinstance(message, CueNote) for message in received):
                received += worker.receive()
                await asyncio.sleep(0)
        packets = [message for message in received if isinstance(message, bytes)]
        assert 0 < len(packets) < 2_999
        s.send(3_001, INTER)
        s.send(3_002, KEY)
        (packet,) = worker.packets()
        assert read(packet[3:]).timestamp == 3_000 * 3_002
        assert read(packet[3:]).sequence == 3_000, "the worker sees that packets are lost"


@on_loop
async def test_a_worker_that_does_not_read_its_notes_is_replaced() -> None:
    async with studio(replace(LIMITS, notes_queued=10)) as s:
        worker = await s.worker()
        for _ in range(5_000):
            s.programme.cue(CUE)
        second = await s.worker()
        assert worker.killed
        assert second.notes() == [CueNote(cue=CUE)]


@on_loop
async def test_parts_are_reported_and_the_first_makes_it_live() -> None:
    async with studio() as s:
        worker = await s.worker()
        await told(worker, PartNote(part=PART))
        await told(worker, PartNote(part=PART))
        assert s.reports.of(Part) == [PART, PART]
        assert s.states() == ["starting", "live"]


@on_loop
async def test_a_worker_that_dies_is_replaced_and_told_everything_again() -> None:
    async with studio() as s:
        s.picture.allow(True, 0.0)
        s.programme.sources_changed(s.sources)
        s.programme.cue(CUE)
        worker = await s.worker()
        first = worker.notes()
        await told(worker, Want(sources={0: 0, 1: 720}))
        await told(worker, PartNote(part=PART))
        worker.exit(-11)
        second = await s.worker()
        assert second.notes() == first
        s.send(1)
        assert second.packets() == [], "what the first wanted is forgotten"
        await told(second, PartNote(part=PART))
        assert s.states() == ["starting", "live", "interrupted", "starting", "live"]


@on_loop
async def test_the_first_deaths_cost_no_wait_and_quick_ones_after_them_do() -> None:
    """Who had lived long enough dies for the first time."""
    async with studio(replace(LIMITS, worker_restarts_s=(0.0, 0.0, 60.0))) as s:
        for _ in range(3):
            (await s.worker()).exit(-9)
        await settle()
        assert len(s.workers) == 3, "the next one waits"
    async with studio(replace(LIMITS, worker_restarts_s=(0.0, 60.0))) as s:
        for _ in range(5):
            worker = await s.worker()
            s.now_s += LIMITS.worker_well_s
            worker.exit(-9)
        await s.worker()


@on_loop
async def test_a_worker_that_breaks_the_protocol_is_replaced() -> None:
    async with studio() as s:
        for broken in (b"N{", b"X", b"N" + b'{"type":"finish","more":1}'):
            worker = await s.worker()
            worker.send(broken)
            async with asyncio.timeout(5):
                await worker.wait()
            assert worker.killed


@on_loop
async def test_a_worker_that_can_not_be_started_is_tried_again() -> None:
    async with studio() as s:
        s.broken = True
        for _ in range(2):
            async with asyncio.timeout(5):
                await s.started.wait()
            s.started.clear()
        s.broken = False
        async with asyncio.timeout(5):
            while not s.workers:
                await s.started.wait()
                s.started.clear()
        assert s.states()[:4] == ["starting", "interrupted", "starting", "interrupted"]


@on_loop
async def test_finishing_waits_until_the_recording_is_complete() -> None:
    async with studio() as s:
        worker = await s.worker()
        finishing = asyncio.create_task(s.programme.finish())
        await settle()
        assert worker.notes() == [Finish()]
        worker.send(PartNote(part=PART))
        worker.send(Finished())
        worker.exit()
        await finishing
        assert s.reports.of(Part) == [PART]
        assert s.reports.of(ProgrammeState)[-1] == ProgrammeState(room="m", state="ended")


@on_loop
async def test_leaving_ends_the_worker_and_not_the_programme() -> None:
    """The next process goes on with it, so players must not read of an end."""
    async with studio(replace(LIMITS, worker_exit_s=5.0)) as s:
        worker = await s.worker()
        leaving = asyncio.create_task(s.programme.leave())
        await settle()
        assert (worker.notes(), worker.left()) == ([], True)
        worker.exit()
        await leaving
        assert s.states() == ["starting", "interrupted"]


@on_loop
async def test_a_worker_that_does_not_finish_is_killed() -> None:
    async with studio(replace(LIMITS, worker_finish_s=0.01)) as s:
        worker = await s.worker()
        await s.programme.finish()
        assert worker.killed
        last = s.reports.of(ProgrammeState)[-1]
        assert last.state == "ended"
        assert last.detail


@on_loop
async def test_a_howl_that_the_worker_hears_is_reported() -> None:
    """By the person's name, as the worker knows it."""
    async with studio() as s:
        worker = await s.worker()
        await told(worker, HowlNote(person="chen", howling=True, frequency_hz=1_250))
        howl = await s.reports.next(Howl)
        assert (howl.room, howl.person, howl.howling) == ("m", "chen", True)
        assert howl.frequency_hz == 1_250


@on_loop
async def test_a_howl_is_over_when_the_worker_that_heard_it_is_gone() -> None:
    async with studio() as s:
        worker = await s.worker()
        await told(worker, HowlNote(person="chen", howling=True, frequency_hz=1_250))
        await told(worker, HowlNote(person="li", howling=True, frequency_hz=900))
        await told(worker, HowlNote(person="li", howling=False, frequency_hz=900))
        worker.exit(1)
        over = await s.reports.next(Howl, 4)
        assert (over.person, over.howling) == ("chen", False)


@on_loop
async def test_an_alarm_is_reported_and_is_over_when_its_worker_is_gone() -> None:
    """The next worker sees for itself; what is over already is not told again."""
    async with studio() as s:
        worker = await s.worker()
        await told(worker, AlarmNote(kind="black", since_ms=1_000))
        await told(worker, AlarmNote(kind="silent", since_ms=2_000))
        await told(worker, AlarmNote(kind="silent", since_ms=None))
        alarm = await s.reports.next(ProgrammeAlarm)
        assert (alarm.room, alarm.kind, alarm.since_ms) == ("m", "black", 1_000)
        worker.exit(1)
        over = await s.reports.next(ProgrammeAlarm, 4)
        assert (over.kind, over.since_ms) == ("black", None)


@on_loop
async def test_a_full_disk_interrupts_the_livestream_until_the_next_part() -> None:
    """The worker lives on, and viewers are told."""
    async with studio() as s:
        worker = await s.worker()
        await told(worker, PartNote(part=PART))
        await told(worker, AlarmNote(kind="disk_full", since_ms=1_000))
        await told(worker, AlarmNote(kind="disk_full", since_ms=None))
        await told(worker, PartNote(part=PART))
        states = [s.reports.next(ProgrammeState, n) for n in range(1, 5)]
        assert [(await state).state for state in states] == [
            "starting",
            "live",
            "interrupted",
            "live",
        ]
