"""The recording's files against the roots that the record has of them."""

from __future__ import annotations

import pytest

from meetings import events as ev
from meetings.proof.contents import FileLine
from meetings.proof.recording import BEGIN, Recording, root

FILES = [FileLine(name=f"1-{n}.m4s", bytes=n, sha256=f"{n:064x}") for n in range(6)]


def entry(offset: int, event: ev.Event) -> bytes:
    return ev.Entry(offset=offset, at_ms=offset, event=event).model_dump_json().encode()


def sealed(files: int) -> ev.RecordingSealed:
    so_far = BEGIN
    for file in FILES[:files]:
        so_far = root(so_far, file)
    return ev.RecordingSealed(files=files, through=files, root=so_far.hex())


def recording(*seals: int) -> Recording:
    found = Recording()
    for offset, files in enumerate(seals, 2):
        found.take(entry(offset, sealed(files)))
    return found


def test_the_files_that_were_sealed_fit() -> None:
    found = recording(2, 5)
    assert [found.file(file) for file in FILES] == [None] * 6
    assert (found.sealed, found.missing()) == (5, None)


@pytest.mark.parametrize(
    "change",
    [{"name": "1-9.m4s"}, {"bytes": 99}, {"sha256": "f" * 64}],
    ids=["name", "bytes", "sha256"],
)
def test_another_file_is_blamed_with_its_minute_and_those_behind_are_not(
    change: dict[str, object],
) -> None:
    """Whatever of it is another."""
    found = recording(2, 4, 6)
    files = [*FILES[:2], FILES[2].model_copy(update=change), *FILES[3:]]
    assert [found.file(file) for file in files] == [None, None, None, "file 3-4", None, None]


def test_another_order_is_blamed() -> None:
    found = recording(2)
    assert [found.file(FILES[1]), found.file(FILES[0])] == [None, "file 1-2"]


def test_files_that_the_record_knows_and_the_export_has_not_are_missing() -> None:
    found = recording(4)
    for file in FILES[:3]:
        found.file(file)
    assert found.missing() == "file 4-4"


def test_a_deletion_is_known_and_other_entries_are_passed_over() -> None:
    found = recording(1)
    found.take(b'{"offset":3,"text":"recording.sealed"}')
    found.take(b'{"type":"recording.sealed"}')
    found.take(entry(4, ev.RecordingDeleted(reason="", days=90, files=1, root="a" * 64)))
    assert (found.sealed, found.deleted, found.complete) == (1, True, False)
