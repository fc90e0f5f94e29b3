"""The livestreams of a node: which of them somebody may be watching now."""

from __future__ import annotations

from pathlib import Path

from media.control import ProgrammeState
from web.livestreams import Livestreams


def test_a_livestream_runs_from_when_it_is_made_until_it_ends(tmp_path: Path) -> None:
    """Nothing is read for the question: it is asked for each command."""
    livestreams = Livestreams(tmp_path)
    (tmp_path / "m1").mkdir()
    assert not livestreams.running("m1")
    programme = livestreams.programme("m1")
    assert livestreams.running("m1")
    programme.feed(ProgrammeState(room="m1", state="ended"))
    assert not livestreams.running("m1")
