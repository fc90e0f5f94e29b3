"""A programme is followed from its newest keyframe on, by whoever reads fast enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from media.control import Part
from media.programme.renditions import SOUND
from media.segments import names
from media.segments.disk import JOURNAL, DiskStore
from media.segments.follow import BEHIND_MAX_S, Follower
from media.segments.port import Ended
from tests.fixtures.parts import START_MS, part, run_of, started


class Writer:
    """Writes parts whose bytes tell which they are."""

    def __init__(self, folder: Path) -> None:
        self._store = DiskStore(folder)
        self._store.claim()

    def run(self, number: int) -> None:
        self._store.put(names.init_file(number), b"init%d;" % number)
        self._store.put(names.init_file(number, SOUND.mark), b"sound%d;" % number)
        self._store.note(started(number))

    def write(self, *entries: Part | Ended) -> None:
        for entry in entries:
            if isinstance(entry, Part):
                text = b"%d.%d;" % (entry.segment, entry.part)
                self._store.append(entry.file, text.ljust(entry.length))
                for piece in entry.others:
                    heard = b"%s %s" % (piece.rendition.encode(), text)
                    self._store.append(piece.file, heard.ljust(piece.length))
            self._store.note(entry)

    def close(self) -> None:
        self._store.release()


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    writer = Writer(tmp_path)
    writer.run(1)
    yield writer
    writer.close()


def rest(read: Callable[[int], bytes]) -> str:
    """All of a span, in pieces."""
    return b"".join(iter(lambda: read(64), b"")).decode().replace(" ", "")


def test_it_begins_with_the_newest_keyframe(tmp_path: Path, writer: Writer) -> None:
    writer.write(*run_of(1, segments=2), part(1, 2, 0), part(1, 2, 1), Ended(at_ms=1))
    follower = Follower(tmp_path)
    span = follower.newest()
    assert span is not None
    assert span.at_ms == START_MS + 2_000
    assert rest(span.read) == "init1;2.0;2.1;"
    assert follower.following() is None


def test_sound_alone_is_followed_by_its_own_file(tmp_path: Path, writer: Writer) -> None:
    writer.write(*run_of(1, segments=1, others=True), Ended(at_ms=1))
    span = Follower(tmp_path, SOUND).newest()
    assert span is not None
    assert rest(span.read) == "sound1;" + "".join(f"sound0.{n};" for n in range(5))


def test_a_new_run_is_a_span_of_its_own(tmp_path: Path, writer: Writer) -> None:
    """It begins where the last one broke off."""
    writer.write(part(1, 0, 0), part(1, 0, 1))
    follower = Follower(tmp_path)
    span = follower.newest()
    assert span is not None
    writer.run(2)
    writer.write(part(2, 1, 0), part(2, 1, 1))
    assert rest(span.read) == "init1;0.0;0.1;"
    again = follower.following()
    assert again is not None
    assert again.at_ms == START_MS + 1_000
    writer.write(Ended(at_ms=1))
    assert rest(again.read) == "init2;1.0;1.1;"


def test_what_is_written_meanwhile_is_read_on(tmp_path: Path, writer: Writer) -> None:
    writer.write(part(1, 0, 0))
    span = Follower(tmp_path).newest()
    assert span is not None
    assert span.read(64) + span.read(200) == b"init1;" + b"0.0;".ljust(100)
    writer.write(part(1, 0, 1))
    assert span.read(200) == b"0.1;".ljust(100)


@pytest.mark.parametrize(("late_s", "skips"), [(BEHIND_MAX_S, False), (BEHIND_MAX_S + 0.2, True)])
def test_who_is_late_skips_to_the_newest_keyframe(
    tmp_path: Path, writer: Writer, late_s: float, *, skips: bool
) -> None:
    writer.write(part(1, 0, 0))
    follower = Follower(tmp_path)
    span = follower.newest()
    assert span is not None
    assert span.read(64) + span.read(200) == b"init1;" + b"0.0;".ljust(100)
    entries = [part(1, 0, n) for n in range(1, 5)] + list(run_of(1, segments=8, first=1))
    writer.write(*entries[: round(late_s / 0.2)])
    assert (span.read(200) == b"") is skips
    if skips:
        again = follower.following()
        assert again is not None
        newest = max(one.segment for one in entries[: round(late_s / 0.2)])
        assert again.at_ms == START_MS + 1_000 * newest


def test_a_line_that_is_being_written_is_read_when_it_is_whole(
    tmp_path: Path, writer: Writer
) -> None:
    writer.write(part(1, 0, 0))
    journal = tmp_path / JOURNAL
    whole = journal.read_bytes()
    journal.write_bytes(whole[:-10])
    follower = Follower(tmp_path)
    follower.look()
    assert not follower.ended
    journal.write_bytes(whole)
    assert follower.newest() is not None


def test_nobody_waits_for_ever(tmp_path: Path) -> None:
    """Not for a programme that has not begun, when the follower is closed."""
    follower = Follower(tmp_path / "none")
    follower.close()
    assert follower.newest() is None
    assert follower.part("1.mp4") is None
