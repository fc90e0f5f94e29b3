"""Parts are stored before anybody hears of them; a new run goes on where the last ended."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future

import pytest

from media.control import Part
from media.programme.encoder import (
    AAC_SAMPLES,
    FRAME_TICKS,
    Coded,
    Headers,
    Sample,
)
from media.programme.recorder import SOUND_BEGINS, Recorder
from media.programme.renditions import OTHERS
from media.programme.timing import Timing
from media.programme.x264 import ParameterSets
from media.segments.memory import MemoryStore
from media.segments.port import Ended, RunStarted
from tests.fixtures.boxes import fragments
from tests.fixtures.parts import START_MS

SETS = (ParameterSets(b"\x67\x4d\x40\x1f", b"\x68\xef"),) * 2
HEADERS = Headers(SETS, audio_config=b"\x11\x88")
SOUND = [Sample(b"aac", AAC_SAMPLES, keyframe=True)]
SLOTS_PER_SEGMENT = Timing().slots_per_segment


def coded(*, keyframe: bool, slots: int = 1) -> Coded:
    """A picture in every rendition."""
    return tuple(Sample(data, slots * FRAME_TICKS, keyframe) for data in (b"picture", b"small"))


def record(recorder: Recorder, pictures: int, first: int = 0) -> list[Part]:
    """Pictures with enough sound, one every 40 ms; the parts that came of it."""
    parts = []
    for index in range(first, first + pictures):
        picture = coded(keyframe=index % recorder.timing.slots_per_segment == 0)
        part = recorder.add(picture, SOUND * 2, START_MS + 40 * index)
        if part is not None:
            parts.append(part)
    return parts


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore()
    store.claim()
    return store


def test_five_pictures_are_a_part_and_five_parts_a_segment(store: MemoryStore) -> None:
    """With their places in the file, and the wall clock of their first picture."""
    with Recorder(store, "m1", HEADERS, START_MS) as recorder:
        parts = record(recorder, 30)
    assert [(p.segment, p.part) for p in parts] == [*((0, n) for n in range(5)), (1, 0)]
    assert [p.last for p in parts] == [*[False] * 4, True, False]
    assert [p.independent for p in parts] == [True, *[False] * 4, True]
    assert [p.at_ms - START_MS for p in parts] == [200 * n for n in range(6)]
    assert all(p.duration_s == 0.2 for p in parts)
    assert [entry for entry in store.journal() if isinstance(entry, Part)] == parts
    for before, after in itertools.pairwise(parts[:5]):
        assert after.start == before.start + before.length


def test_sound_covers_the_pictures_of_its_part(store: MemoryStore) -> None:
    """
    Also when it is coded later: then the part waits for it. Times go on without a gap, and sound
    and pictures never end together, which they would after 8 s: see `SOUND_BEGINS`.
    """
    parts, so_far = [], 0
    with Recorder(store, "m1", HEADERS, START_MS) as recorder:
        for index in range(210):
            # As from the encoder: what is full of the sound up to this picture, two frames late.
            until = max(0, (index + 1) * 1_920 // AAC_SAMPLES - 2)
            sound = SOUND * (until - so_far)
            so_far = until
            picture = coded(keyframe=index % 25 == 0)
            part = recorder.add(picture, sound, START_MS + 40 * index)
            if part is not None:
                parts.append(part)
                assert index - (5 * len(parts) - 1) in (1, 2), "pictures that the part waited"
        parts += recorder.close(SOUND * 3, None)
    ends = {1: 0, 2: SOUND_BEGINS}
    for part in parts:
        (fragment,) = fragments(store.read(part.file, part.start, part.length))
        for track in fragment.tracks:
            assert track.start == ends[track.track]
            ends[track.track] = track.end
        assert 1e-5 < ends[2] / 48_000 - ends[1] / 90_000 < AAC_SAMPLES / 48_000
    assert ends[1] == 210 * FRAME_TICKS


def test_pictures_that_are_shown_longer_fill_a_part_as_well(store: MemoryStore) -> None:
    """A slow machine makes fewer; parts keep their length."""
    with Recorder(store, "m1", HEADERS, START_MS) as recorder:
        parts = []
        for index, slots in enumerate((1, 3, 1, 5, 2, 3)):
            picture = coded(keyframe=index == 0, slots=slots)
            part = recorder.add(picture, SOUND * 2 * slots, START_MS + index)
            if part is not None:
                parts.append(part)
    assert [p.duration_s for p in parts] == [0.2, 0.2, 0.2]
    assert [p.at_ms - START_MS for p in parts] == [0, 3, 4]


def test_a_picture_that_is_held_is_not_coded_again(store: MemoryStore) -> None:
    """Its part is as long as any other, in every rendition, and has the sound of all of it."""
    with Recorder(store, "m1", HEADERS, START_MS) as recorder:
        assert recorder.add(coded(keyframe=True), SOUND * 2, START_MS) is None
        assert recorder.hold(3, SOUND * 6) is None
        part = recorder.hold(1, SOUND * 2)
    assert part is not None
    assert part.duration_s == 0.2
    low = part.others[0]
    high = store.read(part.file, part.start, part.length)
    for data in (high, store.read(low.file, low.start, low.length)):
        (fragment,) = fragments(data)
        pictures, sound = fragment.tracks
        assert (pictures.end, len(pictures.samples)) == (5 * FRAME_TICKS, 1)
        assert sound.end / 48_000 >= 0.2


def test_every_rendition_has_the_same_cuts(store: MemoryStore) -> None:
    """Same times, same sound, its own pictures; the last one none."""
    with Recorder(store, "m1", HEADERS, START_MS) as recorder:
        parts = record(recorder, 30)
    (run,) = (entry for entry in store.journal() if isinstance(entry, RunStarted))
    assert run.others == ("1l.mp4", "1a.mp4")
    assert all(store.read(init) for init in run.others)
    for part in parts:
        assert [piece.rendition for piece in part.others] == [other.name for other in OTHERS]
        (highest,) = fragments(store.read(part.file, part.start, part.length))
        low, sound = (
            fragments(store.read(piece.file, piece.start, piece.length))[0] for piece in part.others
        )
        video, audio = highest.tracks
        assert low.tracks[1] == audio
        assert sound.tracks == [audio]
        assert low.tracks[0].start == video.start
        assert [sample.data for sample in low.tracks[0].samples] == [b"small"] * 5
        assert low.sequence == sound.sequence == highest.sequence


def test_longer_parts_are_those_of_the_whole_programme(store: MemoryStore) -> None:
    """Whatever a later run is told: a playlist's target duration must not change."""
    with Recorder(store, "m1", HEADERS, START_MS, Timing.of_parts(400)) as recorder:
        parts = record(recorder, 60)
    assert [(p.segment, p.part) for p in parts] == [*((0, n) for n in range(5)), (1, 0)]
    assert {p.duration_s for p in parts} == {0.4}
    with Recorder(store, "m1", HEADERS, START_MS, Timing()) as recorder:
        assert recorder.timing == Timing.of_parts(400)
    assert [e.part_ms for e in store.journal() if isinstance(e, RunStarted)] == [400, 400]


