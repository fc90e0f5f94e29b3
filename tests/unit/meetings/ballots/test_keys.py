"""Keys of boxes: files of one user, durable, destroyed so that nothing is left."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from meetings.ballots.keys import UNUSED_S, BoxKeys, KeyFolder, box_id
from meetings.ballots.port import UnknownBox

OTHERS = '{"p": "3", "q": "5", "seal": "", "slot": ""}'
KEYS = BoxKeys.generate()
OTHER = BoxKeys.generate()


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_keys_are_read_as_they_were_written(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "ballot-keys")
    folder.save("m1", KEYS)
    assert folder.load("m1", KEYS.paper_key) == KEYS


def test_nobody_else_on_the_machine_reads_them(tmp_path: Path) -> None:
    folder = tmp_path / "ballot-keys"
    KeyFolder(folder).save("m1", KEYS)
    (path,) = files(folder)
    assert path.name == f"m1-{box_id(KEYS.paper_key)}.key"
    assert (folder.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o700, 0o600)


def test_a_meetings_name_is_no_path(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "ballot-keys")
    folder.save("../../m1", KEYS)
    assert folder.load("../../m1", KEYS.paper_key) == KEYS
    assert len(files(tmp_path / "ballot-keys")) == 1


def test_destroyed_keys_are_written_over_and_gone(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path)
    folder.save("m1", KEYS)
    (path,) = files(tmp_path)
    linked = tmp_path / "somebody-held-on-to-it"
    os.link(path, linked)
    before = linked.read_bytes()
    folder.destroy("m1", KEYS.paper_key)
    folder.destroy("m1", KEYS.paper_key)  # nothing happens
    assert files(tmp_path) == [linked]
    left = linked.read_bytes()
    assert len(left) == len(before)
    assert not any(key.hex().encode() in left for key in (KEYS.seal, KEYS.slot))
    with pytest.raises(UnknownBox):
        folder.load("m1", KEYS.paper_key)


@pytest.mark.parametrize("text", ["", "{}", '{"p": "x", "q": "5", "seal": "", "slot": ""}', OTHERS])
def test_a_file_that_cannot_be_read_is_a_lost_box(tmp_path: Path, text: str) -> None:
    folder = KeyFolder(tmp_path)
    folder.save("m1", KEYS)
    files(tmp_path)[0].write_text(text)
    with pytest.raises(UnknownBox):
        folder.load("m1", KEYS.paper_key)


def test_old_keys_without_a_vote_are_cleared(tmp_path: Path) -> None:
    """Not young ones, whose vote may just be put by another process; nor another meeting's."""
    folder = KeyFolder(tmp_path)
    for meeting in ("m1", "m2"):
        folder.save(meeting, KEYS)
    folder.save("m1", OTHER)
    folder.clear("m1", ())
    assert len(files(tmp_path)) == 3
    old = time.time() - UNUSED_S - 1
    for path in files(tmp_path):
        os.utime(path, (old, old))
    folder.clear("m1", [OTHER.paper_key])
    assert folder.load("m1", OTHER.paper_key) == OTHER
    assert folder.load("m2", KEYS.paper_key) == KEYS
    with pytest.raises(UnknownBox):
        folder.load("m1", KEYS.paper_key)
