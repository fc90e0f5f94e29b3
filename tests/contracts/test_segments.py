"""The contract of the segment store, for every adapter; and what only a disk can go through."""

from __future__ import annotations

import errno
import itertools
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from media.segments.disk import JOURNAL, DiskStore
from media.segments.memory import MemoryStore
from media.segments.port import Claimed, Ended, FileExists, SegmentStore, UnknownFile
from tests.fixtures.disks import fill_up, mounted
from tests.fixtures.parts import part, started

Open = Callable[[], SegmentStore]
"""Opens the same store once more, as another process would."""


@pytest.fixture(params=["disk", "memory"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    if request.param == "disk":
        return lambda: DiskStore(tmp_path / "programme")
    first = MemoryStore()
    return lambda: MemoryStore(first)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "disk") as disk:
        yield disk


def fill(store: SegmentStore, parts: int) -> None:
    """A claimed store with a run of some parts."""
    store.put("1.mp4", b"init")
    store.note(started(1))
    for index in range(parts):
        assert store.append("1-0.m4s", bytes((index,)) * 100) == 100 * index
        store.note(part(1, 0, index))


def test_a_new_store_is_empty(reopen: Open) -> None:
    """Reading needs no claim and makes nothing."""
    assert reopen().journal() == ()


def test_what_was_written_is_read_by_others(reopen: Open) -> None:
    """Whole files, and ranges of one that still grows."""
    store = reopen()
    store.claim()
    fill(store, 2)
    other = reopen()
    assert other.journal() == (started(1), part(1, 0, 0), part(1, 0, 1))
    assert other.read("1.mp4") == b"init"
    assert other.read("1-0.m4s", 100, 100) == b"\1" * 100
    store.release()


def test_renditions_grow_side_by_side(reopen: Open) -> None:
    """Part after part in three files; and a segment follows a segment in each."""
    store = reopen()
    store.claim()
    store.put("1.mp4", b"init")
    store.note(started(1))
    for segment, index in itertools.product(range(2), range(3)):
        entry = part(1, segment, index, others=True)
        assert store.append(entry.file, bytes((index,)) * 100) == entry.start
        for piece in entry.others:
            assert store.append(piece.file, bytes((index,)) * piece.length) == piece.start
        store.note(entry)
        store.sync()
    store.release()
    other = reopen()
    assert len(other.journal()) == 7
    assert other.read("1l-1.m4s", 50, 50) == b"\1" * 50
    assert other.read("1a-0.m4s") == bytes(25) + b"\1" * 25 + b"\2" * 25


def test_only_one_writes(reopen: Open) -> None:
    """Until it releases the store."""
    first, second = reopen(), reopen()
    first.claim()
    with pytest.raises(Claimed):
        second.claim()
    first.release()
    second.claim()
    second.release()


def test_a_name_is_taken_for_ever(reopen: Open) -> None:
    """Caches never see two contents under one name."""
    store = reopen()
    store.claim()
    store.put("1.mp4", b"init")
    with pytest.raises(FileExists):
        store.put("1.mp4", b"other")
    store.release()


@pytest.mark.parametrize(
    "name", ["2.mp4", "../1.mp4", "/etc/passwd", "index.jsonl", "1-0.0.m4s", "", ".", "1.mp4\n"]
)
def test_other_names_are_unknown(reopen: Open, name: str) -> None:
    """Nothing outside of the store can be named, and not the journal either."""
    store = reopen()
    store.claim()
    fill(store, 1)
    with pytest.raises(UnknownFile):
        reopen().read(name)
    store.release()


def test_a_range_beyond_the_end_is_unknown(reopen: Open) -> None:
    """Half an answer is none."""
    store = reopen()
    store.claim()
    fill(store, 1)
    with pytest.raises(UnknownFile):
        store.read("1-0.m4s", 50, 100)
    store.release()


def test_the_journal_goes_on_after_a_release(reopen: Open) -> None:
    """A second run adds to the first."""
    store = reopen()
    store.claim()
    fill(store, 2)
    store.sync()
    store.release()
    again = reopen()
    again.claim()
    again.put("2.mp4", b"init2")
    again.note(started(2))
    again.append("2-1.m4s", bytes(100))
    again.note(part(2, 1, 0))
    again.note(Ended(at_ms=9))
    again.sync()
    again.release()
    assert [entry.type for entry in reopen().journal()] == [
        *("run", "part", "part"),
        *("run", "part", "ended"),
    ]


# --- the disk alone -------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = DiskStore(tmp_path)
    store.claim()
    fill(store, 3)
    store.release()
    return tmp_path


@pytest.mark.parametrize("tail", [b'{"type":"par', b"\0\0\0\0\n", b'{"type":"part"}\n'])
def test_a_torn_journal_is_cut_where_it_is_whole(folder: Path, tail: bytes) -> None:
    """After a crash in the middle of a line, or a power cut that left zeros."""
    with (folder / JOURNAL).open("ab") as journal:
        journal.write(tail)
    store = DiskStore(folder)
    assert len(store.journal()) == 4
    store.claim()
    store.note(Ended(at_ms=1))
    store.release()
    assert [entry.type for entry in DiskStore(folder).journal()][-2:] == ["part", "ended"]


def test_an_entry_without_its_bytes_is_left_out(folder: Path) -> None:
    """A power cut may keep the journal and lose the segment's end."""
    os.truncate(folder / "1-0.m4s", 250)
    assert DiskStore(folder).journal() == (started(1), part(1, 0, 0), part(1, 0, 1))
    (folder / "1-0.m4s").unlink()
    assert DiskStore(folder).journal() == (started(1),)


@pytest.mark.parametrize("lost", ["1l-1.m4s", "1a-1.m4s"])
def test_an_entry_without_the_bytes_of_one_rendition_is_left_out(folder: Path, lost: str) -> None:
    """A power cut takes a part from all of them, or from none."""
    store = DiskStore(folder)
    store.claim()
    entry = part(1, 1, 0, others=True)
    store.append(entry.file, bytes(100))
    for piece in entry.others:
        store.append(piece.file, bytes(piece.length))
    store.note(entry)
    store.release()
    assert DiskStore(folder).journal()[-1] == entry
    os.truncate(folder / lost, 10)
    assert DiskStore(folder).journal()[-1] == part(1, 0, 2)


def test_the_claim_ends_with_a_killed_process(folder: Path) -> None:
    """SIGKILL leaves no lock behind."""
    code = (
        "import sys, time; from pathlib import Path; from media.segments.disk import DiskStore\n"
        f"s = DiskStore(Path({str(folder)!r})); s.claim(); print('claimed', flush=True)\n"
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "claimed\n"
        with pytest.raises(Claimed):
            DiskStore(folder).claim()
        process.kill()
        process.wait(10)
    store = DiskStore(folder)
    store.claim()
    store.release()


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_sync_closes_what_is_finished(folder: Path) -> None:
    """A long meeting doesn't run out of descriptors."""
    store = DiskStore(folder)
    store.claim()
    before = descriptors()
    for segment in range(1, 20):
        store.append(f"1-{segment}.m4s", b"x")
        store.sync()
    assert descriptors() <= before + 1
    store.release()
    assert descriptors() < before


def test_a_sync_may_come_between_two_segments(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From its own thread, just as the next file is made: the one before is still whole."""
    store = DiskStore(folder)
    store.claim()
    before = descriptors()
    create = DiskStore._create
    synced = []

    def create_late(self: DiskStore, name: str) -> int:
        with ThreadPoolExecutor(1) as beside:
            synced.append(beside.submit(store.sync))
        return create(self, name)

    monkeypatch.setattr(DiskStore, "_create", create_late)
    for segment in range(1, 4):
        store.append(f"1-{segment}.m4s", b"x")
    assert [sync.exception() for sync in synced] == [None, None, None]
    store.sync()
    assert descriptors() == before + 1
    store.release()


def test_what_could_not_be_synced_is_tried_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = DiskStore(folder)
    store.claim()
    before = descriptors()
    for segment in range(1, 4):
        store.append(f"1-{segment}.m4s", b"x")

    def fail(_: int) -> None:
        raise OSError(errno.EIO, "the disk is failing")

    with monkeypatch.context() as failing:
        failing.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="failing"):
            store.sync()
    store.sync()
    assert descriptors() == before + 1
    store.release()


# --- a full disk ----------------------------------------------------------------------------------


def test_a_full_disk_leaves_neither_half_a_part_nor_a_torn_line(small_disk: Path) -> None:
    """What found no room is cut off; what comes when there is some again stands right behind."""
    store = DiskStore(small_disk / "programme")
    store.claim()
    fill(store, 2)
    hog = fill_up(small_disk, 8_192)
    with pytest.raises(OSError, match="No space left"):
        store.append("1-0.m4s", bytes(20_000))
    assert len(store.read("1-0.m4s")) == 200
    fill_up(small_disk, 0)
    journal = small_disk / "programme" / JOURNAL
    written = journal.read_bytes()
    noted, refused = 0, False
    while not refused:  # until the last page is full
        written = journal.read_bytes()
        try:
            store.note(part(1, 0, noted))
        except OSError:
            refused = True
        noted += 1
    assert journal.read_bytes() == written
    with pytest.raises(OSError, match="No space left"):
        store.put("2.mp4", bytes(20_000))
    assert not (small_disk / "programme" / "2.mp4").exists()
    hog.unlink()
    assert store.append("1-0.m4s", b"x" * 100) == 200
    store.note(Ended(at_ms=1))
    store.release()
    assert DiskStore(small_disk / "programme").read("1-0.m4s", 200) == b"x" * 100
    assert all(line.startswith(b"{") for line in journal.read_bytes().splitlines())


def test_it_is_known_how_much_may_be_written(small_disk: Path) -> None:
    store = DiskStore(small_disk / "programme")
    store.claim()
    before = store.free()
    fill_up(small_disk, 65_536)
    assert 0 < store.free() <= 65_536 < before
    store.release()