def test_what_is_left_at_the_end_is_a_short_part(store: MemoryStore) -> None:
    """It ends the segment, and the end is in the journal."""
    with Recorder(store, "m1", HEADERS, START_MS) as recorder:
        record(recorder, 7)
        (part,) = recorder.close([], START_MS + 280)
    assert (part.part, part.last, part.duration_s) == (1, True, 0.08)
    assert store.journal()[-1] == Ended(at_ms=START_MS + 280)


def test_a_run_that_is_only_stopped_has_no_end(store: MemoryStore) -> None:
    """Another worker goes on."""
    with Recorder(store, "m1", HEADERS, START_MS) as recorder:
        record(recorder, 5)
        assert recorder.close([], None) == []
    assert store.journal()[-1].type == "part"


def test_the_next_run_continues_the_numbers(store: MemoryStore) -> None:
    """With files of its own."""
    with Recorder(store, "m1", HEADERS, START_MS) as recorder:
        record(recorder, 35)
    with Recorder(store, "m1", HEADERS, START_MS) as recorder:
        (part,) = record(recorder, 5)
    assert (part.segment, part.part, part.file, part.init) == (2, 0, "2-2.m4s", "2.mp4")
    assert [e.run for e in store.journal() if isinstance(e, RunStarted)] == [1, 2]


