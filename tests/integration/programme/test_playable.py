"""
Everything that the origin serves, read as a strict client of RFC 8216bis reads it: live, back to
the start, by updates, on demand, and after a crash; and by FFmpeg.

Pictures and sound come from the real encoders; the hour of `--stream` repeats them.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from media.control import Part
from media.programme.renditions import RENDITIONS
from media.programme.timing import SLOT_MS, Timing
from media.segments.disk import DiskStore
from media.segments.memory import MemoryStore
from media.segments.port import Entry, RunStarted, SegmentStore
from tests.fixtures.ffprobe import ffprobe
from tests.fixtures.hls.client import StrictClient
from tests.fixtures.hls.origin import Origin, reel

LIVE, WHOLE = "programme.m3u8", "whole.m3u8"


def memory() -> tuple[SegmentStore, SegmentStore]:
    """A store as its worker and as the origin sees it."""
    store = MemoryStore()
    return store, MemoryStore(store)


@pytest.mark.parametrize("part_ms", [200, 400])
def test_a_programme_is_playable_from_its_first_part_to_its_end(
    part_ms: int, pytestconfig: pytest.Config
) -> None:
    """
    Live and from the beginning, in every rendition, part by part; then a second run behind a
    discontinuity; and on demand. `--stream` gives the minutes of the second run.
    """
    timing = Timing.of_parts(part_ms)
    film = reel(slots_per_segment=timing.slots_per_segment)
    seconds = 60 * pytestconfig.getoption("stream") or 12

    async def main() -> None:
        async with Origin(*memory()) as origin:
            live, whole = StrictClient(origin.get, LIVE), StrictClient(origin.get, WHOLE)
            first = origin.run(film, timing)
            reported = list(origin.parts(first, film, 2 * timing.slots_per_segment + 13))
            await live.begin()
            await whole.begin()
            reported += origin.finish(first, film, ended=False)
            origin.now_ms += 700
            second = origin.run(film)
            for part in origin.parts(second, film, seconds * 1_000 // SLOT_MS):
                reported.append(part)
                # In a long run not every part is looked at by itself.
                short = len(reported) < 100
                if short or part.last:
                    await live.follow(parts=short)
                if short or (part.last and part.segment % 60 == 0):
                    await whole.follow(parts=short, skip=part.segment % 10 != 0)
            reported += origin.finish(second, film, ended=True)
            for client in (live, whole):
                await client.follow()
                assert client.ended
                assert client.all_faults == []
                assert [f.done for f in client.followers] == [reported[-1].segment] * 3
            later = StrictClient(origin.get, WHOLE)
            await later.begin()
            assert later.ended
            assert later.all_faults == []
            segments = later.followers[0].playlist
            assert segments is not None
            assert sum(s.duration_s for s in segments.segments) == pytest.approx(
                sum(part.duration_s for part in reported)
            )

    asyncio.run(main())


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of two runs on the disk, the first of which was cut short by a crash."""
    folder = tmp_path_factory.mktemp("programme")
    film = reel()

    async def main() -> None:
        store = DiskStore(folder)
        async with Origin(store, DiskStore(folder)) as origin:
            first = origin.run(film)
            assert len(list(origin.parts(first, film, 63))) == 12
            store.release()
        store = DiskStore(folder)
        async with Origin(store, DiskStore(folder)) as origin:
            second = origin.run(film)
            list(origin.parts(second, film, 63))
            list(origin.finish(second, film, ended=True))

    asyncio.run(main())
    return folder


def test_ffmpeg_reads_every_rendition_of_every_run(recorded: Path, tmp_path: Path) -> None:
    """Without a word: as many pictures in each, and the sound of all of them."""
    entries = DiskStore(recorded).journal()
    pictures = {1: 60, 2: 63}
    for run, rendition in itertools.product((1, 2), RENDITIONS):
        file = tmp_path / f"{run}{rendition.mark}.mp4"
        file.write_bytes(_bytes(recorded, entries, run, rendition.name))
        told = ffprobe(
            file,
            *("-count_frames", "-show_entries", "stream=codec_name,nb_read_frames"),
            *("-of", "csv=p=0"),
            level="warning",
        )
        frames = dict(line.split(",") for line in told.split())
        assert int(frames.pop("aac")) * 1_024 / 48_000 == pytest.approx(
            pictures[run] * SLOT_MS / 1_000, abs=0.03
        )
        assert frames == ({"h264": str(pictures[run])} if rendition.height else {})


