"""Each segment is sealed once, when it is whole."""

from __future__ import annotations

from media.segments.memory import MemoryStore
from media.segments.port import Ended, Entry, Sealed
from media.segments.seals import Whole, seal, unsealed
from tests.fixtures.parts import part, started


def ended_part(run: int, segment: int, index: int) -> Entry:
    return part(run, segment, index).model_copy(update={"last": True})


WHOLE: list[Entry] = [
    started(1),
    part(1, 0, 0),
    ended_part(1, 0, 1),
    part(1, 1, 0),
    started(2),
    part(2, 2, 0),
]


def test_a_segment_is_whole_when_its_last_part_came_or_its_run_is_over() -> None:
    """And the init segments belong to their run's first."""
    assert unsealed(WHOLE, over=False) == [
        Whole(0, ("1.mp4", "1-0.m4s")),
        Whole(1, ("1-1.m4s",)),
    ]
    assert unsealed(WHOLE, over=True)[2:] == [Whole(2, ("2.mp4", "2-2.m4s"))]


def test_what_was_sealed_is_not_sealed_again() -> None:
    sealed = [*WHOLE, Sealed(segment=0, sums=())]
    assert [one.segment for one in unsealed(sealed, over=True)] == [1, 2]
    assert unsealed([*sealed, Sealed(segment=2, sums=()), Ended(at_ms=1)], over=True) == []


def test_a_seal_names_every_file_with_its_sum() -> None:
    store = MemoryStore()
    store.claim()
    store.put("1.mp4", b"init")
    store.append("1-0.m4s", b"abc")
    sums = seal(store, Whole(0, ("1.mp4", "1-0.m4s"))).sums
    assert [(one.file, one.bytes) for one in sums] == [("1.mp4", 4), ("1-0.m4s", 3)]
    assert sums[1].sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
