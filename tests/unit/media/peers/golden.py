"""The recorded descriptions of `tests/fixtures/sdp`, by name."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parents[3] / "fixtures" / "sdp"

NAMES = tuple(sorted(path.stem for path in _FOLDER.glob("*.sdp")))
OFFERS = tuple(name for name in NAMES if not name.endswith(("-answer", "ours-offer")))


def golden(name: str) -> str:
    """The text as the client wrote it."""
    return (_FOLDER / f"{name}.sdp").read_bytes().decode()
