"""One MP4 of a recording: all of it, where it stood on the wall clock, with its chapters."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from media.control import Part
from media.programme.encoder import FRAME_SAMPLES, Encoder
from media.programme.planes import HEIGHT, WIDTH
from media.programme.recorder import Recorder
from media.programme.remux import Chapter, NothingRecorded, Run, marks, remux, runs, shifts
from media.programme.renditions import FPS
from media.segments.disk import DiskStore
from media.segments.memory import MemoryStore
from tests.fixtures.parts import started

BEGUN_MS = 1_795_320_000_000
SECONDS = 2
AGAIN_MS = BEGUN_MS + 7_000
"""The second run begins five seconds after the first one ended."""


def record(store: DiskStore, begun_ms: int, *, end: bool) -> None:
    """A run of grey pictures and a tone."""
    encoder = Encoder()
    tone = (0.2 * np.sin(np.arange(FRAME_SAMPLES) * 2 * np.pi / 48)).astype(np.float32)
    with Recorder(store, "m1", encoder.headers, begun_ms, reserve=0) as recorder:
        for slot in range(SECONDS * FPS):
            planes = np.full((HEIGHT * 3 // 2, WIDTH), 100 + slot % 20, np.uint8)
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            picture = encoder.picture(frame, slots=1, keyframe=slot % FPS == 0)
            recorder.add(picture, encoder.sound(tone), begun_ms + slot * 1_000 // FPS)
        recorder.close(encoder.finish(), begun_ms + SECONDS * 1_000 if end else None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of two runs."""
    folder = tmp_path_factory.mktemp("programme")
    store = DiskStore(folder)
    store.claim()
    record(store, BEGUN_MS, end=False)
    record(store, AGAIN_MS, end=True)
    store.release()
    return folder


def test_the_file_has_every_picture_where_it_stood_and_its_chapters(
    folder: Path, tmp_path: Path
) -> None:
    """By the command as the service starts it; FFmpeg decodes all of it without a word."""
    target = tmp_path / "m1.mp4"
    chapters = [
        {"label": "1. 积水治理", "at_ms": BEGUN_MS - 60_000},
        {"label": "王建国（区住建局）发言", "at_ms": BEGUN_MS + 1_000},
        {"label": "表决1：同意改造", "at_ms": AGAIN_MS + 500},
    ]
    subprocess.run(
        [sys.executable, "-m", "media.programme.remux", str(folder), str(target)],
        input=json.dumps(chapters).encode(),
        check=True,
        timeout=60,
    )
    assert [path.name for path in tmp_path.iterdir()] == ["m1.mp4"]
    with av.open(str(target)) as container:
        told = [(one["start"], one["metadata"]["title"]) for one in container.chapters()]
        pictures = [float(frame.time or 0) for frame in container.decode(video=0)]
    assert [label for _, label in told] == [
        "1. 积水治理",
        "王建国（区住建局）发言",
        "（中断 5 秒）",
        "王建国（区住建局）发言（继续）",
        "表决1：同意改造",
    ]
    assert [round(at / 100) for at, _ in told] == [0, 10, 20, 70, 75]
    assert len(pictures) == 2 * SECONDS * FPS
    assert pictures[0] == 0
    assert pictures[SECONDS * FPS] == pytest.approx(7.0, abs=0.001)
    with av.open(str(target)) as container:
        sound = [float(frame.time or 0) for frame in container.decode(audio=0)]
    assert sound[-1] == pytest.approx(pictures[-1], abs=0.1)
    data = target.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat"), "it plays before it is there"


def test_where_nothing_was_recorded_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(NothingRecorded):
        remux(MemoryStore(), tmp_path / "m1.mp4", [])
    assert not list(tmp_path.iterdir())


def test_a_run_of_another_encoder_brings_its_parameter_sets(folder: Path, tmp_path: Path) -> None:
    """A service that was renewed in the middle of a meeting."""
    entries = runs(DiskStore(folder).journal())
    store = MemoryStore()
    store.claim()
    for entry in DiskStore(folder).journal():
        store.note(entry)
    for number, run in enumerate(entries):
        init = bytearray(DiskStore(folder).read(run.init))
        if number:
            init[init.index(b"avcC") + 7] ^= 1  # the level
        store.put(run.init, bytes(init))
        for file, _ in run.segments:
            store.append(file, DiskStore(folder).read(file))
    remux(store, tmp_path / "m1.mp4", [])
    with av.open(io.BytesIO((tmp_path / "m1.mp4").read_bytes()), "r") as container:
        assert len(list(container.decode(video=0))) == 2 * SECONDS * FPS
    with av.open(str(tmp_path / "m1.mp4")) as container:
        keys = [bytes(p)[4] & 0x1F for p in container.demux(video=0) if p.is_keyframe and p.size]
    assert keys == [5, 5, 7, 7], "the second run's begin with an SPS"


def one_run(at_ms: int, seconds: float) -> Run:
    return Run("1.mp4", at_ms, seconds, [("1-0.m4s", 1)])


def test_runs_stand_as_far_apart_as_they_did() -> None:
    assert shifts([one_run(5_000, 10), one_run(20_000, 3), one_run(23_000, 1)]) == [
        0,
        15_000,
        18_000,
    ]


def test_a_clock_that_was_set_back_lets_no_run_begin_before_the_other_ended() -> None:
    assert shifts([one_run(50_000, 10), one_run(20_000, 3), one_run(90_000, 1)]) == [
        0,
        10_000,
        40_000,
    ]


def test_chapters_leave_no_hole_and_are_told_once_a_place() -> None:
    """An item and the speech that opens it are one place; what comes after the end is left out."""
    named = marks(
        [one_run(10_000, 60)],
        [
            Chapter(label="2", at_ms=30_000),
            Chapter(label="1", at_ms=10_000),
            Chapter(label="speech", at_ms=30_000),
            Chapter(label="late", at_ms=99_000),
        ],
    )
    assert named == [(0, 20_000, "1"), (20_000, 60_000, "speech")]


def test_a_chapter_that_began_in_an_interruption_begins_where_the_picture_does_again() -> None:
    named = marks([one_run(0, 10), one_run(20_000, 10)], [Chapter(label="in it", at_ms=15_000)])
    assert named == [
        (0, 10_000, "开始"),
        (10_000, 15_000, "（中断 10 秒）"),
        (15_000, 20_000, "in it"),
        (20_000, 30_000, "in it（继续）"),
    ]


def test_half_a_part_behind_the_journal_is_not_in_the_file() -> None:
    """What a killed worker wrote and nobody was told of."""
    part = Part(
        room="m1", init="1.mp4", segment=0, part=0, file="1-0.m4s", start=0, length=7,
        duration_s=0.2, independent=True, last=False, at_ms=5,
    )  # fmt: skip
    found = runs([started(1), part])
    assert found[0].segments == [("1-0.m4s", 7)]