def test_a_run_whose_entry_was_lost_keeps_its_name(store: MemoryStore) -> None:
    """A power cut took the journal's end, not the file: the name isn't used again."""
    store.put("1.mp4", b"lost")
    store.put("2a.mp4", b"lost")
    with Recorder(store, "m1", HEADERS, START_MS) as recorder:
        (part,) = record(recorder, 5)
    assert part.init == "3.mp4"
    assert store.read("1.mp4") == b"lost"


def test_a_slow_disk_does_not_stop_the_clock(store: MemoryStore) -> None:
    """While one sync lasts, recording goes on; the next sync covers what was left out."""
    let_go = threading.Event()
    syncs = []

    def slow() -> None:
        syncs.append(len(store.journal()))
        assert let_go.wait(10)

    store.sync = slow  # type: ignore[method-assign]
    with Recorder(store, "m1", HEADERS, START_MS) as recorder:
        assert len(record(recorder, 4 * SLOTS_PER_SEGMENT)) == 20
        let_go.set()
        recorder.close([], None)
    assert len(syncs) == 2
    assert syncs[-1] == 21 + 4  # with the seals of four segments


def test_a_disk_that_does_not_answer_confirms_nothing(store: MemoryStore) -> None:
    """Parts are written all the same; when it answers, all of them are confirmed."""
    let_go, now_s = threading.Event(), 100.0
    answered = threading.Semaphore(0)

    def stuck() -> None:
        assert let_go.wait(10)
        answered.release()

    with Recorder(store, "m1", HEADERS, START_MS, clock=lambda: now_s) as recorder:
        record(recorder, SLOTS_PER_SEGMENT)
        recorder.close([], None)
    store.sync = stuck  # type: ignore[method-assign]
    with Recorder(store, "m1", HEADERS, START_MS, clock=lambda: now_s) as recorder:
        for second in range(3):
            now_s = 100.0 + second
            assert recorder.unconfirmed_s == second
            assert len(record(recorder, SLOTS_PER_SEGMENT, second * SLOTS_PER_SEGMENT)) == 5
        let_go.set()
        assert answered.acquire(timeout=10)
        recorder.close([], None)
        assert recorder.unconfirmed_s == 0.0


class AtOnce:
    """A pool that has done what it is given when it takes it."""

    def __init__(self, threads: int, name: str) -> None:
        pass

    def submit(self, work: Callable[..., object], *given: object) -> Future[object]:
        done: Future[object] = Future()
        done.set_result(work(*given))
        return done

    def shutdown(self) -> None:
        pass


def test_what_is_written_is_confirmed_each_second_however_long_segments_are(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Segments of five seconds: a sync with each, and between them once a second."""
    monkeypatch.setattr("media.programme.recorder.ThreadPoolExecutor", AtOnce)
    syncs, now_s = [], 0.0
    store.sync = lambda: syncs.append(now_s)  # type: ignore[method-assign]
    with Recorder(
        store, "m1", HEADERS, START_MS, Timing.of_parts(1_000), clock=lambda: now_s
    ) as recorder:
        for second in range(10):
            now_s = second + 1.0
            record(recorder, 25, 25 * second)
            assert recorder.unconfirmed_s == 0.0
    assert syncs == [float(second) for second in range(1, 11)]


def test_a_disk_that_fails_ends_the_run(store: MemoryStore) -> None:
    """At the latest with the next segment."""

    def failing() -> None:
        raise OSError("no space left")

    def run() -> None:
        with Recorder(store, "m1", HEADERS, START_MS) as recorder:
            for number in range(50):
                record(recorder, SLOTS_PER_SEGMENT, number * SLOTS_PER_SEGMENT)
            recorder.close([], None)

    store.sync = failing  # type: ignore[method-assign]
    with pytest.raises(OSError, match="no space left"):
        run()
