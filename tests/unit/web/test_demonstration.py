"""A demonstration does not fill the disk with those before it."""

from __future__ import annotations

from pathlib import Path

from web.demonstration import KEPT, delete_recordings


def recorded(programmes: Path, *meetings: str) -> None:
    """Leave recordings of these meetings."""
    for meeting in meetings:
        (programmes / meeting).mkdir(parents=True)
        (programmes / meeting / "0.m4s").write_bytes(b"pictures")


def left(programmes: Path) -> set[str]:
    """Whose recordings are there."""
    return {folder.name for folder in programmes.iterdir()}


def test_the_newest_recordings_stay_and_the_new_one_has_its_place(tmp_path: Path) -> None:
    """Together with the one that begins now there are KEPT."""
    earlier = [f"m{number}" for number in range(KEPT + 2)]  # newest first
    recorded(tmp_path, *earlier)
    delete_recordings(tmp_path, earlier)
    assert left(tmp_path) == set(earlier[: KEPT - 1])


def test_other_rooms_recordings_are_not_touched(tmp_path: Path) -> None:
    """The folder may be an operator's own."""
    recorded(tmp_path, "operator", "old-1", "old-2", "old-3")
    delete_recordings(tmp_path, ["old-1", "old-2", "old-3"])
    assert "operator" in left(tmp_path)


def test_a_demonstration_that_was_never_recorded_is_no_trouble(tmp_path: Path) -> None:
    """It was stopped before its first picture, or deleted before."""
    delete_recordings(tmp_path, [f"m{number}" for number in range(KEPT + 1)])
    assert left(tmp_path) == set()
