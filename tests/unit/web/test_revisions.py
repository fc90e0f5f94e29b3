"""Revisions of drafts: numbered, never changed, never lost to somebody else's."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from web import revisions as module
from web.revisions import Revision, RevisionConflict, Revisions, TooManyRevisions


def test_revisions_are_numbered_and_stay(tmp_path: Path) -> None:
    revisions = Revisions(tmp_path)
    assert revisions.latest("m1") is None
    first = revisions.save("m1", 0, b"one")
    assert first == Revision(1, b"one")
    assert first.sha256 == hashlib.sha256(b"one").hexdigest()
    second = revisions.save("m1", 1, b"two")
    assert (revisions.latest("m1"), revisions.get("m1", 1)) == (second, first)
    assert revisions.get("m1", 3) is None


def test_each_meeting_has_its_own(tmp_path: Path) -> None:
    revisions = Revisions(tmp_path)
    revisions.save("m1", 0, b"one")
    assert revisions.latest("m2") is None


@pytest.mark.parametrize("base", [0, 2])
def test_who_has_not_the_newest_saves_nothing(tmp_path: Path, base: int) -> None:
    revisions = Revisions(tmp_path)
    revisions.save("m1", 0, b"one")
    with pytest.raises(RevisionConflict):
        revisions.save("m1", base, b"other")
    assert revisions.latest("m1") == Revision(1, b"one")


def test_of_two_at_once_one_saves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process was faster, between the look and the saving."""
    revisions = Revisions(tmp_path)
    revisions.save("m1", 0, b"one")
    monkeypatch.setattr(Revisions, "_newest", lambda *_: 0)
    with pytest.raises(RevisionConflict):
        revisions.save("m1", 0, b"other")
    monkeypatch.undo()
    assert revisions.latest("m1") == Revision(1, b"one")
    assert [path.name for path in (tmp_path / "m1").iterdir()] == ["000001.json"]


def test_there_are_so_many_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REVISIONS_MAX", 2)
    revisions = Revisions(tmp_path)
    revisions.save("m1", 0, b"one")
    revisions.save("m1", 1, b"two")
    with pytest.raises(TooManyRevisions):
        revisions.save("m1", 2, b"three")


@pytest.mark.parametrize("meeting", ["..", "../m1", "a/b", "", ".hidden"])
def test_no_id_leads_out_of_the_folder(tmp_path: Path, meeting: str) -> None:
    with pytest.raises(ValueError, match="no meeting"):
        Revisions(tmp_path).latest(meeting)
