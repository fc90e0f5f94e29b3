"""
Which font writes the names in the picture.

Looked for in this order: the setting, the system's Noto CJK, the one that the package brings along
(copied from the npm package @fontsource/noto-sans-sc by web/build_hook.py). Without any, names are
left out: boxes in place of a person's name are worse than nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import ImageFont

BUNDLED = Path(__file__).parent / "fonts" / "NotoSansSC-Medium.woff2"

SYSTEM_FOLDERS = (
    Path("/usr/share/fonts/opentype/noto"),  # Debian, Ubuntu
    Path("/usr/share/fonts/noto-cjk"),  # Arch, Alpine
    Path("/usr/share/fonts/google-noto-sans-cjk-fonts"),  # Fedora
    Path("/usr/local/share/fonts"),
)
SYSTEM_NAMES = (
    "NotoSansCJK-Medium.ttc",
    "NotoSansCJKsc-Medium.otf",
    "NotoSansCJK-Bold.ttc",
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
)
"""Medium first: the picture is read on a phone, where Regular gets thin."""

COLLECTION_MAX = 16  # faces looked at in one .ttc; Noto's have 10

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Font:
    """A face in a font file."""

    path: Path
    index: int = 0

    def sized(self, pixels: int) -> ImageFont.FreeTypeFont:
        """The face at a size in pixels."""
        return ImageFont.truetype(str(self.path), pixels, index=self.index)


def find(setting: Path | None) -> Font | None:
    """
    The font to write with, or None, said once in the log.

    Args:
        setting: the operator's choice; goes first. If it can't be read, that is said too.
    """
    for path in _candidates(setting):
        if not path.is_file():
            if path == setting:
                _log.warning("font %s does not exist", path)
            continue
        try:
            return Font(path, _simplified(path))
        except OSError as error:
            _log.warning("font %s can't be read: %s", path, error)
    _log.warning("no font with Chinese glyphs found: names and titles are left out of the picture")
    return None


def _candidates(setting: Path | None) -> Iterator[Path]:
    if setting is not None:
        yield setting
    for name in SYSTEM_NAMES:
        for folder in SYSTEM_FOLDERS:
            yield folder / name
    yield BUNDLED


def _simplified(path: Path) -> int:
    """Index of the Simplified Chinese face of a collection; 0 if there is only one."""
    first = ImageFont.truetype(str(path), 12)
    if path.suffix != ".ttc":
        return 0
    for index in range(COLLECTION_MAX):
        try:
            family = ImageFont.truetype(str(path), 12, index=index).getname()[0] or ""
        except OSError:
            break
        if family.endswith(" SC") and "Mono" not in family:
            return index
    del first
    return 0