def test_ffmpeg_reads_that_pictures_do_not_come_evenly(recorded: Path, tmp_path: Path) -> None:
    """Cards have fewer, and a busy machine leaves some out."""
    entries = DiskStore(recorded).journal()
    for rendition in (one for one in RENDITIONS if one.height):
        file = tmp_path / f"{rendition.mark}.mp4"
        file.write_bytes(_bytes(recorded, entries, 1, rendition.name))
        command = ["ffmpeg", "-i", str(file), "-c", "copy", "-bsf:v", "trace_headers"]
        done = subprocess.run([*command, "-f", "null", "-"], capture_output=True, check=True)
        flags = re.findall(r"fixed_frame_rate_flag.*= (\d)", done.stderr.decode())
        assert flags
        assert set(flags) == {"0"}


def test_ffmpeg_plays_the_recording_by_its_playlists(recorded: Path, tmp_path: Path) -> None:
    """
    As an ordinary player does: all renditions, across the discontinuity, to the end. Packets are
    counted: its decoder leaves out the first part of a run, whose times begin anew.
    """

    async def copy() -> None:
        async with Origin(DiskStore(recorded), DiskStore(recorded)) as origin:
            addresses = [WHOLE, *(one.address("recording") for one in RENDITIONS)]
            for address in addresses:
                (tmp_path / address).write_bytes(await origin.get(address))

    asyncio.run(copy())
    for file in recorded.iterdir():
        (tmp_path / file.name).symlink_to(file)
    told = ffprobe(
        tmp_path / WHOLE,
        *("-count_packets", "-allowed_extensions", "ALL"),
        *("-show_entries", "program_stream=codec_name,width,nb_read_packets", "-of", "json"),
    )
    programs = json.loads(told)["programs"]
    found = [
        (stream.get("width", 0), int(stream["nb_read_packets"]))
        for program in programs
        for stream in program["streams"]
        if stream["codec_name"] == "h264"
    ]
    assert found == [(1280, 60 + 63), (640, 60 + 63)]
    assert sum(len(program["streams"]) for program in programs) == 5


def _bytes(folder: Path, entries: tuple[Entry, ...], run: int, rendition: str) -> bytes:
    """Init segment and parts of a run in a rendition, as the journal names them."""
    store = DiskStore(folder)
    data = b""
    for entry in entries:
        if isinstance(entry, RunStarted) and entry.run == run:
            inits = {one.name: one.mark for one in RENDITIONS}
            data += store.read(f"{run}{inits[rendition]}.mp4")
        elif isinstance(entry, Part) and entry.init == f"{run}.mp4":
            others = {piece.rendition: piece for piece in entry.others}
            place = others.get(rendition, entry)
            data += store.read(place.file, place.start, place.length)
    return data


class Killed(BaseException):
    """SIGKILL: nothing of the process runs afterwards."""


class MortalStore(DiskStore):
    """Dies before its n-th operation."""

    def __init__(self, folder: Path, operations: int) -> None:
        super().__init__(folder)
        self._left = operations

    def _lives(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise Killed

    def put(self, name: str, data: bytes) -> None:
        self._lives()
        super().put(name, data)

    def append(self, name: str, data: bytes) -> int:
        self._lives()
        return super().append(name, data)

    def note(self, entry: Entry) -> None:
        self._lives()
        super().note(entry)


def test_all_renditions_end_with_the_same_part_whenever_a_worker_is_killed(tmp_path: Path) -> None:
    """
    Before each of its writes in turn: init segments, pieces, journal. What follows is playable, by
    who was there before too.
    """
    film = reel()

    async def main(operations: int, folder: Path) -> int:
        async with Origin(DiskStore(folder), DiskStore(folder)) as origin:
            begun = origin.run(film)
            before = list(origin.parts(begun, film, 30))
            list(origin.finish(begun, film, ended=False))
            client = StrictClient(origin.get, WHOLE)
            await client.begin()
            mortal = MortalStore(folder, operations)
            origin.store = mortal
            with pytest.raises(Killed):
                before += origin.parts(origin.run(film), film, 63)
            mortal.release()  # the kernel does this
            origin.store = DiskStore(folder)
            after = origin.run(film)
            for _ in origin.parts(after, film, 30):
                await client.follow(skip=True)
            list(origin.finish(after, film, ended=True))
            await client.follow()
            assert client.all_faults == []
            there = [entry for entry in DiskStore(folder).journal() if isinstance(entry, Part)]
            counted = Counter(piece.rendition for part in there for piece in part.others)
            assert counted == {"360": len(there), "sound": len(there)}
            return len(there)

    lengths = []
    for operations in range(17):
        folder = tmp_path / str(operations)
        lengths.append(asyncio.run(main(operations, folder)))
    # Four writes begin a run (three init segments and the journal), and four are a part.
    assert [length - lengths[0] for length in lengths] == [max(0, n // 4 - 1) for n in range(17)]
